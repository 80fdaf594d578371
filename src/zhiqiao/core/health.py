"""Is this process able to work: the database answers and the disk takes files."""

import os
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe


def state() -> dict[str, str]:
    return {"database": _database(), "files": _files()}


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "away"
    return "ok"


def _files() -> str:
    folder = Path(settings.MEDIA_ROOT)
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    if not os.access(existing, os.W_OK):
        return "read-only"
    free = os.statvfs(existing)
    return "full" if free.f_bavail * free.f_frsize < 10 * 1024**2 else "ok"


@never_cache
@require_safe
def healthz(_request: HttpRequest) -> JsonResponse:
    parts = state()
    well = all(part == "ok" for part in parts.values())
    answer = {"status": "ok" if well else "unavailable", **parts}
    return JsonResponse(answer, status=200 if well else 503)
