"""The working frame of the batch back end: raw facts, parameters in force, groups, look-backs."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import polars as pl

from zhiqiao.engines.formula import cells
from zhiqiao.engines.formula.batch import look_back_column
from zhiqiao.engines.formula.cells import ABSENT, GRADE, Columns
from zhiqiao.engines.formula.frames import NOT_APPLICABLE, STATE
from zhiqiao.engines.formula.grouping import group_column
from zhiqiao.engines.formula.problem import Fact, Kind, Parameter
from zhiqiao.engines.formula.ranges import is_wide, of_fact
from zhiqiao.engines.formula.tree import Node, walk
from zhiqiao.engines.formula.words import AGGREGATES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from zhiqiao.engines.formula.compiling import Checked, Day
    from zhiqiao.engines.trace import Value

MAX_TABLES = 64


@dataclass(frozen=True, slots=True)
class Given:
    """What a table of facts carries beside the values: it decides which expressions are needed.

    Parameters
    ----------
    stated : frozenset of str
        Facts with a state column.
    inapplicable : frozenset of str
        Facts with a cell that is not applicable.
    with_states : bool
        Whether states are asked for.
    """

    stated: frozenset[str]
    inapplicable: frozenset[str]
    with_states: bool


@dataclass(frozen=True, slots=True)
class Layout:
    """What a working frame has to carry, found once for a set of trees.

    Parameters
    ----------
    columns : Columns
        Which names have a mark of absence or a grade.
    taken : tuple of polars.Expr
        Keys, dimensions and raw facts, over the checked table.
    parameters : dict
        Parameters by their dimensions.
    scopes : dict of str to tuple of str
        Columns of each scope.
    look_backs : tuple of int
        Years of the look-backs.
    tables : dict
        Parameter tables of recent runs.
    """

    columns: Columns
    taken: tuple[pl.Expr, ...]
    parameters: dict[tuple[str, ...], list[Parameter]]
    scopes: dict[str, tuple[str, ...]]
    look_backs: tuple[int, ...]
    tables: dict[object, pl.DataFrame] = field(default_factory=dict, repr=False)

    def table(self, by: tuple[str, ...], years: Sequence[int], day: Day) -> pl.DataFrame:
        """Give the parameters of some dimensions in some years; made once for the same years."""
        key = (by, tuple(years))
        if key not in self.tables:
            if len(self.tables) >= MAX_TABLES:
                self.tables.clear()
            self.tables[key] = _parameter_table(by, self.parameters[by], years, day)
        return self.tables[key]


def make_layout(
    checked: Checked, trees: Mapping[str, Node], columns: Columns, given: Given
) -> Layout:
    """Find what a working frame has to carry.

    Parameters
    ----------
    checked : Checked
        The program.
    trees : mapping of str to Node
        Formulas that will be computed.
    columns : Columns
        Filled with the marks of facts and parameters.
    given : Given
        What the table of facts carries.

    Returns
    -------
    Layout
        O(nodes).
    """
    nodes = [node for tree in trees.values() for node in walk(tree)]
    facts = {node.name for node in nodes if node.op in ("fact", "prev")} & checked.facts.keys()
    one = (pl.int_range(pl.len()) >= 0).cast(pl.Float64).alias(cells.ONE)
    taken = [pl.col("entity"), pl.col("year"), *map(pl.col, checked.dimensions()), one]
    for name, fact in checked.facts.items():
        if name in facts:
            taken += _fact_columns(fact, given, columns)
    by_dimensions: dict[tuple[str, ...], list[Parameter]] = {}
    names = {node.name for node in nodes if node.op == "parameter"}
    for name, parameter in checked.parameters.items():
        if name in names:
            by_dimensions.setdefault(parameter.by, []).append(parameter)
            if any(dated.value is None for dated in parameter.values):
                columns.absent.add(name)
    scopes = {node.name for node in nodes if node.op in AGGREGATES}
    years = {node.digits for node in nodes if node.op == "prev"}
    return Layout(
        columns,
        tuple(taken),
        by_dimensions,
        {name: checked.scopes[name].by for name in sorted(scopes)},
        tuple(sorted(years)),
    )


def lay_out(layout: Layout, frame: pl.DataFrame, day: Day) -> pl.DataFrame:
    """Make the working frame: raw facts, parameters in force, groups and look-backs.

    Parameters
    ----------
    layout : Layout
        What to carry.
    frame : polars.DataFrame
        The checked table.
    day : (int, int)
        Month and day on which parameters are resolved.

    Returns
    -------
    polars.DataFrame
        Rows as in `frame`. O(rows).
    """
    working = frame.select(layout.taken)
    years = working["year"].unique().sort().to_list() if layout.parameters else []
    for by, parameters in layout.parameters.items():
        table = layout.table(by, years, day)
        working = working.join(table, on=["year", *by], how="left", maintain_order="left")
        marks = [
            pl.col(f"{each.name}{ABSENT}").fill_null(value=False)
            for each in parameters
            if each.name in layout.columns.absent
        ]
        working = working.with_columns(marks) if marks else working
    working = _with_groups(working, layout.scopes)
    if not layout.look_backs:
        return working
    return working.with_columns([_look_back_rows(years) for years in layout.look_backs])


def _fact_columns(fact: Fact, given: Given, columns: Columns) -> list[pl.Expr]:
    value = pl.col(fact.name)
    if fact.kind is Kind.DECIMAL:
        wide = is_wide(of_fact(10**fact.scale, signed=fact.signed))
        value = value.to_physical().cast(pl.Int128 if wide else pl.Int64)
    written = [value.alias(fact.name)]
    state = pl.col(f"{fact.name}{STATE}")
    if fact.name in given.inapplicable:
        columns.absent.add(fact.name)
        is_absent = (state == NOT_APPLICABLE).fill_null(value=False)
        written.append(is_absent.alias(f"{fact.name}{ABSENT}"))
    if columns.with_states and fact.name in given.stated:
        columns.graded[fact.name] = pl.col(f"{fact.name}{GRADE}")
        written.append(state.fill_null(cells.REPORTED).alias(f"{fact.name}{GRADE}"))
    return written


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
