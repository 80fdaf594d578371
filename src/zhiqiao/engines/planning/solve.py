"""The plan that changes requests least, by the integer programme CP-SAT."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
from ortools.sat.python import cp_model

from zhiqiao.engines.planning.errors import Names, PlanningError

if TYPE_CHECKING:
    from zhiqiao.engines.planning.problem import Int64, Problem

SECONDS = 60.0
SEED = 20_231_022


def solve(problem: Problem, *, seconds: float = SECONDS) -> Int64:
    """Return the places of each line, an int64 array of shape (L,).

    Of all plans that meet the rules it is one with the least weighted sum of changes; among those,
    one whose largest change of a line is least. The same problem gives the same plan again.

    Raises
    ------
    PlanningError
        ``no-plan`` with the fewest rules that contradict each other; ``too-long``.

    Notes
    -----
    An integer programme with 2L variables: NP-hard in general (floors and shares cut it like
    knapsacks), in practice near its linear relaxation. Ágoston, Biró and McBride (2016) treat the
    like for the places of Hungarian admission.
    """
    model = _Model(problem, frozenset(rules_of(problem)))
    least = model.minimise(model.change, seconds)
    if least is None:
        raise PlanningError("no-plan", rules=Names(_contradiction(problem, seconds)))
    model.go_on_from_here()
    model.cp.add(model.change <= least)
    model.minimise(model.largest, seconds)
    return model.plan()


def rules_of(problem: Problem) -> list[str]:
    """Name the rules of a problem besides the bounds of the lines."""
    shares = [f"share {share.name}" for share in problem.shares]
    floors = [f"floor {number}" for number, floor in enumerate(problem.floors) if floor]
    return ["total", *floors, *shares]


def _contradiction(problem: Problem, seconds: float) -> tuple[str, ...]:
    """Return the fewest rules that no plan meets together."""
    rules = rules_of(problem)
    for size in range(1, len(rules)):
        for some in combinations(rules, size):
            if _Model(problem, frozenset(some)).minimise(None, seconds) is None:
                return some
    return tuple(rules)


class _Model:
    """The integer programme of some of the rules."""

    def __init__(self, problem: Problem, rules: frozenset[str]) -> None:
        self.problem, self.cp, self.solver = problem, cp_model.CpModel(), cp_model.CpSolver()
        self.solver.parameters.num_workers = 1
        self.solver.parameters.random_seed = SEED
        # Sums over thousands of lines: the linear relaxation is nearly the answer.
        self.solver.parameters.linearization_level = 2
        bounds = zip(problem.least.tolist(), problem.most.tolist(), strict=True)
        self.places = [self.cp.new_int_var(least, most, "") for least, most in bounds]
        reach = int(max(problem.most.max(initial=0), problem.requested.max(initial=0)))
        self.largest = self.cp.new_int_var(0, reach, "largest")
        changes = [self._change(line, reach) for line in range(problem.lines)]
        self.change = cp_model.LinearExpr.weighted_sum(changes, problem.weight.tolist())
        self._obey(rules)

    def _change(self, line: int, reach: int) -> cp_model.IntVar:
        change = self.cp.new_int_var(0, reach, "")
        asked = int(self.problem.requested[line])
        self.cp.add(change >= self.places[line] - asked)
        self.cp.add(change >= asked - self.places[line])
        self.cp.add(self.largest >= change)
        return change

    def _obey(self, rules: frozenset[str]) -> None:
        problem = self.problem
        if "total" in rules:
            total = cp_model.LinearExpr.sum(self.places)
            self.cp.add_linear_constraint(total, problem.total_least, problem.total_most)
        for number, floor in enumerate(problem.floors.tolist()):
            if f"floor {number}" in rules:
                lines = np.flatnonzero(problem.category == number)
                self.cp.add(self._sum(lines) >= floor)
        for share in problem.shares:
            if f"share {share.name}" in rules:
                above, below = (
                    self._sum(np.flatnonzero(share.counted)),
                    self._sum(np.flatnonzero(share.among)),
                )
                self.cp.add(above * share.least.denominator >= below * share.least.numerator)

    def _sum(self, lines: Int64) -> cp_model.LinearExprT:
        return cp_model.LinearExpr.sum([self.places[line] for line in lines.tolist()])

    def minimise(self, what: cp_model.LinearExprT | None, seconds: float) -> int | None:
        """Return the least value of ``what``, or None where no plan meets the rules."""
        if what is not None:
            self.cp.minimize(what)
        self.solver.parameters.max_time_in_seconds = seconds
        status = self.solver.solve(self.cp)
        if status == cp_model.INFEASIBLE:
            return None
        if status != cp_model.OPTIMAL:
            raise PlanningError("too-long", seconds=seconds)
        return round(self.solver.objective_value)

    def go_on_from_here(self) -> None:
        """Begin the next search at the plan found; it has one number to lower and little to prove."""
        for place in self.places:
            self.cp.add_hint(place, self.solver.value(place))
        self.solver.parameters.linearization_level = 1

    def plan(self) -> Int64:
        return np.array([self.solver.value(one) for one in self.places], dtype=np.int64)
