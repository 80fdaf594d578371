"""Each import contract is broken by a planted module, in a copy of the package."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]

PLANTED = {
    "engines/trace/planted_layer.py": "import zhiqiao.core.errors\n",
    "engines/trace/planted_engine.py": "import zhiqiao.engines.formula\n",
    "engines/trace/planted_django.py": "import django.conf\n",
    "apps/registry/planted_street.py": "import zhiqiao.apps.plan.queries\n",
    "apps/plan/planted_surface.py": "import zhiqiao.apps.registry.models\n",
}
CONTRACTS = {
    "The platform is built in layers",
    "Apps form a one-way street",
    "Inside an app, edges call actions, actions call queries",
    "Engines and packs know nothing of Django",
    "Engines do not know each other",
    "Other apps see only actions, queries and choices",
}


def broken_contracts(source: Path) -> set[str]:
    done = subprocess.run(
        [
            Path(sys.executable).parent / "lint-imports",
            "--no-cache",
            "--config",
            ROOT / "pyproject.toml",
        ],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{source}{os.pathsep}{ROOT}"},
        capture_output=True,
        text=True,
        check=False,
    )
    return {
        line.removesuffix(" BROKEN")
        for line in done.stdout.splitlines()
        if line.endswith(" BROKEN")
    }


def test_import_contracts_hold():
    assert broken_contracts(ROOT / "src") == set()


def test_each_import_contract_catches_a_planted_violation(tmp_path):
    package = tmp_path / "zhiqiao"
    shutil.copytree(ROOT / "src" / "zhiqiao", package, ignore=shutil.ignore_patterns("__pycache__"))
    for name, text in PLANTED.items():
        (package / name).write_text(text)
    choices = package / "apps" / "registry" / "choices.py"
    choices.write_text(choices.read_text() + "\nimport zhiqiao.apps.registry.models\n")

    assert broken_contracts(tmp_path) == CONTRACTS
