"""Reading on in a long list from where the last page ended: constant cost, however deep.

A cursor holds the values of the order of the last row that was given. The next page starts behind
them by comparison, so the database begins at that place of the index and counts nothing off.
"""

import base64
import binascii
import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, TypeAlias

from django.core.exceptions import ValidationError
from django.db.models import F, Field, Model, OrderBy, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from zhiqiao.core.errors import InputError, define

CURSOR = define(
    "core.api_cursor",
    message=_("The cursor does not belong to this list, or it is cut short."),
    remedy=_("Take the cursor from the last answer as it stands, with the same order and filters."),
)
Value: TypeAlias = str | int | None


@dataclass(frozen=True, slots=True)
class Key:
    """One column of an order; where the column may be null, at which end the nulls stand."""

    name: str
    descending: bool
    nulls_last: bool
    nullable: bool


Keys: TypeAlias = tuple[Key, ...]


def keys_of(rows: QuerySet[Any, Any]) -> Keys:
    """Read the order of a list; its last column must be unique."""
    return _keys(rows.model, tuple(rows.query.order_by))  # type: ignore[arg-type] # a class is


@lru_cache(maxsize=256)
def _keys(model: Any, order: tuple[Any, ...]) -> Keys:
    return tuple(_key(model, one) for one in order)


def _key(model: type[Model], one: str | OrderBy) -> Key:
    if isinstance(one, str):
        descending, name = one.startswith("-"), one.removeprefix("-")
        return Key(name, descending, not descending, _is_nullable(model, name))
    if not isinstance(one.expression, F):
        raise TypeError(f"A list in the order {one} cannot be read on with a cursor.")
    name = one.expression.name
    last = bool(one.nulls_last) or not (one.nulls_first or one.descending)
    return Key(name, bool(one.descending), last, _is_nullable(model, name))


def _is_nullable(model: type[Model], name: str) -> bool:
    return any(field.null for field in _fields(model, name))


def _fields(model: type[Model], name: str) -> "list[Field[Any, Any]]":
    found: list[Field[Any, Any]] = []
    here: Any = model
    for part in name.split("__"):
        field = here._meta.get_field(part)  # noqa: SLF001 - Django's documented name
        found.append(field)
        here = field.related_model or here
    return found


def behind(rows: QuerySet[Any, Any], cursor: str) -> QuerySet[Any, Any]:
    """Give the rows behind the place that the cursor names."""
    return behind_values(rows, values_of(rows, cursor))


def behind_values(rows: QuerySet[Any, Any], values: Sequence[Any]) -> QuerySet[Any, Any]:
    return rows.filter(_later(keys_of(rows), values)) if values else rows


def _later(keys: Sequence[Key], values: Sequence[Any]) -> Q:
    key, value = keys[0], values[0]
    if len(keys) == 1:
        return _beyond(key, value)
    same = Q(**{f"{key.name}__isnull": True}) if value is None else Q(**{key.name: value})
    found = _beyond(key, value) | (same & _later(keys[1:], values[1:]))
    if value is None or key.nullable:
        return found
    # Implied by the rest, but only this tells the database where in the index to begin.
    return Q(**{f"{key.name}__{'lte' if key.descending else 'gte'}": value}) & found


def _beyond(key: Key, value: Any) -> Q:
    if value is None:
        others = Q(**{f"{key.name}__isnull": False})
        return Q(pk__in=()) if key.nulls_last else others
    found = Q(**{f"{key.name}__{'lt' if key.descending else 'gt'}": value})
    if key.nullable and key.nulls_last:
        found |= Q(**{f"{key.name}__isnull": True})
    return found


def cursor_after(keys: Keys, values: Iterable[Any]) -> str:
    """Write the cursor that leads on behind the row with these values of the order."""
    text = json.dumps(
        [_mark(keys), *(_plain(value) for value in values)],
        separators=(",", ":"),
        ensure_ascii=False,
    )
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _plain(value: Any) -> Value:
    if isinstance(value, date):
        return value.isoformat()
    return value if value is None or isinstance(value, int) else str(value)


@lru_cache(maxsize=256)
def _mark(keys: Keys) -> str:
    """Tell one order from another, so that a cursor is not read with a wrong one."""
    return hashlib.sha256(repr(keys).encode()).hexdigest()[:8]


def values_of(rows: QuerySet[Any, Any], cursor: str) -> list[Any]:
    """Read the place that a cursor names; without a cursor it is the beginning."""
    if not cursor:
        return []
    keys = keys_of(rows)
    try:
        given = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not isinstance(given, list) or given[:1] != [_mark(keys)] or len(given) != len(keys) + 1:
            raise InputError(CURSOR)
        return [_value(rows.model, key, one) for key, one in zip(keys, given[1:], strict=True)]
    except (ValueError, TypeError, RecursionError, binascii.Error, ValidationError) as error:
        raise InputError(CURSOR) from error


def _value(model: type[Model], key: Key, given: Any) -> Any:
    if given is None and key.nullable:
        return None
    if not isinstance(given, str | int) or isinstance(given, bool) or "\0" in str(given):
        raise InputError(CURSOR)
    str(given).encode()
    value = _fields(model, key.name)[-1].to_python(given)
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        raise InputError(CURSOR)
    return value
