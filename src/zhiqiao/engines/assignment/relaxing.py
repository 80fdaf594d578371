"""The flow of all pairs and all admitted sets, solved on the few that matter.

Pairs are pruned to the best of both sides and put back where prices say that they would gain; sets
enter when a panel exceeds them. Both end with the optimum of the whole network, and prices prove it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from zhiqiao.engines.assignment.assembly import LARGEST, Panels
from zhiqiao.engines.assignment.bounds import Bound, bound_of
from zhiqiao.engines.assignment.network import Flow, cheapest_flow
from zhiqiao.engines.assignment.ranking import greatest, grouped

if TYPE_CHECKING:
    from zhiqiao.engines.assignment.kinds import Kinds
    from zhiqiao.engines.assignment.problem import AssignmentProblem
    from zhiqiao.engines.assignment.terms import Int64, Truths

LEAST_KEPT = 24
MOST_KEPT = 240
KEPT_PER_SEAT = 4


@dataclass(frozen=True, eq=False)
class Relaxed:
    """The optimum of the network.

    Parameters
    ----------
    pair : int64 array
        Rising positions of the eligible pairs through which something flows.
    units : int64 array, one entry for each of them
        Load units; less than the panel's weight where the flow splits a seat.
    flow : Flow
    bound : Bound
    use : int64 array
        Rising positions of the pairs that were in the network.
    """

    pair: Int64
    units: Int64
    flow: Flow
    bound: Bound
    use: Int64


def relax(
    problem: AssignmentProblem, panels: Panels, kinds: Kinds, *, use: Int64 | None = None
) -> Relaxed:
    """Solve the network of all eligible pairs and all admitted sets.

    Parameters
    ----------
    problem, panels, kinds
        As assembled.
    use : int64 array, optional
        Rising positions of the pairs to begin with; the best of both sides without it.

    Notes
    -----
    Each round adds a pair or a set, so it ends; in practice after few rounds.
    """
    use = _best_of_both_sides(panels) if use is None else use
    active = np.zeros(0, np.int64)
    while True:
        flow = cheapest_flow(problem, panels, kinds, use=use, active=active)
        bound = bound_of(problem, panels, kinds, price=flow.price, sets=flow.sets)
        gains = bound.left > _least_taken(panels, bound.left, use, flow.units)[panels.panel]
        gains[use] = False
        exceeded = _exceeded(panels, kinds, use, flow.units)
        exceeded = exceeded[np.isin(exceeded, active, invert=True)]
        if exceeded.size == 0 and not gains.any():
            taken = flow.units > 0
            return Relaxed(use[taken], flow.units[taken], flow, bound, use)
        near = _near(panels, bound.left, use, exceeded // kinds.number)
        active = np.union1d(active, np.union1d(exceeded, _crowded(panels, kinds, near)))
        use = np.union1d(use, np.flatnonzero(gains))


def _least_taken(panels: Panels, left: Int64, use: Int64, units: Int64) -> Int64:
    """Return what the worst seat of each panel is worth after prices; an empty one its stake."""
    taken = use[units > 0]
    seated = np.zeros(panels.number, np.int64)
    np.add.at(seated, panels.panel[use], units)
    empty = -panels.stakes.missing * panels.unit * panels.weight
    least = np.where(seated < panels.size * panels.weight, empty, LARGEST)
    np.minimum.at(least, panels.panel[taken], left[taken])
    return least


def _exceeded(panels: Panels, kinds: Kinds, pair: Int64, units: Int64) -> Int64:
    """Return the admitted rows that more flows through than their cap."""
    rows = kinds.rows(panels.panel[pair], panels.expert[pair])
    there = (rows >= 0) & np.append(kinds.admitted, False)[
        np.where(rows >= 0, rows % kinds.number, -1)
    ]
    flat, back = np.unique(rows[there], return_inverse=True)
    total = np.zeros(flat.size, np.int64)
    np.add.at(total, back, np.broadcast_to(units[:, None], rows.shape)[there])
    weight = panels.weight[flat // kinds.number]
    return np.asarray(flat[total > kinds.cap_of(flat) * weight])


def _near(panels: Panels, left: Int64, use: Int64, which: Int64) -> Int64:
    """Return the pairs of some panels that come first after prices, for twice the seats."""
    is_one = np.zeros(panels.number, np.bool_)
    is_one[which] = True
    pairs = use[is_one[panels.panel[use]]]
    pairs = pairs[np.lexsort((-left[pairs], panels.panel[pairs]))]
    first = np.searchsorted(panels.panel[pairs], np.arange(panels.number))
    rank = np.arange(pairs.size) - first[panels.panel[pairs]]
    return pairs[rank < 2 * panels.size[panels.panel[pairs]]]


def _crowded(panels: Panels, kinds: Kinds, pairs: Int64) -> Int64:
    """Return the admitted rows whose cap the pairs would exceed together."""
    rows = kinds.overfull(panels.panel[pairs], panels.expert[pairs])
    return rows[kinds.admitted[rows % kinds.number]] if rows.size else rows


def _best_of_both_sides(panels: Panels) -> Int64:
    """Return the pairs among the best of their panel or of their expert, for seats and loads."""
    by_panel = np.maximum(KEPT_PER_SEAT * panels.size, LEAST_KEPT)
    bar = _bars(panels.worth, panels.first, by_panel)
    is_kept: Truths = panels.worth >= bar[panels.panel]
    by_expert = np.maximum(KEPT_PER_SEAT * panels.capacity, LEAST_KEPT)
    order, first = grouped(panels.expert, panels.capacity.size)
    bar = _bars(panels.worth[order], first, np.minimum(by_expert, MOST_KEPT))
    return np.flatnonzero(is_kept | (panels.worth >= bar[panels.expert]))


def _bars(worth: Int64, first: Int64, kept: Int64) -> Int64:
    """Return the least worth among the best of each list."""
    best = greatest(worth, first, number=int(kept.max(initial=1)))
    return best[np.arange(kept.size), kept - 1]
