"""Lists as CSV (RFC 4180), row by row; what a person typed never becomes a formula.

A text that a spreadsheet would take for a formula gets an apostrophe before it. That is decided by
the type of the value and not by its look: a number stays a number, also a negative one.
"""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from io import StringIO
from typing import Any

from pydantic import BaseModel

from zhiqiao.core.dates import local

MEDIA_TYPE = "text/csv; charset=utf-8"
BYTE_ORDER_MARK = "\ufeff"
# Chinese and Japanese spreadsheets read the full-width signs as well.
_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_SEPARATOR = "; "


def column_names(shape: type[BaseModel]) -> list[str]:
    """Name the columns after the fields of the JSON; a field with parts gives a column for each."""
    found: list[str] = []
    for name, field in shape.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            found += [f"{name}.{part}" for part in column_names(inner)]
        else:
            found.append(name)
    return found


def csv_lines(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield the heading and then the rows, some hundred at a time."""
    yield _text([columns])
    waiting: list[list[str]] = []
    for row in rows:
        waiting.append([cell(_of(row, name)) for name in columns])
        if len(waiting) == 200:
            yield _text(waiting)
            waiting = []
    yield _text(waiting)


def _of(row: Mapping[str, Any], name: str) -> Any:
    outer, _dot, inner = name.partition(".")
    value = row[outer]
    if not inner or value is None:
        return value
    return value[inner] if isinstance(value, Mapping) else getattr(value, inner)


def cell(value: Any) -> str:
    text = ""
    match value:
        case None:
            pass
        case bool():
            text = "true" if value else "false"
        case datetime():
            text = local(value).isoformat(timespec="seconds")
        case list() | tuple():
            text = _harmless(_SEPARATOR.join(_item(one) for one in value))
        case str():
            text = _harmless(value)
        case _:
            text = str(value)
    return text


def _item(one: Any) -> str:
    return json.dumps(one, ensure_ascii=False) if isinstance(one, Mapping) else str(one)


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(_RISKY) else text


def _text(rows: Iterable[Sequence[str]]) -> str:
    out = StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    return out.getvalue()
