"""The canonical form of an audit entry and its SHA-256."""

import hashlib
import json
import uuid
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.functional import Promise

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
    """SHA-256 over sorted, unspaced JSON of every column but the number and the digest."""
    covered = {name: json_safe(getattr(entry, name)) for name in _COVERED}
    text = json.dumps(covered, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def json_safe(value: Any) -> Any:
    """The value in JSON types that PostgreSQL gives back unchanged; numbers with a point as text."""
    result: Any
    match value:
        case None | bool() | int():
            result = value
        case datetime():
            result = value.astimezone(UTC).isoformat(timespec="microseconds")
        case date() | time():
            result = value.isoformat()
        case Decimal() | float() | uuid.UUID() | Promise():
            result = str(value)
        case str():
            # PostgreSQL keeps no NUL inside of JSON.
            result = str(value).replace("\x00", "\N{REPLACEMENT CHARACTER}")
        case models.Model():
            result = value.pk
        case Mapping():
            result = {str(key): json_safe(item) for key, item in value.items()}
        case list() | tuple() | set() | frozenset():
            items = [json_safe(item) for item in value]
            result = sorted(items, key=str) if isinstance(value, (set, frozenset)) else items
        case _:
            result = str(value)
    return result
