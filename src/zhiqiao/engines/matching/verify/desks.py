"""Who stands in front of which places: the plain view that every property is derived from.

A desk is a programme, or one group of its places. A candidate stands at every desk of every
competing choice that is wanted at least as much as what is held, as far as the desk takes such
candidates at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from zhiqiao.engines.matching.outcome import Outcome
    from zhiqiao.engines.matching.problem import Problem
    from zhiqiao.engines.matching.terms import Int32, Int64, Truths

LOTS = 32


@dataclass(frozen=True, eq=False)
class Desks:
    """Standings at desks, in the order of candidates and of what they want.

    ``key`` is place and lot, lower is better; ``holds`` marks the one by which a candidate is
    admitted; ``wants`` those before it, and the rest stand behind it. ``path`` names the lines
    above each desk, itself first, -1 where there is none; lines are numbered desks first, then caps.
    ``without_desk`` are those admitted to places that they cannot stand for.
    """

    candidate: Int64
    choice: Int64
    desk: Int64
    key: Int64
    holds: Truths
    wants: Truths
    seats: Int64
    programme: Int64
    path: Int64
    limit: Int64
    without_desk: Int64


def desks_of(problem: Problem, outcome: Outcome) -> Desks:
    """Lay out who stands where. O(E groups) memory."""
    first, programme_of, attribute, value, reverting, seats = _groups(problem)
    owner = np.repeat(np.arange(problem.candidates), np.diff(problem.first))
    choices = np.flatnonzero(problem.bars == 0) if problem.bars.size else np.arange(owner.size)
    own = problem.programme[choices]
    number = np.diff(first)[own]
    choice = np.repeat(choices, number)
    begins = np.cumsum(number) - number
    desk = np.repeat(first[own] - begins, number) + np.arange(choice.size)
    candidate = owner[choice]
    standing = problem.standing
    place = standing.places[choice if standing.by_choice else candidate].astype(np.int64)
    is_kind = attribute[desk] == -1
    if problem.reserves is not None and problem.reserves.attributes.size:
        values = problem.reserves.attributes[np.maximum(attribute[desk], 0), candidate]
        is_kind |= values == value[desk]
    place += np.where(is_kind, 0, int(standing.places.max(initial=0)) + 1)
    stays = is_kind | reverting[desk]
    choice, desk, candidate, place = choice[stays], desk[stays], candidate[stays], place[stays]
    holds = (outcome.choice[candidate] == choice) & _at_own_desk(problem, outcome, candidate, desk)
    held_at = np.full(problem.candidates, np.iinfo(np.int64).max)
    held_at[candidate[holds]] = np.flatnonzero(holds)
    path, limit = _paths(problem, programme_of, seats)
    return Desks(
        candidate=candidate,
        choice=choice,
        desk=desk,
        key=(place << LOTS) | standing.lots[candidate],
        holds=holds,
        wants=np.arange(choice.size) < held_at[candidate],
        seats=seats,
        programme=programme_of,
        path=path,
        limit=limit,
        without_desk=np.setdiff1d(np.flatnonzero(outcome.choice >= 0), candidate[holds]),
    )


def _at_own_desk(problem: Problem, outcome: Outcome, candidate: Int64, desk: Int64) -> Truths:
    if problem.reserves is None:
        return np.ones(candidate.size, np.bool_)
    same: Truths = outcome.group[candidate] == desk
    return same


def _groups(
    problem: Problem,
) -> tuple[Int64, Int64, Int32, Int32, Truths, Int64]:
    programmes = np.arange(problem.programmes)
    reserves = problem.reserves
    if reserves is None:
        everyone = np.full(programmes.size, -1, np.int32)
        none = np.zeros(programmes.size, np.bool_)
        return np.arange(programmes.size + 1), programmes, everyone, everyone, none, problem.seats
    owner = np.repeat(programmes, np.diff(reserves.first))
    return (
        reserves.first, owner, reserves.attribute, reserves.value, reserves.reverting, reserves.seats
    )  # fmt: skip


def _paths(problem: Problem, programme_of: Int64, seats: Int64) -> tuple[Int64, Int64]:
    """Return the lines above each desk, itself first, padded with -1, and the limit of each line."""
    caps = problem.caps
    rows = [np.arange(seats.size)]
    if caps is None:
        return np.stack(rows), seats
    level = caps.above[programme_of].astype(np.int64)
    while (level >= 0).any():
        rows.append(np.where(level >= 0, level + seats.size, -1))
        level = np.where(level >= 0, caps.parent[np.maximum(level, 0)], -1)
    return np.stack(rows), np.concatenate([seats, caps.limit])
