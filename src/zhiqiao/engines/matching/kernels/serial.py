"""Serial dictatorship: in one order, each takes the best place left."""

from __future__ import annotations

import numpy as np

from zhiqiao.engines.matching.kernels.compiled import compiled
from zhiqiao.engines.matching.kernels.lists import compete
from zhiqiao.engines.matching.terms import Int8, Int32, Int64


@compiled
def choose_in_order(
    order: Int32, seats: Int64, first: Int64, programme: Int32, bars: Int8
) -> Int64:
    """Return the choice that each candidate gets, or -1. O(M + E)."""
    left = seats.copy()
    taken = np.full(first.size - 1, -1, np.int64)
    for candidate in order:
        for choice in range(first[candidate], first[candidate + 1]):
            if left[programme[choice]] > 0 and compete(bars, choice):
                left[programme[choice]] -= 1
                taken[candidate] = choice
                break
    return taken
