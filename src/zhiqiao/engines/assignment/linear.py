"""Prices from the linear relaxation of a small problem, all quotas and loads in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from ortools.linear_solver import pywraplp

from zhiqiao.engines.assignment.bounds import SetPrices
from zhiqiao.engines.assignment.network import load_segments
from zhiqiao.engines.assignment.terms import UNIT

if TYPE_CHECKING:
    from zhiqiao.engines.assignment.assembly import Panels
    from zhiqiao.engines.assignment.kinds import Kinds
    from zhiqiao.engines.assignment.problem import AssignmentProblem
    from zhiqiao.engines.assignment.terms import Int64


class Linear:
    """The linear programme of some pairs; GLOP, the simplex method of OR-tools.

    Its numbers are floating-point and only give prices. What prices prove is reckoned in whole
    numbers afterwards.
    """

    def __init__(
        self, problem: AssignmentProblem, panels: Panels, kinds: Kinds, pair: Int64
    ) -> None:
        self.panels, self.kinds, self.pair = panels, kinds, pair
        self.solver = pywraplp.Solver.CreateSolver("GLOP")
        # Prices need no guarantee of the solver: what they prove is reckoned anew.
        self.solver.SetSolverSpecificParametersAsString("change_status_to_imprecise: false")
        self.objective = self.solver.Objective()
        self.objective.SetMaximization()
        self.seats = [
            self.solver.Constraint(size, size) for size in panels.size.astype(float).tolist()
        ]
        self.loads = [self.solver.Constraint(0.0, 0.0) for _expert in range(problem.experts)]
        self.over = kinds.overfull(panels.panel[pair], panels.expert[pair])
        caps = kinds.cap_of(self.over).astype(float).tolist() if self.over.size else []
        self.sets = [self.solver.Constraint(0.0, cap) for cap in caps]
        self._take_pairs()
        self._leave_seats(problem)

    def _take_pairs(self) -> None:
        panels, pair = self.panels, self.pair
        rows = self.kinds.rows(panels.panel[pair], panels.expert[pair])
        at = np.minimum(np.searchsorted(self.over, rows), max(self.over.size - 1, 0))
        caps = np.where(self.over[at] == rows, at, -1).tolist() if self.over.size else rows.tolist()
        worth = (panels.worth[pair] / UNIT).tolist()
        weight = panels.weight[panels.panel[pair]].astype(float).tolist()
        for number, (panel, expert) in enumerate(
            zip(panels.panel[pair].tolist(), panels.expert[pair].tolist(), strict=True)
        ):
            seat = self.solver.NumVar(0.0, 1.0, "")
            self.objective.SetCoefficient(seat, worth[number])
            self.seats[panel].SetCoefficient(seat, 1.0)
            self.loads[expert].SetCoefficient(seat, weight[number])
            if self.over.size:
                for cap in caps[number]:
                    if cap >= 0:
                        self.sets[cap].SetCoefficient(seat, 1.0)

    def _leave_seats(self, problem: AssignmentProblem) -> None:
        panels = self.panels
        stake = (panels.stakes.missing * panels.unit * panels.weight / UNIT).tolist()
        for panel, size in enumerate(panels.size.tolist()):
            empty = self.solver.NumVar(0.0, float(size), "")
            self.objective.SetCoefficient(empty, -stake[panel])
            self.seats[panel].SetCoefficient(empty, 1.0)
        for caps, rewards in zip(*load_segments(problem, panels), strict=True):
            for expert in np.flatnonzero(caps).tolist():
                units = self.solver.NumVar(0.0, float(caps[expert]), "")
                self.objective.SetCoefficient(units, rewards[expert] / UNIT)
                self.loads[expert].SetCoefficient(units, -1.0)

    def prices(self) -> tuple[Int64, SetPrices] | None:
        """Return the prices of experts and sets; nothing where the simplex method gives none."""
        if self.solver.Solve() != pywraplp.Solver.OPTIMAL:
            return None
        price, sets = (
            np.rint(np.array([each.dual_value() for each in rows]) * UNIT).astype(np.int64)
            for rows in (self.loads, self.sets)
        )
        return price, SetPrices(self.over, np.maximum(sets, 0))
