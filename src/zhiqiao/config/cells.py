"""Files of results beside what should stand in them, cell by cell and part by part."""

import json
from collections.abc import Collection, Iterator
from typing import Any

import polars as pl

from zhiqiao.config.commands import counted
from zhiqiao.engines.matching import Fault, TableError

MOST_SHOWN = 10


def differing_cells(
    place: str, name: str, made: pl.DataFrame, written: pl.DataFrame, key: list[str]
) -> Iterator[str]:
    """Yield the first cells of each column that differ from those made; ``place`` begins each line.

    Without a key rows are compared in their order. Raises TableError where a column is missing.
    """
    missing = [column for column in made.columns if column not in written.columns]
    if missing:
        raise TableError([Fault(name, 1, missing[0], "is missing.")])
    if made.height != written.height:
        yield f"{place} {name} has {counted(written.height, 'row')}, tables and rules give {made.height}."
        return
    ours, theirs = _texts(made, made.columns), _texts(written, made.columns)
    if key:
        ours, theirs = ours.sort(key), theirs.sort(key)
    for column in made.columns:
        for row in (ours[column].ne_missing(theirs[column])).arg_true().head(MOST_SHOWN):
            given = ", ".join(f"{each} {ours[each][row]}" for each in key if ours[each][row])
            where = given or f"row {row + 2}"
            yield (
                f"{place} {name}, {where}, column {column}: {_said(theirs[column][row])} stands there,"
                f" tables and rules give {_said(ours[column][row])}."
            )


def _texts(table: pl.DataFrame, columns: list[str]) -> pl.DataFrame:
    return table.select(pl.col(columns).cast(pl.String).str.strip_chars().replace("", None))


def differing_parts(
    place: str, name: str, made: dict[str, Any], written: dict[str, Any], *, free: Collection[str]
) -> Iterator[str]:
    """Yield each part of a file of JSON that differs from what is made; ``free`` parts may be anything."""
    made = json.loads(json.dumps(made))
    for part in sorted({*made, *written} - set(free)):
        if part not in written:
            yield f"{place} {name}, {part}: is missing."
        elif part not in made:
            yield f"{place} {name}, {part}: belongs in no such file."
        elif isinstance(made[part], dict) and isinstance(written[part], dict):
            yield from differing_parts(
                place, f"{name}, {part}", made[part], written[part], free=free
            )
        elif (type(made[part]), made[part]) != (type(written[part]), written[part]):
            yield (
                f"{place} {name}, {part}: {_said(written[part])} stands there,"
                f" tables and rules give {_said(made[part])}."
            )


def _said(value: object) -> str:
    return "nothing" if value is None else repr(value)
