"""The reason of every choice, candidate by candidate on all cores."""

from __future__ import annotations

import numpy as np
from numba import prange

from zhiqiao.engines.matching.kernels.compiled import compiled, compiled_for_all_cores
from zhiqiao.engines.matching.kernels.deferred import LOT_BITS
from zhiqiao.engines.matching.kernels.lists import compete
from zhiqiao.engines.matching.terms import Int8, Int32, Int64, Reason, Whole

NOT_ELIGIBLE = int(Reason.NOT_ELIGIBLE)
ADMITTED = int(Reason.ADMITTED)
BETTER_HELD = int(Reason.BETTER_HELD)
NO_PLACES = int(Reason.NO_PLACES)
BELOW_CUTOFF = int(Reason.BELOW_CUTOFF)
CAP_FULL = int(Reason.CAP_FULL)
NOT_FILED = int(Reason.NOT_FILED)
FILED_ELSEWHERE = int(Reason.FILED_ELSEWHERE)
RETURNED = int(Reason.RETURNED)
TAKEN_EARLIER = int(Reason.TAKEN_EARLIER)


@compiled
def reason_of_refusal(
    node: int,
    place: Whole,
    lines: int,
    limit: Int64,
    admitted: Int64,
    worst: Int64,
    shut: Int64,
    tied: int,
) -> int:
    """Return why a line refused a candidate of this place.

    A class shut out as a whole is tied at the last place only where places are left for some of it.
    """
    if limit[node] == 0:
        return NO_PLACES if node < lines else CAP_FULL
    is_shut_out = shut.size and shut[node] == place and admitted[node] < limit[node]
    if is_shut_out or worst[node] >> LOT_BITS == place:
        return tied
    return BELOW_CUTOFF if node < lines else CAP_FULL


@compiled
def refusing_line(
    node: int, key: Whole, parent: Int32, limit: Int64, admitted: Int64, worst: Int64, shut: Int64
) -> int:
    """Return the smallest line on the way up that refuses a key, or -1."""
    place = key >> LOT_BITS
    while node != -1:
        if shut.size and place >= shut[node]:
            return node
        if not shut.size and admitted[node] >= limit[node] and key > worst[node]:
            return node
        node = parent[node]
    return -1


@compiled_for_all_cores
def reasons_of_deferred(
    begin: int,
    first: Int64,
    bars: Int8,
    market_first: Int64,
    group: Int32,
    origin: Int64,
    places: Int32,
    by_choice: bool,
    lots: Int32,
    choice_held: Int64,
    parent: Int32,
    limit: Int64,
    admitted: Int64,
    worst: Int64,
    shut: Int64,
    lines: int,
    tied: int,
    code: Int8,
    line: Int32,
) -> None:
    """Fill in reason and line of every choice of the candidates from ``begin`` on. O(proposals).

    As many candidates as ``code`` has room for. Of several groups of places that refuse a candidate,
    the one that came nearest is named.
    """
    base = first[begin]
    stop = np.searchsorted(first, base + code.size, side="right") - 1
    for candidate in prange(begin, stop):
        plain_reasons(candidate, base, first, bars, choice_held, code, line)
        nearest = np.int64(-1)
        for proposal in range(market_first[candidate], market_first[candidate + 1]):
            choice = (origin[proposal] if origin.size else proposal) - base
            if code[choice] in (ADMITTED, BETTER_HELD) or (bars.size and bars[choice + base]):
                continue
            place = np.int64(places[proposal] if by_choice else places[candidate])
            key = (place << LOT_BITS) | np.int64(lots[candidate])
            node = refusing_line(group[proposal], key, parent, limit, admitted, worst, shut)
            is_first = code[choice] == NOT_ELIGIBLE
            if node == -1:
                code[choice] = NO_PLACES if is_first else code[choice]
            elif is_first or line[choice] == -1 or key - worst[node] < nearest:
                nearest = key - worst[node]
                line[choice] = node
                code[choice] = reason_of_refusal(
                    node, place, lines, limit, admitted, worst, shut, tied
                )


@compiled
def plain_reasons(
    candidate: int,
    base: int,
    first: Int64,
    bars: Int8,
    held: Int64,
    code: Int8,
    line: Int32,
) -> None:
    """Fill in what needs no line: barred, admitted, or something better held."""
    for choice in range(first[candidate], first[candidate + 1]):
        line[choice - base] = -1
        if bars.size and bars[choice]:
            code[choice - base] = bars[choice]
        elif choice == held[candidate]:
            code[choice - base] = ADMITTED
        elif held[candidate] != -1 and choice > held[candidate]:
            code[choice - base] = BETTER_HELD
        else:
            code[choice - base] = NOT_ELIGIBLE


@compiled
def reasons_of_groups(
    first: Int64,
    programme: Int32,
    bars: Int8,
    group: Int32,
    taken: Int64,
    admitted_to: Int32,
    filed: Int64,
    lines: int,
    code: Int8,
    line: Int32,
) -> None:
    """Fill in reason and line of the choices that compete and are not met. O(E)."""
    for candidate in range(first.size - 1):
        for choice in range(first[candidate], first[candidate + 1]):
            is_open = code[choice] == NOT_ELIGIBLE or code[choice] == BETTER_HELD
            if not compete(bars, choice) or not is_open:
                continue
            at = group[programme[choice]]
            is_filed = filed[candidate] != -1 and group[programme[filed[candidate]]] == at
            if filed[candidate] == -1 or (choice < filed[candidate] and not is_filed):
                code[choice] = NOT_FILED
                line[choice] = lines + at
            elif not is_filed:
                code[choice] = FILED_ELSEWHERE if admitted_to[candidate] == -1 else BETTER_HELD
            elif taken[candidate] == -1 or choice < taken[candidate]:
                code[choice] = RETURNED if admitted_to[candidate] == -1 else BELOW_CUTOFF
                line[choice] = programme[choice]


@compiled
def reasons_of_rounds(
    programme: Int32,
    bars: Int8,
    owner: Int32,
    rank: Int32,
    places: Int32,
    by_choice: bool,
    seats: Int64,
    full_in: Int32,
    worst: Int64,
    tied: int,
    code: Int8,
    line: Int32,
) -> None:
    """Fill in reason and line of the choices that compete and are not met. O(E)."""
    for choice in range(programme.size):
        if code[choice] != NOT_ELIGIBLE or not compete(bars, choice):
            continue
        at = programme[choice]
        line[choice] = at
        place = places[choice] if by_choice else places[owner[choice]]
        if seats[at] == 0:
            code[choice] = NO_PLACES
        elif rank[choice] > full_in[at]:
            code[choice] = TAKEN_EARLIER
        elif worst[at] != -1 and worst[at] >> LOT_BITS == place:
            code[choice] = tied
        else:
            code[choice] = BELOW_CUTOFF


@compiled
def plain_reasons_of_all(first: Int64, bars: Int8, held: Int64, code: Int8, line: Int32) -> None:
    """Fill in what needs no line, for everyone. O(E)."""
    for candidate in range(first.size - 1):
        plain_reasons(candidate, 0, first, bars, held, code, line)
