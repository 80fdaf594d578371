"""What the properties look at: each fact derived once, plainly, from a problem and an assignment."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from zhiqiao.engines.assignment.quotas import LeastOf, Quota

if TYPE_CHECKING:
    from zhiqiao.engines.assignment.outcome import Assignment
    from zhiqiao.engines.assignment.problem import AssignmentProblem
    from zhiqiao.engines.assignment.terms import Int32, Int64, Truths

DRAWN = 2**28


@dataclass(frozen=True)
class Violation:
    """A property that does not hold, and the smallest group that shows it.

    ``applications`` and ``experts`` are indices.
    """

    name: str
    sentence: str
    applications: tuple[int, ...] = ()
    experts: tuple[int, ...] = ()


@dataclass(frozen=True, eq=False)
class Facts:
    """A problem and an assignment of it, with what follows from them."""

    problem: AssignmentProblem
    assignment: Assignment

    def position(self, application: Int32, expert: Int32) -> Int64:
        """Return which listed pair each pair is, or -1."""
        pairs = self.problem.pairs
        listed = pairs.application.astype(np.int64) * self.problem.experts + pairs.expert
        asked = application.astype(np.int64) * self.problem.experts + expert
        at = np.searchsorted(listed, asked)
        return np.where(np.append(listed, -1)[at] == asked, at, -1)

    @cached_property
    def assigned(self) -> Int64:
        """Return which listed pair each assigned pair is, or -1."""
        return self.position(self.assignment.application, self.assignment.expert)

    @cached_property
    def reviews(self) -> Int64:
        """Return the reviewers of each application."""
        return np.bincount(self.assignment.application, minlength=self.problem.applications)

    @cached_property
    def load(self) -> Int64:
        """Return the reviews of each expert."""
        return np.bincount(self.assignment.expert, minlength=self.problem.experts)

    @cached_property
    def eligible(self) -> Truths:
        """Say of each listed pair whether neither a conflict nor a low fit rules it out."""
        conflicts = self.problem.conflicts
        at = self.position(conflicts.application, conflicts.expert)
        is_eligible: Truths = self.problem.pairs.affinity >= self.problem.least_affinity
        is_eligible[at[at >= 0]] = False
        return is_eligible

    @cached_property
    def worth(self) -> Int64:
        """Return what each listed pair is worth."""
        problem, penalties = self.problem, self.problem.penalties
        at = self.position(penalties.application, penalties.expert)
        lost = np.zeros(problem.pairs.affinity.size, np.int64)
        if problem.keys is None:
            np.add.at(lost, at[at >= 0], penalties.penalty[at >= 0])
            return problem.pairs.affinity - lost
        lost[at[at >= 0]] = DRAWN
        return problem.keys - lost

    @cached_property
    def leader(self) -> Int64:
        """Return the first application that shares the panel of each."""
        leader = np.arange(self.problem.applications)
        if self.problem.group is not None:
            for number in np.unique(self.problem.group[self.problem.group >= 0]).tolist():
                members = np.flatnonzero(self.problem.group == number)
                leader[members] = members[0]
        return leader

    @cached_property
    def members(self) -> Int64:
        """Return how many applications share the panel of each leader; 0 for who leads none."""
        return np.bincount(self.leader, minlength=self.problem.applications)

    @cached_property
    def unit(self) -> int:
        """Return the reviews in which every load comes."""
        return int(np.gcd.reduce(self.members)) or 1

    @cached_property
    def stakes(self) -> tuple[int, int]:
        """Return what a missing and what an idle review count for."""
        span = int(self.worth.max(initial=0)) - int(self.worth.min(initial=0))
        idle = (self.problem.experts + 2) * span * self.unit + 1
        return 3 * idle, idle

    @cached_property
    def shared(self) -> tuple[Int64, Int64, Int64]:
        """Return leader, expert and worth of each pair that may sit on a panel."""
        pairs, experts = self.problem.pairs, max(self.problem.experts, 1)
        own = np.flatnonzero(self.eligible)
        key = self.leader[pairs.application[own]] * experts + pairs.expert[own]
        found, which, times = np.unique(key, return_inverse=True, return_counts=True)
        worth = np.zeros(found.size, np.int64)
        np.add.at(worth, which, self.worth[own])
        leader, expert = found // experts, found % experts
        whole = times == self.members[leader]
        return leader[whole], expert[whole], worth[whole]

    def applies(self, quota: Quota) -> Truths:
        """Say of each leader whether a quota holds for an application of its panel."""
        if quota.applies is None:
            return np.ones(self.problem.applications, np.bool_)
        found = np.zeros(self.problem.applications, np.bool_)
        found[self.leader[quota.applies]] = True
        return found

    def cap(self, quota: Quota) -> Int64:
        """Return the seats of each leader's panel that one set of a quota may take."""
        size = self.problem.panel_size
        if isinstance(quota, LeastOf):
            share = -(-size * quota.share.numerator // quota.share.denominator)
            cap = np.maximum(size - np.maximum(share, quota.number), 0)
        else:
            cap = np.minimum(quota.number, size)
        return np.where(self.applies(quota), cap, size)


def sets_of(quota: Quota) -> Int32:
    """Return the capped set of each expert, or -1."""
    if isinstance(quota, LeastOf):
        return np.where(quota.members, -1, 0).astype(np.int32)
    return quota.label
