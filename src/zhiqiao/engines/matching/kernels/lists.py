"""Loops over the lists of choices."""

from __future__ import annotations

import numpy as np

from zhiqiao.engines.matching.kernels.compiled import compiled
from zhiqiao.engines.matching.terms import Int8, Int32, Int64


@compiled
def first_double(first: Int64, programme: Int32, programmes: int) -> int:
    """Return the first choice whose programme its candidate listed before, or -1. O(E)."""
    last_listed_by = np.full(programmes, -1, np.int32)
    for candidate in range(first.size - 1):
        for choice in range(first[candidate], first[candidate + 1]):
            if last_listed_by[programme[choice]] == candidate:
                return choice
            last_listed_by[programme[choice]] = candidate
    return -1


@compiled
def owners(first: Int64) -> Int32:
    """Return the candidate of each choice. O(E)."""
    owner = np.empty(first[-1], np.int32)
    for candidate in range(first.size - 1):
        for choice in range(first[candidate], first[candidate + 1]):
            owner[choice] = candidate
    return owner


@compiled
def in_order(places: Int32, drawn: Int32) -> Int32:
    """Return the candidates from the best to the last, ties in the order of their lots. O(M).

    A counting sort: places are dense, so there are at most M of them.
    """
    begins = np.zeros(places.max() + 2 if places.size else 1, np.int64)
    for candidate in range(places.size):
        begins[places[candidate] + 1] += 1
    for place in range(1, begins.size):
        begins[place] += begins[place - 1]
    order = np.empty_like(drawn)
    for lot in range(drawn.size):
        candidate = drawn[lot]
        order[begins[places[candidate]]] = candidate
        begins[places[candidate]] += 1
    return order


@compiled
def compete(bars: Int8, choice: int) -> bool:
    """Say whether a choice competes; no bars at all stand for none."""
    return bars.size == 0 or bars[choice] == 0
