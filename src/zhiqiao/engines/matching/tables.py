"""Tables of programmes, candidates and choices, checked cell by cell, and turned into arrays.

A table is a frame of texts as a file holds them, or of numbers. Candidates are put in the order of
their numbers, so that the order of rows never matters.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from zhiqiao.engines.matching.faults import MOST_SHOWN, Fault, TableError

if TYPE_CHECKING:
    from zhiqiao.engines.matching.terms import Int32, Int64

ROW = "__row"
INDEX = "__index"
MOST_DECIMALS = 6
MOST_DIGITS = 12
NUMBER = rf"^-?[0-9]{{1,{MOST_DIGITS}}}(\.[0-9]{{1,{MOST_DECIMALS}}})?$"
WHOLE = r"^[0-9]{1,9}$"
NUMBER_RULE = f"a number with at most {MOST_DIGITS} digits and {MOST_DECIMALS} decimals is needed."


@dataclass(frozen=True, eq=False)
class Scores:
    """A column of exact numbers: integers of the smallest unit; ``is_missing`` where none is given."""

    values: Int64
    decimals: int
    is_missing: np.ndarray[tuple[int], np.dtype[np.bool_]]


def numbered(table: pl.DataFrame) -> pl.DataFrame:
    """Add the row of the file that each record stands in."""
    return table.with_row_index(ROW, offset=2)


def need_columns(name: str, table: pl.DataFrame, *columns: str) -> None:
    """Refuse a table that lacks a column."""
    for column in columns:
        if column not in table.columns:
            given = ", ".join(name for name in table.columns if not name.startswith("__"))
            raise TableError([Fault(name, 1, column, f"is missing; the columns are {given}.")])


def refuse_rows(name: str, table: pl.DataFrame, is_wrong: pl.Expr, column: str, rule: str) -> None:
    """Refuse a table with rows that break a rule, naming the first ones and their values."""
    wrong = table.filter(is_wrong.fill_null(value=False))
    if wrong.height == 0:
        return
    shown = wrong.head(MOST_SHOWN)
    given = shown[column].cast(pl.String).fill_null("(empty)") if column else [""] * shown.height
    faults = [
        Fault(name, row, column, f"{value!r}: {rule}" if column else rule)
        for row, value in zip(shown[ROW], given, strict=True)
    ]
    raise TableError(faults, more=wrong.height - shown.height)


def with_key(name: str, table: pl.DataFrame, key: str) -> pl.DataFrame:
    """Check a table's key (given, once) and sort by it, with an index from 0."""
    need_columns(name, table, key)
    table = numbered(table).with_columns(pl.col(key).cast(pl.String).str.strip_chars())
    blank = pl.col(key).is_null() | (pl.col(key) == "")
    refuse_rows(name, table, blank, key, f"every row needs a {key}.")
    refuse_rows(name, table, pl.col(key).is_duplicated(), key, "stands in more than one row.")
    return table.sort(key).with_row_index(INDEX)


def whole_numbers(
    name: str, table: pl.DataFrame, column: str, *, empty: int | None = None
) -> Int64:
    """Return a column of whole numbers from 0."""
    texts = table[column].cast(pl.String).str.strip_chars()
    table = table.with_columns(texts.alias(column))
    is_empty = pl.col(column).is_null() | (pl.col(column) == "")
    is_wrong = ~pl.col(column).str.contains(WHOLE)
    is_wrong = is_wrong & ~is_empty if empty is not None else is_wrong | is_empty
    refuse_rows(name, table, is_wrong, column, f"a whole number from 0 to {10**9 - 1} is needed.")
    filled = table.select(pl.when(is_empty).then(None).otherwise(pl.col(column)).cast(pl.Int64))
    return (
        filled.to_series().fill_null(empty if empty is not None else 0).to_numpy().astype(np.int64)
    )


def exact_numbers(name: str, table: pl.DataFrame, column: str) -> Scores:
    """Return a column of numbers, exactly as written; empty cells are missing."""
    need_columns(name, table, column)
    series = table[column]
    if series.dtype.is_float():
        series = _texts_of_floats(name, table, column)
    texts = series.cast(pl.String).str.strip_chars().replace("", None)
    is_wrong = pl.col(column).is_not_null() & ~pl.col(column).str.contains(NUMBER)
    rule = NUMBER_RULE
    refuse_rows(name, table.with_columns(texts.alias(column)), is_wrong, column, rule)
    decimals = int(texts.str.extract(r"\.([0-9]+)$").str.len_chars().max() or 0)  # type: ignore[arg-type]
    whole = texts.str.replace(r"\..*$", "").str.replace("-", "").cast(pl.Int64)
    part = texts.str.extract(r"\.([0-9]+)$").fill_null("").str.pad_end(decimals, "0")
    size = whole * 10**decimals
    if decimals:
        size = size + part.cast(pl.Int64)
    values = size.to_frame("size").select(
        pl.when(texts.str.starts_with("-")).then(-pl.col("size")).otherwise(pl.col("size"))
    )
    found = values.to_series()
    return Scores(
        values=found.fill_null(0).to_numpy().astype(np.int64),
        decimals=decimals,
        is_missing=found.is_null().to_numpy(),
    )


def _texts_of_floats(name: str, table: pl.DataFrame, column: str) -> pl.Series:
    rounded = pl.col(column).round(MOST_DECIMALS)
    is_wrong = pl.col(column).is_nan() | pl.col(column).is_infinite() | (rounded != pl.col(column))
    rule = NUMBER_RULE
    refuse_rows(name, table, is_wrong, column, rule)
    text = pl.col(column).cast(pl.Decimal(28, MOST_DECIMALS)).cast(pl.String)
    return table.select(text.str.replace(r"\.?0+$", "")).to_series()


def indices_in(
    name: str, table: pl.DataFrame, column: str, known: pl.DataFrame, rule: str
) -> Int32:
    """Return where each value of a column stands in another table's key; unknown ones are refused."""
    need_columns(name, table, column)
    texts = table.select(pl.col(column).cast(pl.String).str.strip_chars(), pl.col(ROW))
    found = texts.join(
        known.select(pl.col(column), pl.col(INDEX)), on=column, how="left", maintain_order="left"
    )
    refuse_rows(name, found, pl.col(INDEX).is_null(), column, rule)
    return found[INDEX].to_numpy().astype(np.int32)
