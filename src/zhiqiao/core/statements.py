"""Statements of lists that are asked for again and again, written by the ORM once and then kept.

To write the SQL of a list costs more than to read fifty rows with it. What is kept holds the filter
and belongs to one state of the records; the place where a page begins is put in each time.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from threading import Lock
from typing import Any

from django.db import connection
from django.db.models import QuerySet

MOST_KEPT = 500
_kept: dict[str, "Statement"] = {}
_lock = Lock()


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL without a limit, and at which places of its parameters the values of a cursor stand."""

    sql: str
    parameters: tuple[Any, ...]
    places: tuple[int | None, ...]

    def read(self, values: Sequence[Any], *, limit: int, offset: int) -> list[tuple[Any, ...]]:
        given = [
            known if place is None else values[place]
            for known, place in zip(self.parameters, self.places, strict=True)
        ]
        with connection.cursor() as cursor:
            cursor.execute(f"{self.sql} LIMIT %s OFFSET %s", [*given, limit, offset])
            found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def statement(
    key: str,
    names: Sequence[str],
    values: Sequence[Any],
    rows_behind: Callable[[Sequence[Any]], QuerySet[Any, Any]],
) -> Statement:
    """Give the kept statement of a list, or have it written with marks in the place of values."""
    shape = "".join(type(value).__name__[0] for value in values)
    full = f"{key} {shape}"
    found = _kept.get(full)
    if found is None:
        marks = [_mark(value, place) for place, value in enumerate(values)]
        found = _written(names, marks, rows_behind(marks))
        with _lock:
            if len(_kept) >= MOST_KEPT:
                _kept.clear()
            _kept[full] = found
    return found


def _written(names: Sequence[str], marks: Sequence[Any], rows: QuerySet[Any, Any]) -> Statement:
    sql, parameters = rows.values_list(*names).query.sql_with_params()
    known = {mark: place for place, mark in enumerate(marks) if mark is not None}
    places = tuple(known.get(one) if _is_plain(one) else None for one in parameters)
    return Statement(sql, tuple(parameters), places)


def _is_plain(value: Any) -> bool:
    return isinstance(value, str | int | date)


def _mark(value: Any, place: int) -> Any:
    """Give a value of the same type that no record and no filter holds."""
    mark: Any = None
    match value:
        case None:
            pass
        case datetime():
            mark = datetime(1, 1, place + 1, tzinfo=UTC)
        case date():
            mark = date(1, 1, place + 1)
        case int():
            mark = -(10**15) - place
        case _:
            mark = f"\x01{place}\x01"
    return mark
