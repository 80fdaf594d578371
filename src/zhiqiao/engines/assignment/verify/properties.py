"""The properties of an assignment, one function each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from zhiqiao.engines.assignment.quotas import LeastOf
from zhiqiao.engines.assignment.terms import UNIT, ConflictKind, Proof, counted
from zhiqiao.engines.assignment.verify.facts import Facts, Violation, sets_of
from zhiqiao.engines.assignment.verify.prices import losses_at_prices, proven_bound
from zhiqiao.engines.assignment.verify.seats import better_seats

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from zhiqiao.engines.assignment.outcome import Assignment
    from zhiqiao.engines.assignment.problem import AssignmentProblem


def verify(
    problem: AssignmentProblem, assignment: Assignment, *, without: frozenset[str] = frozenset()
) -> list[Violation]:
    """Return what an assignment violates; nothing when every property holds.

    Parameters
    ----------
    problem, assignment
        What was asked and what was answered.
    without : frozenset of str
        Names of properties to leave out, for showing what only they find.

    Notes
    -----
    O(P log P), and for assignments that are not proved by prices a look at every single exchange,
    O(P) for each seat of a panel.
    """
    facts = Facts(problem, assignment)
    return [
        violation
        for name, holds in PROPERTIES.items()
        if name not in without
        for violation in holds(facts)
    ]


def pairs_are_listed(facts: Facts) -> Iterator[Violation]:
    """P1: every pair is a listed one, reaches the least affinity, and is assigned once."""
    application, expert = facts.assignment.application, facts.assignment.expert
    for at in np.flatnonzero(facts.assigned < 0).tolist():
        named = (int(application[at]),), (int(expert[at]),)
        yield Violation("P1", "the expert is not listed for the application", *named)
    listed = facts.assigned[facts.assigned >= 0]
    found, times = np.unique(listed, return_counts=True)
    pairs, least = facts.problem.pairs, facts.problem.least_affinity
    for pair, number in zip(found.tolist(), times.tolist(), strict=True):
        named = (int(pairs.application[pair]),), (int(pairs.expert[pair]),)
        if number > 1:
            yield Violation("P1", f"the pair is assigned {number} times", *named)
        if pairs.affinity[pair] < least:
            fit = f"a fit of {pairs.affinity[pair] / UNIT} is below {least / UNIT}"
            yield Violation("P1", fit, *named)


def panels_are_not_exceeded(facts: Facts) -> Iterator[Violation]:
    """P2: no application has more reviewers than it asks for."""
    size = facts.problem.panel_size
    for at in np.flatnonzero(facts.reviews > size).tolist():
        experts = facts.assignment.expert[facts.assignment.application == at]
        number = counted(int(facts.reviews[at]), "reviewer")
        sentence = f"{number} for {counted(int(size[at]), 'review')}"
        yield Violation("P2", sentence, (at,), tuple(experts.tolist()))


def loads_are_kept(facts: Facts) -> Iterator[Violation]:
    """P3: no expert has more reviews than the most."""
    most = facts.problem.most_load
    for at in np.flatnonzero(facts.load > most).tolist():
        applications = facts.assignment.application[facts.assignment.expert == at]
        sentence = f"{counted(int(facts.load[at]), 'review')}, and the most is {most[at]}"
        yield Violation("P3", sentence, tuple(applications.tolist()), (at,))


def nobody_is_in_conflict(facts: Facts) -> Iterator[Violation]:
    """P4: no assigned pair is in a hard conflict."""
    conflicts, experts = facts.problem.conflicts, facts.problem.experts
    assignment = facts.assignment
    barred = conflicts.application.astype(np.int64) * experts + conflicts.expert
    given = assignment.application.astype(np.int64) * experts + assignment.expert
    for at in np.flatnonzero(np.isin(barred, given)).tolist():
        kind = ConflictKind(int(conflicts.kind[at])).name.lower().replace("_", "-")
        named = (int(conflicts.application[at]),), (int(conflicts.expert[at]),)
        yield Violation("P4", f"the expert is in conflict: {kind}", *named)


def quotas_are_met(facts: Facts) -> Iterator[Violation]:
    """P5: no set of experts takes more seats of a panel than its quota leaves to it."""
    application, expert = facts.assignment.application, facts.assignment.expert
    for quota in facts.problem.quotas:
        own = sets_of(quota)[expert]
        cap = facts.cap(quota)[facts.leader]
        rows = np.stack([application[own >= 0], own[own >= 0]])
        found, times = np.unique(rows, axis=1, return_counts=True)
        for at, value, number in zip(*found.tolist(), times.tolist(), strict=True):
            if number <= cap[at]:
                continue
            seats = f"{counted(number, 'seat')}, and at most {cap[at]} may be"
            who = "of others" if isinstance(quota, LeastOf) else f"of the label {value}"
            experts = expert[(application == at) & (own == value)]
            sentence = f"{quota.name}: {seats} {who}"
            yield Violation("P5", sentence, (int(at),), tuple(experts.tolist()))


def groups_share_panels(facts: Facts) -> Iterator[Violation]:
    """P6: related applications have the same reviewers."""
    for at in np.flatnonzero(facts.leader != np.arange(facts.problem.applications)).tolist():
        first = int(facts.leader[at])
        own, others = (
            set(facts.assignment.expert[facts.assignment.application == each].tolist())
            for each in (at, first)
        )
        if own != others:
            apart = tuple(sorted(own ^ others))
            yield Violation("P6", "related applications have other reviewers", (first, at), apart)


def shortages_are_told(facts: Facts) -> Iterator[Violation]:
    """P7: what is told as missing and as idle is what is missing and idle."""
    missing = np.maximum(facts.problem.panel_size - facts.reviews, 0)
    for at in np.flatnonzero(facts.assignment.missing != missing).tolist():
        told = f"missing reviews: {missing[at]}, and {facts.assignment.missing[at]} told"
        yield Violation("P7", told, (at,))
    idle = np.maximum(facts.problem.least_load - facts.load, 0)
    for at in np.flatnonzero(facts.assignment.idle != idle).tolist():
        told = f"reviews below the least load: {idle[at]}, and {facts.assignment.idle[at]} told"
        yield Violation("P7", told, (), (at,))


def value_is_true(facts: Facts) -> Iterator[Violation]:
    """P8: the value is what pairs are worth less what is missing, and the prices prove the bound."""
    assignment = facts.assignment
    value = value_of(facts)
    if assignment.value != value:
        yield Violation("P8", f"the value is {value}, and {assignment.value} is told")
    bound = proven_bound(facts)
    if bound is None:
        yield Violation("P8", "the prices are not one for each expert, or a set has a bad price")
    elif assignment.bound < bound:
        yield Violation(
            "P8", f"the prices prove a bound of {bound}, and {assignment.bound} is told"
        )


def value_of(facts: Facts) -> int:
    """Return what an assignment is worth, unlisted pairs for nothing."""
    missing, idle = facts.stakes
    value = int(facts.worth[facts.assigned[facts.assigned >= 0]].sum())
    value -= missing * int(np.maximum(facts.problem.panel_size - facts.reviews, 0).sum())
    return value - idle * int(np.maximum(facts.problem.least_load - facts.load, 0).sum())


def proof_holds(facts: Facts) -> Iterator[Violation]:
    """P9: what is called optimal reaches its bound, and nothing exceeds it."""
    assignment = facts.assignment
    if assignment.value > assignment.bound:
        sentence = f"a value of {assignment.value} exceeds the bound of {assignment.bound}"
        yield Violation("P9", sentence)
    if assignment.proof is Proof.OPTIMAL and assignment.value < assignment.bound:
        sentence = f"is called optimal and {assignment.gap} below its bound"
        yield Violation("P9", sentence, *losses_at_prices(facts))


def no_seat_is_better_taken(facts: Facts) -> Iterator[Violation]:
    """P10: no expert with room could take an empty seat, or one of less worth.

    Of a repaired assignment only the empty seats are looked at: it changes as little as it can.
    """
    if facts.assignment.proof is not Proof.OPTIMAL:
        yield from better_seats(facts)


PROPERTIES: dict[str, Callable[[Facts], Iterator[Violation]]] = {
    "P1": pairs_are_listed,
    "P2": panels_are_not_exceeded,
    "P3": loads_are_kept,
    "P4": nobody_is_in_conflict,
    "P5": quotas_are_met,
    "P6": groups_share_panels,
    "P7": shortages_are_told,
    "P8": value_is_true,
    "P9": proof_holds,
    "P10": no_seat_is_better_taken,
}
