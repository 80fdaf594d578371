"""How the keeper is run, and the one word that it answers when the server is ready."""

import os
import sys
from pathlib import Path

READY = b"ready"
MODULE = "zhiqiao.config.embedded.keeper"
SOURCE_ROOT = Path(__file__).resolve().parents[3]


def words(home: Path) -> list[str]:
    return [sys.executable, "-P", "-m", MODULE, str(home)]


def environment() -> dict[str, str]:
    paths = [str(SOURCE_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
