"""The flow of all pairs and all caps, solved on the few that matter.

Pairs are pruned to the best of both sides and put back where prices say that they would gain; caps
enter when a panel exceeds them. Both end with the optimum of the whole network, and prices prove it.

Sets that cross others are not in the network. A seat of such a set that a panel exceeds gets a
price, taken off its worth and set where it just keeps the panel at the cap (an exact step along one
coordinate of the dual), and all is solved again, for some rounds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from zhiqiao.engines.assignment.assembly import LARGEST, Panels
from zhiqiao.engines.assignment.bounds import Bound, SetPrices, evaluated, left_after
from zhiqiao.engines.assignment.crossing import stepped
from zhiqiao.engines.assignment.network import Flow, cheapest_flow
from zhiqiao.engines.assignment.ranking import greatest, grouped
from zhiqiao.engines.assignment.tree import Tree, tree_of, with_pieces

if TYPE_CHECKING:
    from zhiqiao.engines.assignment.kinds import Kinds
    from zhiqiao.engines.assignment.problem import AssignmentProblem
    from zhiqiao.engines.assignment.terms import Int64, Truths

LEAST_KEPT = 24
MOST_KEPT = 240
KEPT_PER_SEAT = 4
PRICED_ROUNDS = 8
PIECED_ROUNDS = 6


@dataclass(frozen=True, eq=False)
class Relaxed:
    """An optimum of the network.

    Parameters
    ----------
    pair : int64 array
        Rising positions of the eligible pairs through which something flows.
    units : int64 array, one entry for each of them
        Load units; less than the panel's weight where the flow splits a seat.
    bound : Bound
        The least one found.
    """

    pair: Int64
    units: Int64
    bound: Bound


class Rounds:
    """A flow solved again and again, with more pairs and more caps each time.

    ``use`` are the pairs in the network, ``active`` the rows that are nodes of it, ``crossing`` the
    prices of rows that are not.
    """

    def __init__(self, problem: AssignmentProblem, panels: Panels, kinds: Kinds) -> None:
        self.problem, self.panels, self.kinds = problem, panels, kinds
        self.use = _best_of_both_sides(panels)
        self.active = self._crowded(panels.worth, np.arange(panels.number))
        self.crossing = SetPrices(self.active[:0], self.active[:0])
        self.bound: Bound | None = None

    def relax(self) -> Relaxed:
        """Solve until nothing gains and no admitted set is exceeded.

        Notes
        -----
        Each round adds a pair or a cap, so it ends; in practice after few. Where sets cross, after
        eight rounds more.
        """
        priced = 0
        while True:
            tree = tree_of(self.panels, self.kinds, self.active)
            paid = self.crossing.paid(self.panels, self.kinds)
            flow = self._flow(tree, self.panels.worth - paid)
            pair, units = self.use[flow.units > 0], flow.units[flow.units > 0]
            over = _exceeded(self.panels, self.kinds, self.use, flow.units)
            over = over[~self.kinds.is_admitted(over)]
            left = left_after(self.panels, flow.price, paid + tree.along_paths(flow.toll))
            sets = self.crossing.joined(self.active, flow.toll)
            bound = self._least(Bound(flow.price, sets, left, 0))
            has_grown = self._grow(left, flow)
            if priced == PRICED_ROUNDS or (over.size == 0 and not has_grown):
                return Relaxed(pair, units, bound)
            if over.size:
                priced += 1
                self._reprice(flow.price, sets.joined(over))

    def piece(self, relaxed: Relaxed) -> Int64:
        """Solve with crossing sets capped piece by piece; return the whole seats.

        The first pairs in line are those of the flow before, so a panel that kept to a cap can keep
        to it again. Ends when no cap is exceeded and nothing gains, or after six rounds.
        """
        pair, units, left = relaxed.pair, relaxed.units, relaxed.bound.left
        rows, has_grown = np.zeros(0, np.int64), False
        for _round in range(PIECED_ROUNDS):
            over = self.kinds.overfull(self.panels.panel[pair], self.panels.expert[pair])
            if over.size == 0 and not has_grown:
                break
            rows = np.union1d(rows, over[~self.kinds.is_admitted(over)])
            others = np.ones(left.size, np.bool_)
            others[pair] = False
            tree = with_pieces(
                tree_of(self.panels, self.kinds, self.active), self.panels, self.kinds,
                rows=rows, order=np.lexsort((-left, others)),
            )  # fmt: skip
            flow = self._flow(tree, self.panels.worth)
            left = left_after(self.panels, flow.price, tree.along_paths(flow.toll))
            pair, units = self.use[flow.units > 0], flow.units[flow.units > 0]
            has_grown = self._grow(left, flow)
        return np.asarray(pair[units == self.panels.weight[self.panels.panel[pair]]])

    def _flow(self, tree: Tree, worth: Int64) -> Flow:
        return cheapest_flow(self.problem, self.panels, tree, use=self.use, worth=worth)

    def _reprice(self, price: Int64, sets: SetPrices) -> None:
        """Step along the prices of the sets of each quota in turn; keep those of crossing sets."""
        panels, kinds = self.panels, self.kinds
        for quota in range(kinds.of.shape[1]):
            left = left_after(panels, price, sets.paid(panels, kinds))
            sets = stepped(panels, kinds, left, sets, quota=quota)
        left = left_after(panels, price, sets.paid(panels, kinds))
        self._least(Bound(price, sets, left, 0))
        is_crossing = ~kinds.is_admitted(sets.row)
        self.crossing = SetPrices(sets.row[is_crossing], sets.price[is_crossing])

    def _least(self, found: Bound) -> Bound:
        """Return the least bound so far."""
        bound = evaluated(self.problem, self.panels, self.kinds, found)
        if self.bound is None or bound.value < self.bound.value:
            self.bound = bound
        return self.bound

    def _grow(self, left: Int64, flow: Flow) -> bool:
        """Add the pairs that gain and the admitted sets that are exceeded, with those near it."""
        panels, kinds = self.panels, self.kinds
        gains = left > _least_taken(panels, left, self.use, flow.units)[panels.panel]
        gains[self.use] = False
        exceeded = _exceeded(panels, kinds, self.use, flow.units)
        exceeded = exceeded[kinds.is_admitted(exceeded)]
        exceeded = exceeded[np.isin(exceeded, self.active, invert=True)]
        crowded = self._crowded(left, exceeded // kinds.number)
        self.active = np.union1d(self.active, np.union1d(exceeded, crowded))
        self.use = np.union1d(self.use, np.flatnonzero(gains))
        return bool(gains.any()) or exceeded.size > 0

    def _crowded(self, left: Int64, which: Int64) -> Int64:
        """Return admitted rows of some panels that their first pairs would exceed together."""
        near = _near(self.panels, left, self.use, which)
        rows = self.kinds.overfull(self.panels.panel[near], self.panels.expert[near])
        return rows[self.kinds.is_admitted(rows)]


def _least_taken(panels: Panels, left: Int64, use: Int64, units: Int64) -> Int64:
    """Return what the worst seat of each panel is worth after prices; an empty one its stake."""
    taken = use[units > 0]
    seated = np.zeros(panels.number, np.int64)
    np.add.at(seated, panels.panel[use], units)
    least = np.where(seated < panels.size * panels.weight, panels.empty, LARGEST)
    np.minimum.at(least, panels.panel[taken], left[taken])
    return least


def _exceeded(panels: Panels, kinds: Kinds, use: Int64, units: Int64) -> Int64:
    """Return the rows that more flows through than their cap, rising."""
    pair, units = use[units > 0], units[units > 0]
    rows = kinds.rows(panels.panel[pair], panels.expert[pair])
    flat, back = np.unique(rows[rows >= 0], return_inverse=True)
    total = np.zeros(flat.size, np.int64)
    np.add.at(total, back, np.broadcast_to(units[:, None], rows.shape)[rows >= 0])
    if flat.size == 0:
        return flat
    return np.asarray(flat[total > kinds.cap_of(flat) * panels.weight[flat // kinds.number]])


def _near(panels: Panels, left: Int64, use: Int64, which: Int64) -> Int64:
    """Return the pairs of some panels that come first after prices, for twice the seats."""
    is_one = np.zeros(panels.number, np.bool_)
    is_one[which] = True
    pairs = use[is_one[panels.panel[use]]]
    pairs = pairs[np.lexsort((-left[pairs], panels.panel[pairs]))]
    first = np.searchsorted(panels.panel[pairs], np.arange(panels.number))
    rank = np.arange(pairs.size) - first[panels.panel[pairs]]
    return pairs[rank < 2 * panels.size[panels.panel[pairs]]]


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
