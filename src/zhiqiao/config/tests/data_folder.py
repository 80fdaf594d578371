"""Gives tests a data folder of their own; named by ``-p``, so it is read before any settings.

Processes that share the tests have one each: then no two of them have a server in common, and
neither its roles nor its databases.
"""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[4]
home = Path(os.environ.get("ZHIQIAO_HOME", ROOT / ".home" / "tests"))
worker = os.environ.get("PYTEST_XDIST_WORKER", "")
if worker and not home.name.endswith(f"-{worker}"):
    home = home.with_name(f"{home.name}-{worker}")
os.environ["ZHIQIAO_HOME"] = str(home)
# WhiteNoise warns about a folder of static files that is not there, and warnings are errors.
(home / "static").mkdir(parents=True, exist_ok=True)
