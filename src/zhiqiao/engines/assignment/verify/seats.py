"""Single seats that could be better taken, found by trying."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from zhiqiao.engines.assignment.terms import Proof
from zhiqiao.engines.assignment.verify.facts import Facts, Violation, sets_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhiqiao.engines.assignment.terms import Int32, Int64, Truths


def better_seats(facts: Facts) -> Iterator[Violation]:
    """Yield each panel with a seat that an expert with room could take with gain."""
    leader, expert, worth = facts.shared
    begins = np.searchsorted(leader, np.arange(facts.problem.applications + 1))
    order = np.argsort(facts.assignment.application, kind="stable")
    seats = np.searchsorted(
        facts.assignment.application[order], np.arange(facts.problem.applications + 1)
    )
    for panel in np.flatnonzero(facts.members > 0).tolist():
        own = slice(begins[panel], begins[panel + 1])
        members = facts.assignment.expert[order[seats[panel] : seats[panel + 1]]]
        trial = _Trial(facts, panel, expert[own], worth[own], members)
        yield from trial.empty_seat()
        if facts.assignment.proof is not Proof.REPAIRED:
            yield from trial.exchanges()


class _Trial:
    """One panel: its members, and every expert who could sit there."""

    def __init__(
        self, facts: Facts, panel: int, expert: Int64, worth: Int64, members: Int32
    ) -> None:
        self.facts, self.panel = facts, panel
        self.expert, self.worth, self.members = expert, worth, members
        self.weight = int(facts.members[panel])
        self.sets = [sets_of(quota) for quota in facts.problem.quotas]
        self.caps = [int(facts.cap(quota)[panel]) for quota in facts.problem.quotas]

    def empty_seat(self) -> Iterator[Violation]:
        """Find an expert for an empty seat."""
        if self.members.size < self.facts.problem.panel_size[self.panel]:
            may = self._may(self.members, -1)
            if may.any():
                named = (self.panel,), (int(self.expert[np.argmax(may)]),)
                yield Violation("P10", "a seat is empty that the expert could take", *named)

    def exchanges(self) -> Iterator[Violation]:
        """Find an expert who is worth more than a member and could take the seat."""
        for member in self.members.tolist():
            at = np.flatnonzero(self.expert == member)
            if at.size == 0:
                continue
            may = self._may(self.members[self.members != member], member)
            gain = self.worth - self.worth[at[0]] + self._filled(member)
            gain = np.where(may, gain, 0)
            if gain.max(initial=0) > 0:
                other = int(self.expert[np.argmax(gain)])
                sentence = f"the second expert in the seat of the first would gain {gain.max()}"
                yield Violation("P10", sentence, (self.panel,), (member, other))

    def _may(self, others: Int32, leaving: int) -> Truths:
        """Say who could sit down beside others, when somebody has left."""
        load = self.facts.load[self.expert] + self.weight
        may: Truths = load <= self.facts.problem.most_load[self.expert]
        may &= ~np.isin(self.expert, self.members) & (self.expert != leaving)
        for sets, cap in zip(self.sets, self.caps, strict=True):
            taken = np.bincount(sets[others] + 1, minlength=int(sets.max(initial=0)) + 2)
            may &= (sets[self.expert] < 0) | (taken[sets[self.expert] + 1] < cap)
        return may

    def _filled(self, leaving: int) -> Int64:
        """Return what is gained in least loads by each expert, when one takes the seat of another."""
        problem, load, idle = self.facts.problem, self.facts.load, self.facts.stakes[1]
        lost = _below(problem.least_load[leaving], load[leaving] - self.weight) - _below(
            problem.least_load[leaving], load[leaving]
        )
        least, now = problem.least_load[self.expert], load[self.expert]
        return idle * (_below(least, now) - _below(least, now + self.weight) - lost)


def _below(least: Int64, load: Int64) -> Int64:
    return np.asarray(np.maximum(least - load, 0))
