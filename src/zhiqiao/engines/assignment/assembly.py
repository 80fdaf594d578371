"""A problem as panels: related applications merged, the ineligible left out, one worth for each pair."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from zhiqiao.engines.assignment.errors import AssignmentError
from zhiqiao.engines.assignment.terms import KEYS, NONE, Mode

if TYPE_CHECKING:
    from zhiqiao.engines.assignment.problem import AssignmentProblem
    from zhiqiao.engines.assignment.terms import Int32, Int64, Truths

LARGEST = 2**62


@dataclass(frozen=True, eq=False)
class Panels:
    """The panels of a problem, numbered 0 to G-1 by their first application.

    An expert on a panel reviews all its applications. Loads are counted in units of the greatest
    number of reviews that divides every panel's number of applications, so that alike groups are as
    exact as single applications.

    Parameters
    ----------
    of : int32 array of shape (A,)
        Panel of each application.
    application : int32 array of shape (G,)
        First application of each panel.
    size, weight : int64 arrays of shape (G,)
        Seats, and the load units that each of them takes of an expert.
    first : int64 array of shape (G + 1,)
        Where the eligible pairs of each panel begin.
    panel, expert : int32 arrays of shape (Q,)
        Eligible pairs, sorted by panel, then by expert.
    worth : int64 array of shape (Q,)
        Affinities of the panel's applications less penalties, or random keys.
    unit : int
        Reviews of a load unit.
    capacity : int64 array of shape (E,)
        Load units that each expert may take.
    stakes : Stakes
    """

    of: Int32
    application: Int32
    size: Int64
    weight: Int64
    first: Int64
    panel: Int32
    expert: Int32
    worth: Int64
    unit: int
    capacity: Int64
    stakes: Stakes

    @property
    def number(self) -> int:
        """Return G."""
        return int(self.size.size)

    def positions(self, application: Int32, expert: Int32) -> Int64:
        """Return which eligible pair the panel of each application and an expert are, or -1."""
        experts = self.capacity.size
        asked = self.of[application].astype(np.int64) * experts + expert
        at = np.minimum(np.searchsorted(self._keys, asked), max(self._keys.size - 1, 0))
        return np.where(self._keys[at] == asked, at, NONE) if self._keys.size else at - 1

    @cached_property
    def _keys(self) -> Int64:
        return self.panel.astype(np.int64) * self.capacity.size + self.expert

    @property
    def empty(self) -> Int64:
        """Return what an empty seat of each panel counts for."""
        return np.asarray(-self.stakes.missing * self.unit * self.weight)

    @property
    def is_mixed(self) -> bool:
        """Say whether seats of some panels take more of an expert's load than of others."""
        return bool(self.weight.size) and int(self.weight.min()) != int(self.weight.max())


@dataclass(frozen=True)
class Stakes:
    """What a missing review, and a review below the least load, count for.

    No chain of exchanges gains as much fit as one of them costs, and a missing review counts for
    more than the two idle ones that filling it may bring.
    """

    missing: int
    idle: int


def eligible_pairs(problem: AssignmentProblem) -> Truths:
    """Say of each listed pair whether neither conflict nor least affinity rules it out."""
    pairs, conflicts = problem.pairs, problem.conflicts
    experts = max(problem.experts, 1)
    is_eligible: Truths = pairs.affinity >= problem.least_affinity
    if conflicts.application.size:
        key = pairs.application.astype(np.int64) * experts + pairs.expert
        barred = conflicts.application.astype(np.int64) * experts + conflicts.expert
        at = np.searchsorted(key, barred)
        is_listed = np.append(key, NONE)[at] == barred
        is_eligible[at[is_listed]] = False
    return is_eligible


def worth_of(problem: AssignmentProblem) -> Int64:
    """Return what each listed pair is worth by itself: affinity or random key, less its penalties."""
    pairs, penalties = problem.pairs, problem.penalties
    worth = pairs.affinity if problem.keys is None else problem.keys
    if penalties.application.size == 0:
        return worth
    experts = max(problem.experts, 1)
    key = pairs.application.astype(np.int64) * experts + pairs.expert
    soft = penalties.application.astype(np.int64) * experts + penalties.expert
    at = np.searchsorted(key, soft)
    is_listed = np.append(key, NONE)[at] == soft
    lost = np.zeros(worth.size, np.int64)
    np.add.at(lost, at[is_listed], penalties.penalty[is_listed])
    if problem.mode is Mode.DRAW:
        soft_pair = np.zeros(worth.size, np.bool_)
        soft_pair[at[is_listed]] = True
        return worth - KEYS * soft_pair
    return worth - lost


def stakes_of(problem: AssignmentProblem, unit: int = 1) -> Stakes:
    """Return what missing reviews and idle experts count for in the value of an assignment.

    Raises
    ------
    AssignmentError
        ``too-large`` where the value would not fit into 62 bits.
    """
    worth = worth_of(problem)
    span = int(worth.max(initial=0)) - int(worth.min(initial=0))
    idle = (problem.experts + 2) * span * unit + 1
    missing = 3 * idle
    if missing * (int(problem.panel_size.sum()) + 1) * 2 > LARGEST:
        raise AssignmentError(
            "too-large", applications=problem.applications, experts=problem.experts, most=span
        )
    return Stakes(missing, idle)


def load_unit(problem: AssignmentProblem) -> int:
    """Return the greatest number of reviews that divides the number of applications of every panel."""
    if problem.group is None or problem.applications == 0:
        return 1
    shared = problem.group[problem.group != NONE]
    counts = np.unique(shared, return_counts=True)[1]
    return int(np.gcd.reduce(counts)) if shared.size == problem.applications else 1


def assemble(problem: AssignmentProblem) -> Panels:
    """Merge related applications into panels and keep the eligible pairs. O(P log P)."""
    of, application, members = _merged(problem)
    unit = load_unit(problem)
    keep = np.flatnonzero(eligible_pairs(problem))
    panel, expert = of[problem.pairs.application[keep]], problem.pairs.expert[keep]
    worth = worth_of(problem)[keep]
    if application.size != problem.applications:
        panel, expert, worth = _summed(panel, expert, worth, members, problem.experts)
    return Panels(
        of=of,
        application=application,
        size=problem.panel_size[application],
        weight=members // unit,
        first=np.searchsorted(panel, np.arange(application.size + 1)).astype(np.int64),
        panel=panel,
        expert=expert,
        worth=worth,
        unit=unit,
        capacity=problem.most_load // unit,
        stakes=stakes_of(problem, unit),
    )


def _merged(problem: AssignmentProblem) -> tuple[Int32, Int32, Int64]:
    """Return the panel of each application, the first application and the number of each panel."""
    numbers = np.arange(problem.applications, dtype=np.int32)
    if problem.group is None:
        return numbers, numbers, np.ones(problem.applications, np.int64)
    first = numbers.copy()
    shared = np.flatnonzero(problem.group != NONE)
    leader = np.full(problem.applications, problem.applications, np.int64)
    np.minimum.at(leader, problem.group[shared], shared)
    first[shared] = leader[problem.group[shared]]
    application, of, members = np.unique(first, return_inverse=True, return_counts=True)
    return of.astype(np.int32), application.astype(np.int32), members.astype(np.int64)


def _summed(
    panel: Int32, expert: Int32, worth: Int64, members: Int64, experts: int
) -> tuple[Int32, Int32, Int64]:
    """Add up the pairs of a panel and an expert; keep experts eligible for all its applications."""
    key, back, count = np.unique(
        panel.astype(np.int64) * experts + expert, return_inverse=True, return_counts=True
    )
    total = np.zeros(key.size, np.int64)
    np.add.at(total, back, worth)
    panel = (key // max(experts, 1)).astype(np.int32)
    whole = count == members[panel]
    return panel[whole], (key % max(experts, 1)).astype(np.int32)[whole], total[whole]
