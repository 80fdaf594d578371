"""A choice of a programme with groups of places becomes one proposal to each group, in their order.

A slot-specific choice is a list of proposals (Kominers and Sönmez 2016), so every other loop works
on the proposals as if groups were programmes.
"""

from __future__ import annotations

import numpy as np

from zhiqiao.engines.matching.kernels.compiled import compiled
from zhiqiao.engines.matching.kernels.lists import compete
from zhiqiao.engines.matching.terms import Int8, Int32, Int64, Truths


@compiled
def is_of_kind(
    attribute: Int32, value: Int32, attributes: Int32, group: int, candidate: int
) -> bool:
    """Say whether a candidate is of the kind that a group of places is for."""
    row = attribute[group]
    return bool(row == -1 or attributes[row, candidate] == value[group])


@compiled
def count_proposals(
    first: Int64,
    programme: Int32,
    bars: Int8,
    group_first: Int64,
    attribute: Int32,
    value: Int32,
    reverting: Truths,
    attributes: Int32,
) -> Int64:
    """Return where each candidate's proposals begin. O(proposals)."""
    starts = np.zeros(first.size, np.int64)
    for candidate in range(first.size - 1):
        number = starts[candidate]
        for choice in range(first[candidate], first[candidate + 1]):
            if compete(bars, choice):
                at = programme[choice]
                for group in range(group_first[at], group_first[at + 1]):
                    number += reverting[group] or is_of_kind(
                        attribute, value, attributes, group, candidate
                    )
        starts[candidate + 1] = number
    return starts


@compiled
def expand(
    starts: Int64,
    first: Int64,
    programme: Int32,
    bars: Int8,
    places: Int32,
    by_choice: bool,
    group_first: Int64,
    attribute: Int32,
    value: Int32,
    reverting: Truths,
    attributes: Int32,
    behind: int,
) -> tuple[Int32, Int32, Int64]:
    """Return group, place and original choice of the proposals. O(proposals).

    Where a reserved place goes to anyone when unused, those not of its kind stand ``behind``.
    """
    groups = np.empty(starts[-1], np.int32)
    place = np.empty(starts[-1], np.int32)
    origin = np.empty(starts[-1], np.int64)
    for candidate in range(first.size - 1):
        number = starts[candidate]
        for choice in range(first[candidate], first[candidate + 1]):
            if not compete(bars, choice):
                continue
            own = places[choice] if by_choice else places[candidate]
            at = programme[choice]
            for group in range(group_first[at], group_first[at + 1]):
                fits = is_of_kind(attribute, value, attributes, group, candidate)
                if fits or reverting[group]:
                    groups[number] = group
                    place[number] = own if fits else own + behind
                    origin[number] = choice
                    number += 1
    return groups, place, origin
