"""Whether a repair kept what it could: counted and searched level by level."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from zhiqiao.engines.assignment.terms import counted
from zhiqiao.engines.assignment.verify.facts import Facts, Violation
from zhiqiao.engines.assignment.verify.properties import verify

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from zhiqiao.engines.assignment.outcome import Assignment
    from zhiqiao.engines.assignment.repair import Repaired
    from zhiqiao.engines.assignment.terms import Int64


def verify_repair(
    before: Assignment, repaired: Repaired, *, without: frozenset[str] = frozenset()
) -> list[Violation]:
    """Return what a repair violates, besides what its assignment violates by itself.

    Parameters
    ----------
    before : Assignment
    repaired : Repaired
    without : frozenset of str
        Names of properties to leave out.
    """
    found = verify(repaired.problem, repaired.assignment, without=without)
    for name, holds in REPAIR_PROPERTIES.items():
        if name not in without:
            found += list(holds(before, repaired))
    return found


def changes_are_told(before: Assignment, repaired: Repaired) -> Iterator[Violation]:
    """R1: applied to the assignment before, the changes told give the one after."""
    facts = Facts(repaired.before, before)
    seats = set(zip(before.application.tolist(), before.expert.tolist(), strict=True))
    for change in repaired.changes:
        members = np.flatnonzero(facts.leader == facts.leader[change.application]).tolist()
        seats -= {(each, change.left) for each in members if change.left >= 0}
    for change in repaired.changes:
        members = np.flatnonzero(facts.leader == facts.leader[change.application]).tolist()
        seats |= {(each, change.entered) for each in members if change.entered >= 0}
    after = repaired.assignment
    now = set(zip(after.application.tolist(), after.expert.tolist(), strict=True))
    for application, expert in sorted(seats ^ now):
        told = "is not told" if (application, expert) in now else "is told and not made"
        yield Violation("R1", f"a change {told}", (application,), (expert,))


def as_few_move_as_can(before: Assignment, repaired: Repaired) -> Iterator[Violation]:
    """R2: after one refusal no chain would have moved fewer.

    Asked where seats do not depend on each other, that is without quotas and with panels of as many
    applications each.
    """
    empty = [each for each in repaired.changes if not each.is_move and each.left >= 0]
    facts = Facts(repaired.problem, before)
    sizes = facts.members[facts.members > 0]
    if len(empty) != 1 or repaired.problem.quotas or sizes.min() != sizes.max():
        return
    (change,) = empty
    least = _fewest_moves(facts, change.application, change.left)
    if change.entered < 0 and least is not None:
        sentence = f"the seat is empty, and {counted(least, 'move')} of others would fill it"
        yield Violation("R2", sentence, (change.application,))
    if change.entered >= 0 and least is not None and repaired.moved > least:
        sentence = f"moves of others: {repaired.moved}, and {least} would have been enough"
        yield Violation("R2", sentence, (change.application,))


def _fewest_moves(facts: Facts, application: int, refusing: int) -> int | None:
    """Return over how many other seats an expert with room is reached, or nothing."""
    leader, expert, _worth = facts.shared
    assignment, experts = facts.assignment, facts.problem.experts
    load = facts.load.copy()
    load[refusing] -= facts.members[facts.leader[application]]
    weight = int(facts.members.max())
    room = load + weight <= facts.problem.most_load
    seats = facts.leader[assignment.application] * experts + assignment.expert
    reached = np.zeros(experts, np.bool_)
    panels = np.array([facts.leader[application]])
    moves = 0
    while panels.size:
        own = np.isin(leader, panels) & ~np.isin(leader * experts + expert, seats)
        new = np.setdiff1d(expert[own], np.flatnonzero(reached))
        if room[new].any():
            return moves
        reached[new] = True
        panels = _held(facts, new)
        moves += 1
    return None


def _held(facts: Facts, expert: Int64) -> Int64:
    assignment = facts.assignment
    own = np.isin(assignment.expert, expert)
    return np.unique(facts.leader[assignment.application[own]])


REPAIR_PROPERTIES: dict[str, Callable[[Assignment, Repaired], Iterator[Violation]]] = {
    "R1": changes_are_told,
    "R2": as_few_move_as_can,
}
