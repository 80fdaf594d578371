"""Deferred acceptance under caps that contain each other.

What a school with such caps takes from its applicants is the greedy set of a laminar matroid, which
is substitutable; so deferred acceptance is stable and safe to be honest in (Kamada and Kojima 2015).
A programme and a cap are both nodes here: programmes first, then caps.
"""

from __future__ import annotations

import numpy as np

from zhiqiao.engines.matching.kernels.compiled import compiled
from zhiqiao.engines.matching.kernels.deferred import LOT_BITS, LOT_MASK
from zhiqiao.engines.matching.kernels.heaps import drop_top, push
from zhiqiao.engines.matching.kernels.lists import compete
from zhiqiao.engines.matching.terms import Int8, Int32, Int64, Truths, Whole


@compiled
def stretches(parent: Int32, programme: Int32) -> Int64:
    """Return where each node's stretch of the heap begins: one entry per application under it."""
    begins = np.zeros(parent.size + 1, np.int64)
    for choice in range(programme.size):
        node = programme[choice]
        while node != -1:
            begins[node + 1] += 1
            node = parent[node]
    for node in range(parent.size):
        begins[node + 1] += begins[node]
    return begins


@compiled
def full_node(parent: Int32, limit: Int64, held: Int64, node: int) -> int:
    """Return the smallest full node from a programme upwards, or -1."""
    while node != -1 and held[node] < limit[node]:
        node = parent[node]
    return node


@compiled
def is_under(parent: Int32, node: int, cap: int) -> bool:
    """Say whether a node is a cap or lies under it."""
    while node != cap:
        if node == -1:
            return False
        node = parent[node]
    return True


@compiled
def add_to_path(parent: Int32, held: Int64, node: int, change: int) -> None:
    """Count one more, or one fewer, under a programme and all its caps."""
    while node != -1:
        held[node] += change
        node = parent[node]


@compiled
def worst_held(
    node: int,
    begins: Int64,
    sizes: Int64,
    heap: Int64,
    keys: Int64,
    holds: Int64,
    drawn: Int32,
    programme: Int32,
    parent: Int32,
) -> Whole:
    """Return the worst key held under a node, dropping entries of those who left."""
    while True:
        key: np.int64 = heap[begins[node]]
        choice = holds[drawn[key & LOT_MASK]]
        if choice != -1 and keys[choice] == key and is_under(parent, programme[choice], node):
            return key
        drop_top(heap, begins[node], sizes[node])
        sizes[node] -= 1


@compiled
def keys_of(first: Int64, places: Int32, by_choice: bool, lots: Int32) -> Int64:
    """Return the key of each choice: place, then lot."""
    keys = np.empty(first[-1], np.int64)
    for candidate in range(first.size - 1):
        for choice in range(first[candidate], first[candidate + 1]):
            place = np.int64(places[choice] if by_choice else places[candidate])
            keys[choice] = (place << LOT_BITS) | np.int64(lots[candidate])
    return keys


@compiled
def propose_under_caps(
    parent: Int32,
    limit: Int64,
    first: Int64,
    programme: Int32,
    bars: Int8,
    keys: Int64,
    drawn: Int32,
) -> Int64:
    """Return the choice that each candidate holds at the end, or -1. O(E depth log E)."""
    begins = stretches(parent, programme)
    heap = np.empty(begins[-1], np.int64)
    sizes, held = np.zeros(parent.size, np.int64), np.zeros(parent.size, np.int64)
    holds = np.full(first.size - 1, -1, np.int64)
    for each in range(first.size - 1):
        candidate = each
        choice = first[each]
        while choice < first[candidate + 1]:
            at, out = programme[choice], -1
            node = full_node(parent, limit, held, at)
            if not compete(bars, choice) or (node != -1 and limit[node] == 0):
                choice += 1
                continue
            if node != -1:
                worst = worst_held(node, begins, sizes, heap, keys, holds, drawn, programme, parent)
                if keys[choice] > worst:
                    choice += 1
                    continue
                out = drawn[worst & LOT_MASK]
                add_to_path(parent, held, programme[holds[out]], -1)
            add_to_path(parent, held, at, 1)
            holds[candidate] = choice
            while at != -1:
                push(heap, begins[at], sizes[at], keys[choice])
                sizes[at] += 1
                at = parent[at]
            if out == -1:
                break
            candidate = out
            choice = holds[out] + 1
            holds[out] = -1
    return holds


@compiled
def offer_under_caps(
    parent: Int32,
    limit: Int64,
    programme: Int32,
    owner: Int32,
    order: Int64,
    is_left: Truths,
    candidates: int,
) -> Int64:
    """Return the choice that each candidate ends with when programmes propose, or -1.

    Rounds: the schools choose the best of all choices left, candidates keep the most wanted of what
    they are offered and refuse the rest, until nobody refuses. O(E depth) for each round.
    """
    holds = np.full(candidates, -1, np.int64)
    while True:
        held = np.zeros(parent.size, np.int64)
        for choice in order:
            at = programme[choice]
            if is_left[choice] and full_node(parent, limit, held, at) == -1:
                add_to_path(parent, held, at, 1)
                if holds[owner[choice]] == -1 or choice < holds[owner[choice]]:
                    holds[owner[choice]] = choice
        refused = False
        for choice in order:
            kept = holds[owner[choice]]
            if is_left[choice] and kept != -1 and choice > kept:
                is_left[choice] = False
                refused = True
        if not refused:
            return holds
