"""The table of facts: checked column by column, sorted, with the states read.

A checked table has ``entity`` and ``year`` (sorted, unique), the dimension columns as text, each
fact in its own kind (`Decimal` columns for decimals) and, where given, ``<fact>__state`` as UInt8.
"""

from __future__ import annotations

from dataclasses import dataclass
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


def check_facts(checked: Checked, frame: pl.DataFrame, names: Sequence[str] | None = None) -> Facts:
    """Check a table of facts against a program.

    Parameters
    ----------
    checked : Checked
        The program.
    frame : polars.DataFrame
        Columns ``entity``, ``year``, dimensions and facts; more columns are ignored.
    names : sequence of str, optional
        Facts that are needed; all that any formula uses when left out.

    Returns
    -------
    Facts
        The checked table.

    Raises
    ------
    FactsError
        A column or cell that does not fit, named. O(rows × columns).
    """
    facts = [checked.facts[name] for name in (checked.used("fact") if names is None else names)]
    dimensions = checked.dimensions()
    _check_present(frame, [*_KEYS, *dimensions, *(fact.name for fact in facts)])
    stated = [fact.name for fact in facts if f"{fact.name}{STATE}" in frame.columns]
    sorted_frame = _sorted(_cast(frame, _picked(frame, dimensions, facts, stated)))
    _check_size(sorted_frame)
    _check_cells(sorted_frame, facts, stated)
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
    entity, year = pl.col("entity"), pl.col("year")
    is_same = entity == entity.shift()
    unnamed, is_sorted, is_twice = frame.select(
        unnamed=(entity.is_null() | year.is_null()).sum(),
        is_sorted=((entity > entity.shift()) | (is_same & (year >= year.shift()))).all(),
        is_twice=(is_same & (year == year.shift())).any(),
    ).row(0)
    if unnamed:
        raise FactsError("", 0, "row-unnamed", count=unnamed)
    if not is_sorted:
        return _sorted(frame.sort("entity", "year"))
    if is_twice:
        twice = frame.filter(is_same & (year == year.shift())).row(0, named=True)
        raise FactsError("", 0, "row-twice", entity=twice["entity"], year=twice["year"])
    return frame


def _check_size(frame: pl.DataFrame) -> None:
    if len(frame) > MAX_MEMBERS:
        most = frame["year"].value_counts()["count"].max()
        if isinstance(most, int) and most > MAX_MEMBERS:
            raise FactsError("", 0, "too-many-rows", given=most, limit=MAX_MEMBERS)


def _check_cells(frame: pl.DataFrame, facts: Sequence[Fact], stated: Sequence[str]) -> None:
    """Look for wrong cells in one parallel pass; only when there is one, find it."""
    wrong: dict[str, tuple[Fact, pl.Expr, str]] = {}
    for fact in facts:
        column = pl.col(fact.name)
        if fact.kind is not Kind.TRUTH:
            low = -MAX_FACT if fact.signed else 0
            beyond = ~column.cast(pl.Float64).is_between(float(low), float(MAX_FACT))
            rule = f"it must be a number between {low} and {MAX_FACT}"
            if not fact.signed:
                rule += " (declare the fact as signed if it may be below zero)"
            wrong[f"{fact.name}__range"] = (fact, beyond, rule)
        if fact.name in stated:
            contradicted = column.is_not_null() & (pl.col(f"{fact.name}{STATE}") >= MISSING)
            rule = "a cell that is missing or not applicable is empty"
            wrong[f"{fact.name}__contradicted"] = (fact, contradicted, rule)
    found = frame.select(**{name: condition.any() for name, (_, condition, _) in wrong.items()})
    for name, is_found in zip(found.columns, found.rows()[0] if wrong else (), strict=True):
        if is_found:
            fact, condition, rule = wrong[name]
            raise _wrong_cell(frame, fact.name, condition, rule)


def _wrong_cell(frame: pl.DataFrame, name: str, wrong: pl.Expr, rule: str) -> FactsError:
    row = frame.filter(wrong.fill_null(value=False)).row(0, named=True)
    return FactsError(
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
