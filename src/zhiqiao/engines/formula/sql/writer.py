"""Writes a statement: from the relation, stage upon stage, to the figures."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

import polars as pl

from zhiqiao.engines.formula.errors import ProgramError
from zhiqiao.engines.formula.frames import STATE
from zhiqiao.engines.formula.problem import Formula, Kind
from zhiqiao.engines.formula.solve import Item, main_share, plan_stages
from zhiqiao.engines.formula.sql import floats
from zhiqiao.engines.formula.sql.faults import FAULT
from zhiqiao.engines.formula.sql.given import Reading, find_hops
from zhiqiao.engines.formula.sql.in_force import Table, tables_in_force
from zhiqiao.engines.formula.sql.operations import (
    DERIVED,
    NOT_APPLICABLE,
    Scene,
    Term,
    as_number,
    greatest,
    is_heavy,
)
from zhiqiao.engines.formula.sql.whys import WHY, why
from zhiqiao.engines.formula.sql.windows import (
    MISSING,
    RUNNING,
    Grouping,
    share_parts,
)
from zhiqiao.engines.formula.tree import EXACT, Node, walk
from zhiqiao.engines.formula.words import AGGREGATES, MAX_INT64

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from zhiqiao.engines.formula.compiling import Checked
    from zhiqiao.engines.formula.sql.relation import Relation

MAX_COLUMNS = 1_500
"""Columns of one stage; PostgreSQL takes 1,664."""
MAX_YEAR = 2**31 - 1
LETTERS = {STATE: "g", WHY: "w"}
"""First letters of columns by the end of their names; a value has ``c``."""
Columns = tuple[tuple[str, pl.DataType], ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a statement is asked for, see `statement.write_statement`."""

    formulas: tuple[str, ...]
    entity: str | int | None
    years: tuple[int, ...] | None
    whys: bool


def write(
    checked: Checked, relation: Relation, wanted: Wanted
) -> tuple[str, dict[str, object], Columns]:
    """Write the text, the parameters and the columns of a statement. O(nodes)."""
    writer = Writer.of(checked, relation, wanted)
    text = writer.text()
    return text, {**relation.parameters, **writer.scene.binder.values}, tuple(writer.published())


def _closure(checked: Checked, wanted: Sequence[str]) -> dict[str, Node]:
    """Find the trees of some formulas and of all that they refer to, in order of computation."""
    found = set(wanted)
    for name in reversed(list(checked.trees)):
        if name in found:
            nodes = walk(checked.trees[name])
            found |= {node.name for node in nodes if node.name in checked.formulas}
    return {name: tree for name, tree in checked.trees.items() if name in found}


@dataclass(slots=True)
class _Stage:
    """Columns that one part of the statement adds, and which ones it reads."""

    columns: dict[str, str] = field(default_factory=dict)
    reads: set[str] = field(default_factory=set)
    windows: set[str] = field(default_factory=set)
    risky: set[tuple[str, str]] = field(default_factory=set)


class Writer:
    """Writes one statement."""

    def __init__(
        self, checked: Checked, reading: Reading, scene: Scene, trees: Mapping[str, Node]
    ) -> None:
        self.checked = checked
        self.reading = reading
        self.scene = scene
        self.trees = trees
        self.plan = plan_stages(checked, trees, is_heavy=is_heavy)
        scene.stored.update(self.plan.stored)
        nodes = [node for tree in trees.values() for node in walk(tree)]
        scopes = sorted({node.name for node in nodes if node.op in AGGREGATES})
        dimensions = {name: f"d{place}" for place, name in enumerate(reading.dimensions)}
        self.grouping = Grouping(dimensions, {name: checked.scopes[name].by for name in scopes})
        self.parameters = {node.name for node in nodes if node.op == "parameter"}
        self.asked = Wanted((), None, None, whys=False)

    @property
    def wanted(self) -> list[str]:
        """The formulas that are given, in the order of their declaration."""
        return [name for name in self.checked.formulas if name in self.asked.formulas]

    @classmethod
    def of(cls, checked: Checked, relation: Relation, asked: Wanted) -> Writer:
        """Prepare to write some formulas."""
        trees = _closure(checked, asked.formulas)
        scene = Scene({}, {}, floats.Magnitudes(checked.trees))
        facts = [checked.facts[name] for name in checked.facts_of(trees)]
        reading = Reading(relation, scene.binder, facts, checked.dimensions())
        writer = cls(checked, reading, scene, trees)
        writer.asked = asked
        return writer

    def text(self) -> str:
        """Write it all, from the relation to the figures."""
        tables = self.tables()
        for name in [fact.name for fact in self.reading.facts] + sorted(self.parameters):
            self.number(name)
        stages = [self.stage(items) for items in self.plan.stages]
        stages.append(self.shares())
        hops = find_hops(self.trees, self.grouping.scopes)
        parts = [self.reading.source(), *self.reading.records(self.asked.entity, hops)]
        parts += [self.reading.rows(), self.reading.fault(), self.first(tables)]
        parts += self.chained(stages)
        return f"WITH {', '.join(parts)} {self.last()}"

    def number(self, name: str) -> int:
        """Give a name its number, which stands for it in the text."""
        return self.scene.numbers.setdefault(name, len(self.scene.numbers))

    def tables(self) -> list[Table]:
        """Write the parameters in force as tables to be joined."""
        parameters = [self.checked.parameters[name] for name in sorted(self.parameters)]
        return tables_in_force(parameters, self.checked.day, self.scene.binder)

    def first(self, tables: Sequence[Table]) -> str:
        """Write the rows with facts and parameters."""
        numbers, dimensions = self.scene.numbers, self.grouping.dimensions
        columns = ["entity", "year", *dimensions.values()]
        columns += self.reading.fact_columns(numbers)
        for table in tables:
            columns += table.columns(numbers[table.name])
        _check_width(len(columns))
        joins = "".join(table.join(dimensions) for table in tables)
        return f"stage_0 AS MATERIALIZED (SELECT {', '.join(columns)} FROM given_rows{joins})"

    def stage(self, items: Sequence[Item]) -> _Stage:
        """Write the columns of one stage."""
        made = _Stage()
        for item in items:
            term = self.compile(item)
            made.columns[item.name] = term.value
            made.columns[f"{item.name}{STATE}"] = term.grade
            if self.asked.whys and item.name in self.asked.formulas:
                made.columns[f"{item.name}{WHY}"] = self.why(item, term.value)
        return self.taken(made)

    def taken(self, made: _Stage) -> _Stage:
        """Note what a stage reads, and begin anew."""
        scene, grouping = self.scene, self.grouping
        made.reads = {f"{letter}{number}" for number in scene.used for letter in "cg"}
        made.windows, made.risky = set(scene.windows), set(grouping.risky)
        scene.used.clear()
        scene.windows.clear()
        grouping.risky.clear()
        made.columns = {self.column(name): text for name, text in made.columns.items()}
        return made

    def column(self, name: str) -> str:
        """Name a column by the number of its formula or part."""
        for ending, letter in LETTERS.items():
            if name.endswith(ending):
                return f"{letter}{self.number(name.removesuffix(ending))}"
        return f"c{self.number(name)}"

    def why(self, item: Item, stored: str) -> str:
        """Write why a formula has no value, empty where it has one."""
        root = self.scene.compile(item.node).value
        reason = why(self.scene, self.grouping, item.node)
        return (
            f"CASE WHEN ({stored}) IS NOT NULL THEN '' WHEN ({root}) IS NOT NULL THEN 'too-large' "
            f"ELSE {reason} END"
        )

    def compile(self, item: Item) -> Term:
        """Write an item as expressions."""
        if item.node.op in AGGREGATES and item.formula is None:
            member = self.scene.compile(item.node.args[0])
            return self.grouping.aggregate(item.node, member, self.scene)
        if item.formula is None:
            return self.scene.compile_operation(item.node)
        return self.fitted(item.formula, item.node, self.scene.compile(item.node))

    def fitted(self, formula: Formula, node: Node, term: Term) -> Term:
        """Bring a root to its declared kind; an exact value beyond 64 bits becomes missing."""
        value = term.value
        if formula.kind is Kind.NUMBER:
            value = as_number(self.scene, node, value)
        if formula.kind in EXACT:
            most = self.scene.binder.exact(Decimal(MAX_INT64).scaleb(-formula.scale))
            value = f"CASE WHEN abs({value}) <= {most} THEN {value} END"
        return Term(value, greatest((term.grade, str(DERIVED))) if term.grade != "0" else "1")

    def shares(self) -> _Stage:
        """Write what the shares are made of, while the other members are still there."""
        made = _Stage()
        for name in self.wanted:
            share = main_share(self.checked.trees[name])
            if share is None:
                continue
            member = self.scene.compile(share.args[0])
            parts = share_parts(self.grouping.group(share, member, self.scene))
            made.columns |= dict(zip(_part_names(name), parts, strict=True))
        return self.taken(made)

    def chained(self, stages: Sequence[_Stage]) -> list[str]:
        """Put the stages upon each other; each carries on only what a later one reads."""
        needed = [self.outputs()]
        for stage in reversed(stages[1:]):
            needed.append((needed[-1] - stage.columns.keys()) | stage.reads)
        needed.reverse()
        present = {f"{letter}{n}" for n in range(len(self.scene.numbers)) for letter in "cg"}
        have = self.given_columns() & present
        parts: list[str] = []
        for place, (stage, later) in enumerate(zip(stages, needed, strict=True)):
            kept = sorted(have & later)
            parts += self.part(place, stage, kept)
            have = set(kept) | stage.columns.keys()
        return parts

    def given_columns(self) -> set[str]:
        """Columns that are there before the first stage."""
        names = [fact.name for fact in self.reading.facts] + sorted(self.parameters)
        numbers = [self.scene.numbers[name] for name in names]
        return {f"{letter}{number}" for number in numbers for letter in "cg"}

    def outputs(self) -> set[str]:
        """Columns that the answer is read from."""
        letters = "cgw" if self.asked.whys else "cg"
        found = {f"{letter}{self.number(name)}" for name in self.wanted for letter in letters}
        for name in self.wanted:
            if main_share(self.checked.trees[name]) is not None:
                found |= {f"c{self.number(part)}" for part in _part_names(name)}
        return found

    def part(self, place: int, stage: _Stage, kept: Sequence[str]) -> list[str]:
        """Write one stage, after the running sums that it looks at."""
        keys = ["entity", "year", *self.grouping.dimensions.values()]
        _check_width(len(keys) + len(kept) + len(stage.columns))
        before, parts = f"stage_{place}", []
        if stage.risky:
            parts = list(self.risks(before, sorted(stage.risky)))
            before = f"{before}_peaks"
        written = [f"{text} AS {name}" for name, text in stage.columns.items()]
        windows = f" WINDOW {', '.join(sorted(stage.windows))}" if stage.windows else ""
        columns = ", ".join([*keys, *kept, *written])
        own = f"stage_{place + 1} AS MATERIALIZED (SELECT {columns} FROM {before}{windows})"
        return [*parts, own]

    def risks(self, before: str, risky: Sequence[tuple[str, str]]) -> Iterator[str]:
        """Write the running sums of members that may leave the finite numbers, and their peaks."""
        sums, peaks = [], []
        for member, scope in risky:
            keys = ", ".join(self.grouping.keys(scope))
            scaled = floats.scaled_down(member)
            name = self.grouping.running(member, scope)
            sums.append(f"sum({scaled}) OVER (PARTITION BY {keys} {RUNNING}) AS {name}")
            peak = self.grouping.peak(member, scope)
            peaks.append(f"max(abs({name})) OVER (PARTITION BY {keys}) AS {peak}")
        yield f"{before}_sums AS MATERIALIZED (SELECT *, {', '.join(sums)} FROM {before})"
        yield f"{before}_peaks AS MATERIALIZED (SELECT *, {', '.join(peaks)} FROM {before}_sums)"

    def last(self) -> str:
        """Write the answer: one row with a fault, or the figures."""
        binder, entity, years = self.scene.binder, self.asked.entity, self.asked.years
        conditions = ["fault.reason IS NULL"]
        if entity is not None:
            own = binder.entity(entity, is_text=self.reading.relation.is_text)
            conditions.append(f"figures.entity = {own}")
        if years is not None:
            possible = [year for year in years if abs(year) <= MAX_YEAR]
            conditions.append(f"figures.year = ANY({binder.bind(possible, 'integer[]')})")
        fault = [f"fault.{name}" for name in FAULT]
        columns = ["figures.entity", "figures.year", *self.figures()]
        return (
            f"SELECT {', '.join([*fault, *columns])} FROM (VALUES (1)) AS one(row) "
            f"LEFT JOIN fault ON true LEFT JOIN stage_{len(self.plan.stages) + 1} AS figures "
            f"ON {' AND '.join(conditions)} ORDER BY figures.entity, figures.year"
        )

    def figures(self) -> Iterator[str]:
        """Write the columns of the answer, in the order of `published`."""
        for name in self.wanted:
            number = self.scene.numbers[name]
            value, grade = f"c{number}", f"g{number}"
            yield value
            yield (
                f"CASE WHEN {grade} = {NOT_APPLICABLE} THEN {NOT_APPLICABLE} "
                f"WHEN {value} IS NULL THEN {MISSING} ELSE {grade} END"
            )
            if self.asked.whys:
                yield f"w{number}"
            if main_share(self.checked.trees[name]) is not None:
                yield from (f"c{self.scene.numbers[part]}" for part in _part_names(name))

    def published(self) -> Iterator[tuple[str, pl.DataType]]:
        """Name the columns of the answer, with the types that a run gives them."""
        yield "entity", pl.String() if self.reading.relation.is_text else pl.Int64()
        yield "year", pl.Int32()
        for name in self.wanted:
            yield name, _dtype(self.checked.formulas[name])
            yield f"{name}{STATE}", pl.UInt8()
            if self.asked.whys:
                yield f"{name}{WHY}", pl.String()
            if main_share(self.checked.trees[name]) is not None:
                types = (pl.Int64(), pl.Int64(), pl.Float64())
                yield from zip(_part_names(name), types, strict=True)


def _check_width(columns: int) -> None:
    if columns > MAX_COLUMNS:
        raise ProgramError("", 0, "too-wide", limit=MAX_COLUMNS)


def _part_names(formula: str) -> tuple[str, str, str]:
    return f"{formula}__numerator", f"{formula}__denominator", f"{formula}__coverage"


def _dtype(formula: Formula) -> pl.DataType:
    if formula.kind is Kind.DECIMAL:
        return pl.Decimal(38, formula.scale)
    kinds = {Kind.INTEGER: pl.Int64(), Kind.NUMBER: pl.Float64(), Kind.TRUTH: pl.Boolean()}
    return kinds[formula.kind]
