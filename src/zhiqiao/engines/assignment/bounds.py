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

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from zhiqiao.engines.assignment.network import SetPrices, load_segments
from zhiqiao.engines.assignment.ranking import greatest

if TYPE_CHECKING:
    from zhiqiao.engines.assignment.assembly import Panels
    from zhiqiao.engines.assignment.kinds import Kinds
    from zhiqiao.engines.assignment.problem import AssignmentProblem
    from zhiqiao.engines.assignment.terms import Int64

WIDEST = 2**62


@dataclass(frozen=True, eq=False)
class Bound:
    """A bound with what it is made of.

    Parameters
    ----------
    value : int
    left : int64 array of shape (Q,)
        Worth of each eligible pair after prices.
    """

    value: int
    left: Int64


def bound_of(
    problem: AssignmentProblem, panels: Panels, kinds: Kinds, *, price: Int64, sets: SetPrices
) -> Bound:
    """Evaluate the bound of prices. O(Q log Q)."""
    left = panels.worth - panels.weight[panels.panel] * price[panels.expert]
    if sets.row.size:
        rows = kinds.rows(panels.panel, panels.expert)
        at = np.minimum(np.searchsorted(sets.row, rows), sets.row.size - 1)
        left = left - np.where(sets.row[at] == rows, sets.price[at], 0).sum(axis=1)
    floor = -panels.stakes.missing * panels.unit * panels.weight
    value = _greatest(panels, left, floor) + int((kinds.cap_of(sets.row) * sets.price).sum())
    value -= panels.stakes.idle * int(problem.least_load.sum())
    for cap, reward in zip(*load_segments(problem, panels), strict=True):
        value += int((cap * np.maximum(price + reward, 0)).sum())
    return Bound(value, left)


def _greatest(panels: Panels, left: Int64, floor: Int64) -> int:
    """Return the sum of each panel's ``size`` greatest values, empty seats among them."""
    number = int(panels.size.max(initial=1))
    best = np.maximum(greatest(left, panels.first, number=number), floor[:, None])
    is_seat = np.arange(number) < panels.size[:, None]
    return int(np.where(is_seat, best, 0).sum())
