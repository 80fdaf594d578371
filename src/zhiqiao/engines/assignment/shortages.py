"""What is missing and why: who was ruled out, who is full, and which applications share too few experts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from zhiqiao.engines.assignment.explain import Explainer
from zhiqiao.engines.assignment.terms import NONE, ConflictKind

if TYPE_CHECKING:
    from zhiqiao.engines.assignment.assembly import Panels
    from zhiqiao.engines.assignment.outcome import Assignment
    from zhiqiao.engines.assignment.problem import AssignmentProblem
    from zhiqiao.engines.assignment.seating import Seating
    from zhiqiao.engines.assignment.terms import Int64, Truths


@dataclass(frozen=True)
class Scarcity:
    """Applications that together need more reviews than the experts left to them can give.

    Parameters
    ----------
    applications, experts : tuple of int
        Every expert who may take a seat there, or whose seat there somebody else may take, is among
        these experts, and all are full.
    needed : int
        Reviews that the applications ask for.
    given_elsewhere : int
        Reviews that they have of other experts, all whom they can have.
    possible : int
        Reviews that these experts can give at most; ``needed`` less both is what must be missing.
    is_exact : bool
        Whether the sum proves it. With quotas a seat is open to fewer than the figures say.
    """

    applications: tuple[int, ...]
    experts: tuple[int, ...]
    needed: int
    given_elsewhere: int
    possible: int
    is_exact: bool


@dataclass(frozen=True)
class Shortage:
    """An application that lacks reviews, and where its listed experts are.

    Parameters
    ----------
    application, missing, listed : int
    conflicts : tuple of (ConflictKind, int)
        Listed experts ruled out, each counted once under the kind of the lowest number.
    too_low : int
        Below the least affinity.
    group : int
        Eligible for this application and not for a related one.
    seated : int
        Experts on the panel.
    quotas : tuple of (int, int)
        Position of a quota, and experts whom it keeps from the empty seat.
    full, free : int
        The others, without room and with room; ``free`` is 0 in a solved assignment.
    scarcity : Scarcity
    """

    application: int
    missing: int
    listed: int
    conflicts: tuple[tuple[ConflictKind, int], ...]
    too_low: int
    group: int
    seated: int
    quotas: tuple[tuple[int, int], ...]
    full: int
    free: int
    scarcity: Scarcity


def shortages(problem: AssignmentProblem, assignment: Assignment) -> list[Shortage]:
    """Name what is missing, application by application.

    Listed experts are the sum of those in conflict, too low, out of the group, seated, full, kept out
    by a quota, and free.

    Notes
    -----
    The scarcity is what a search for a chain reaches from the empty seat: a set that violates Hall's
    condition, the smallest one that contains the application; with quotas sets that lead into
    each other may be told as one. O(Q) for each of them.
    """
    explainer = Explainer(problem, assignment)
    search = _Search(explainer.seating) if problem.quotas else _PlainSearch(explainer.seating)
    known: dict[int, Scarcity] = {}
    found = []
    for application in np.flatnonzero(assignment.missing > 0).tolist():
        if application not in known:
            scarcity = _scarcity(explainer, *search.reached(int(problem.panels.of[application])))
            known = dict.fromkeys(scarcity.applications, scarcity) | known
        found.append(_shortage(explainer, application, known[application]))
    return found


def _shortage(explainer: Explainer, application: int, scarcity: Scarcity) -> Shortage:
    problem, panels, seating = explainer.problem, explainer.panels, explainer.seating
    pairs = problem.pairs
    begin, end = np.searchsorted(pairs.application, [application, application + 1]).tolist()
    experts = pairs.expert[begin:end]
    kind = _first_conflicts(problem, application)[experts]
    is_low = (kind == NONE) & (pairs.affinity[begin:end] < problem.least_affinity)
    at = panels.positions(np.full(experts.size, application, np.int32), experts)
    own = at[at != NONE]
    seated = int(seating.is_seated[own].sum())
    others = own[~seating.is_seated[own]]
    quotas = [NONE] * others.size
    if problem.quotas:
        quotas = [explainer.quota(pair, NONE) for pair in others.tolist()]
    kept_out = [(quota, quotas.count(quota)) for quota in sorted(set(quotas) - {NONE})]
    may = others[np.array(quotas, np.int64) == NONE]
    free = int(explainer.have_room(may).sum())
    kinds, times = np.unique(kind[kind != NONE], return_counts=True)
    return Shortage(
        application=application,
        missing=int(explainer.assignment.missing[application]),
        listed=int(experts.size),
        conflicts=tuple(
            (ConflictKind(each), number)
            for each, number in zip(kinds.tolist(), times.tolist(), strict=True)
        ),
        too_low=int(is_low.sum()),
        group=int(((at == NONE) & (kind == NONE) & ~is_low).sum()),
        seated=seated,
        full=int(may.size) - free,
        quotas=tuple(kept_out),
        free=free,
        scarcity=scarcity,
    )


def _first_conflicts(problem: AssignmentProblem, application: int) -> Int64:
    """Return the lowest kind of conflict of each expert with an application, or -1."""
    conflicts = problem.conflicts
    own = conflicts.application == application
    kind = np.full(problem.experts, len(ConflictKind))
    np.minimum.at(kind, conflicts.expert[own], conflicts.kind[own])
    return np.where(kind == len(ConflictKind), NONE, kind)


def _scarcity(explainer: Explainer, is_in: Truths, is_theirs: Truths) -> Scarcity:
    panels, seats = explainer.panels, explainer.seating.pair
    elsewhere = seats[is_in[panels.panel[seats]] & ~is_theirs[panels.expert[seats]]]
    weight = panels.weight * panels.unit
    return Scarcity(
        applications=tuple(np.flatnonzero(is_in[panels.of]).tolist()),
        experts=tuple(np.flatnonzero(is_theirs).tolist()),
        needed=int((panels.size * weight)[is_in].sum()),
        given_elsewhere=int(weight[panels.panel[elsewhere]].sum()),
        possible=int(panels.capacity[is_theirs].sum()) * panels.unit,
        is_exact=not explainer.problem.quotas and not panels.is_mixed,
    )


class _PlainSearch:
    """Finds the panels and experts that chains from an empty seat pass through, without quotas."""

    def __init__(self, seating: Seating) -> None:
        self.seating, self.panels = seating, seating.panels

    def reached(self, panel: int) -> tuple[Truths, Truths]:
        """Say which panels and which experts are reached from a panel."""
        panels, is_seated = self.panels, self.seating.is_seated
        is_in, is_theirs = _nobody(panels)
        is_in[panel] = True
        number = -1
        while number != int(is_theirs.sum()):
            number = int(is_theirs.sum())
            is_theirs[panels.expert[is_in[panels.panel] & ~is_seated]] = True
            is_in[panels.panel[is_theirs[panels.expert] & is_seated]] = True
        return is_in, is_theirs


class _Search:
    """Does the same where quotas decide who may take the seat of whom.

    Whoever was reached before is not searched again: all that was reached then counts as reached, so
    a later set may be larger than it need be.
    """

    def __init__(self, seating: Seating) -> None:
        self.seating, self.panels = seating, seating.panels
        self.before: list[tuple[Truths, Truths]] = []
        self.found = np.full(self.panels.capacity.size, NONE)

    def reached(self, panel: int) -> tuple[Truths, Truths]:
        """Say which panels and which experts are reached from a panel."""
        is_in, is_theirs = _nobody(self.panels)
        is_in[panel] = True
        waiting, earlier = [(panel, NONE)], set()
        while waiting:
            here, leaving = waiting.pop()
            is_in[here] = True
            may = self.seating.legal(here, without=leaving)
            begin = int(self.panels.first[here])
            expert = self.panels.expert[begin : begin + may.size][may]
            earlier |= set(self.found[expert].tolist())
            new = expert[~is_theirs[expert] & (self.found[expert] == NONE)]
            is_theirs[new] = True
            for each in new.tolist():
                held = self.seating.held_by(each)
                waiting += [(int(self.panels.panel[pair]), pair) for pair in held]
        for number in earlier - {NONE}:
            is_in |= self.before[number][0]
            is_theirs |= self.before[number][1]
        self.found[is_theirs & (self.found == NONE)] = len(self.before)
        self.before.append((is_in, is_theirs))
        return is_in, is_theirs


def _nobody(panels: Panels) -> tuple[Truths, Truths]:
    return np.zeros(panels.number, np.bool_), np.zeros(panels.capacity.size, np.bool_)
