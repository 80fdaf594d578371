"""Two questions of a supervisor: does this process live, and can the installation do its work.

``/healthz`` asks nobody, so that a web server is not started anew because a database is away.
``/readyz`` asks everything. What stops people from working makes it 503; what will hurt later, an
old backup or a silent worker, is a warning beside 200.
"""

import os
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from zhiqiao.core import marks

FULL, LOW = 10 * 1024**2, 1024**3
SECONDS_OF_SILENCE = 60
OLDEST_BACKUP, OLDEST_DRILL = 26 * 3600, 8 * 24 * 3600
NEEDED = ("database", "migrations", "files")
AWAY = "away"


def state() -> dict[str, str]:
    """Name the state of each part; ``ok``, or one word for what is wrong."""
    return {
        "database": _asked(_database),
        "migrations": _asked(_migrations),
        "files": _files(),
        "worker": _asked(_worker),
        "backup": _age(marks.BACKUP, OLDEST_BACKUP),
        "drill": _age(marks.DRILL, OLDEST_DRILL),
    }


def verdict(parts: Mapping[str, str]) -> str:
    if any(parts[name] not in {"ok", "low"} for name in NEEDED):
        return "unavailable"
    return "ok" if all(part == "ok" for part in parts.values()) else "degraded"


def _asked(question: Callable[[], str]) -> str:
    try:
        return question()
    except DatabaseError:
        return AWAY


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return "ok"


def _migrations() -> str:
    applied = MigrationRecorder(connection).applied_migrations()
    return "ok" if _shipped() <= applied.keys() else "waiting"


@cache
def _shipped() -> frozenset[tuple[str, str]]:
    """Name the migrations of this release; they do not change while it runs."""
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)


def seconds_since_heartbeat() -> float | None:
    """Give the age of the last word of any worker; None when there is none."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT extract(epoch FROM clock_timestamp() - max(last_heartbeat))"
            " FROM procrastinate_workers"
        )
        (seconds,) = cursor.fetchone() or (None,)
    return None if seconds is None else max(0.0, float(seconds))


def _worker() -> str:
    seconds = seconds_since_heartbeat()
    if seconds is None:
        return "none"
    return "ok" if seconds < SECONDS_OF_SILENCE else "silent"


def _files() -> str:
    folder = _existing_folder()
    if not os.access(folder, os.W_OK):
        return "read-only"
    free = free_bytes()
    if free < FULL:
        return "full"
    return "low" if free < LOW else "ok"


def free_bytes() -> int:
    free = os.statvfs(_existing_folder())
    return free.f_bavail * free.f_frsize


def _existing_folder() -> Path:
    folder = Path(settings.MEDIA_ROOT)
    return next(path for path in (folder, *folder.parents) if path.exists())


def _age(name: str, oldest: int) -> str:
    seconds = marks.seconds_since(name)
    if seconds is None:
        return "none"
    return "ok" if seconds <= oldest else "old"


@never_cache
@require_safe
def healthz(_request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def readyz(_request: HttpRequest) -> JsonResponse:
    parts = state()
    said = verdict(parts)
    return JsonResponse({"status": said, **parts}, status=503 if said == "unavailable" else 200)
