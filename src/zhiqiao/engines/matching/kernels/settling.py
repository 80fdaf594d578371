"""Loops over a finished run: what is held, where the lines are, whether a tie decided."""

from __future__ import annotations

import numpy as np

from zhiqiao.engines.matching.kernels.capped import full_node, is_under
from zhiqiao.engines.matching.kernels.compiled import compiled
from zhiqiao.engines.matching.kernels.deferred import LOT_BITS
from zhiqiao.engines.matching.kernels.lists import compete
from zhiqiao.engines.matching.terms import Int8, Int32, Int64, Whole


@compiled
def held_proposals(first: Int64, origin: Int64, group: Int32, choice: Int64, taken: Int32) -> Int64:
    """Return the proposal by which each candidate holds a group of places, or -1. O(proposals)."""
    holds = np.full(choice.size, -1, np.int64)
    for candidate in range(choice.size):
        for proposal in range(first[candidate], first[candidate + 1]):
            if origin[proposal] == choice[candidate] and group[proposal] == taken[candidate]:
                holds[candidate] = proposal
    return holds


@compiled
def draw_lines(
    parent: Int32,
    group: Int32,
    holds: Int64,
    places: Int32,
    by_choice: bool,
    lots: Int32,
) -> tuple[Int64, Int64, Int64]:
    """Return admissions, key of the last admitted and who that is at each line. O(M depth)."""
    admitted = np.zeros(parent.size, np.int64)
    worst = np.full(parent.size, -1, np.int64)
    last = np.full(parent.size, -1, np.int64)
    for candidate in range(holds.size):
        proposal = holds[candidate]
        if proposal == -1:
            continue
        place = np.int64(places[proposal] if by_choice else places[candidate])
        key = (place << LOT_BITS) | np.int64(lots[candidate])
        node = group[proposal]
        while node != -1:
            admitted[node] += 1
            if key > worst[node]:
                worst[node] = key
                last[node] = candidate
            node = parent[node]
    return admitted, worst, last


@compiled
def refused_by_lot(
    node: int, place: Whole, own: int, parent: Int32, limit: Int64, admitted: Int64, worst: Int64
) -> bool:
    """Say whether lots alone keep a candidate, who holds something at ``own`` or -1, out of a line.

    They do not where some full line on the way up holds better ones only, or takes nobody. A line
    that the candidate is within already does not keep out.
    """
    by_lot = False
    node = full_node(parent, limit, admitted, node)
    while node != -1:
        if not is_under(parent, own, node):
            if limit[node] == 0 or worst[node] >> LOT_BITS < place:
                return False
            by_lot |= worst[node] >> LOT_BITS == place
        node = full_node(parent, limit, admitted, parent[node])
    return by_lot


@compiled
def first_tied_wish(
    first: Int64,
    group: Int32,
    bars: Int8,
    origin: Int64,
    places: Int32,
    by_choice: bool,
    holds: Int64,
    parent: Int32,
    limit: Int64,
    admitted: Int64,
    worst: Int64,
) -> int:
    """Return a proposal that is preferred to what is held and refused only by lot, or -1. O(E).

    Which group of places of the same programme one takes is no difference.
    """
    for candidate in range(holds.size):
        stop = first[candidate + 1] if holds[candidate] == -1 else holds[candidate]
        while (
            origin.size
            and first[candidate] < stop < first[candidate + 1]
            and (origin[stop - 1] == origin[stop])
        ):
            stop -= 1
        for proposal in range(first[candidate], stop):
            if not compete(bars, proposal):
                continue
            place = places[proposal] if by_choice else places[candidate]
            own = group[holds[candidate]] if holds[candidate] != -1 else -1
            if refused_by_lot(group[proposal], place, own, parent, limit, admitted, worst):
                return proposal
    return -1
