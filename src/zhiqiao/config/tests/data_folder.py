"""Gives tests a data folder of their own; named by ``-p``, so it is read before any settings."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[4]
home = Path(os.environ.setdefault("ZHIQIAO_HOME", str(ROOT / ".home" / "tests")))
# WhiteNoise warns about a folder of static files that is not there, and warnings are errors.
(home / "static").mkdir(parents=True, exist_ok=True)
