"""The order of call: two rankings merged so that a rate holds in every prefix."""

from __future__ import annotations

import numpy as np

from zhiqiao.engines.matching.kernels.compiled import compiled
from zhiqiao.engines.matching.terms import Int32, Int64, Truths


@compiled
def following(own: Int64, owner: Int32, is_of_kind: Truths, start: int, kind: bool) -> int:
    """Return the next application of this kind from ``start`` on, or the end."""
    while start < own.size and is_of_kind[owner[own[start]]] != kind:
        start += 1
    return start


@compiled
def call(
    begins: Int64,
    choices: Int64,
    owner: Int32,
    is_of_kind: Truths,
    rate_thousandths: Int64,
    size: int,
) -> Int32:
    """Return the place of each choice in the order of call of its programme. O(E)."""
    places = np.zeros(size, np.int32)
    for at in range(begins.size - 1):
        own = choices[begins[at] : begins[at + 1]]
        kind = following(own, owner, is_of_kind, 0, True)
        other = following(own, owner, is_of_kind, 0, False)
        called_of_kind = 0
        for number in range(own.size):
            needed = -(-rate_thousandths[at] * (number + 1) // 1000)
            owes = called_of_kind < needed and kind < own.size
            if owes or kind < other:
                places[own[kind]] = number
                called_of_kind += 1
                kind = following(own, owner, is_of_kind, kind + 1, True)
            else:
                places[own[other]] = number
                other = following(own, owner, is_of_kind, other + 1, False)
    return places
