"""Tests run on a real PostgreSQL: the embedded one in a folder of their own, or DATABASE_URL."""

import os
from pathlib import Path

os.environ.setdefault("ZHIQIAO_HOME", str(Path(__file__).parent / ".home" / "tests"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhiqiao.config.settings")
