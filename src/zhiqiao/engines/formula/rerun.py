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

from functools import reduce
from typing import TYPE_CHECKING

import polars as pl

from zhiqiao.engines.formula.cells import ABSENT, DERIVED, GRADE
from zhiqiao.engines.formula.errors import FactsError
from zhiqiao.engines.formula.frames import MISSING, NOT_APPLICABLE, STATE, check_facts
from zhiqiao.engines.formula.preparing import Given
from zhiqiao.engines.formula.problem import Formula, Kind
from zhiqiao.engines.formula.solve import make_script, run_script, solve

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
    update = _Update(checked, facts, with_states=with_states)
    near = _nearby(checked)
    moved = None if before is None else _moved(checked, near, changed, facts, before)
    is_small = moved is not None and len(moved) <= MAX_MOVED
    done = near if is_small else frozenset()
    trees = update.trees(lambda reach: reach <= done)
    computed = update.computed(_rows_of(facts, moved if moved and is_small else changed), trees)
    result = update.spliced(previous, changed, computed)
    if moved is not None and done:
        beyond = [column for column in computed.columns if _owner(column) in update.grouped(done)]
        result = _written_back(result, computed.select("entity", *beyond), moved)
    for reach in sorted(set(reaches.values()), key=lambda each: (len(each), *sorted(each))):
        if not reach <= done:
            moved = None if before is None else _moved(checked, reach, changed, facts, before)
            result = update.recomputed(result, reach, moved)
    return result


def _nearby(checked: Checked) -> Reach:
    """Join the scopes whose groups are parts of a year: a change moves few entities there."""
    return frozenset().union(
        *(
            reach
            for reach in checked.reaches.values()
            if all(checked.scopes[name].by for name in reach)
        )
    )


def _owner(column: str) -> str:
    """Name the formula that a published column belongs to."""
    return column.partition("__")[0]


def _rows_of(facts: pl.DataFrame, entities: Collection[Entity]) -> pl.DataFrame:
    return facts.filter(_is_one_of(pl.col("entity"), list(entities)))


def _written_back(
    result: pl.DataFrame, computed: pl.DataFrame, moved: list[Entity]
) -> pl.DataFrame:
    """Put computed columns into the rows of the moved entities; the others stay untouched."""
    places = result["entity"].is_in(moved).arg_true()
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


def _moved(
    checked: Checked,
    reach: Reach,
    changed: list[Entity],
    facts: pl.DataFrame,
    before: pl.DataFrame,
) -> list[Entity] | None:
    """Close the changed entities under the groups of a reach; ``None`` means all entities."""
    scopes = [checked.scopes[name].by for name in sorted(reach)]
    if not all(scopes):
        return None
    moved: set[Entity] = set(changed)
    known: dict[tuple[str, ...], pl.DataFrame] = {}
    for by in scopes:
        left, joined = _groups(by, before, moved), _groups(by, facts, moved)
        known[by] = pl.concat([left, joined]).unique()
        moved |= _members(by, facts, known[by])
    seen = 0
    while seen < len(moved):
        seen = len(moved)
        for by in scopes:
            groups = _groups(by, facts, moved)
            new = groups.join(known[by], on=["year", *by], how="anti")
            if len(new):
                known[by] = groups
                moved |= _members(by, facts, new)
    return list(moved)


def _is_one_of(column: pl.Expr, values: list[Entity]) -> pl.Expr:
    """Look for one of some values; a few are compared faster than looked up."""
    if 0 < len(values) <= MAX_COMPARED:
        return reduce(lambda left, right: left | right, [column == value for value in values])
    return column.is_in(values)


def _key(by: tuple[str, ...]) -> list[pl.Expr]:
    return [pl.col("year").cast(pl.Int32), *(pl.col(name).cast(pl.String) for name in by)]


def _groups(by: tuple[str, ...], facts: pl.DataFrame, entities: set[Entity]) -> pl.DataFrame:
    """Find the groups in which some entities are."""
    own = facts.lazy().filter(_is_one_of(pl.col("entity"), list(entities)))
    return own.select(_key(by)).unique().drop_nulls().collect()


def _members(by: tuple[str, ...], facts: pl.DataFrame, groups: pl.DataFrame) -> set[Entity]:
    """Find all members of some groups; a look at single columns first leaves few rows to join."""
    near = pl.all_horizontal(
        _is_one_of(pl.col(name).cast(pl.String), groups[name].unique().to_list()) for name in by
    )
    around = facts.lazy().filter(near).select("entity", *_key(by))
    found = around.join(groups.lazy(), on=["year", *by], how="semi").select("entity").unique()
    return set(found.collect()["entity"].to_list())


class _Update:
    """One change on its way through the formulas."""

    def __init__(
        self,
        checked: Checked,
        facts: pl.DataFrame,
        *,
        with_states: bool,
    ) -> None:
        self.checked = checked
        self.facts = facts
        self.with_states = with_states

    def trees(self, wanted: Callable[[Reach], bool]) -> dict[str, Node]:
        """Formulas of some reaches, in order of computation."""
        reaches = self.checked.reaches
        return {name: tree for name, tree in self.checked.trees.items() if wanted(reaches[name])}

    def grouped(self, done: Reach) -> set[str]:
        """Name the formulas over groups that some scopes are enough for."""
        return {name for name, reach in self.checked.reaches.items() if reach and reach <= done}

    def spliced(
        self, previous: pl.DataFrame, changed: list[Entity], computed: pl.DataFrame
    ) -> pl.DataFrame:
        """Put newly computed rows of the changed entities in the place of their old ones."""
        fresh = self.fresh(previous, changed, computed)
        parts: list[pl.DataFrame] = []
        done = 0
        old, new = previous["entity"], fresh["entity"]
        for entity in changed:
            low = old.search_sorted(entity, "left")
            start, end = new.search_sorted(entity, "left"), new.search_sorted(entity, "right")
            parts += [previous.slice(done, low - done), fresh.slice(start, end - start)]
            done = old.search_sorted(entity, "right")
        result = pl.concat([*parts, previous.slice(done)], rechunk=False)
        self.check_rows(result)
        return result.rechunk() if result.n_chunks() > MAX_CHUNKS else result

    def fresh(
        self, previous: pl.DataFrame, changed: list[Entity], computed: pl.DataFrame
    ) -> pl.DataFrame:
        """Take the rows of the changed entities; what is not computed yet is empty for now."""
        schema = previous.schema
        unknown = set(computed.columns) - set(schema) or set(self.checked.formulas) - set(schema)
        if unknown:
            raise FactsError("", 0, "previous", detail=f"it has no column {min(unknown)}")
        written = [
            pl.col(name) if name in computed.columns else pl.lit(None, dtype=dtype).alias(name)
            for name, dtype in schema.items()
        ]
        return _rows_of(computed, changed).select(written)

    def check_rows(self, result: pl.DataFrame) -> None:
        """Refuse a previous result whose other entities have other rows than the facts."""
        keys = self.facts.select("entity", pl.col("year").cast(pl.Int32))
        if not keys.equals(result.select("entity", "year")):
            keys = keys.sort("entity", "year")
            if not keys.equals(result.select("entity", "year")):
                detail = "an entity that is not named as changed has other rows"
                raise FactsError("", 0, "previous", detail=detail)

    def recomputed(
        self, result: pl.DataFrame, reach: Reach, moved: list[Entity] | None
    ) -> pl.DataFrame:
        """Compute the formulas of one reach for the entities that a change moves through it."""
        trees = self.trees(lambda each: each == reach)
        if moved is None:
            computed = self.computed(self.facts, trees, result)
            return result.with_columns(computed.drop("entity", "year"))
        needed = [
            column
            for name in self.checked.earlier_results(trees)
            for column in (name, f"{name}{STATE}")
            if column in result.columns
        ]
        given = _rows_of(result.select("entity", *needed), moved)
        return _written_back(
            result, self.computed(_rows_of(self.facts, moved), trees, given), moved
        )

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
