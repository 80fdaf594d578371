"""The working frame of the batch back end: raw facts, parameters in force, groups, look-backs."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import polars as pl

from zhiqiao.engines.formula import cells
from zhiqiao.engines.formula.batch import look_back_column
from zhiqiao.engines.formula.cells import ABSENT, GRADE, Columns
from zhiqiao.engines.formula.frames import NOT_APPLICABLE, STATE, Facts
from zhiqiao.engines.formula.grouping import group_column
from zhiqiao.engines.formula.problem import Fact, Kind, Parameter
from zhiqiao.engines.formula.ranges import is_wide, of_fact
from zhiqiao.engines.formula.tree import Node, walk
from zhiqiao.engines.formula.words import AGGREGATES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from zhiqiao.engines.formula.compiling import Checked, Day
    from zhiqiao.engines.trace import Value


def prepare(
    checked: Checked, facts: Facts, trees: Mapping[str, Node], *, with_states: bool
) -> tuple[pl.DataFrame, Columns]:
    """Make the working frame: raw facts, parameters in force, groups and look-backs.

    Parameters
    ----------
    checked : Checked
        The program.
    facts : Facts
        The checked table.
    trees : mapping of str to Node
        Formulas that will be computed.
    with_states : bool
        Whether grades are followed.

    Returns
    -------
    frame : polars.DataFrame
        Rows as in ``facts.frame``.
    columns : Columns
        What it carries.
    """
    nodes = [node for tree in trees.values() for node in walk(tree)]
    columns = Columns(with_states)
    used = {node.name for node in nodes if node.op in ("fact", "prev")} & checked.facts.keys()
    written = [
        expression
        for name in checked.facts
        if name in used
        for expression in _fact_columns(checked.facts[name], facts, columns)
    ]
    dimensions = [pl.col(name) for name in checked.dimensions()]
    one = (pl.int_range(pl.len()) >= 0).cast(pl.Float64).alias(cells.ONE)
    frame = facts.frame.select("entity", "year", *dimensions, one, *written)
    frame = _with_parameters(checked, nodes, frame, columns)
    scopes = {node.name for node in nodes if node.op in AGGREGATES}
    frame = _with_groups(frame, {name: checked.scopes[name].by for name in sorted(scopes)})
    years = sorted({node.digits for node in nodes if node.op == "prev"})
    return frame.with_columns([_look_back_rows(each) for each in years]), columns


def _fact_columns(fact: Fact, facts: Facts, columns: Columns) -> list[pl.Expr]:
    value = pl.col(fact.name)
    if fact.kind is Kind.DECIMAL:
        wide = is_wide(of_fact(10**fact.scale, signed=fact.signed))
        value = value.to_physical().cast(pl.Int128 if wide else pl.Int64)
    written = [value.alias(fact.name)]
    state = pl.col(f"{fact.name}{STATE}")
    if fact.name in facts.inapplicable:
        columns.absent.add(fact.name)
        is_absent = (state == NOT_APPLICABLE).fill_null(value=False)
        written.append(is_absent.alias(f"{fact.name}{ABSENT}"))
    if columns.with_states and fact.name in facts.stated:
        columns.graded[fact.name] = pl.col(f"{fact.name}{GRADE}")
        written.append(state.fill_null(cells.REPORTED).alias(f"{fact.name}{GRADE}"))
    return written


def _with_parameters(
    checked: Checked, nodes: Sequence[Node], frame: pl.DataFrame, columns: Columns
) -> pl.DataFrame:
    used = {node.name for node in nodes if node.op == "parameter"}
    by_dimensions: dict[tuple[str, ...], list[Parameter]] = {}
    for name, parameter in checked.parameters.items():
        if name in used:
            by_dimensions.setdefault(parameter.by, []).append(parameter)
    years = frame["year"].unique().sort().to_list()
    for by, parameters in by_dimensions.items():
        table = _parameter_table(by, parameters, years, checked.day)
        frame = frame.join(table, on=["year", *by], how="left", maintain_order="left")
        for parameter in parameters:
            if any(dated.value is None for dated in parameter.values):
                columns.absent.add(parameter.name)
                mark = pl.col(f"{parameter.name}{ABSENT}").fill_null(value=False)
                frame = frame.with_columns(mark)
    return frame


def _parameter_table(
    by: tuple[str, ...], parameters: list[Parameter], years: Sequence[int], day: Day
) -> pl.DataFrame:
    """Resolve every key in every year; keys are few, so this costs next to nothing."""
    keys = dict.fromkeys(dated.key for parameter in parameters for dated in parameter.values)
    cells_of_table = [(year, key) for year in years for key in keys]
    table = {"year": pl.Series([year for year, _ in cells_of_table], dtype=pl.Int32)}
    for place, column in enumerate(by):
        table[column] = pl.Series([key[place] for _, key in cells_of_table], dtype=pl.String)
    for parameter in parameters:
        in_force = values_in_force(parameter, years, day)
        found = [in_force.get(cell) for cell in cells_of_table]
        raws = [_raw(parameter, None if each is None else each[0]) for each in found]
        table[parameter.name] = pl.Series(raws, dtype=_raw_dtype(parameter), strict=True)
        absent = [each is not None and each[0] is None for each in found]
        table[f"{parameter.name}{ABSENT}"] = pl.Series(absent, dtype=pl.Boolean)
    return pl.DataFrame(table)


def values_in_force(
    parameter: Parameter, years: Iterable[int], day: Day
) -> dict[tuple[int, tuple[str, ...]], tuple[Value]]:
    """Find the value of each key in each year: the latest that is valid on the day.

    Parameters
    ----------
    parameter : Parameter
        Its dated values.
    years : iterable of int
        Years asked for.
    day : (int, int)
        Month and day of each year.

    Returns
    -------
    dict
        ``(year, key)`` to a 1-tuple of the value; without an entry nothing is in force.
    """
    ordered = sorted(parameter.values, key=lambda dated: dated.valid_from)
    found: dict[tuple[int, tuple[str, ...]], tuple[Value]] = {}
    for year in years:
        until = date(year, *day)
        for dated in ordered:
            if dated.valid_from <= until:
                found[year, dated.key] = (dated.value,)
    return found


def _raw(parameter: Parameter, value: Value) -> int | float | bool | None:
    if isinstance(value, Decimal):
        return int(value.scaleb(parameter.scale))
    return value


def _raw_dtype(parameter: Parameter) -> type[pl.DataType]:
    if parameter.kind is Kind.DECIMAL and is_wide(of_fact(10**parameter.scale, signed=True)):
        return pl.Int128
    return {Kind.TRUTH: pl.Boolean, Kind.NUMBER: pl.Float64}.get(parameter.kind, pl.Int64)


def _with_groups(frame: pl.DataFrame, scopes: Mapping[str, tuple[str, ...]]) -> pl.DataFrame:
    """Give each group of a scope a number; a row with an empty column belongs to none."""
    for name, by in scopes.items():
        column = group_column(name)
        if not by:
            frame = frame.with_columns(pl.col("year").alias(column))
            continue
        keys = frame.select("year", *by).drop_nulls().unique(maintain_order=True)
        numbered = keys.with_row_index(column)
        frame = frame.join(numbered, on=["year", *by], how="left", maintain_order="left")
    return frame


def _look_back_rows(years: int) -> pl.Expr:
    """Find the row of the same entity `years` before: sorted, it is at most `years` rows up."""
    entity, year = pl.col("entity"), pl.col("year")
    row = pl.int_range(pl.len(), dtype=pl.Int64)
    found = [
        pl.when((entity.shift(up) == entity) & (year.shift(up) == year - years)).then(row - up)
        for up in range(1, years + 1)
    ]
    return pl.coalesce(found).alias(look_back_column(years))
