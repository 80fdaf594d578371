"""Prices for sets that the network cannot hold, because they cross others.

Their caps are relaxed: a seat of such a set costs its panel a price.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from zhiqiao.engines.assignment.assembly import LARGEST
from zhiqiao.engines.assignment.bounds import SetPrices
from zhiqiao.engines.assignment.ranking import LOWEST, greatest

if TYPE_CHECKING:
    from zhiqiao.engines.assignment.assembly import Panels
    from zhiqiao.engines.assignment.kinds import Kinds
    from zhiqiao.engines.assignment.terms import Int64


NEAREST = 16


def stepped(panels: Panels, kinds: Kinds, left: Int64, sets: SetPrices, *, quota: int) -> SetPrices:
    """Set each price of a quota near the least of those that keep its panel just at the cap.

    With the worths after all other prices, sorted, a panel of k seats keeps to c of the set from the
    price at which the set's next one is worth no more than the (k - c)th other, to the one at which
    its cth one is worth no less than the next other.
    """
    own = kinds.quota(sets.row % kinds.number) == quota
    if not own.any():
        return sets
    row, price = sets.row[own], sets.price[own]
    panel = row // kinds.number
    long = np.diff(panels.first)[panel]
    first = np.concatenate([[0], np.cumsum(long)])
    at = np.arange(first[-1]) - np.repeat(first[:-1] - panels.first[panel], long)
    inside = kinds.of[panels.expert[at], quota] == np.repeat(row % kinds.number, long)
    value = left[at] + np.where(inside, np.repeat(price, long), 0)
    width = int(panels.size.max(initial=0)) + 2
    of_set, others = (
        _ranked(np.where(kept, value, LOWEST), first, width, panels.empty[panel])
        for kept in (inside, ~inside)
    )
    size, cap = panels.size[panel], np.minimum(kinds.cap_of(row), panels.size[panel])
    each = np.arange(panel.size)
    lowest = np.maximum(of_set[each, cap + 1] - others[each, size - cap], 0)
    highest = np.maximum(of_set[each, cap] - others[each, size - cap + 1], lowest)
    span = int(panels.worth.max(initial=0)) - int(panels.worth.min(initial=0))
    found = sets.price.copy()
    found[own] = lowest + np.minimum((highest - lowest) // 2, span // NEAREST)
    return SetPrices(sets.row, found)


def _ranked(value: Int64, first: Int64, width: int, floor: Int64) -> Int64:
    """Return the greatest values of each list, floored, from the first; before it stands no limit."""
    best = np.maximum(greatest(value, first, number=width), floor[:, None])
    return np.concatenate([np.full((best.shape[0], 1), LARGEST // 4), best], axis=1)
