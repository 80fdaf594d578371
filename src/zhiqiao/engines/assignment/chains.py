"""The cheapest chain that fills a seat: an expert with room, or one who gives another seat up to a third.

A chain is a shortest augmenting path of the residual network. It passes through each expert once;
where quotas or groups of different size make seats depend on each other, through each panel once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from zhiqiao.engines.assignment.terms import NONE

if TYPE_CHECKING:
    from zhiqiao.engines.assignment.seating import Seating
    from zhiqiao.engines.assignment.terms import Int64

FAR = 2**62


@dataclass(frozen=True)
class Step:
    """One seat that changes: the pair that takes it, and the one that leaves it (or -1)."""

    entered: int
    left: int


@dataclass(frozen=True, eq=False)
class Costs:
    """What a chain costs.

    Parameters
    ----------
    value : int64 array of shape (Q,)
        Of each eligible pair when it is seated.
    end : int64 array of shape (E,)
        What a load unit more costs of an expert with room.
    step : int
        What taking a seat away from somebody costs besides its value.
    least : int
        No such seat is filled again at a smaller cost.
    """

    value: Int64
    end: Int64
    step: int = 0
    least: int = 0


def fill_seat(seating: Seating, costs: Costs, *, panel: int, reach: int) -> list[Step]:
    """Fill an empty seat of a panel by the cheapest chain, and return its steps.

    Parameters
    ----------
    seating : Seating
        Changed where there is a chain.
    costs : Costs
    panel : int
    reach : int
        Experts that the search passes through before it gives up.

    Returns
    -------
    list of Step
        The seat of the panel first; empty where no chain ends at an expert with room, and nothing is
        changed then.

    Notes
    -----
    Dijkstra over experts: O(E^2 + Q) at worst, mostly a few panels. Costs below nothing count as
    nothing, so the chain is the cheapest one where values leave none.
    """
    steps = _Search(seating, costs, panel).run(reach)
    for step in steps:
        if step.left != NONE:
            seating.unseat(step.left)
    for step in steps:
        seating.seat(step.entered)
    return steps


class _Search:
    """Dijkstra's search over experts, from one empty seat.

    ``reached`` is the cost until an expert takes a seat, ``ended`` with the cost of a load unit more
    where there is room; ``entered`` and ``left`` are the pairs of that step.
    """

    def __init__(self, seating: Seating, costs: Costs, panel: int) -> None:
        self.seating, self.costs, self.panel = seating, costs, panel
        self.panels = seating.panels
        self.once = seating.kinds.of.shape[1] > 0 or self.panels.is_mixed
        experts = self.panels.capacity.size
        self.reached, self.ended = np.full(experts, FAR), np.full(experts, FAR)
        self.entered, self.left = np.full(experts, NONE), np.full(experts, NONE)
        self.is_passed = np.zeros(experts, np.bool_)

    def run(self, reach: int) -> list[Step]:
        """Return the steps of the cheapest chain; none where there is no chain."""
        self._spread(self.panel, NONE, 0)
        for _passed in range(reach):
            waiting = np.where(self.is_passed, FAR, self.reached)
            expert, end = int(np.argmin(waiting)), int(np.argmin(self.ended))
            if self.ended[end] < FAR and self.ended[end] <= waiting[expert] + self.costs.least:
                return self._chain(end)
            if waiting[expert] >= FAR:
                break
            self.is_passed[expert] = True
            self._pass_on(expert)
        return []

    def _pass_on(self, expert: int) -> None:
        """Let an expert who takes a seat give up each of the others in turn."""
        taken = int(self.panels.panel[self.entered[expert]])
        on_way = {taken}
        if self.once:
            on_way = {int(self.panels.panel[step.entered]) for step in self._chain(expert)}
        for pair in self.seating.held_by(expert):
            panel = int(self.panels.panel[pair])
            released = int(self.panels.weight[panel])
            if panel not in on_way and self.seating.has_room(expert, taken, released=released):
                self._spread(panel, pair, int(self.reached[expert]))

    def _spread(self, panel: int, left: int, cost: int) -> None:
        """Reach every expert who may take the seat that a pair leaves."""
        begin = int(self.panels.first[panel])
        may = np.flatnonzero(self.seating.legal(panel, without=left)) + begin
        value = self.costs.value[may]
        gone = int(value.max(initial=0))
        if left != NONE:
            gone = int(self.costs.value[left]) + self.costs.step
        expert = self.panels.expert[may]
        reached = cost + np.maximum(gone - value, 0)
        is_nearer = (reached < self.reached[expert]) & ~self.is_passed[expert]
        expert, reached = expert[is_nearer], reached[is_nearer]
        self.reached[expert] = reached
        self.entered[expert], self.left[expert] = may[is_nearer], left
        weight = self.panels.weight[panel]
        has_room = self.seating.load[expert] + weight <= self.panels.capacity[expert]
        ending = reached + np.maximum(weight * self.costs.end[expert], 0)
        self.ended[expert] = np.where(has_room, ending, FAR)

    def _chain(self, expert: int) -> list[Step]:
        steps = [Step(int(self.entered[expert]), int(self.left[expert]))]
        while steps[-1].left != NONE:
            before = self.panels.expert[steps[-1].left]
            steps.append(Step(int(self.entered[before]), int(self.left[before])))
        return steps[::-1]
