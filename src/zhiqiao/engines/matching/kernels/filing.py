"""Files sent to schools' groups of majors, and placed inside them."""

from __future__ import annotations

import numpy as np

from zhiqiao.engines.matching.kernels.compiled import compiled
from zhiqiao.engines.matching.kernels.lists import compete
from zhiqiao.engines.matching.terms import Int8, Int32, Int64, Truths


@compiled
def split_group(first: Int64, programme: Int32, group: Int32, groups: int) -> int:
    """Return the first choice that comes back to a group its candidate had left, or -1. O(E)."""
    left_by = np.full(groups, -1, np.int32)
    for candidate in range(first.size - 1):
        for choice in range(first[candidate] + 1, first[candidate + 1]):
            before, now = group[programme[choice - 1]], group[programme[choice]]
            if before != now:
                left_by[before] = candidate
                if left_by[now] == candidate:
                    return choice
    return -1


@compiled
def end_of_group(first: Int64, programme: Int32, group: Int32, candidate: int, choice: int) -> int:
    """Return the choice behind those of the same group."""
    at = group[programme[choice]]
    while choice < first[candidate + 1] and group[programme[choice]] == at:
        choice += 1
    return choice


@compiled
def may_be_filed(bars: Int8, struck_out: int, start: int, stop: int) -> bool:
    """Say whether any choice of a group competes; schools strike out only what was filed to them."""
    for choice in range(start, stop):
        if compete(bars, choice) or bars[choice] == struck_out:
            return True
    return False


@compiled
def file_in_order(
    order: Int32,
    first: Int64,
    programme: Int32,
    bars: Int8,
    group: Int32,
    files: Int64,
    struck_out: int,
) -> Int64:
    """Return the first choice of the group that each file goes to, or -1. O(M + E)."""
    left = files.copy()
    filed = np.full(first.size - 1, -1, np.int64)
    for candidate in order:
        choice = first[candidate]
        while choice < first[candidate + 1]:
            stop = end_of_group(first, programme, group, candidate, choice)
            at = group[programme[choice]]
            if left[at] > 0 and may_be_filed(bars, struck_out, choice, stop):
                left[at] -= 1
                filed[candidate] = choice
                break
            choice = stop
    return filed


@compiled
def place_in_groups(
    order: Int32,
    first: Int64,
    programme: Int32,
    bars: Int8,
    group: Int32,
    filed: Int64,
    seats: Int64,
) -> tuple[Int64, Int64]:
    """Return the choice that each file is placed in, or -1, and the places left. O(M + E)."""
    left = seats.copy()
    taken = np.full(first.size - 1, -1, np.int64)
    for candidate in order:
        if filed[candidate] == -1:
            continue
        stop = end_of_group(first, programme, group, candidate, filed[candidate])
        for choice in range(filed[candidate], stop):
            if left[programme[choice]] > 0 and compete(bars, choice):
                left[programme[choice]] -= 1
                taken[candidate] = choice
                break
    return taken, left


@compiled
def is_barred_from(major: int, programme: Int32, bars: Int8, start: int, stop: int) -> bool:
    """Say whether one of the listed choices is this major and does not compete."""
    for choice in range(start, stop):
        if programme[choice] == major and not compete(bars, choice):
            return True
    return False


@compiled
def adjust_in_groups(
    order: Int32,
    programme: Int32,
    group: Int32,
    filed: Int64,
    taken: Int64,
    adjusts: Truths,
    left: Int64,
    majors: Int32,
    begins: Int64,
    first: Int64,
    bars: Int8,
    class_of: Int32,
    takes: Truths,
) -> Int32:
    """Return the programme that each unplaced file is adjusted to, or -1, best first.

    O(M + N), and for each file as many majors as have places left and do not take the candidate.
    """
    adjusted = np.full(filed.size, -1, np.int32)
    following = begins[:-1].copy()
    for candidate in order:
        if filed[candidate] == -1 or taken[candidate] != -1 or not adjusts[filed[candidate]]:
            continue
        at = group[programme[filed[candidate]]]
        while following[at] < begins[at + 1] and left[majors[following[at]]] == 0:
            following[at] += 1
        stop = end_of_group(first, programme, group, candidate, filed[candidate])
        for each in range(following[at], begins[at + 1]):
            major = majors[each]
            if left[major] == 0 or class_of[major] == -1 or not takes[candidate, class_of[major]]:
                continue
            if is_barred_from(major, programme, bars, filed[candidate], stop):
                continue
            adjusted[candidate] = major
            left[major] -= 1
            break
    return adjusted
