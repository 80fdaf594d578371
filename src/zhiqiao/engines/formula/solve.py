"""The batch back end: all formulas over all rows, in stages of independent columns."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import polars as pl

from zhiqiao.engines.formula import cells
from zhiqiao.engines.formula.batch import compile_node, compile_operation, look_back_column
from zhiqiao.engines.formula.cells import ABSENT, GRADE, Cell, Columns, as_kind
from zhiqiao.engines.formula.frames import STATE, Facts
from zhiqiao.engines.formula.grouping import aggregate, group_column, share_columns
from zhiqiao.engines.formula.problem import Fact, Formula, Kind, Parameter
from zhiqiao.engines.formula.ranges import is_wide, of_fact
from zhiqiao.engines.formula.tree import EXACT, REFERENCES, Node, walk
from zhiqiao.engines.formula.words import AGGREGATES, MAX_INT64
from zhiqiao.engines.trace import State

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from zhiqiao.engines.formula.compiling import Checked, Day
    from zhiqiao.engines.trace import Value

MISSING, NOT_APPLICABLE = int(State.MISSING), int(State.NOT_APPLICABLE)


@dataclass(frozen=True, slots=True)
class Item:
    """A column to compute: a formula, an aggregate, or the operand of an aggregate."""

    name: str
    node: Node
    formula: Formula | None = None


@dataclass(slots=True)
class Plan:
    """Columns in stages; those of one stage do not depend on each other.

    Parameters
    ----------
    stages : list of list of Item
        In order.
    stored : dict of int to str
        Column of each aggregate and of each operand that is not a name, by ``id`` of the node.
    """

    stages: list[list[Item]] = field(default_factory=list)
    stored: dict[int, str] = field(default_factory=dict)
    levels: dict[str, int] = field(default_factory=dict)

    def add(self, item: Item) -> None:
        """Put an item into the first stage in which all that it needs is there."""
        level = self.level(item.node)
        self.levels[item.name] = level + 1
        while len(self.stages) <= level:
            self.stages.append([])
        self.stages[level].append(item)

    def level(self, node: Node) -> int:
        """Find the first stage in which a tree can be computed."""
        if id(node) in self.stored:
            return self.levels[self.stored[id(node)]]
        if node.op in ("formula", "prev"):
            return self.levels.get(node.name, 0)
        return max((self.level(arg) for arg in node.args), default=0)


def plan_stages(checked: Checked, trees: Mapping[str, Node]) -> Plan:
    """Cut the trees at their aggregates and put the parts into stages.

    Parameters
    ----------
    checked : Checked
        The program.
    trees : mapping of str to Node
        Formulas to compute, in order; those they refer to are among them or given as columns.

    Returns
    -------
    Plan
        The stages. O(nodes).
    """
    plan = Plan()
    for name, tree in trees.items():
        inner = [node for node in walk(tree) if node.op in AGGREGATES]
        for number, node in enumerate(reversed(inner)):
            (operand,) = node.args
            if operand.op not in REFERENCES and id(operand) not in plan.stored:
                column = f"{name}__operand{number}"
                plan.add(Item(column, operand))
                plan.stored[id(operand)] = column
            column = f"{name}__aggregate{number}"
            _add_aggregate(plan, column, node)
        plan.add(Item(name, tree, checked.formulas[name]))
    return plan


def _add_aggregate(plan: Plan, column: str, node: Node) -> None:
    plan.add(Item(column, node))
    plan.stored[id(node)] = column


@dataclass(slots=True)
class Run:
    """A working frame that grows stage by stage."""

    checked: Checked
    plan: Plan
    frame: pl.DataFrame
    columns: Columns

    def compute(self) -> None:
        """Compute every stage; each is one parallel pass over its columns."""
        for stage in self.plan.stages:
            written: list[pl.Expr] = []
            made = [(item, self.compile(item)) for item in stage]
            for item, cell in made:
                written.extend(self.written(item.name, cell))
            self.frame = self.frame.with_columns(written)

    def compile(self, item: Item) -> Cell:
        """Write an item as expressions."""
        if item.node.op in AGGREGATES and item.formula is None:
            (operand,) = item.node.args
            member = compile_node(operand, self.columns, self.plan.stored)
            return aggregate(item.node, member, with_states=self.columns.with_states)
        if item.formula is None:
            return compile_operation(item.node, self.columns, self.plan.stored)
        cell = compile_node(item.node, self.columns, self.plan.stored)
        return _stored(item.formula, item.node, cell)

    def written(self, name: str, cell: Cell) -> list[pl.Expr]:
        """Name the columns of a cell and remember which there are."""
        written = [cell.value.alias(name)]
        if cell.absent is not None:
            self.columns.absent.add(name)
            written.append(cell.absent.alias(f"{name}{ABSENT}"))
        if self.columns.with_states:
            grade = cell.grade
            if not isinstance(grade, int):
                written.append(grade.cast(pl.UInt8).alias(f"{name}{GRADE}"))
                grade = pl.col(f"{name}{GRADE}")
            self.columns.graded[name] = grade
        return written


def _stored(formula: Formula, node: Node, cell: Cell) -> Cell:
    """Bring a root to its declared kind; an exact value beyond 64 bits becomes missing."""
    value = as_kind(node, cell.value, formula.kind, formula.scale, is_wide=node.is_wide)
    if formula.kind in EXACT and _holds_wide(node, formula):
        wide = value.cast(pl.Int128)
        limit = pl.lit(MAX_INT64, dtype=pl.Int128)
        value = pl.when(wide.abs() <= limit).then(wide).cast(pl.Int64)
    return Cell(value, cell.absent, cells.greatest_grade([cell.grade, cells.DERIVED]))


def _holds_wide(node: Node, formula: Formula) -> bool:
    factor = 10 ** (formula.scale - node.scale)
    low, high = node.bounds
    return is_wide((low * factor, high * factor)) or any(each.is_wide for each in walk(node))


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
    frame = facts.frame.select("entity", "year", *dimensions, *written)
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
    """Number the groups of each scope; a row with an empty column belongs to none."""
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


def output(run: Run, formulas: Iterable[Formula], *, with_states: bool) -> list[pl.Expr]:
    """Name the columns of the result.

    Parameters
    ----------
    run : Run
        After `Run.compute`.
    formulas : iterable of Formula
        What to publish.
    with_states : bool
        Whether to publish states, and what shares are made of.

    Returns
    -------
    list of polars.Expr
        One column per formula, with states ``<formula>__state`` and, for a share,
        ``__numerator``, ``__denominator`` and ``__coverage``.
    """
    written: list[pl.Expr] = []
    for formula in formulas:
        written.append(_published(formula))
        if with_states:
            written.append(_state_column(run.columns.cell(formula.name), formula.name))
            share = main_share(run.checked.trees[formula.name])
            if share is not None:
                member = compile_node(share.args[0], run.columns, run.plan.stored)
                written.extend(share_columns(share, member, formula.name))
    return written


def _published(formula: Formula) -> pl.Expr:
    column = pl.col(formula.name)
    if formula.kind is not Kind.DECIMAL:
        return column
    unit = pl.lit(Decimal(1).scaleb(-formula.scale), dtype=pl.Decimal(38, formula.scale))
    return (column.cast(pl.Decimal(38, 0)) * unit).cast(pl.Decimal(38, formula.scale))


def _state_column(cell: Cell, name: str) -> pl.Expr:
    state = pl.when(cell.value.is_null()).then(pl.lit(MISSING, dtype=pl.UInt8))
    graded = state.otherwise(cells.literal_grade(cell.grade))
    if cell.absent is not None:
        inapplicable = pl.lit(NOT_APPLICABLE, dtype=pl.UInt8)
        graded = pl.when(cell.absent).then(inapplicable).otherwise(graded)
    return graded.cast(pl.UInt8).alias(f"{name}{STATE}")


def main_share(tree: Node) -> Node | None:
    """Find the share that a formula shows, under a conversion or rounding; ``None`` if none."""
    node = tree
    while node.op in ("percent", "fraction", "round", "to_number"):
        (node,) = node.args
    return node if node.op == "share" else None


def solve(checked: Checked, facts: Facts, *, with_states: bool) -> pl.DataFrame:
    """Compute every formula of a program on every row.

    Parameters
    ----------
    checked : Checked
        The program.
    facts : Facts
        The checked table, ``n`` rows.
    with_states : bool
        Whether to give states.

    Returns
    -------
    polars.DataFrame
        ``entity``, ``year`` and the columns of `output`; O(n × nodes), O(n log n) per rank.
    """
    frame, columns = prepare(checked, facts, checked.trees, with_states=with_states)
    run = Run(checked, plan_stages(checked, checked.trees), frame, columns)
    run.compute()
    published = output(run, checked.formulas.values(), with_states=with_states)
    return run.frame.select("entity", "year", *published)
