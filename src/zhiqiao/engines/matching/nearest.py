"""Of the stable outcomes of a problem the one that moves the fewest from what was published."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from ortools.graph.python.max_flow import SimpleMaxFlow

from zhiqiao.engines.matching.errors import MatchingError
from zhiqiao.engines.matching.market import market_of
from zhiqiao.engines.matching.rotations import rotations
from zhiqiao.engines.matching.settling import settle
from zhiqiao.engines.matching.solve import outcome_of, refuse_tied_wish, solve_for
from zhiqiao.engines.matching.terms import BY_LOT, DEFERRED, Mechanism, Ties

if TYPE_CHECKING:
    from zhiqiao.engines.matching.outcome import Outcome
    from zhiqiao.engines.matching.problem import Problem
    from zhiqiao.engines.matching.rotations import Turn
    from zhiqiao.engines.matching.terms import Int32

UNBOUNDED = 1 << 40


class Span(StrEnum):
    """What the nearest outcome was chosen from, so what may be said of it."""

    RULE = "rule"  # the mechanism or the policy for ties defines one outcome
    ONE = "one"  # one outcome is stable
    ALL = "all"  # the nearest of all stable outcomes
    OPTIMA = "optima"  # the nearer of the two optima; under caps another one may be nearer
    TIED = "tied"  # a tie would have decided in the nearest one, so the solved one stays


def nearest(problem: Problem, outcome: Outcome, published: Int32) -> tuple[Outcome, Span]:
    """Choose the stable outcome in which the fewest candidates have another programme than published.

    Parameters
    ----------
    problem : Problem
        The corrected one.
    outcome : Outcome
        Its solution.
    published : int32 array of shape (M,)
        Programme of each candidate before, or -1.

    Returns
    -------
    outcome, span
        With ``Span.ALL`` no stable outcome is nearer, and of those as near this is the best one for
        every candidate. Stability of the whole programme is meant, with its reserved places.
        With ``Span.OPTIMA`` (caps) only the candidates' and the programmes' best were compared.
        With ``RULE``, ``ONE`` and ``TIED`` it is the solution itself.

    Notes
    -----
    The least closed set of rotations by weight, found by a minimum cut (R. W. Irving, P. Leather,
    D. Gusfield, *An efficient algorithm for the "optimal" stable marriage*, Journal of the ACM 34,
    1987). Two solutions, the rotations, and one maximum flow over them.
    """
    if problem.mechanism not in DEFERRED or problem.ties not in BY_LOT:
        return outcome, Span.RULE
    best = solve_for(problem, Mechanism.CANDIDATES)
    worst = solve_for(problem, Mechanism.PROGRAMMES)
    if np.array_equal(best.programme, worst.programme):
        return outcome, Span.ONE
    if problem.caps is not None:
        found, span = _nearer(outcome, (best, worst), published), Span.OPTIMA
    else:
        found, span = _nearest_of_all(problem, best, worst, published), Span.ALL
    if problem.ties is Ties.STRICT and _is_by_lot(problem, found):
        return outcome, Span.TIED
    return found, span


def moved_by(outcome: Outcome, published: Int32) -> int:
    """Return how many candidates have another programme than published."""
    return int(np.count_nonzero(outcome.programme != published))


def _nearer(outcome: Outcome, optima: tuple[Outcome, Outcome], published: Int32) -> Outcome:
    return min((outcome, *optima), key=lambda each: moved_by(each, published))


def _is_by_lot(problem: Problem, outcome: Outcome) -> bool:
    try:
        refuse_tied_wish(problem, outcome)
    except MatchingError:
        return True
    return False


def _nearest_of_all(problem: Problem, best: Outcome, worst: Outcome, published: Int32) -> Outcome:
    market = market_of(problem)
    holds = settle(problem, best).holds.copy()
    turns = rotations(market, problem.standing, holds, settle(problem, worst).holds)
    programme = market.group if market.programme_of is None else market.programme_of[market.group]
    weights = [
        sum(
            int(programme[entered] != published[who]) - int(programme[left] != published[who])
            for who, left, entered in turn.moves
        )
        for turn in turns
    ]
    for number in _lightest(turns, weights):
        for who, _left, entered in turns[number].moves:
            holds[who] = entered
    return outcome_of(problem, market, holds)


def _lightest(turns: list[Turn], weights: list[int]) -> list[int]:
    """Return the least set of rotations of least weight that contains all that come before its own.

    The minimum cut nearest to the source is that set (J.-C. Picard, *Maximal closure of a graph*,
    Management Science 22, 1976).
    """
    if all(weight >= 0 for weight in weights):
        return []
    flow, source, sink = SimpleMaxFlow(), len(turns), len(turns) + 1
    flow.add_arc_with_capacity(source, sink, 0)  # a graph without its two ends has no cut
    for number, (turn, weight) in enumerate(zip(turns, weights, strict=True)):
        if weight < 0:
            flow.add_arc_with_capacity(source, number, -weight)
        elif weight > 0:
            flow.add_arc_with_capacity(number, sink, weight)
        for before in turn.after:
            flow.add_arc_with_capacity(number, before, UNBOUNDED)
    status = flow.solve(source, sink)  # type: ignore[no-untyped-call]
    assert status == flow.OPTIMAL  # noqa: S101 - what leaves the source is bounded
    return sorted(number for number in flow.get_source_side_min_cut() if number < source)
