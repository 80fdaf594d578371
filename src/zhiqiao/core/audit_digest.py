"""The canonical form of an audit entry and its SHA-256."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any

from django.db import models

from zhiqiao.core.models import AuditEntry

_COVERED = (
    "uid",
    "at",
    "actor_id",
    "actor_name",
    "verb",
    "subject_type",
    "subject_id",
    "subject_uid",
    "subject_label",
    "before",
    "after",
    "reason",
    "request_id",
)


def digest_of(entry: AuditEntry) -> str:
    """SHA-256 over sorted, unspaced JSON of every column but the number and the digest.

    The token is left out where there is none, so older entries keep their digest.
    """
    covered = {name: json_safe(getattr(entry, name)) for name in _COVERED}
    if entry.through:
        covered["through"] = json_safe(entry.through)
    text = json.dumps(covered, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def json_safe(value: Any) -> Any:
    """Reduce to JSON types that PostgreSQL gives back unchanged; points of numbers become text."""
    if isinstance(value, Mapping):
        return {_text(key): json_safe(item) for key, item in value.items()}
    if isinstance(value, (set, frozenset)):
        return sorted((json_safe(item) for item in value), key=str)
    if isinstance(value, (list, tuple)):
        return [json_safe(item) for item in value]
    return _scalar(value)


def _scalar(value: Any) -> bool | int | str | None:
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, models.Model):
        return _scalar(value.pk)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return value.isoformat() if isinstance(value, (date, time)) else _text(value)


def _text(value: object) -> str:
    # PostgreSQL keeps no NUL inside of JSON.
    return str(value).replace("\x00", "\N{REPLACEMENT CHARACTER}")
