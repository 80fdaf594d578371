"""The batch back end: all formulas over all rows, in stages of independent columns."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

import polars as pl

from zhiqiao.engines.formula import cells
from zhiqiao.engines.formula.batch import compile_node, compile_operation, is_guarded
from zhiqiao.engines.formula.cells import ABSENT, GRADE, Cell, Columns, as_kind
from zhiqiao.engines.formula.frames import MISSING, NOT_APPLICABLE, STATE, Facts
from zhiqiao.engines.formula.grouping import aggregate, share_columns
from zhiqiao.engines.formula.preparing import Given, Layout, lay_out, make_layout
from zhiqiao.engines.formula.problem import Formula, Kind
from zhiqiao.engines.formula.ranges import is_wide
from zhiqiao.engines.formula.tree import EXACT, REFERENCES, Node, walk
from zhiqiao.engines.formula.words import AGGREGATES, MAX_INT64

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from zhiqiao.engines.formula.compiling import Checked, Day


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
    is_heavy : callable
        Operations whose operands become columns whatever their size.
    """

    stages: list[list[Item]] = field(default_factory=list)
    stored: dict[int, str] = field(default_factory=dict)
    levels: dict[str, int] = field(default_factory=dict)
    is_heavy: Callable[[Node], bool] = field(default=lambda _node: False)

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


MAX_WEIGHT = 48
"""Size of an expression beyond which it becomes a column of its own."""

_REPEATS = {
    "round_quotient": 6, "round": 4, "and": 4, "or": 4, "coalesce": 3, "if": 3, "min": 2,
    "max": 2, "divide": 2,
}  # fmt: skip
"""How often an expression repeats its operands; nested, this would grow without bound."""


def plan_stages(
    checked: Checked, trees: Mapping[str, Node], *, is_heavy: Callable[[Node], bool] | None = None
) -> Plan:
    """Cut the trees at their aggregates and heavy parts, and put the parts into stages.

    Parameters
    ----------
    checked : Checked
        The program.
    trees : mapping of str to Node
        Formulas to compute, in order; those they refer to are among them or given as columns.
    is_heavy : callable, optional
        Operations that read each operand many times over, so that it becomes a column.

    Returns
    -------
    Plan
        The stages. O(nodes); no expression is longer than a fixed size.
    """
    plan = Plan() if is_heavy is None else Plan(is_heavy=is_heavy)
    for name, tree in trees.items():
        _cut(plan, name, tree)
        plan.add(Item(name, tree, checked.formulas[name]))
    return plan


def _cut(plan: Plan, name: str, node: Node) -> int:
    """Store what must be a column and give the size of the expression that is left."""
    weights = [_cut(plan, name, arg) for arg in node.args]
    if plan.is_heavy(node):
        for arg in node.args:
            if arg.args:
                _store(plan, name, arg)
    if node.op in AGGREGATES:
        (operand,) = node.args
        if operand.op not in REFERENCES:
            _store(plan, name, operand)
        return _store(plan, name, node)
    if node.op in (*REFERENCES, "prev"):
        return 1
    repeats = _REPEATS.get(node.op, 1) * (2 if is_guarded(node) else 1)
    weight = 1 + repeats * sum(weights)
    return _store(plan, name, node) if weight > MAX_WEIGHT else weight


def _store(plan: Plan, name: str, node: Node) -> int:
    if id(node) not in plan.stored:
        column = f"{name}__part{len(plan.stored)}"
        plan.add(Item(column, node))
        plan.stored[id(node)] = column
    return 1


@dataclass(frozen=True, slots=True)
class Script:
    """A compiled program: what to lay out, the columns of each stage, what to publish."""

    layout: Layout
    stages: tuple[tuple[pl.Expr, ...], ...]
    published: tuple[pl.Expr, ...]


@dataclass(slots=True)
class _Writer:
    """Writes the stages of a plan as expressions, one stage after the other."""

    checked: Checked
    plan: Plan
    columns: Columns

    def stage(self, items: list[Item]) -> tuple[pl.Expr, ...]:
        """Write the columns of one stage."""
        compiled = [(item.name, self.compile(item)) for item in items]
        return tuple(column for name, cell in compiled for column in self.named(name, cell))

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

    def named(self, name: str, cell: Cell) -> list[pl.Expr]:
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


def make_script(checked: Checked, trees: Mapping[str, Node], given: Given) -> Script:
    """Compile formulas for tables of one shape; kept with the program for the next run.

    Parameters
    ----------
    checked : Checked
        The program.
    trees : mapping of str to Node
        Formulas to compute. Those that they refer to beside are columns of earlier results,
        see `Checked.earlier_results`.
    given : Given
        What the table carries.

    Returns
    -------
    Script
        O(nodes) the first time.
    """
    key = (tuple(trees), given)
    if key not in checked.scripts:
        columns = Columns(given.with_states)
        for name in checked.earlier_results(trees) if given.with_states else ():
            columns.absent.add(name)
            columns.graded[name] = pl.col(f"{name}{GRADE}")
        layout = make_layout(checked, trees, columns, given)
        writer = _Writer(checked, plan_stages(checked, trees), columns)
        stages = tuple(writer.stage(items) for items in writer.plan.stages)
        formulas = [formula for name, formula in checked.formulas.items() if name in trees]
        checked.scripts[key] = Script(layout, stages, tuple(_output(writer, formulas)))
    return checked.scripts[key]


def run_script(
    script: Script, frame: pl.DataFrame, day: Day, earlier: Sequence[pl.Series] = ()
) -> pl.DataFrame:
    """Compute a script; each stage is one parallel pass over its columns.

    Parameters
    ----------
    script : Script
        The compiled formulas.
    frame : polars.DataFrame
        The checked table, ``n`` rows.
    day : (int, int)
        Month and day on which parameters are resolved.
    earlier : sequence of polars.Series
        Results of other formulas on the same rows, raw.

    Returns
    -------
    polars.DataFrame
        ``entity``, ``year`` and the published columns. O(n × nodes), O(n log n) per rank.
    """
    working = lay_out(script.layout, frame, day).with_columns(*earlier)
    for stage in script.stages:
        working = working.with_columns(stage)
    return working.select("entity", "year", *script.published)


def _stored(formula: Formula, node: Node, cell: Cell) -> Cell:
    """Bring a root to its declared kind; an exact value beyond 64 bits becomes missing."""
    if formula.kind in EXACT and _holds_wide(node, formula):
        raw = cell.value.cast(pl.Int128)
        # Compared before it is scaled: more decimal places could lead beyond any integer.
        limit = pl.lit(MAX_INT64 // 10 ** (formula.scale - node.scale), dtype=pl.Int128)
        kept = pl.when(raw.abs() <= limit).then(raw)
        value = as_kind(node, kept, formula.kind, formula.scale, is_wide=True).cast(pl.Int64)
    else:
        value = as_kind(node, cell.value, formula.kind, formula.scale, is_wide=node.is_wide)
    return Cell(value, cell.absent, cells.greatest_grade([cell.grade, cells.DERIVED]))


def _holds_wide(node: Node, formula: Formula) -> bool:
    factor = 10 ** (formula.scale - node.scale)
    low, high = node.bounds
    return is_wide((low * factor, high * factor)) or any(each.is_wide for each in walk(node))


def _output(writer: _Writer, formulas: Iterable[Formula]) -> Iterator[pl.Expr]:
    """Publish each formula, with states ``__state`` and what a share is made of."""
    for formula in formulas:
        yield _published(formula)
        if writer.columns.with_states:
            yield _state_column(writer.columns.cell(formula.name), formula.name)
            share = main_share(writer.checked.trees[formula.name])
            if share is not None:
                member = compile_node(share.args[0], writer.columns, writer.plan.stored)
                yield from share_columns(share, member, formula.name)


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
        ``entity``, ``year``, one column per formula and what belongs to it, see `Program.run`.
    """
    given = Given(facts.stated, facts.inapplicable, with_states)
    return run_script(make_script(checked, checked.trees, given), facts.frame, checked.day)
