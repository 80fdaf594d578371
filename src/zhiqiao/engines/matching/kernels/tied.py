"""Deferred acceptance where a class of tied candidates is taken or refused as a whole.

The score limits of Biró and Kiselgof 2015 (CEJOR): admitting all tied gives the lowest limits of any
way to break ties, rejecting all tied the highest.
"""

from __future__ import annotations

import numpy as np

from zhiqiao.engines.matching.kernels.compiled import compiled
from zhiqiao.engines.matching.kernels.deferred import LOT_BITS, LOT_MASK
from zhiqiao.engines.matching.kernels.heaps import drop_top, push
from zhiqiao.engines.matching.kernels.lists import compete
from zhiqiao.engines.matching.terms import Int8, Int32, Int64

NO_LIMIT = np.iinfo(np.int64).max


@compiled
def count_worst(heap: Int64, start: int, size: int, stack: Int64) -> int:
    """Count the keys of the top's class: in a heap they hang together at the top. O(count)."""
    if size == 0:
        return 0
    top = heap[start] >> LOT_BITS
    found, waiting = 0, 1
    stack[0] = 0
    while waiting:
        waiting -= 1
        at = stack[waiting]
        if at < size and heap[start + at] >> LOT_BITS == top:
            found += 1
            stack[waiting] = 2 * at + 1
            stack[waiting + 1] = 2 * at + 2
            waiting += 2
    return found


@compiled
def room_of(seats: Int64, first: Int64, programme: Int32) -> Int64:
    """Return where each programme's stretch begins: nobody can be held who did not apply. O(E)."""
    applied = np.zeros(seats.size + 1, np.int64)
    for choice in range(first[-1]):
        applied[programme[choice] + 1] += 1
    for at in range(seats.size):
        applied[at + 1] += applied[at]
    return applied


@compiled
def put_out_worst(
    at: int,
    begins: Int64,
    held_by: Int64,
    worst_class: Int64,
    heap: Int64,
    drawn: Int32,
    waiting: Int32,
    number: int,
    stack: Int64,
) -> int:
    """Put out the worst class that a programme holds; return how many wait to propose again."""
    start = begins[at]
    for _ in range(worst_class[at]):
        waiting[number] = drawn[heap[start] & LOT_MASK]
        number += 1
        drop_top(heap, start, held_by[at])
        held_by[at] -= 1
    worst_class[at] = count_worst(heap, start, held_by[at], stack)
    return number


@compiled
def propose_classes(
    seats: Int64,
    first: Int64,
    programme: Int32,
    bars: Int8,
    places: Int32,
    by_choice: bool,
    lots: Int32,
    drawn: Int32,
    admits_all: bool,
) -> tuple[Int64, Int64]:
    """Return the choice that each candidate holds, or -1, and the class shut out of each programme.

    ``admits_all``: the worst class held goes only when enough better ones are there. Otherwise it
    goes as soon as it does not fit. Its place becomes the limit: nobody there or behind it is taken
    again. O(E log E); memory: 8 bytes per choice.
    """
    begins = room_of(seats, first, programme)
    heap = np.empty(begins[-1], np.int64)
    held_by, worst_class = np.zeros(seats.size, np.int64), np.zeros(seats.size, np.int64)
    limit = np.full(seats.size, NO_LIMIT, np.int64)
    following = first[:-1].copy()
    holds = np.full(first.size - 1, -1, np.int64)
    waiting = np.arange(first.size - 1)[::-1].astype(np.int32)
    stack = np.empty(2 * first.size + 2, np.int64)
    number = waiting.size
    while number:
        number -= 1
        candidate = waiting[number]
        holds[candidate] = -1
        while following[candidate] < first[candidate + 1]:
            choice = following[candidate]
            following[candidate] += 1
            at = programme[choice]
            place = np.int64(places[choice] if by_choice else places[candidate])
            if seats[at] == 0 or place >= limit[at] or not compete(bars, choice):
                continue
            top = heap[begins[at]] >> LOT_BITS if held_by[at] else np.int64(-1)
            push(heap, begins[at], held_by[at], (place << LOT_BITS) | np.int64(lots[candidate]))
            held_by[at] += 1
            holds[candidate] = choice
            worst_class[at] = worst_class[at] + 1 if place == top else worst_class[at]
            worst_class[at] = 1 if place > top else worst_class[at]
            while held_by[at] > seats[at] and not (
                admits_all and held_by[at] - worst_class[at] < seats[at]
            ):
                limit[at] = heap[begins[at]] >> LOT_BITS
                number = put_out_worst(
                    at, begins, held_by, worst_class, heap, drawn, waiting, number, stack
                )
            break
    return holds, limit
