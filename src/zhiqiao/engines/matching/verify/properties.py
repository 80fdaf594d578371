"""The properties, one function each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from zhiqiao.engines.matching.terms import BY_LOT, DEFERRED, Mechanism, Ties
from zhiqiao.engines.matching.verify.desks import LOTS, Desks, desks_of
from zhiqiao.engines.matching.verify.filing import groups_are_replayed, rounds_are_replayed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from zhiqiao.engines.matching.outcome import Outcome
    from zhiqiao.engines.matching.problem import Problem
    from zhiqiao.engines.matching.terms import Int64, Truths

MOST_SHOWN = 10


@dataclass(frozen=True)
class Violation:
    """A property that does not hold, and the smallest group that shows it.

    ``candidates`` and ``programmes`` are indices.
    """

    name: str
    sentence: str
    candidates: tuple[int, ...] = ()
    programmes: tuple[int, ...] = ()


def verify(
    problem: Problem, outcome: Outcome, *, without: frozenset[str] = frozenset()
) -> list[Violation]:
    """Return what an outcome violates; nothing when every property holds.

    Parameters
    ----------
    problem, outcome
        What was asked and what was answered.
    without : frozenset of str
        Names of properties to leave out, for showing what only they find.

    Notes
    -----
    O(E groups log E). Properties that speak of standings are asked only of an outcome that is
    feasible.
    """
    found = list(places_are_feasible(problem, outcome)) if "P1" not in without else []
    if found or problem.mechanism not in DEFERRED:
        return found or _filed(problem, outcome, without)
    desks = desks_of(problem, outcome)
    for name, holds in PROPERTIES.items():
        if name not in without:
            found += list(holds(problem, desks))
    return found


def _filed(problem: Problem, outcome: Outcome, without: frozenset[str]) -> list[Violation]:
    replayed = rounds_are_replayed
    if problem.mechanism is Mechanism.GROUPS:
        replayed = groups_are_replayed
    if "P9" in without:
        return []
    return [
        Violation("P9", sentence, (candidate,))
        for candidate, sentence in replayed(problem, outcome)
    ]


def places_are_feasible(problem: Problem, outcome: Outcome) -> Iterator[Violation]:
    """P1: whoever is admitted listed the programme, may compete for it, and is admitted once."""
    met = np.flatnonzero(outcome.choice >= 0)
    choice = outcome.choice[met]
    is_wrong = (choice < problem.first[met]) | (choice >= problem.first[met + 1])
    yield from _first("P1", "is admitted by a choice of someone else", met[is_wrong])
    met, choice = met[~is_wrong], choice[~is_wrong]
    differs = problem.programme[choice] != outcome.programme[met]
    yield from _first(
        "P1", "is admitted to another programme than that of the choice", met[differs]
    )
    if problem.bars.size:
        barred = problem.bars[choice] != 0
        yield from _first("P1", "is admitted by a choice that does not compete", met[barred])
    unlisted = (outcome.choice < 0) & (outcome.programme >= 0)
    if problem.mechanism is not Mechanism.GROUPS:
        rows = np.flatnonzero(unlisted)
        yield from _first("P1", "is admitted to a programme that was not listed", rows)
    if problem.reserves is not None:
        group, programme = outcome.group[met], problem.programme[choice]
        first = problem.reserves.first
        apart = (group < first[programme]) | (group >= first[programme + 1])
        yield from _first("P1", "takes a place that is not of the programme", met[apart])


def kinds_are_kept(problem: Problem, desks: Desks) -> Iterator[Violation]:
    """P10: a reserved place is held by its kind, or by anyone where it reverts."""
    if problem.reserves is None:
        return
    yield from _first("P10", "holds a place reserved for another kind", desks.without_desk)


def limits_are_kept(problem: Problem, desks: Desks) -> Iterator[Violation]:
    """P2: no programme, group of places or cap holds more than its limit.

    Only where all tied are admitted may it, and then no more than without its last class would be
    too few.
    """
    held, _worst = _held(desks)
    for line in np.flatnonzero(held > desks.limit):
        if problem.ties is Ties.ADMIT_ALL and line < desks.seats.size:
            places = desks.key[desks.holds & (desks.desk == line)] >> LOTS
            if np.count_nonzero(places < places.max()) < desks.seats[line]:
                continue
        programme = int(desks.programme[line]) if line < desks.seats.size else -1
        sentence = f"line {line} holds {held[line]} for {desks.limit[line]} places"
        yield Violation("P2", sentence, (), (programme,))


def nobody_is_envied(problem: Problem, desks: Desks) -> Iterator[Violation]:
    """P3: no place is held by someone who stands behind one who wants it more than what is held.

    Of the same programme's groups of places too: so a reserved place is used in the declared order.
    """
    rows, is_full, _is_free = _unrefused(problem, desks)
    for row in rows[is_full][:MOST_SHOWN]:
        behind = desks.holds & (desks.desk == desks.desk[row]) & (desks.key > desks.key[row])
        holder = int(desks.candidate[behind][0])
        yield _of_row("P3", "stands before a holder of a wanted place", desks, row, holder)


def nothing_is_wasted(problem: Problem, desks: Desks) -> Iterator[Violation]:
    """P4: no place is left, under caps that have room, that someone wants more than what is held."""
    rows, _is_full, is_free = _unrefused(problem, desks)
    for row in rows[is_free][:MOST_SHOWN]:
        yield _of_row("P4", "wants a place that is left", desks, row)


def caps_are_full_of_better(problem: Problem, desks: Desks) -> Iterator[Violation]:
    """P5: whoever a cap keeps out of a programme with places finds it full of better ones."""
    rows, is_full, is_free = _unrefused(problem, desks)
    for row in rows[~is_full & ~is_free][:MOST_SHOWN]:
        yield _of_row("P5", "is kept out by a cap that holds someone behind", desks, row)


def _unrefused(problem: Problem, desks: Desks) -> tuple[Int64, Truths, Truths]:
    """Return the wishes that nothing refuses, whether their desk is full, and whether all has room.

    Where whole classes are admitted or refused, `ties_follow_the_policy` says it all.
    """
    held, worst = _held(desks)
    rows = np.flatnonzero(desks.wants)
    if problem.ties not in BY_LOT:
        rows = rows[:0]
    rows = rows[~_refused(desks, rows, held, worst)].astype(np.int64)
    lines = desks.path[:, desks.desk[rows]]
    has_room: Truths = (lines < 0) | (held < desks.limit)[lines]
    return rows, ~has_room[0], np.logical_and.reduce(has_room)


def ties_follow_the_policy(problem: Problem, desks: Desks) -> Iterator[Violation]:
    """P6: a class of tied candidates is admitted or refused as the policy says.

    Strict: nobody refused is tied with a holder. Admit all: a class is in as long as fewer than the
    places stand before it. Reject all and hold: only as long as it fits as a whole.
    """
    rows = np.flatnonzero(desks.wants | desks.holds)
    place = desks.key[rows] >> LOTS
    desk = desks.desk[rows]
    if problem.ties is Ties.STRICT:
        _held_by, worst = _held(desks)
        tied = desks.wants[rows] & (worst[desk] >> LOTS == place) & _other_programme(desks, rows)
        for row in rows[tied][:MOST_SHOWN]:
            yield _of_row("P6", "is refused only by lot", desks, row)
    if problem.ties in BY_LOT:
        return
    order = np.lexsort((place, desk))
    desk_key = (desk[order] << LOTS) | place[order]
    begins = np.searchsorted(desk[order], desk[order])
    before = np.searchsorted(desk_key, desk_key) - begins
    through = np.searchsorted(desk_key, desk_key, side="right") - begins
    seats = desks.seats[desk[order]]
    is_in = before < seats if problem.ties is Ties.ADMIT_ALL else through <= seats
    is_in &= seats > 0
    wrong = is_in != desks.holds[rows][order]
    for row in rows[order][wrong][:MOST_SHOWN]:
        yield _of_row("P6", f"is not treated as {problem.ties} says", desks, row)


def candidates_do_best(problem: Problem, desks: Desks) -> Iterator[Violation]:
    """P7: no other stable allocation is better for any candidate.

    It would be one where some candidates change places in a circle, each moving to a programme of
    which the mover is the best of those who want it (Gusfield and Irving 1989, rotations).
    """
    if problem.mechanism is Mechanism.PROGRAMMES or not _has_optima(problem):
        return
    best = np.full(desks.seats.size, np.iinfo(np.int64).max)
    rows = np.flatnonzero(desks.wants)
    np.minimum.at(best, desks.desk[rows], desks.key[rows])
    mover = rows[best[desks.desk[rows]] == desks.key[rows]]
    desk_held = np.full(problem.candidates, -1, np.int64)
    desk_held[desks.candidate[desks.holds]] = desks.desk[desks.holds]
    following = np.full(desks.seats.size, -1, np.int64)
    following[desks.desk[mover]] = desk_held[desks.candidate[mover]]
    circle = _circle(following)
    if circle:
        movers = tuple(int(desks.candidate[row]) for row in mover if desks.desk[row] in circle)
        yield Violation("P7", "can all do better by changing places in a circle", movers)


def programmes_do_best(problem: Problem, desks: Desks) -> Iterator[Violation]:
    """P8: with programmes proposing, no other stable allocation is better for any programme.

    It would be one where some candidates each move to the next programme of their lists that takes
    them, putting out its last, in a circle.
    """
    if problem.mechanism is not Mechanism.PROGRAMMES or not _has_optima(problem):
        return
    held, worst = _held(desks)
    is_later = ~desks.wants & ~desks.holds
    takes = is_later & ((held < desks.limit)[desks.desk] | (desks.key < worst[desks.desk]))
    rows = np.flatnonzero(takes)
    has_place = np.zeros(problem.candidates, np.bool_)
    has_place[desks.candidate[desks.holds]] = True
    rows = rows[has_place[desks.candidate[rows]]]
    first = rows[np.append(True, np.diff(desks.candidate[rows]) > 0)[: rows.size]]
    last = np.full(desks.seats.size, -1, np.int64)
    holders = np.flatnonzero(desks.holds)
    is_worst = desks.key[holders] == worst[desks.desk[holders]]
    last[desks.desk[holders[is_worst]]] = desks.candidate[holders[is_worst]]
    following = np.full(problem.candidates, -1, np.int64)
    is_full = (held >= desks.limit)[desks.desk[first]]
    following[desks.candidate[first]] = np.where(is_full, last[desks.desk[first]], -1)
    circle = _circle(following)
    if circle:
        yield Violation("P8", "would all move down in the best allocation of programmes", circle)


PROPERTIES: dict[str, Callable[[Problem, Desks], Iterator[Violation]]] = {
    "P2": limits_are_kept,
    "P3": nobody_is_envied,
    "P4": nothing_is_wasted,
    "P5": caps_are_full_of_better,
    "P6": ties_follow_the_policy,
    "P7": candidates_do_best,
    "P8": programmes_do_best,
    "P10": kinds_are_kept,
}


def _has_optima(problem: Problem) -> bool:
    """Circles are sought where ties are by lot and no cap binds several programmes."""
    return problem.ties in BY_LOT and problem.caps is None


def _held(desks: Desks) -> tuple[Int64, Int64]:
    """Return how many each line holds, and the worst key among them, -1 where none."""
    held = np.zeros(desks.limit.size, np.int64)
    worst = np.full(desks.limit.size, -1, np.int64)
    for lines in desks.path:
        line = lines[desks.desk[desks.holds]]
        is_line = line >= 0
        np.add.at(held, line[is_line], 1)
        np.maximum.at(worst, line[is_line], desks.key[desks.holds][is_line])
    return held, worst


def _refused(desks: Desks, rows: Int64, held: Int64, worst: Int64) -> Truths:
    """Say whether some line above is full, and of better ones only."""
    refused = np.zeros(rows.size, np.bool_)
    for lines in desks.path:
        line = lines[desks.desk[rows]]
        is_full = (held >= desks.limit)[line] & (line >= 0)
        refused |= is_full & (desks.key[rows] > worst[line])
    return refused


def _other_programme(desks: Desks, rows: Int64) -> Truths:
    held = np.full(int(desks.candidate.max(initial=-1)) + 1, -1, np.int64)
    held[desks.candidate[desks.holds]] = desks.choice[desks.holds]
    other: Truths = held[desks.candidate[rows]] != desks.choice[rows]
    return other


def _circle(following: Int64) -> tuple[int, ...]:
    """Return the members of a circle of a functional graph, none where there is none. O(n)."""
    seen_in = np.zeros(following.size, np.int64)
    for start in range(following.size):
        at, tour = start, start + 1
        while at != -1 and seen_in[at] == 0:
            seen_in[at] = tour
            at = int(following[at])
        if at != -1 and seen_in[at] == tour:
            members = [at]
            while (following_one := int(following[members[-1]])) != at:
                members.append(following_one)
            return tuple(members)
    return ()


def _of_row(name: str, sentence: str, desks: Desks, row: int, *others: int) -> Violation:
    candidates = (int(desks.candidate[row]), *others)
    return Violation(name, sentence, candidates, (int(desks.programme[desks.desk[row]]),))


def _first(name: str, sentence: str, candidates: Int64) -> Iterator[Violation]:
    for candidate in candidates[:MOST_SHOWN]:
        yield Violation(name, sentence, (int(candidate),))
