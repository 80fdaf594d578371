"""What an installation holds, in numbers and digests that a restored copy must repeat."""

import hashlib
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection

from zhiqiao.apps.plan.models import BoardFreeze
from zhiqiao.apps.plan.queries import replay_freeze
from zhiqiao.config.embedded.provision import RUNNING_ROLE
from zhiqiao.core.audit import verify_seals
from zhiqiao.core.models import AuditSeal, StoredFile

BROKEN = "does not replay"


def take_inventory() -> dict[str, Any]:
    """Count every table, check the seals of the audit and replay every frozen board."""
    latest = AuditSeal.objects.order_by("id").last()
    return {
        "tables": _counts(),
        "latest_seal": latest.digest if latest else None,
        "seal_problems": len(verify_seals()),
        "freezes": {str(freeze.uid): _state_of(freeze) for freeze in BoardFreeze.objects.all()},
        "files": _files(Path(settings.MEDIA_ROOT)),
        "rights": _rights(),
    }


def take_plain_inventory() -> dict[str, Any]:
    """Count without the models: the tables may be those of another release."""
    return {"plain": True, "tables": count_rows_there(), "files": _files_there()}


def count_rows_there() -> dict[str, int]:
    """Count the rows of every table that lasts; sessions, caches and the queue come and go."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
            " AND tablename !~ '^(procrastinate_|django_session$|django_migrations$|core_cache$"
            "|auth_permission$|django_content_type$)' ORDER BY 1"
        )
        names = [name for (name,) in cursor.fetchall()]
    return {name: _rows(name) for name in names}


def _rows(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table)}")  # noqa: S608 - a name from the catalogue, quoted
        (number,) = cursor.fetchone() or (0,)
    return int(number)


def _files_there() -> dict[str, Any]:
    stored = _stored(Path(settings.MEDIA_ROOT))
    damaged = sorted(path.name for path in stored if _sha256(path) != path.name)
    return {
        "number": len(stored),
        "bytes": sum(path.stat().st_size for path in stored),
        "damaged": damaged,
    }


def _stored(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and len(path.name) == 64]


def _counts() -> dict[str, int]:
    """Count the rows of every table of ours; sessions and the queue come and go."""
    tables = {model._meta.db_table for model in apps.get_models() if _is_ours(model)}  # noqa: SLF001 - Django's documented name
    return {table: _rows(table) for table in sorted(tables)}


def _rights() -> dict[str, bool]:
    """Tell what the role of the running program may do with the audit trail."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_roles WHERE rolname = %s", [RUNNING_ROLE])
        if not (cursor.fetchone() or (0,))[0]:
            return {}
        found = {}
        for right in ("SELECT", "INSERT", "UPDATE", "DELETE"):
            cursor.execute(
                "SELECT has_table_privilege(%s, 'core_auditentry', %s)", [RUNNING_ROLE, right]
            )
            (found[right.lower()],) = cursor.fetchone() or (False,)
    return found


def _is_ours(model: type[Any]) -> bool:
    return str(model.__module__).startswith("zhiqiao.") and bool(model._meta.managed)  # noqa: SLF001 - the same


def _state_of(freeze: BoardFreeze) -> str:
    replay = replay_freeze(freeze)
    is_whole = replay.intact and not replay.differing
    return freeze.digest if is_whole else f"{freeze.digest} {BROKEN}"


def _files(folder: Path) -> dict[str, Any]:
    """Count the stored files; one that a record names and that is gone or changed is named."""
    kept = StoredFile.objects.filter(forgotten_at=None)
    wanted = set(kept.values_list("sha256", flat=True))
    there = {path.name for path in _stored(folder)}
    return {**_files_there(), "missing": sorted(wanted - there)}


def _sha256(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
