"""What is missing and why: who was ruled out, who is full, and which applications share too few experts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from zhiqiao.engines.assignment.explain import Explainer
from zhiqiao.engines.assignment.terms import NONE, ConflictKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhiqiao.engines.assignment.outcome import Assignment
    from zhiqiao.engines.assignment.problem import AssignmentProblem
    from zhiqiao.engines.assignment.seating import Seating
    from zhiqiao.engines.assignment.terms import Int64


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
    condition, the smallest one that contains the application. O(Q) for each group of applications.
    """
    explainer = Explainer(problem, assignment)
    known: dict[int, Scarcity] = {}
    found = []
    for application in np.flatnonzero(assignment.missing > 0).tolist():
        if application not in known:
            scarcity = _scarcity(explainer, application)
            known |= dict.fromkeys(scarcity.applications, scarcity)
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
    quotas = [explainer.quota(pair, NONE) for pair in others.tolist()]
    kept_out = [(quota, quotas.count(quota)) for quota in sorted(set(quotas) - {NONE})]
    may = [pair for pair, quota in zip(others.tolist(), quotas, strict=True) if quota == NONE]
    free = sum(explainer.has_room(pair) for pair in may)
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
        full=len(may) - free,
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


def _scarcity(explainer: Explainer, application: int) -> Scarcity:
    panels, seating = explainer.panels, explainer.seating
    reached, experts = _reached(seating, int(panels.of[application]))
    is_in = np.zeros(panels.number, np.bool_)
    is_in[list(reached)] = True
    is_theirs = np.zeros(panels.capacity.size, np.bool_)
    is_theirs[list(experts)] = True
    seats = seating.pair
    elsewhere = seats[is_in[panels.panel[seats]] & ~is_theirs[panels.expert[seats]]]
    weight = panels.weight * panels.unit
    return Scarcity(
        applications=tuple(np.flatnonzero(is_in[panels.of]).tolist()),
        experts=tuple(sorted(experts)),
        needed=int((panels.size * weight)[is_in].sum()),
        given_elsewhere=int(weight[panels.panel[elsewhere]].sum()),
        possible=int(panels.capacity[is_theirs].sum()) * panels.unit,
        is_exact=not explainer.problem.quotas and not panels.is_mixed,
    )


def _reached(seating: Seating, panel: int) -> tuple[set[int], set[int]]:
    """Return the panels and experts that chains from an empty seat pass through."""
    panels: set[int] = {panel}
    experts: set[int] = set()
    waiting = [(panel, NONE)]
    while waiting:
        here, leaving = waiting.pop()
        first = int(seating.panels.first[here])
        own = np.flatnonzero(seating.legal(here, without=leaving)) + first
        for expert in set(seating.panels.expert[own].tolist()) - experts:
            experts.add(expert)
            held = [(int(seating.panels.panel[pair]), pair) for pair in seating.held_by(expert)]
            waiting += held
            panels |= {each for each, _pair in held}
    return panels, experts


def by_group(found: list[Shortage]) -> Iterator[Scarcity]:
    """Yield each scarcity of some shortages once."""
    seen: set[int] = set()
    for shortage in found:
        if id(shortage.scarcity) not in seen:
            seen.add(id(shortage.scarcity))
            yield shortage.scarcity
