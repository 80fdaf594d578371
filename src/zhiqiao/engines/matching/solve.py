"""From a problem to an allocation; pure, and the same for the same problem in any order of rows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from zhiqiao.engines.matching.errors import MatchingError
from zhiqiao.engines.matching.filing import solve_groups, solve_immediate
from zhiqiao.engines.matching.kernels.capped import keys_of, offer_under_caps, propose_under_caps
from zhiqiao.engines.matching.kernels.deferred import propose
from zhiqiao.engines.matching.kernels.lists import in_order, owners
from zhiqiao.engines.matching.kernels.offers import applications, offer, rank_applications
from zhiqiao.engines.matching.kernels.serial import choose_in_order
from zhiqiao.engines.matching.kernels.settling import first_tied_wish
from zhiqiao.engines.matching.kernels.tied import propose_classes
from zhiqiao.engines.matching.market import Market, market_of
from zhiqiao.engines.matching.outcome import Outcome, at_choices
from zhiqiao.engines.matching.settling import nodes_of, settle
from zhiqiao.engines.matching.terms import BY_LOT, DEFERRED, Mechanism, Ties

if TYPE_CHECKING:
    from zhiqiao.engines.matching.problem import Problem
    from zhiqiao.engines.matching.terms import Int64


def solve(problem: Problem) -> Outcome:
    """Allocate.

    Parameters
    ----------
    problem : Problem
        One batch.

    Returns
    -------
    Outcome
        Stable for the deferred mechanisms: nobody prefers a programme that holds someone worse or a
        free place, under the reserves and caps. With candidates proposing it is the best stable one
        for every candidate at once, with programmes proposing the worst.

    Raises
    ------
    MatchingError
        ``tied`` where the policy is strict and a tie in every key would decide.

    Notes
    -----
    O(M + E) for one ranking without reserves and caps, O(E log E) for deferred acceptance.
    """
    outcome, by_lot = _run(problem)
    if problem.ties is Ties.STRICT:
        refuse_ties(problem, outcome, by_lot=by_lot)
    return outcome


def _run(problem: Problem) -> tuple[Outcome, bool]:
    if problem.mechanism is Mechanism.GROUPS:
        return solve_groups(problem), True
    if problem.mechanism is Mechanism.IMMEDIATE:
        return solve_immediate(problem), True
    return _solve_deferred(problem)


def solve_for(problem: Problem, mechanism: Mechanism) -> Outcome:
    """Allocate by another deferred mechanism, ties by lot: for comparing the two optima."""
    return _solve_deferred(replace(problem, mechanism=mechanism, ties=Ties.LOTTERY))[0]


def _solve_deferred(problem: Problem) -> tuple[Outcome, bool]:
    """Return the outcome, and whether lots decided between the tied on the way."""
    market = market_of(problem)
    if problem.caps is not None:
        holds, by_lot, shut = _under_caps(problem, market), True, None
    elif problem.ties not in BY_LOT:
        holds, shut = _by_classes(problem, market, admits_all=problem.ties is Ties.ADMIT_ALL)
        by_lot = False
    else:
        holds, by_lot = _strictly(problem, market)
        shut = None
    return replace(outcome_of(problem, market, holds), shut=shut), by_lot


def outcome_of(problem: Problem, market: Market, holds: Int64) -> Outcome:
    """Return the outcome in which each candidate holds a proposal of the market, -1 for none. O(M)."""
    choice = market.choices_of(holds)
    group = np.full(choice.size, -1, np.int32)
    if problem.reserves is not None:
        group = market.groups_of(holds)
    return Outcome(choice, at_choices(problem.programme, choice), group)


def _strictly(problem: Problem, market: Market) -> tuple[Int64, bool]:
    standing = problem.standing
    if problem.mechanism is Mechanism.PROGRAMMES:
        return _offered(problem, market), True
    lists = (market.seats, market.first, market.group, market.bars)
    if not market.by_choice:
        order = in_order(market.places, standing.drawn)
        return choose_in_order(order, *lists), True
    holds, by_lot = propose(*lists, market.places, market.by_choice, standing.lots, standing.drawn)
    return holds, bool(by_lot)


def _offered(problem: Problem, market: Market) -> Int64:
    owner = owners(market.first)
    begins, choices = applications(market.seats.size, market.group, market.bars)
    rank_applications(
        begins, choices, owner, market.places, market.by_choice, problem.standing.lots
    )
    return offer(market.seats, begins, choices, owner, market.group, problem.candidates)


def _by_classes(problem: Problem, market: Market, *, admits_all: bool) -> tuple[Int64, Int64]:
    return propose_classes(
        market.seats, market.first, market.group, market.bars, market.places, market.by_choice,
        problem.standing.lots, problem.standing.drawn, admits_all,
    )  # fmt: skip


def _under_caps(problem: Problem, market: Market) -> Int64:
    parent, limit = nodes_of(problem, market)
    standing = problem.standing
    keys = keys_of(market.first, market.places, market.by_choice, standing.lots)
    if problem.mechanism is not Mechanism.PROGRAMMES:
        return propose_under_caps(
            parent, limit, market.first, market.group, market.bars, keys, standing.drawn
        )
    is_left = market.bars == 0 if market.bars.size else np.ones(keys.size, np.bool_)
    order = np.argsort(keys, kind="stable")
    owner = owners(market.first)
    return offer_under_caps(parent, limit, market.group, owner, order, is_left, problem.candidates)


def refuse_ties(problem: Problem, outcome: Outcome, *, by_lot: bool) -> None:
    """Raise ``tied`` where lots decided an outcome that the policy wants strict.

    A tie shows itself in the end where someone wants a programme that holds another of the same
    standing. Where programmes rank differently, lots may also have turned a chain of displacements
    that left no such pair; then the lowest and the highest limits of all ways to break ties are
    compared (Biró and Kiselgof 2015), or, with caps and filing, the run is repeated with the lots
    reversed.
    """
    if problem.mechanism in DEFERRED:
        refuse_tied_wish(problem, outcome)
    if problem.mechanism in DEFERRED and problem.caps is None:
        is_same = not (by_lot and problem.standing.by_choice) or _limits_agree(problem)
    else:
        is_same = bool(np.array_equal(_reversed(problem).programme, outcome.programme))
    if not is_same:
        raise MatchingError("tied-somewhere")


def refuse_tied_wish(problem: Problem, outcome: Outcome) -> None:
    """Raise ``tied`` where someone wants a programme that holds another of the same standing. O(E)."""
    settled = settle(problem, outcome)
    market = settled.market
    at = first_tied_wish(
        market.first, market.group, market.bars,
        market.origin if market.origin is not None else np.zeros(0, np.int64),
        market.places, market.by_choice,
        settled.holds, settled.parent, settled.limit, settled.lines.admitted, settled.lines.worst,
    )  # fmt: skip
    if at >= 0:
        candidate = int(np.searchsorted(market.first, at, side="right") - 1)
        programme = problem.programme[at if market.origin is None else market.origin[at]]
        raise MatchingError(
            "tied", where=(candidate, int(programme)), candidate=candidate, programme=programme
        )


def _limits_agree(problem: Problem) -> bool:
    market = market_of(problem)
    lowest, _shut = _by_classes(problem, market, admits_all=True)
    highest, _shut = _by_classes(problem, market, admits_all=False)
    return bool(np.array_equal(market.choices_of(lowest), market.choices_of(highest)))


def _reversed(problem: Problem) -> Outcome:
    lots = (problem.candidates - 1 - problem.standing.lots).astype(np.int32)
    standing = replace(problem.standing, lots=lots)
    return _run(replace(problem, standing=standing))[0]
