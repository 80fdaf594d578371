"""The table of facts: checked column by column, sorted, with the states read.

A checked table has ``entity`` and ``year`` (sorted, unique), the dimension columns as text, each
fact in its own kind (`Decimal` columns for decimals) and, where given, ``<fact>__state`` as UInt8.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

import polars as pl

from zhiqiao.engines.formula.errors import FactsError
from zhiqiao.engines.formula.problem import Fact, Kind
from zhiqiao.engines.formula.words import MAX_FACT, MAX_MEMBERS
from zhiqiao.engines.trace import State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zhiqiao.engines.formula.compiling import Checked

STATE = "__state"
_KEYS = ("entity", "year")
_STATE_NAMES = {
    spelled: int(state)
    for state in State
    for spelled in (state.name.lower(), state.name.lower().replace("_", "-"))
}
MISSING = int(State.MISSING)
NOT_APPLICABLE = int(State.NOT_APPLICABLE)


@dataclass(frozen=True, slots=True)
class Facts:
    """A checked table of facts.

    Parameters
    ----------
    frame : polars.DataFrame
        One row per entity and year, sorted by both.
    stated : frozenset of str
        Facts with a state column.
    inapplicable : frozenset of str
        Facts with a cell that is not applicable.
    """

    frame: pl.DataFrame
    stated: frozenset[str]
    inapplicable: frozenset[str]


def check_facts(checked: Checked, frame: pl.DataFrame) -> Facts:
    """Check a table of facts against a program.

    Parameters
    ----------
    checked : Checked
        The program.
    frame : polars.DataFrame
        Columns ``entity``, ``year``, dimensions and facts; more columns are ignored.

    Returns
    -------
    Facts
        The checked table.

    Raises
    ------
    FactsError
        A column or cell that does not fit, named. O(rows × columns).
    """
    facts = [checked.facts[name] for name in checked.used("fact")]
    dimensions = checked.dimensions()
    _check_present(frame, [*_KEYS, *dimensions, *(fact.name for fact in facts)])
    stated = [fact.name for fact in facts if f"{fact.name}{STATE}" in frame.columns]
    sorted_frame = _sorted(_cast(frame, _picked(frame, dimensions, facts, stated)))
    _check_rows(sorted_frame)
    for fact in facts:
        _check_cells(sorted_frame, fact, is_stated=fact.name in stated)
    inapplicable = [
        name for name in stated if (sorted_frame[f"{name}{STATE}"] == NOT_APPLICABLE).any()
    ]
    return Facts(sorted_frame, frozenset(stated), frozenset(inapplicable))


def _check_present(frame: pl.DataFrame, columns: list[str]) -> None:
    for column in columns:
        if column not in frame.columns:
            raise FactsError("", 0, "column-missing", column=column)


def _picked(
    frame: pl.DataFrame, dimensions: Sequence[str], facts: Sequence[Fact], stated: Sequence[str]
) -> list[pl.Expr]:
    schema = frame.schema
    picked = [_entity(schema["entity"]), _year(schema["year"])]
    picked += [_dimension(name, schema[name]) for name in dimensions]
    picked += [_fact(fact, schema[fact.name]) for fact in facts]
    picked += [_state(f"{name}{STATE}", frame[f"{name}{STATE}"]) for name in stated]
    return picked


def _cast(frame: pl.DataFrame, picked: list[pl.Expr]) -> pl.DataFrame:
    try:
        return frame.select(picked)
    except pl.exceptions.InvalidOperationError as error:
        for each in picked:
            name = each.meta.output_name()
            try:
                frame.select(each)
            except pl.exceptions.InvalidOperationError:
                wanted = f"values of at most {MAX_FACT} in magnitude"
                raise _wrong(name, frame.schema[name], wanted) from error
        raise


def _wrong(column: str, given: pl.DataType, wanted: str) -> FactsError:
    return FactsError("", 0, "column-kind", column=column, given=given, wanted=wanted)


def _entity(given: pl.DataType) -> pl.Expr:
    if not (given == pl.String or given.is_integer()):
        raise _wrong("entity", given, "text or whole numbers")
    return pl.col("entity")


def _year(given: pl.DataType) -> pl.Expr:
    if not given.is_integer():
        raise _wrong("year", given, "whole numbers")
    return pl.col("year").cast(pl.Int32)


def _dimension(name: str, given: pl.DataType) -> pl.Expr:
    if given == pl.Null or given.is_integer() or isinstance(given, pl.Categorical | pl.Enum):
        return pl.col(name).cast(pl.String)
    if given != pl.String:
        raise _wrong(name, given, "text")
    return pl.col(name)


def _fact(fact: Fact, given: pl.DataType) -> pl.Expr:
    column = pl.col(fact.name)
    if fact.kind is Kind.TRUTH:
        if given not in (pl.Boolean, pl.Null):
            raise _wrong(fact.name, given, "truths")
        return column.cast(pl.Boolean)
    if fact.kind is Kind.NUMBER:
        if not (given.is_numeric() or given == pl.Null):
            raise _wrong(fact.name, given, "numbers")
        return column.cast(pl.Float64)
    if fact.kind is Kind.DECIMAL and isinstance(given, pl.Decimal):
        if given.scale > fact.scale:
            raise _wrong(fact.name, given, f"decimals with {fact.scale} places")
        return column.cast(pl.Decimal(38, fact.scale))
    if not (given.is_integer() or given == pl.Null):
        raise _wrong(fact.name, given, _EXACT_WANTED[fact.kind])
    dtype = pl.Int64() if fact.kind is Kind.INTEGER else pl.Decimal(38, fact.scale)
    return column.cast(pl.Int64).cast(dtype)


_EXACT_WANTED = {
    Kind.INTEGER: "whole numbers",
    Kind.DECIMAL: "exact decimals (polars Decimal) or whole numbers",
}


def _state(name: str, given: pl.Series) -> pl.Expr:
    column = pl.col(name)
    if given.dtype == pl.String or isinstance(given.dtype, pl.Categorical | pl.Enum):
        known = list(_STATE_NAMES)
        unknown = given.cast(pl.String).filter(~given.cast(pl.String).is_in(known)).drop_nulls()
        if len(unknown):
            raise _wrong_state(name, unknown[0])
        return column.cast(pl.String).replace_strict(_STATE_NAMES, return_dtype=pl.UInt8)
    if not (given.dtype.is_integer() or given.dtype == pl.Null):
        raise _wrong(name, given.dtype, "states")
    beyond = given.filter((given < 0) | (given > NOT_APPLICABLE)) if len(given) else given
    if given.dtype != pl.Null and len(beyond):
        raise _wrong_state(name, beyond[0])
    return column.cast(pl.UInt8)


def _wrong_state(column: str, given: object) -> FactsError:
    wanted = f"one of {', '.join(state.name.lower() for state in State)}"
    return FactsError("", 0, "column-kind", column=column, given=repr(given), wanted=wanted)


def _sorted(frame: pl.DataFrame) -> pl.DataFrame:
    """Sort by entity and year, at no cost beyond the look when it is sorted already."""
    unnamed = frame.select(pl.col("entity").is_null() | pl.col("year").is_null()).to_series().sum()
    if unnamed:
        raise FactsError("", 0, "row-unnamed", count=unnamed)
    entity, year = pl.col("entity"), pl.col("year")
    after = (entity > entity.shift()) | ((entity == entity.shift()) & (year >= year.shift()))
    is_sorted = frame.select(after.all()).item()
    return frame if is_sorted else frame.sort("entity", "year")


def _check_rows(frame: pl.DataFrame) -> None:
    entity, year = pl.col("entity"), pl.col("year")
    twice = frame.filter((entity == entity.shift()) & (year == year.shift()))
    if len(twice):
        raise FactsError("", 0, "row-twice", entity=twice["entity"][0], year=twice["year"][0])
    if len(frame) > MAX_MEMBERS:
        most = frame["year"].value_counts()["count"].max()
        if isinstance(most, int) and most > MAX_MEMBERS:
            raise FactsError("", 0, "too-many-rows", given=most, limit=MAX_MEMBERS)


def _check_cells(frame: pl.DataFrame, fact: Fact, *, is_stated: bool) -> None:
    column = frame[fact.name]
    if fact.kind is Kind.NUMBER:
        _refuse_cells(frame, fact.name, ~column.is_finite(), "a number is finite")
    if fact.kind is not Kind.TRUTH:
        low = -MAX_FACT if fact.signed else 0
        rule = f"it must lie between {low} and {MAX_FACT}"
        if not fact.signed:
            rule += " (declare the fact as signed if it may be below zero)"
        _refuse_cells(frame, fact.name, ~_lies_between(column, low), rule)
    if is_stated:
        contradicted = column.is_not_null() & (frame[f"{fact.name}{STATE}"] >= MISSING)
        rule = "a cell that is missing or not applicable is empty"
        _refuse_cells(frame, fact.name, contradicted, rule)


def _lies_between(column: pl.Series, low: int) -> pl.Series:
    lowest, highest = column.min(), column.max()
    if isinstance(lowest, int | float | Decimal) and isinstance(highest, int | float | Decimal):
        if low <= lowest and highest <= MAX_FACT:
            return column.is_not_null() | True
        return column.cast(pl.Float64).is_between(low, MAX_FACT)
    return column.is_null()


def _refuse_cells(frame: pl.DataFrame, name: str, wrong: pl.Series, rule: str) -> None:
    if not wrong.any():
        return
    row = frame.filter(wrong.fill_null(value=False)).row(0, named=True)
    raise FactsError(
        "",
        0,
        "cell",
        column=name,
        given=row[name],
        entity=row["entity"],
        year=row["year"],
        rule=rule,
        remedy="Correct the cell.",
    )
