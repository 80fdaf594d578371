"""What an app does in the background is known to every process, the worker first."""

import subprocess
import sys

from tests.architecture.test_architecture import ROOT

PROGRAM = """
import re, sys, django
django.setup()
print("\\n".join(name for name in sys.modules if re.fullmatch(r"zhiqiao[.]apps[.]\\w+[.]tasks", name)))
"""


def test_every_process_knows_the_tasks_of_every_app():
    apps = (ROOT / "src/zhiqiao/apps").glob("*/tasks.py")
    existing = {f"zhiqiao.apps.{path.parent.name}.tasks" for path in apps}
    loaded = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env={"DJANGO_SETTINGS_MODULE": "zhiqiao.config.settings", "ZHIQIAO_HOME": "/nonexistent-but-unused", "PATH": "",
             "ZHIQIAO_SECRET_KEY": "x" * 40},
    )  # fmt: skip
    assert set(loaded.stdout.split()) == existing
