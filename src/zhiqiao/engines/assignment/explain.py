"""Why this expert for this application, and why not that one: exactly one reason, with figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from zhiqiao.engines.assignment.errors import AssignmentError
from zhiqiao.engines.assignment.seating import Seating
from zhiqiao.engines.assignment.terms import NONE, ConflictKind, Reason

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhiqiao.engines.assignment.outcome import Assignment
    from zhiqiao.engines.assignment.problem import AssignmentProblem
    from zhiqiao.engines.assignment.terms import Int64, Truths


@dataclass(frozen=True)
class Explanation:
    """Why a pair is assigned or not.

    Parameters
    ----------
    application, expert : int
    reason : Reason
        The one that decided.
    is_assigned : bool
    worth : int
        Of the expert for the whole panel: affinities less penalties, or random keys. 0 where the
        expert is not eligible.
    rank, eligible : int
        Place among the eligible experts of the panel by worth, from 1, and how many these are.
    other : int
        The expert that decided, or -1: of an assigned pair the best one who is not on the panel; of
        another the last one on it who is worth less, or the last one at all.
    other_worth : int
    quota : int
        Position of the quota that decided, or -1.
    kinds : tuple of ConflictKind
        Conflicts of the pair; with the reason ``GROUP`` of the expert and a related application.
    held : tuple of int
        Applications that the expert without room reviews.
    price : int
        What one more load unit of the expert without room would be worth to the whole.
    """

    application: int
    expert: int
    reason: Reason
    is_assigned: bool
    worth: int = 0
    rank: int = 0
    eligible: int = 0
    other: int = NONE
    other_worth: int = 0
    quota: int = NONE
    kinds: tuple[ConflictKind, ...] = ()
    held: tuple[int, ...] = ()
    price: int = 0


def explain(
    problem: AssignmentProblem, assignment: Assignment, *, application: int, expert: int
) -> Explanation:
    """Explain one pair, assigned or not. O(P) the first time, then O(candidates of the panel).

    Raises
    ------
    AssignmentError
        ``index`` where there is no such application or expert.
    """
    limits = {
        "application": (application, problem.applications),
        "expert": (expert, problem.experts),
    }
    for what, (given, number) in limits.items():
        if not 0 <= given < number:
            raise AssignmentError(
                "index", at=0, name="what was asked", what=what, given=given, number=number
            )
    return Explainer(problem, assignment).explain(application, expert)


def explain_all(problem: AssignmentProblem, assignment: Assignment) -> Iterator[Explanation]:
    """Explain every assigned pair, in the order of the assignment. O(P + N candidates)."""
    explainer = Explainer(problem, assignment)
    for application, expert in zip(
        assignment.application.tolist(), assignment.expert.tolist(), strict=True
    ):
        yield explainer.explain(application, expert)


class Explainer:
    """Explains pairs of one assignment.

    Parameters
    ----------
    problem, assignment
        What was asked and what was answered; the answer keeps the rules.
    """

    def __init__(self, problem: AssignmentProblem, assignment: Assignment) -> None:
        self.problem, self.assignment, self.panels = problem, assignment, problem.panels
        seats = self.panels.positions(assignment.application, assignment.expert)
        self.seating = Seating(self.panels, problem.kinds, np.unique(seats[seats != NONE]))

    def explain(self, application: int, expert: int) -> Explanation:
        """Explain one pair."""
        at = self.panels.positions(*(np.array([each], np.int32) for each in (application, expert)))
        pair = int(at[0])
        if pair == NONE:
            return self._ineligible(application, expert)
        if self.seating.is_seated[pair]:
            return self._seated(application, pair)
        return self._unseated(application, pair)

    def _ineligible(self, application: int, expert: int) -> Explanation:
        kinds = self._conflicts(application, expert)
        if kinds:
            return Explanation(application, expert, Reason.CONFLICT, is_assigned=False, kinds=kinds)
        pairs = self.problem.pairs
        own = np.flatnonzero((pairs.application == application) & (pairs.expert == expert))
        if own.size == 0:
            return Explanation(application, expert, Reason.NOT_LISTED, is_assigned=False)
        if pairs.affinity[own[0]] < self.problem.least_affinity:
            return Explanation(application, expert, Reason.TOO_LOW, is_assigned=False)
        related = np.flatnonzero(self.panels.of == self.panels.of[application]).tolist()
        kinds = tuple(kind for each in related for kind in self._conflicts(each, expert))
        return Explanation(application, expert, Reason.GROUP, is_assigned=False, kinds=kinds)

    def _conflicts(self, application: int, expert: int) -> tuple[ConflictKind, ...]:
        conflicts = self.problem.conflicts
        own = (conflicts.application == application) & (conflicts.expert == expert)
        return tuple(ConflictKind(kind) for kind in np.unique(conflicts.kind[own]).tolist())

    def _seated(self, application: int, pair: int) -> Explanation:
        own = self._own(pair)
        worth = self.panels.worth
        better = own[(worth[own] > worth[pair]) & ~self.seating.is_seated[own]]
        if better.size == 0:
            return self._told(application, pair, Reason.BEST, NONE)
        best = int(better[np.argmax(worth[better])])
        if not self._has_room(best):
            return self._told(application, pair, Reason.BETTER_FULL, best, full=best)
        quota = self.quota(best, pair)
        if quota != NONE:
            return self._told(application, pair, Reason.FOR_QUOTA, best, quota=quota)
        reason = Reason.FOR_LEAST_LOAD if self._is_needed(pair) else Reason.FOR_OTHERS
        return self._told(application, pair, reason, best)

    def _unseated(self, application: int, pair: int) -> Explanation:
        own = self._own(pair)
        worth = self.panels.worth
        seated = own[self.seating.is_seated[own]]
        has_seat = self.seating.open_seats(int(self.panels.panel[pair])) > 0
        lower = seated[worth[seated] < worth[pair]]
        last = int(seated[np.argmin(worth[seated])]) if seated.size else NONE
        if lower.size == 0 and not has_seat:
            return self._told(application, pair, Reason.LESS_FIT, last)
        if not self._has_room(pair):
            return self._told(application, pair, Reason.FULL, last, full=pair)
        seats = [NONE] if has_seat else lower[np.argsort(worth[lower])].tolist()
        quotas = [self.quota(pair, seat) for seat in seats]
        if NONE not in quotas:
            return self._told(application, pair, Reason.QUOTA, last, quota=quotas[0])
        free = [seat for seat, quota in zip(seats, quotas, strict=True) if quota == NONE]
        is_needed = all(seat != NONE and self._is_needed(seat) for seat in free)
        reason = Reason.LEAST_LOAD if is_needed else Reason.OTHERS
        return self._told(application, pair, reason, last)

    def _own(self, pair: int) -> Int64:
        panel = int(self.panels.panel[pair])
        return np.arange(self.panels.first[panel], self.panels.first[panel + 1])

    def have_room(self, pair: Int64) -> Truths:
        """Say of each pair whether the expert can take one more seat of the panel."""
        expert, weight = self.panels.expert[pair], self.panels.weight[self.panels.panel[pair]]
        return np.asarray(self.seating.load[expert] + weight <= self.panels.capacity[expert])

    def _has_room(self, pair: int) -> bool:
        return self.seating.has_room(int(self.panels.expert[pair]), int(self.panels.panel[pair]))

    def quota(self, pair: int, leaving: int) -> int:
        """Return the quota that keeps a pair from the seat of another, or -1."""
        own, kinds = self._own(pair), self.problem.kinds
        members = own[self.seating.is_seated[own] & (own != leaving)]
        panel = int(self.panels.panel[pair])
        mine, theirs = (kinds.of[self.panels.expert[each]] for each in (pair, members))
        for quota in range(mine.size):
            taken = int((theirs[:, quota] == mine[quota]).sum())
            if mine[quota] != NONE and taken >= kinds.cap[panel, quota]:
                return quota
        return NONE

    def _is_needed(self, pair: int) -> bool:
        """Say whether an expert would be below the least load without a seat."""
        expert, panel = int(self.panels.expert[pair]), int(self.panels.panel[pair])
        left = int(self.seating.load[expert] - self.panels.weight[panel]) * self.panels.unit
        return left < int(self.problem.least_load[expert])

    def _told(
        self, application: int, pair: int, reason: Reason, other: int, **more: int
    ) -> Explanation:
        own, worth, expert = self._own(pair), self.panels.worth, self.panels.expert
        full = more.get("full", NONE)
        assignment = self.assignment
        held = (
            assignment.application[assignment.expert == expert[full]] if full != NONE else own[:0]
        )
        return Explanation(
            application=application,
            expert=int(expert[pair]),
            reason=reason,
            is_assigned=bool(self.seating.is_seated[pair]),
            worth=int(worth[pair]),
            rank=int((worth[own] > worth[pair]).sum()) + 1,
            eligible=int(own.size),
            other=int(expert[other]) if other != NONE else NONE,
            other_worth=int(worth[other]) if other != NONE else 0,
            quota=more.get("quota", NONE),
            held=tuple(held.tolist()),
            price=int(assignment.prices.expert[expert[full]]) if full != NONE else 0,
        )
