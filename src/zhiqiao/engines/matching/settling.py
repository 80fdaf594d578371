"""A problem and its outcome laid side by side: who holds what, and the lines that decide."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from zhiqiao.engines.matching.filing import files_of, rank_of
from zhiqiao.engines.matching.kernels.deferred import LOT_BITS
from zhiqiao.engines.matching.kernels.settling import draw_lines, held_proposals
from zhiqiao.engines.matching.market import Market, market_of
from zhiqiao.engines.matching.outcome import Lines, at_choices
from zhiqiao.engines.matching.terms import DEFERRED, Mechanism

if TYPE_CHECKING:
    from zhiqiao.engines.matching.outcome import Outcome
    from zhiqiao.engines.matching.problem import Problem
    from zhiqiao.engines.matching.terms import Int32, Int64


@dataclass(frozen=True, eq=False)
class Settled:
    """What explaining and comparing need of a finished run.

    ``holds`` is the proposal of the market that each candidate holds, or -1. Lines are nodes of a
    forest: ``parent`` of each, or -1, and its ``limit``.
    """

    market: Market
    holds: Int64
    parent: Int32
    limit: Int64
    lines: Lines


def settle(problem: Problem, outcome: Outcome) -> Settled:
    """Lay an outcome of a deferred mechanism beside its problem. O(proposals depth)."""
    market = market_of(problem)
    parent, limit = nodes_of(problem, market)
    holds = outcome.choice
    if market.origin is not None:
        holds = held_proposals(
            market.first, market.origin, market.group, outcome.choice, outcome.group
        )
    admitted, worst, last = draw_lines(
        parent, market.group, holds, market.places, market.by_choice, problem.standing.lots
    )
    lines = Lines(
        seats=limit,
        admitted=admitted,
        worst=worst,
        last_choice=np.append(outcome.choice, -1)[last],
        last_candidate=last,
    )
    return Settled(market, holds, parent, limit, lines)


def settle_filing(problem: Problem, outcome: Outcome) -> Settled:
    """Lay an outcome of a mechanism of filing beside its problem. O(M log M).

    The last admitted to a programme is the one of its last round; the lines of `GROUPS` are the
    programmes, then the groups with the last file sent to each.
    """
    rounds = np.zeros(problem.candidates, np.int32)
    if problem.mechanism is Mechanism.IMMEDIATE:
        rounds = at_choices(rank_of(problem), outcome.choice)
    lines = _last_of_each(problem, outcome.programme, outcome.choice, rounds, problem.seats)
    if problem.groups is not None and outcome.filed is not None:
        at = at_choices(problem.groups.group, at_choices(problem.programme, outcome.filed))
        filed = _last_of_each(problem, at, outcome.filed, rounds, files_of(problem, problem.groups))
        lines = Lines(
            *(np.concatenate(pair) for pair in zip(lines.columns, filed.columns, strict=True))
        )
    parent = np.full(lines.seats.size, -1, np.int32)
    return Settled(market_of(problem), outcome.choice, parent, lines.seats, lines)


def _last_of_each(problem: Problem, at: Int32, choice: Int64, rounds: Int32, seats: Int64) -> Lines:
    """Find the last of those at each of some places, by round, standing and lot."""
    standing = problem.standing
    who = np.flatnonzero(at >= 0)
    place = standing.places[choice[who]] if standing.by_choice else standing.places[who]
    keys = (place.astype(np.int64) << LOT_BITS) | standing.lots[who]
    order = np.lexsort((keys, rounds[who], at[who]))
    ends = np.searchsorted(at[who][order], np.arange(seats.size), side="right") - 1
    admitted = np.bincount(at[who], minlength=seats.size)
    last = np.where(admitted > 0, order[np.maximum(ends, 0)] if who.size else -1, -1)
    found = np.append(who, -1)[last]
    return Lines(
        seats=seats,
        admitted=admitted,
        worst=np.append(keys, -1)[last],
        last_choice=np.append(choice, -1)[found],
        last_candidate=found,
    )


def nodes_of(problem: Problem, market: Market) -> tuple[Int32, Int64]:
    """Return parent and limit of each line: groups of places (or programmes), then caps."""
    caps = problem.caps
    if caps is None:
        return np.full(market.seats.size, -1, np.int32), market.seats
    above = caps.above if market.programme_of is None else caps.above[market.programme_of]
    lines = market.seats.size
    parent = np.concatenate([above, caps.parent])
    parent = np.where(parent >= 0, parent + lines, -1).astype(np.int32)
    return parent, np.concatenate([market.seats, caps.limit])


def lines_of(problem: Problem, outcome: Outcome) -> Lines:
    """Return the lines of an outcome, whatever its mechanism."""
    if problem.mechanism in DEFERRED:
        return settle(problem, outcome).lines
    return settle_filing(problem, outcome).lines
