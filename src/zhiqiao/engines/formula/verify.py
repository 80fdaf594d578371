"""Derives cells of a result again, one by one, and names those that differ.

P1  every value of the result is the one that the explaining back end gives;
P2  every state of the result is the one that it gives;
P3  a cell has a value exactly when its state says so;
P4  an explanation computes to the same value from its leaves alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

from zhiqiao.engines.formula.frames import STATE
from zhiqiao.engines.formula.replay import replay
from zhiqiao.engines.trace import State, Step, Value

if TYPE_CHECKING:
    import polars as pl

    from zhiqiao.engines.formula.explain import Explainer
    from zhiqiao.engines.formula.program import Program


@dataclass(frozen=True, slots=True)
class Difference:
    """A cell in which a property does not hold: what the result says and what it should say."""

    property: str
    entity: str | int
    year: int
    formula: str
    given: Value
    derived: Value


def verify(
    program: Program, facts: pl.DataFrame, result: pl.DataFrame, *, cells: int, seed: int
) -> tuple[Difference, ...]:
    """Check sampled cells of a result against P1 to P4.

    Parameters
    ----------
    program : Program
        What made the result.
    facts : polars.DataFrame
        What it was made from.
    result : polars.DataFrame
        What `Program.run` or `Program.rerun` gave, with or without states.
    cells : int
        How many cells to draw; all of them when there are no more.
    seed : int
        Of the drawing.

    Returns
    -------
    tuple of Difference
        Empty when the properties hold in the drawn cells. O(cells × nodes), times the members
        of groups.
    """
    explainer = program.explainer(facts)
    places = [(row, name) for name in program.formulas for row in range(len(result))]
    drawn = places if len(places) <= cells else Random(seed).sample(places, cells)  # noqa: S311 - a sample, no secret
    return tuple(
        difference
        for row, name in drawn
        for difference in _check_cell(explainer, result, row, name)
    )


def _check_cell(
    explainer: Explainer, result: pl.DataFrame, row: int, formula: str
) -> list[Difference]:
    entity, year = result["entity"][row], result["year"][row]
    step = explainer.explain(entity=entity, year=year, formula=formula)
    given: Value = result[formula][row]
    found: list[Difference] = []

    def report(property_: str, given: Value, derived: Value) -> None:
        found.append(Difference(property_, entity, year, formula, given, derived))

    if not _is_same(given, step.value):
        report("P1", given, step.value)
    if f"{formula}{STATE}" in result.columns:
        state = State(result[f"{formula}{STATE}"][row])
        if state is not step.state:
            report("P2", int(state), int(step.state))
        if state.has_value is (given is None):
            report("P3", given, int(state))
    again = _replayed(step)
    if not _is_same(again, step.value):
        report("P4", again, step.value)
    return found


def _replayed(step: Step) -> Value:
    return replay(step)


def _is_same(left: Value, right: Value) -> bool:
    return type(left) is type(right) and left == right
