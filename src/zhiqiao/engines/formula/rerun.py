"""Computes again what a change of a few entities can have moved, and nothing else.

A formula that looks at its own entity alone is computed for the changed entities. One that rests
on groups has a *reach*: the scopes on the way to it. The entities that a change can move through a
reach are the smallest set that holds the changed ones and, with each entity, all members of its
groups in these scopes, so a formula computed on this set alone sees whole groups. When the set for
all scopes that split the year is small, everything within them is computed for it in one go.
Otherwise, and for scopes over the whole year, reaches are computed one by one; a formula never has
a smaller reach than those it refers to, so smaller reaches come first.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING

import polars as pl

from zhiqiao.engines.formula.cells import ABSENT, DERIVED, GRADE
from zhiqiao.engines.formula.errors import FactsError
from zhiqiao.engines.formula.frames import MISSING, NOT_APPLICABLE, STATE, check_facts
from zhiqiao.engines.formula.preparing import Given
from zhiqiao.engines.formula.problem import Formula, Kind
from zhiqiao.engines.formula.solve import make_script, run_script, solve
from zhiqiao.engines.formula.tree import walk
from zhiqiao.engines.formula.words import AGGREGATES

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from zhiqiao.engines.formula.compiling import Checked, Reach
    from zhiqiao.engines.formula.explain import Entity
    from zhiqiao.engines.formula.tree import Node

MAX_CHANGED = 64
"""Changed entities beyond which the whole program is run."""
MAX_MOVED = 2_000
"""Moved entities up to which all formulas over groups are computed for them in one go."""
MAX_COMPARED = 4
"""Values up to which comparing is faster than looking up."""
OTHER_ROWS = "an entity that is not named as changed has other rows"
MAX_CHUNKS = 16
"""Pieces of a column, one more or two with each rerun, beyond which they are joined."""


def rerun(
    checked: Checked,
    previous: pl.DataFrame,
    facts: pl.DataFrame,
    *,
    entities: Collection[Entity],
    before: pl.DataFrame | None,
) -> pl.DataFrame:
    """Compute the result for changed facts from the previous result.

    Parameters
    ----------
    checked : Checked
        The program.
    previous : polars.DataFrame
        Result before the change, all years.
    facts : polars.DataFrame
        All facts after it.
    entities : collection
        What changed.
    before : polars.DataFrame or None
        All facts before it; without it every formula with a reach is computed on every row.

    Returns
    -------
    polars.DataFrame
        Equal to a full run, see `Program.rerun`.

    Raises
    ------
    FactsError
        When `previous` does not have the columns and rows of this program and these facts.
    """
    with_states = any(f"{name}{STATE}" in previous.columns for name in checked.formulas)
    reaches = checked.reaches
    changed = sorted(set(entities))
    is_blind = not with_states and any(reaches.values()) and _may_be_absent(checked, facts)
    if len(changed) > MAX_CHANGED or is_blind:
        return solve(checked, check_facts(checked, facts), with_states=with_states)
    change = Change.between(changed, facts, before)
    update = _Update(checked, facts, change, with_states=with_states)
    result, done = update.near(previous)
    for reach in sorted(set(reaches.values()), key=lambda each: (len(each), *sorted(each))):
        trees = {} if reach <= done else update.trees(reach.__eq__)
        if trees:
            result = update.recomputed(result, trees, _moved(checked, reach, change, facts))
    return result


@dataclass(frozen=True, slots=True)
class Change:
    """The changed entities with their rows after and, where known, before the change."""

    entities: list[Entity]
    after: pl.DataFrame
    before: pl.DataFrame | None

    @classmethod
    def between(
        cls, entities: list[Entity], facts: pl.DataFrame, before: pl.DataFrame | None
    ) -> Change:
        """Take the rows of the changed entities out of both tables."""
        was = None if before is None else _rows_of(before, entities)
        return cls(entities, _rows_of(facts, entities), was)

    def affected(self, checked: Checked) -> frozenset[str] | None:
        """Name the formulas that rest on a changed column; ``None`` for all."""
        after, before = self.after, self.before
        if before is None or not all(_is_same(after, before, key) for key in ("entity", "year")):
            return None
        names = [*checked.dimensions(), *checked.used("fact")]
        names += [f"{name}{STATE}" for name in checked.used("fact")]
        changed = {name for name in names if not _is_same(after, before, name)}
        found: set[str] = set()
        for name, tree in checked.trees.items():
            if any(_is_touched(checked, node, changed, found) for node in walk(tree)):
                found.add(name)
        return frozenset(found)


def _is_same(after: pl.DataFrame, before: pl.DataFrame, name: str) -> bool:
    new, old = (each.get_column(name, default=None) for each in (after, before))
    return new is old is None or (new is not None and old is not None and new.equals(old))


def _is_touched(checked: Checked, node: Node, changed: set[str], found: set[str]) -> bool:
    """Whether a node itself looks at a changed column or an affected formula."""
    if node.op == "parameter":
        return not changed.isdisjoint(checked.parameters[node.name].by)
    if node.op in AGGREGATES:
        return not changed.isdisjoint(checked.scopes[node.name].by)
    return node.name in found or not changed.isdisjoint((node.name, f"{node.name}{STATE}"))


def _nearby(checked: Checked, affected: frozenset[str] | None) -> Reach:
    """Join the scopes whose groups are parts of a year: a change moves few entities there."""
    return frozenset().union(
        *(
            reach
            for name, reach in checked.reaches.items()
            if (affected is None or name in affected)
            and all(checked.scopes[scope].by for scope in reach)
        )
    )


def _rows_of(table: pl.DataFrame, entities: Collection[Entity]) -> pl.DataFrame:
    """Take the rows of some entities; a table in the order of entities is not read through."""
    if table["entity"].is_sorted():
        return table[_places(table["entity"], entities)]
    return table.filter(_is_one_of(pl.col("entity"), list(entities)))


def _places(ordered: pl.Series, entities: Collection[Entity]) -> pl.Series:
    """Find the rows of some entities in a sorted column, two binary searches for each."""
    wanted = pl.Series(sorted(entities), dtype=ordered.dtype)
    column = pl.col(ordered.name)
    first, beyond = column.search_sorted(wanted, "left"), column.search_sorted(wanted, "right")
    found = ordered.to_frame().select(pl.int_ranges(first, beyond).explode().drop_nulls())
    return found.to_series()


def _written_back(
    result: pl.DataFrame, computed: pl.DataFrame, moved: list[Entity]
) -> pl.DataFrame:
    """Put computed columns into the rows of the moved entities; the others stay untouched."""
    places = _places(result["entity"], moved)
    if len(places) != len(computed):
        raise FactsError("", 0, "previous", detail=OTHER_ROWS)
    return result.with_columns(
        [
            result[column.name].clone().scatter(places, column)
            for column in computed.get_columns()
            if column.name not in ("entity", "year")
        ]
    )


def _may_be_absent(checked: Checked, facts: pl.DataFrame) -> bool:
    """Whether a cell can be not applicable, which a result without states does not show."""
    stated = any(f"{name}{STATE}" in facts.columns for name in checked.used("fact"))
    parameters = [checked.parameters[name] for name in checked.used("parameter")]
    return stated or any(dated.value is None for each in parameters for dated in each.values)


@dataclass(frozen=True, slots=True)
class Moved:
    """The entities that a change moves through a reach, with their rows after it."""

    entities: list[Entity]
    rows: pl.DataFrame


def _moved(checked: Checked, reach: Reach, change: Change, facts: pl.DataFrame) -> Moved | None:
    """Close the changed entities under the groups of a reach; ``None`` means all entities."""
    scopes = [checked.scopes[name].by for name in sorted(reach)]
    if not scopes:
        return Moved(change.entities, change.after)
    if change.before is None or not all(scopes):
        return None
    moved: set[Entity] = set(change.entities)
    known: dict[tuple[str, ...], pl.DataFrame] = {}
    for by in scopes:
        known[by] = _groups(by, change.before, change.after)
        moved |= _members(by, facts, known[by])
    rows, size = change.after, 0
    while size < len(moved):
        size = len(moved)
        rows = _rows_of(facts, moved)
        for by in scopes:
            groups = _groups(by, rows)
            new = groups.join(known[by], on=["year", *by], how="anti")
            if len(new):
                known[by] = groups
                moved |= _members(by, facts, new)
    return Moved(sorted(moved), rows)


def _is_one_of(column: pl.Expr, values: list[Entity]) -> pl.Expr:
    """Look for one of some values; a few are compared faster than looked up."""
    if 0 < len(values) <= MAX_COMPARED:
        return reduce(lambda left, right: left | right, [column == value for value in values])
    return column.is_in(values)


def _key(by: tuple[str, ...]) -> list[pl.Expr]:
    return [pl.col("year").cast(pl.Int32), *(pl.col(name).cast(pl.String) for name in by)]


def _groups(by: tuple[str, ...], *tables: pl.DataFrame) -> pl.DataFrame:
    """Find the groups in which the rows of some tables are."""
    return pl.concat([table.select(_key(by)) for table in tables]).drop_nulls().unique()


def _members(by: tuple[str, ...], facts: pl.DataFrame, groups: pl.DataFrame) -> set[Entity]:
    """Find all members of some groups; a look at single columns first leaves few rows to join."""
    near = pl.all_horizontal(
        _is_one_of(pl.col(name).cast(pl.String), groups[name].unique().to_list()) for name in by
    )
    around = facts.select("entity", "year", *by).filter(near).select("entity", *_key(by))
    return set(around.join(groups, on=["year", *by], how="semi")["entity"].to_list())


class _Update:
    """One change on its way through the formulas."""

    def __init__(
        self,
        checked: Checked,
        facts: pl.DataFrame,
        change: Change,
        *,
        with_states: bool,
    ) -> None:
        self.checked = checked
        self.facts = facts
        self.change = change
        is_blind = not with_states and _may_be_absent(checked, facts)
        self.affected = None if is_blind else change.affected(checked)
        self.with_states = with_states

    def trees(self, wanted: Callable[[Reach], bool]) -> dict[str, Node]:
        """Affected formulas of some reaches, in order of computation."""
        reaches, affected = self.checked.reaches, self.affected
        return {
            name: tree
            for name, tree in self.checked.trees.items()
            if wanted(reaches[name]) and (affected is None or name in affected)
        }

    def near(self, previous: pl.DataFrame) -> tuple[pl.DataFrame, Reach]:
        """Compute in one go all that moves few entities; gives the scopes that this settles."""
        near = _nearby(self.checked, self.affected)
        moved = _moved(self.checked, near, self.change, self.facts)
        if moved is None or len(moved.entities) > MAX_MOVED:
            near, moved = frozenset(), Moved(self.change.entities, self.change.after)
        trees = self.trees(lambda reach: reach <= near)
        computed = self.computed(moved.rows, trees, self.given(previous, trees, moved.entities))
        self.check_columns(previous, computed)
        others = [entity for entity in moved.entities if entity not in self.change.entities]
        if others:
            beyond = [name for name in trees if self.checked.reaches[name]]
            columns = [name for name in computed.columns if name.partition("__")[0] in beyond]
            rows = _rows_of(computed.select("entity", *columns), others)
            previous = _written_back(previous, rows, others)
        return self.spliced(previous, computed), near

    def spliced(self, previous: pl.DataFrame, computed: pl.DataFrame) -> pl.DataFrame:
        """Put newly computed rows of the changed entities in the place of their old ones."""
        parts: list[pl.DataFrame] = []
        done = 0
        old, new = previous["entity"], computed["entity"]
        for entity in self.change.entities:
            low, high = old.search_sorted(entity, "left"), old.search_sorted(entity, "right")
            start, end = new.search_sorted(entity, "left"), new.search_sorted(entity, "right")
            fresh = computed.slice(start, end - start)
            was = previous.slice(low, high - low)
            parts += [previous.slice(done, low - done), self.fresh(was, fresh)]
            done = high
        result = pl.concat([*parts, previous.slice(done)], rechunk=False)
        self.check_rows(result)
        return result.rechunk() if result.n_chunks() > MAX_CHUNKS else result

    def fresh(self, was: pl.DataFrame, fresh: pl.DataFrame) -> pl.DataFrame:
        """Complete the rows of a changed entity; what is not computed yet is empty for now."""
        if self.affected is not None and len(was) == len(fresh):
            return was.with_columns(fresh.get_columns())
        written = [
            pl.col(name) if name in fresh.columns else pl.lit(None, dtype=dtype).alias(name)
            for name, dtype in was.schema.items()
        ]
        return fresh.select(written)

    def check_columns(self, previous: pl.DataFrame, computed: pl.DataFrame) -> None:
        """Refuse a previous result that does not have the columns of this program."""
        wanted = {*computed.columns, *self.checked.formulas}
        unknown = wanted.difference(previous.columns)
        if unknown:
            raise FactsError("", 0, "previous", detail=f"it has no column {min(unknown)}")

    def check_rows(self, result: pl.DataFrame) -> None:
        """Refuse a previous result whose other entities have other rows than the facts."""
        keys = self.facts.select("entity", pl.col("year").cast(pl.Int32))
        if not keys.equals(result.select("entity", "year")):
            keys = keys.sort("entity", "year")
            if not keys.equals(result.select("entity", "year")):
                raise FactsError("", 0, "previous", detail=OTHER_ROWS)

    def recomputed(
        self, result: pl.DataFrame, trees: Mapping[str, Node], moved: Moved | None
    ) -> pl.DataFrame:
        """Compute the formulas of one reach for the entities that a change moves through it."""
        if moved is None:
            computed = self.computed(self.facts, trees, result)
            return result.with_columns(computed.drop("entity", "year"))
        given = self.given(result, trees, moved.entities)
        return _written_back(result, self.computed(moved.rows, trees, given), moved.entities)

    def given(
        self, result: pl.DataFrame, trees: Mapping[str, Node], entities: list[Entity]
    ) -> pl.DataFrame | None:
        """Take the results that some trees refer to out of an earlier result."""
        names = self.checked.earlier_results(trees)
        columns = [*names, *(f"{name}{STATE}" for name in names if self.with_states)]
        if not columns:
            return None
        missing = set(columns).difference(result.columns)
        if missing:
            raise FactsError("", 0, "previous", detail=f"it has no column {min(missing)}")
        return _rows_of(result.select("entity", *columns), entities)

    def computed(
        self, rows: pl.DataFrame, trees: Mapping[str, Node], given: pl.DataFrame | None = None
    ) -> pl.DataFrame:
        """Run some formulas on some rows, with the results of others given."""
        checked_rows = check_facts(self.checked, rows, self.checked.facts_of(trees))
        shape = Given(checked_rows.stated, checked_rows.inapplicable, self.with_states)
        script = make_script(self.checked, trees, shape)
        earlier = [] if given is None else self.earlier(trees, given)
        return run_script(script, checked_rows.frame, self.checked.day, earlier)

    def earlier(self, trees: Mapping[str, Node], given: pl.DataFrame) -> list[pl.Series]:
        """Give earlier results as raw values, with absence and grade read out of the states."""
        written: list[pl.Series] = []
        for name in self.checked.earlier_results(trees):
            written.append(_raw(self.checked.formulas[name], given[name]))
            if self.with_states:
                state = given[f"{name}{STATE}"]
                grade = state.set(state >= MISSING, DERIVED) if len(state) else state
                written.append((state == NOT_APPLICABLE).alias(f"{name}{ABSENT}"))
                written.append(grade.alias(f"{name}{GRADE}"))
        return written


def _raw(formula: Formula, column: pl.Series) -> pl.Series:
    if formula.kind is Kind.DECIMAL:
        return column.to_physical().cast(pl.Int64).alias(formula.name)
    return column
