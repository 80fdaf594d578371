"""The best assignment: a flow for all of it, and a search for what no flow decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from zhiqiao.engines.assignment.outcome import Assignment, Prices
from zhiqiao.engines.assignment.relaxing import Rounds
from zhiqiao.engines.assignment.searching import search
from zhiqiao.engines.assignment.settling import polish, settle
from zhiqiao.engines.assignment.terms import Proof
from zhiqiao.engines.assignment.valuing import standing_of

if TYPE_CHECKING:
    from zhiqiao.engines.assignment.assembly import Panels
    from zhiqiao.engines.assignment.bounds import Bound
    from zhiqiao.engines.assignment.problem import AssignmentProblem
    from zhiqiao.engines.assignment.relaxing import Relaxed
    from zhiqiao.engines.assignment.terms import Int32, Int64


def solve(problem: AssignmentProblem) -> Assignment:
    """Assign reviewers to applications.

    Of all assignments that meet loads, conflicts and quotas it is one with the fewest missing
    reviews; of these, one with the fewest reviews below the least loads; of these, one of the
    greatest worth. Where quotas cross each other or groups differ in size, how much is proved is told
    by ``proof`` and ``gap``. The same problem gives the same assignment again.

    Returns
    -------
    Assignment
        Always; what cannot be filled is in ``missing``.

    Raises
    ------
    AssignmentError
        ``too-large`` where values would not fit into 62 bits.

    Notes
    -----
    Min-cost flow on the pairs that prices do not rule out, a few rounds; polynomial. With crossing
    quotas or groups of different size NP-hard: five rounds of priced flows, chains, and for up to
    20,000 pairs near the optimum a complete search. Sources: C. J. Taylor, *On the optimal assignment
    of conference papers to reviewers*, 2008; I. Stelmakh, N. Shah, A. Singh, *PeerReview4All*, 2021,
    for the flow; R. K. Ahuja, T. L. Magnanti, J. B. Orlin, *Network Flows*, 1993, for prices.
    """
    panels, kinds = problem.panels, problem.kinds
    rounds = Rounds(problem, panels, kinds)
    relaxed = rounds.relax()
    if _is_best(problem, relaxed):
        return _assigned(problem, relaxed.pair, relaxed.bound, Proof.OPTIMAL)
    settled = settle(rounds, relaxed)
    found = search(problem, panels, kinds, relaxed=relaxed, settled=settled)
    pair = found.pair if found.is_complete else polish(problem, found.pair)
    value = standing_of(problem, panels, pair).value
    proof = Proof.SEARCHED if found.is_complete else Proof.BOUNDED
    proof = Proof.OPTIMAL if value == found.bound.value else proof
    return _assigned(problem, pair, found.bound, proof)


def _is_best(problem: AssignmentProblem, relaxed: Relaxed) -> bool:
    """Say whether a flow splits no seat, breaks no quota and reaches its bound."""
    panels, pair = problem.panels, relaxed.pair
    if (relaxed.units != panels.weight[panels.panel[pair]]).any():
        return False
    if problem.kinds.overfull(panels.panel[pair], panels.expert[pair]).size:
        return False
    return standing_of(problem, panels, pair).value == relaxed.bound.value


def _assigned(problem: AssignmentProblem, pair: Int64, bound: Bound, proof: Proof) -> Assignment:
    panels, kinds = problem.panels, problem.kinds
    standing = standing_of(problem, panels, pair)
    application, expert = applications_of(panels, pair)
    sets = bound.sets
    has_price = sets.price > 0
    row, number = sets.row[has_price], sets.row[has_price] % kinds.number
    quota = kinds.quota(number)
    return Assignment(
        application=application,
        expert=expert,
        missing=standing.missing[panels.of],
        idle=standing.idle,
        value=standing.value,
        bound=bound.value,
        proof=proof,
        prices=Prices(
            expert=bound.price,
            application=panels.application[row // kinds.number],
            quota=quota.astype(np.int32),
            value=(number - kinds.offset[quota]).astype(np.int32),
            price=sets.price[has_price],
        ),
    )


def applications_of(panels: Panels, pair: Int64) -> tuple[Int32, Int32]:
    """Return every application and expert of seated pairs, sorted by application, then by expert."""
    panel = panels.panel[pair]
    if panels.number == panels.of.size:
        return panel, panels.expert[pair]
    order = np.argsort(panels.of, kind="stable")
    first = np.searchsorted(panels.of[order], np.arange(panels.number + 1))
    members = np.diff(first)[panel]
    start = np.repeat(first[panel], members) + _counted(members)
    application = order[start].astype(np.int32)
    expert = np.repeat(panels.expert[pair], members)
    rows = np.lexsort((expert, application))
    return application[rows], expert[rows]


def _counted(numbers: Int64) -> Int64:
    """Count from 0 within runs of some lengths."""
    ends = np.cumsum(numbers)
    return np.arange(int(numbers.sum())) - np.repeat(ends - numbers, numbers)
