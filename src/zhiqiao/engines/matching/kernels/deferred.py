"""Deferred acceptance with candidates proposing, all comparisons strict.

Gale and Shapley 1962; the order of proposals does not change the result (McVitie and Wilson 1970),
so each candidate proposes until held, and whoever is put out goes on at once.
"""

from __future__ import annotations

import numpy as np

from zhiqiao.engines.matching.kernels.compiled import compiled
from zhiqiao.engines.matching.kernels.heaps import push, sink
from zhiqiao.engines.matching.kernels.lists import compete
from zhiqiao.engines.matching.terms import Int8, Int32, Int64

LOT_BITS = 32
LOT_MASK = (1 << LOT_BITS) - 1


@compiled
def propose(
    seats: Int64,
    first: Int64,
    programme: Int32,
    bars: Int8,
    places: Int32,
    by_choice: bool,
    lots: Int32,
    drawn: Int32,
) -> tuple[Int64, int]:
    """Return the choice that each candidate holds at the end, or -1, and the ties that lots decided.

    A programme keeps its best in a heap of keys ``place << 32 | lot`` with the worst on top, so a
    proposal costs O(log seats) and all of them O(E log seats). Memory: 8 bytes per place.
    """
    begins = np.zeros(seats.size + 1, np.int64)
    for at in range(seats.size):
        begins[at + 1] = begins[at] + seats[at]
    heap = np.empty(begins[-1], np.int64)
    held_by = np.zeros(seats.size, np.int64)
    holds = np.full(first.size - 1, -1, np.int64)
    by_lot = 0
    for each in range(first.size - 1):
        candidate = each
        choice = first[each]
        while choice < first[candidate + 1]:
            at = programme[choice]
            if seats[at] == 0 or not compete(bars, choice):
                choice += 1
                continue
            place = np.int64(places[choice] if by_choice else places[candidate])
            key = (place << LOT_BITS) | np.int64(lots[candidate])
            if held_by[at] < seats[at]:
                push(heap, begins[at], held_by[at], key)
                held_by[at] += 1
                holds[candidate] = choice
                break
            worst = heap[begins[at]]
            if key > worst:
                by_lot += (worst >> LOT_BITS) == place
                choice += 1
                continue
            sink(heap, begins[at], held_by[at], key)
            by_lot += (heap[begins[at]] >> LOT_BITS) == (worst >> LOT_BITS)
            holds[candidate] = choice
            candidate = drawn[worst & LOT_MASK]
            choice = holds[candidate] + 1
            holds[candidate] = -1
    return holds, by_lot
