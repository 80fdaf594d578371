"""The best assignment of a problem that no flow decides, by a complete search of what is left of it.

Prices rule most pairs out: one that loses more against its panel's last seat than the gap between
bound and best known value is in no better assignment. What remains is an integer programme of a few
thousand pairs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from ortools.sat.python import cp_model

from zhiqiao.engines.assignment.bounds import Bound, bound_of
from zhiqiao.engines.assignment.linear import Linear
from zhiqiao.engines.assignment.network import load_segments
from zhiqiao.engines.assignment.ranking import greatest
from zhiqiao.engines.assignment.valuing import standing_of

if TYPE_CHECKING:
    from zhiqiao.engines.assignment.assembly import Panels
    from zhiqiao.engines.assignment.kinds import Kinds
    from zhiqiao.engines.assignment.problem import AssignmentProblem
    from zhiqiao.engines.assignment.relaxing import Relaxed
    from zhiqiao.engines.assignment.terms import Int32, Int64

MOST_PAIRS = 20_000
NEAR_PER_SEAT = 6
EFFORT = 30.0  # CP-SAT's deterministic time, so that the same problem gives the same answer
SEED = 20_231_022
ROUNDS = 8


@dataclass(frozen=True, eq=False)
class Searched:
    """What a search found.

    Parameters
    ----------
    pair : int64 array
        Seated pairs.
    bound : Bound
    is_complete : bool
        Whether no assignment is better.
    """

    pair: Int64
    bound: Bound
    is_complete: bool


def search(
    problem: AssignmentProblem, panels: Panels, kinds: Kinds, *, relaxed: Relaxed, settled: Int64
) -> Searched:
    """Improve settled pairs as far as effort allows; problems of many seats are left as they are.

    Notes
    -----
    NP-hard in general. CP-SAT with one thread, a fixed seed and a limit of deterministic time.
    """
    known = np.union1d(settled, relaxed.pair)
    near = np.union1d(_near(panels, relaxed.bound.left, NEAR_PER_SEAT), known)
    if near.size > MOST_PAIRS:
        return Searched(settled, relaxed.bound, is_complete=False)
    bound = _sharpened(problem, panels, kinds, relaxed.bound, near)
    pair, tried = settled, np.zeros(0, np.int64)
    is_complete = False
    for some in (_near(panels, bound.left, NEAR_PER_SEAT // 2), None):
        gap = bound.value - standing_of(problem, panels, pair).value
        left = _within(panels, bound.left, gap)
        wanted = np.union1d(left if some is None else some, pair)
        is_complete = is_complete and bool(np.isin(left, tried).all())
        if is_complete or gap == 0 or wanted.size > MOST_PAIRS:
            break
        model = _Model(problem, panels, kinds, wanted)
        pair, is_complete = model.improve(pair)
        tried = wanted
    gap = bound.value - standing_of(problem, panels, pair).value
    is_complete = is_complete and bool(np.isin(_within(panels, bound.left, gap), tried).all())
    return Searched(pair, bound, is_complete=is_complete or gap == 0)


def _near(panels: Panels, left: Int64, per_seat: int) -> Int64:
    """Return the pairs that come first after prices, some for each seat."""
    kept = np.maximum(panels.size * per_seat, 1)
    best = greatest(left, panels.first, number=int(kept.max(initial=1)))
    bar = best[np.arange(panels.number), kept - 1]
    return np.flatnonzero(left >= bar[panels.panel])


def _within(panels: Panels, left: Int64, gap: int) -> Int64:
    """Return the pairs that an assignment better by up to the gap can have."""
    number = int(panels.size.max(initial=1))
    best = greatest(left, panels.first, number=number)
    last = best[np.arange(panels.number), np.maximum(panels.size - 1, 0)]
    floor = -panels.stakes.missing * panels.unit * panels.weight
    bar = np.maximum(last, floor) - gap
    return np.flatnonzero((left > bar[panels.panel]) & (panels.size[panels.panel] > 0))


def _sharpened(
    problem: AssignmentProblem, panels: Panels, kinds: Kinds, best: Bound, near: Int64
) -> Bound:
    """Return the prices of the linear relaxation where they prove more than those of the flow."""
    if not kinds.has_crossing:
        return best
    for _round in range(ROUNDS):
        found = Linear(problem, panels, kinds, near).prices()
        if found is None:
            break
        bound = bound_of(problem, panels, kinds, price=found[0], sets=found[1])
        best = bound if bound.value < best.value else best
        missed = np.setdiff1d(_within(panels, bound.left, 0), near)
        if missed.size == 0 or near.size + missed.size > MOST_PAIRS:
            break
        near = np.union1d(near, missed)
    return best


class _Model:
    """The integer programme of some pairs."""

    def __init__(
        self, problem: AssignmentProblem, panels: Panels, kinds: Kinds, pair: Int64
    ) -> None:
        self.problem, self.panels, self.pair = problem, panels, pair
        self.cp = cp_model.CpModel()
        self.seats = [self.cp.new_bool_var("") for _pair in range(pair.size)]
        self.terms = list(self.seats)
        self.worth: list[int] = panels.worth[pair].tolist()
        self._fill_panels()
        self._load_experts()
        self._obey(kinds)
        self.cp.maximize(cp_model.LinearExpr.weighted_sum(self.terms, self.worth))

    def _count(self, most: int, worth: int) -> cp_model.IntVar:
        """Return a number from 0 to a limit that counts for something."""
        number = self.cp.new_int_var(0, most, "")
        self.terms.append(number)
        self.worth.append(worth)
        return number

    def _fill_panels(self) -> None:
        panels = self.panels
        stake = (-panels.stakes.missing * panels.unit * panels.weight).tolist()
        for panel, seats in enumerate(self._split(panels.panel[self.pair], panels.number)):
            size = int(panels.size[panel])
            taken = [self.seats[seat] for seat in seats]
            self.cp.add(cp_model.LinearExpr.sum([*taken, self._count(size, stake[panel])]) == size)

    def _load_experts(self) -> None:
        panels = self.panels
        segments = list(zip(*load_segments(self.problem, panels), strict=True))
        weight = panels.weight[panels.panel[self.pair]].tolist()
        for expert, seats in enumerate(self._split(panels.expert[self.pair], self.problem.experts)):
            units = [self._count(int(cap[expert]), int(reward[expert])) for cap, reward in segments]
            taken = [self.seats[seat] for seat in seats]
            load = cp_model.LinearExpr.weighted_sum(taken, [weight[seat] for seat in seats])
            self.cp.add(load == cp_model.LinearExpr.sum(units))

    def _obey(self, kinds: Kinds) -> None:
        panels = self.panels
        over = kinds.overfull(panels.panel[self.pair], panels.expert[self.pair])
        if over.size == 0:
            return
        rows = kinds.rows(panels.panel[self.pair], panels.expert[self.pair])
        members: dict[int, list[cp_model.IntVar]] = {row: [] for row in over.tolist()}
        for seat, own in zip(self.seats, rows.tolist(), strict=True):
            for row in own:
                if row in members:
                    members[row].append(seat)
        for row, cap in zip(over.tolist(), kinds.cap_of(over).tolist(), strict=True):
            self.cp.add(cp_model.LinearExpr.sum(members[row]) <= cap)

    def _split(self, numbers: Int32, lists: int) -> list[list[int]]:
        found: list[list[int]] = [[] for _each in range(lists)]
        for at, number in enumerate(numbers.tolist()):
            found[number].append(at)
        return found

    def improve(self, pair: Int64) -> tuple[Int64, bool]:
        """Return the best pairs found, beginning with some, and whether none of these are better."""
        is_known = np.isin(self.pair, pair)
        for seat, known in zip(self.seats, is_known.tolist(), strict=True):
            self.cp.add_hint(seat, known)
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = SEED
        solver.parameters.linearization_level = 2
        solver.parameters.max_deterministic_time = EFFORT
        status = solver.solve(self.cp)
        if status not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
            return pair, False
        taken = np.array([solver.boolean_value(seat) for seat in self.seats], np.bool_)
        found = self.pair[taken]
        better = standing_of(self.problem, self.panels, found).value
        if better < standing_of(self.problem, self.panels, pair).value:
            found = pair
        return found, bool(status == cp_model.OPTIMAL)
