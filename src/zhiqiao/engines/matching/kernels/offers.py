"""Deferred acceptance with programmes proposing: each offers its places from the best down."""

from __future__ import annotations

import numpy as np
from numba import prange

from zhiqiao.engines.matching.kernels.compiled import compiled, compiled_for_all_cores
from zhiqiao.engines.matching.kernels.deferred import LOT_BITS
from zhiqiao.engines.matching.kernels.lists import compete
from zhiqiao.engines.matching.terms import Int8, Int32, Int64


@compiled
def applications(programmes: int, programme: Int32, bars: Int8) -> tuple[Int64, Int64]:
    """Return where each programme's applications begin, and their choices. O(E)."""
    begins = np.zeros(programmes + 1, np.int64)
    for choice in range(programme.size):
        begins[programme[choice] + 1] += compete(bars, choice)
    for at in range(programmes):
        begins[at + 1] += begins[at]
    filled = begins[:-1].copy()
    choices = np.empty(begins[-1], np.int64)
    for choice in range(programme.size):
        if compete(bars, choice):
            choices[filled[programme[choice]]] = choice
            filled[programme[choice]] += 1
    return begins, choices


@compiled_for_all_cores
def rank_applications(
    begins: Int64,
    choices: Int64,
    owner: Int32,
    places: Int32,
    by_choice: bool,
    lots: Int32,
) -> None:
    """Sort each programme's applications from the best to the last, in place. O(E log E)."""
    for at in prange(begins.size - 1):
        own = choices[begins[at] : begins[at + 1]]
        keys = np.empty(own.size, np.int64)
        for number in range(own.size):
            candidate = owner[own[number]]
            place = np.int64(places[own[number]] if by_choice else places[candidate])
            keys[number] = (place << LOT_BITS) | np.int64(lots[candidate])
        choices[begins[at] : begins[at + 1]] = own[np.argsort(keys)]


@compiled
def offer(
    seats: Int64, begins: Int64, choices: Int64, owner: Int32, programme: Int32, candidates: int
) -> Int64:
    """Return the choice that each candidate ends with, or -1. O(E).

    A candidate with several offers keeps the most wanted; the place freed is offered to the next.
    """
    left = seats.copy()
    following = begins[:-1].copy()
    holds = np.full(candidates, -1, np.int64)
    waiting = np.arange(seats.size).astype(np.int64)
    is_waiting = np.ones(seats.size, np.bool_)
    number = seats.size
    while number:
        number -= 1
        at = waiting[number]
        is_waiting[at] = False
        while left[at] > 0 and following[at] < begins[at + 1]:
            choice = choices[following[at]]
            following[at] += 1
            before = holds[owner[choice]]
            if before != -1 and before < choice:
                continue
            holds[owner[choice]] = choice
            left[at] -= 1
            if before == -1:
                continue
            freed = programme[before]
            left[freed] += 1
            if not is_waiting[freed] and freed != at:
                is_waiting[freed] = True
                waiting[number] = freed
                number += 1
    return holds
