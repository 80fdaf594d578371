"""Prices for the sets that the flow cannot hold, because they cross others.

Their caps are relaxed: a seat of such a set costs a price, and the flow is solved with the prices
taken off. A price is set where it just keeps the panel at the cap (an exact step along one
coordinate of the dual), then all panels are solved again, for some rounds.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from zhiqiao.engines.assignment.assembly import LARGEST
from zhiqiao.engines.assignment.bounds import Bound, bound_of
from zhiqiao.engines.assignment.network import SetPrices
from zhiqiao.engines.assignment.ranking import LOWEST, greatest
from zhiqiao.engines.assignment.relaxing import Relaxed, relax

if TYPE_CHECKING:
    from zhiqiao.engines.assignment.assembly import Panels
    from zhiqiao.engines.assignment.kinds import Kinds
    from zhiqiao.engines.assignment.problem import AssignmentProblem
    from zhiqiao.engines.assignment.terms import Int64

ROUNDS = 5


@dataclass(frozen=True, eq=False)
class Priced:
    """A flow, with prices for every set that matters.

    Parameters
    ----------
    relaxed : Relaxed
        The flow at the prices of the crossing sets.
    price : int64 array of shape (E,)
    sets : SetPrices
        Of admitted and of crossing sets.
    bound : Bound
        What these prices prove about the whole problem.
    """

    relaxed: Relaxed
    price: Int64
    sets: SetPrices
    bound: Bound


def price_crossing(
    problem: AssignmentProblem, panels: Panels, kinds: Kinds, relaxed: Relaxed
) -> Priced:
    """Give prices to crossing sets that panels exceed; keep the prices of the least bound."""
    crossing = SetPrices(np.zeros(0, np.int64), np.zeros(0, np.int64))
    best = _priced(problem, panels, kinds, relaxed, crossing)
    for _round in range(ROUNDS):
        over = kinds.overfull(panels.panel[relaxed.pair], panels.expert[relaxed.pair])
        over = over[~kinds.admitted[over % kinds.number]] if over.size else over
        if over.size == 0:
            break
        crossing = _stepped(panels, kinds, relaxed.bound.left, _with_rows(crossing, over))
        cheaper = replace(panels, worth=panels.worth - discount_of(panels, kinds, crossing))
        relaxed = relax(problem, cheaper, kinds, use=relaxed.use)
        found = _priced(problem, panels, kinds, relaxed, crossing)
        best = found if found.bound.value < best.bound.value else best
    return best


def discount_of(panels: Panels, kinds: Kinds, sets: SetPrices) -> Int64:
    """Return what the prices of sets take off the worth of each eligible pair."""
    if sets.row.size == 0:
        return np.zeros(panels.worth.size, np.int64)
    rows = kinds.rows(panels.panel, panels.expert)
    at = np.minimum(np.searchsorted(sets.row, rows), sets.row.size - 1)
    return np.asarray(np.where(sets.row[at] == rows, sets.price[at], 0).sum(axis=1))


def _priced(
    problem: AssignmentProblem,
    panels: Panels,
    kinds: Kinds,
    relaxed: Relaxed,
    crossing: SetPrices,
) -> Priced:
    own = relaxed.flow.sets
    row = np.concatenate([own.row, crossing.row])
    order = np.argsort(row)
    sets = SetPrices(row[order], np.concatenate([own.price, crossing.price])[order])
    bound = bound_of(problem, panels, kinds, price=relaxed.flow.price, sets=sets)
    return Priced(relaxed, relaxed.flow.price, sets, bound)


def _with_rows(sets: SetPrices, rows: Int64) -> SetPrices:
    """Add rows without a price."""
    row = np.union1d(sets.row, rows)
    price = np.zeros(row.size, np.int64)
    price[np.searchsorted(row, sets.row)] = sets.price
    return SetPrices(row, price)


def _stepped(panels: Panels, kinds: Kinds, left: Int64, sets: SetPrices) -> SetPrices:
    """Set each price to the middle of those that keep its panel just at the cap.

    With the worths after all other prices, sorted, a panel of k seats keeps to c of the set from the
    price at which the set's next one is worth no more than the (k - c)th other, to the one at which
    its cth one is worth no less than the next other.
    """
    panel, number = sets.row // kinds.number, sets.row % kinds.number
    long = np.diff(panels.first)[panel]
    first = np.concatenate([[0], np.cumsum(long)])
    at = np.arange(first[-1]) - np.repeat(first[:-1] - panels.first[panel], long)
    own = kinds.of[panels.expert[at], np.repeat(kinds.quota(number), long)]
    inside = own == np.repeat(number, long)
    value = left[at] + np.where(inside, np.repeat(sets.price, long), 0)
    floor = -panels.stakes.missing * panels.unit * panels.weight[panel]
    width = int(panels.size.max(initial=0)) + 2
    size, cap = panels.size[panel], np.minimum(kinds.cap_of(sets.row), panels.size[panel])
    of_set, others = (
        _ranked(np.where(kept, value, LOWEST), first, width, floor) for kept in (inside, ~inside)
    )
    each = np.arange(panel.size)
    lowest = np.maximum(of_set[each, cap + 1] - others[each, size - cap], 0)
    highest = np.maximum(of_set[each, cap] - others[each, size - cap + 1], lowest)
    middle = np.minimum((highest - lowest) // 2, panels.stakes.missing)
    return SetPrices(sets.row, lowest + middle)


def _ranked(value: Int64, first: Int64, width: int, floor: Int64) -> Int64:
    """Return the greatest values of each list, floored, from the first; before it stands no limit."""
    best = np.maximum(greatest(value, first, number=width), floor[:, None])
    return np.concatenate([np.full((best.shape[0], 1), LARGEST // 4), best], axis=1)
