"""The two mechanisms of filing: choice by choice, and to groups of majors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from zhiqiao.engines.matching.errors import MatchingError
from zhiqiao.engines.matching.kernels.filing import (
    adjust_in_groups,
    file_in_order,
    place_in_groups,
    split_group,
)
from zhiqiao.engines.matching.kernels.lists import in_order, owners
from zhiqiao.engines.matching.outcome import Outcome, at_choices
from zhiqiao.engines.matching.terms import Reason, Ties

if TYPE_CHECKING:
    from zhiqiao.engines.matching.problem import Groups, Problem
    from zhiqiao.engines.matching.terms import Int32, Int64, Truths


def solve_groups(problem: Problem) -> Outcome:
    """File in the order of the ranking, once, then place inside the groups. O(M + E + N).

    A school gets files for its places times the ratio. Whoever is filed and finds no listed major
    free takes the first major left in the group, if willing to be adjusted, that takes the candidate;
    otherwise the file comes back and does not go to a later group of the list. Adjustment begins
    when all are placed who can be placed in a listed major.
    """
    groups = problem.groups
    assert groups is not None  # noqa: S101 - checked when the problem was made
    lists = (problem.first, problem.programme, problem.bars, groups.group)
    _refuse_split(problem, groups)
    order = in_order(problem.standing.places, problem.standing.drawn)
    files = files_of(problem, groups)
    filed = file_in_order(order, *lists, files, int(Reason.STRUCK_OUT))
    taken, left = place_in_groups(order, *lists, filed, problem.seats)
    majors = np.argsort(groups.group, kind="stable").astype(np.int32)
    begins = np.searchsorted(groups.group[majors], np.arange(files.size + 1)).astype(np.int64)
    adjusted = adjust_in_groups(
        order, problem.programme, groups.group, filed, taken, groups.adjusts, left, majors, begins,
        problem.first, problem.bars, *_majors_that_take(problem, groups),
    )  # fmt: skip
    listed = at_choices(problem.programme, taken)
    return Outcome(
        choice=taken,
        programme=np.where(taken >= 0, listed, adjusted).astype(np.int32),
        group=np.full(taken.size, -1, np.int32),
        filed=filed,
    )


def files_of(problem: Problem, groups: Groups) -> Int64:
    """Return how many files each group gets: its places times the ratio, in whole files."""
    number = int(groups.group.max()) + 1 if groups.group.size else 0
    seats = problem.seats
    if groups.class_of is not None:
        seats = np.where(groups.class_of == -1, 0, seats)
    places = np.bincount(groups.group, weights=seats, minlength=number).astype(np.int64)
    return places * groups.ratio_thousandths // 1000


def _majors_that_take(problem: Problem, groups: Groups) -> tuple[Int32, Truths]:
    """Return the class of each major, and whom each class takes: everybody where nothing is said."""
    if groups.class_of is None or groups.takes is None:
        every = np.ones((problem.candidates, 1), np.bool_)
        return np.zeros(problem.programmes, np.int32), every
    return groups.class_of, groups.takes


def _refuse_split(problem: Problem, groups: Groups) -> None:
    number = int(groups.group.max()) + 1 if groups.group.size else 0
    at = split_group(problem.first, problem.programme, groups.group, number)
    if at >= 0:
        candidate = int(np.searchsorted(problem.first, at, side="right") - 1)
        group = int(groups.group[problem.programme[at]])
        where = (candidate, group)
        raise MatchingError("groups-split", where=where, candidate=candidate, group=group)


def solve_immediate(problem: Problem) -> Outcome:
    """Admit choice by choice: what the first choices fill is gone for the second. O(E log E).

    In each round a programme is sent files for its places left times the ratio, strikes out, and
    admits the best of the others; files beyond its places come back.
    """
    owner = owners(problem.first)
    rank = rank_of(problem)
    left = problem.seats.copy()
    taken = np.full(problem.candidates, -1, np.int64)
    filed = np.full(problem.candidates, -1, np.int64)
    may_file = np.ones(problem.choices, np.bool_)
    if problem.bars.size:
        may_file = (problem.bars == 0) | (problem.bars == Reason.STRUCK_OUT)
    by_rank = np.argsort(rank, kind="stable")
    bounds = np.flatnonzero(np.diff(rank[by_rank])) + 1
    for chosen in np.split(by_rank, bounds):
        asking = chosen[may_file[chosen] & (taken[owner[chosen]] == -1)]
        _run_round(problem, asking, owner, left, taken, filed)
    return Outcome(
        choice=taken,
        programme=at_choices(problem.programme, taken),
        group=np.full(taken.size, -1, np.int32),
        filed=filed,
    )


def rank_of(problem: Problem) -> Int32:
    """Return the number of each choice, counted from 1 where none is given."""
    if problem.rank is not None:
        return problem.rank
    starts = np.repeat(problem.first[:-1], np.diff(problem.first))
    return (np.arange(problem.choices) - starts + 1).astype(np.int32)


def last_rounds(problem: Problem, outcome: Outcome) -> Int32:
    """Return the round in which each programme was filled; very late where places are left."""
    taken = outcome.choice[outcome.choice >= 0]
    last = np.zeros(problem.programmes, np.int32)
    np.maximum.at(last, problem.programme[taken], rank_of(problem)[taken])
    number = np.bincount(problem.programme[taken], minlength=problem.programmes)
    last[number < problem.seats] = np.iinfo(np.int32).max
    return last


def cut_classes(problem: Problem, outcome: Outcome) -> Truths:
    """Mark the choices of classes that were refused as a whole while places were left for some of each.

    In each round of a programme that is the best class refused, where fewer than the places left
    stood before it. O(E log E).
    """
    rank, owner = rank_of(problem), owners(problem.first)
    numbers = np.arange(problem.choices)
    held = outcome.choice[owner]
    competes = problem.bars == 0 if problem.bars.size else np.ones(numbers.size, np.bool_)
    rounds = np.unique(rank, return_inverse=True)[1]
    desk = problem.programme.astype(np.int64) * (int(rounds.max(initial=0)) + 1) + rounds
    admitted = np.zeros(int(desk.max(initial=-1)) + 1, np.int64)
    np.add.at(admitted, desk[outcome.choice[outcome.choice >= 0]], 1)
    of_programme = problem.programme[outcome.choice[outcome.choice >= 0]]
    through = np.cumsum(admitted)
    before = np.bincount(of_programme, minlength=problem.programmes)
    earlier = np.cumsum(before) - before
    is_refused = competes & ((held < 0) | (numbers < held))
    place = (
        problem.standing.places if problem.standing.by_choice else problem.standing.places[owner]
    )
    best = np.full(admitted.size, np.iinfo(np.int32).max, np.int64)
    np.minimum.at(best, desk[is_refused], place[is_refused])
    room = problem.seats[problem.programme] - (through[desk] - earlier[problem.programme])
    cut: Truths = is_refused & (place == best[desk]) & (room > 0)
    return cut


def _run_round(
    problem: Problem,
    asking: Int64,
    owner: Int32,
    left: Int64,
    taken: Int64,
    filed: Int64,
) -> None:
    """Admit one round's files; ``left``, ``taken`` and ``filed`` change in place."""
    standing = problem.standing
    place = standing.places[asking] if standing.by_choice else standing.places[owner[asking]]
    programme = problem.programme[asking]
    order = np.lexsort((standing.lots[owner[asking]], place, programme))
    asking, place, programme = asking[order], place[order], programme[order]
    is_filed = _within(programme, place, left * problem.ratio_thousandths // 1000, problem.ties)
    filed[owner[asking[is_filed]]] = asking[is_filed]
    if problem.bars.size:
        is_filed &= problem.bars[asking] == 0
    asking, place, programme = asking[is_filed], place[is_filed], programme[is_filed]
    is_admitted = _within(programme, place, left, problem.ties)
    taken[owner[asking[is_admitted]]] = asking[is_admitted]
    left -= np.bincount(programme[is_admitted], minlength=left.size)
    np.maximum(left, 0, out=left)


def _within(programme: Int32, place: Int32, room: Int64, ties: Ties) -> Truths:
    """Say who is within the room of each programme; the rows are sorted by programme and place."""
    begins = np.searchsorted(programme, programme, side="left")
    number = np.arange(programme.size) - begins
    if ties in {Ties.STRICT, Ties.LOTTERY} or programme.size == 0:
        return number < room[programme]
    is_first = np.ones(programme.size, np.bool_)
    is_first[1:] = (np.diff(programme) != 0) | (np.diff(place) != 0)
    starts = np.flatnonzero(is_first)
    sizes = np.diff(np.append(starts, programme.size))
    of_class = np.cumsum(is_first) - 1
    best = number[starts][of_class]
    behind = best + (1 if ties is Ties.ADMIT_ALL else sizes[of_class])
    fits: Truths = behind <= room[programme]
    return fits
