"""When something was last done to this installation: one small file for each in the data folder.

They are not in the database, because a restored database must not say that it was backed up later.
"""

import os
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.utils import timezone

BACKUP, DRILL = "backup", "drill"


def note(name: str) -> None:
    """Write down that it was done now, whole or not at all."""
    path = _path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{name}.{os.getpid()}")
    draft.write_text(f"{timezone.now().isoformat()}\n", encoding="ascii")
    draft.replace(path)


def seconds_since(name: str) -> float | None:
    """Give the age, or None when it was never done or the file says nothing readable."""
    try:
        at = datetime.fromisoformat(_path(name).read_text(encoding="ascii").strip())
        return max(0.0, (timezone.now() - at).total_seconds())
    except (OSError, ValueError, TypeError):
        return None


def _path(name: str) -> Path:
    return Path(settings.ZHIQIAO_HOME) / "marks" / name
