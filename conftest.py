"""Tests run on a real PostgreSQL: the embedded one in a folder of their own, or DATABASE_URL."""

import os
from pathlib import Path

os.environ.setdefault("ZHIQIAO_HOME", str(Path(__file__).parent / ".home" / "tests"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhiqiao.config.settings")
# WhiteNoise warns about a folder of static files that is not there, and warnings are errors.
(Path(os.environ["ZHIQIAO_HOME"]) / "static").mkdir(parents=True, exist_ok=True)

pytest_plugins = ["zhiqiao.core.tests.flushing"]
