"""The bound that prices give: no assignment is worth more than every panel and expert alone at these prices.

With a price for each load unit of an expert and for each seat of a set, never negative for sets,
loads and quotas may be forgotten: an assignment is worth no more than, added up,

- for each panel the greatest sum of as many pairs (or empty seats) as it has seats, each pair at its
  worth less the prices of its expert's load units and of its sets;
- for each set with a price the price of all the seats that it may take;
- for each expert the most that load units earn at the price, the least load counted.

This is the Lagrangian dual of the linear relaxation, so the best prices prove its optimum.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from zhiqiao.engines.assignment.network import load_segments
from zhiqiao.engines.assignment.ranking import greatest

if TYPE_CHECKING:
    from zhiqiao.engines.assignment.assembly import Panels
    from zhiqiao.engines.assignment.kinds import Kinds
    from zhiqiao.engines.assignment.problem import AssignmentProblem
    from zhiqiao.engines.assignment.terms import Int64


@dataclass(frozen=True, eq=False)
class SetPrices:
    """Prices of seats of sets: rows (panel, set) in rising order, and a price for each."""

    row: Int64
    price: Int64

    def paid(self, panels: Panels, kinds: Kinds) -> Int64:
        """Return what each eligible pair pays to its sets."""
        if self.row.size == 0:
            return np.zeros(panels.worth.size, np.int64)
        rows = kinds.rows(panels.panel, panels.expert)
        at = np.minimum(np.searchsorted(self.row, rows), self.row.size - 1)
        return np.asarray(np.where(self.row[at] == rows, self.price[at], 0).sum(axis=1))

    def joined(self, rows: Int64, prices: Int64 | None = None) -> SetPrices:
        """Add rows that have no price yet, with prices or without."""
        row = np.union1d(self.row, rows)
        price = np.zeros(row.size, np.int64)
        price[np.searchsorted(row, rows)] = 0 if prices is None else prices
        price[np.searchsorted(row, self.row)] = self.price
        return SetPrices(row, price)


@dataclass(frozen=True, eq=False)
class Bound:
    """Prices and what they prove.

    Parameters
    ----------
    price : int64 array of shape (E,)
    sets : SetPrices
    left : int64 array of shape (Q,)
        Worth of each eligible pair after prices.
    value : int
    """

    price: Int64
    sets: SetPrices
    left: Int64
    value: int


def bound_of(
    problem: AssignmentProblem, panels: Panels, kinds: Kinds, *, price: Int64, sets: SetPrices
) -> Bound:
    """Evaluate prices. O(Q D log Q)."""
    left = left_after(panels, price, sets.paid(panels, kinds))
    return evaluated(problem, panels, kinds, Bound(price, sets, left, 0))


def evaluated(problem: AssignmentProblem, panels: Panels, kinds: Kinds, bound: Bound) -> Bound:
    """Add up what prices prove, for worths after prices that are known already. O(Q)."""
    value = _best_panels(panels, bound.left)
    value += int((kinds.cap_of(bound.sets.row) * bound.sets.price).sum())
    value -= panels.stakes.idle * int(problem.least_load.sum())
    for cap, reward in zip(*load_segments(problem, panels), strict=True):
        value += int((cap * np.maximum(bound.price + reward, 0)).sum())
    return replace(bound, value=value)


def left_after(panels: Panels, price: Int64, paid: Int64) -> Int64:
    """Return what each eligible pair is worth after the prices of its expert and what it pays else."""
    return panels.worth - panels.weight[panels.panel] * price[panels.expert] - paid


def _best_panels(panels: Panels, left: Int64) -> int:
    """Return the sum of each panel's ``size`` greatest values, empty seats among them."""
    number = int(panels.size.max(initial=1))
    best = np.maximum(greatest(left, panels.first, number=number), panels.empty[:, None])
    is_seat = np.arange(number) < panels.size[:, None]
    return int(np.where(is_seat, best, 0).sum())
