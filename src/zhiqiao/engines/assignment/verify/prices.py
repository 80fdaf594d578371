"""What prices prove, reckoned plainly from the pairs, and where an assignment loses at them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from zhiqiao.engines.assignment.verify.facts import Facts, sets_of

if TYPE_CHECKING:
    from zhiqiao.engines.assignment.outcome import Assignment
    from zhiqiao.engines.assignment.problem import AssignmentProblem
    from zhiqiao.engines.assignment.terms import Int64


def bound_at_prices(problem: AssignmentProblem, assignment: Assignment) -> int | None:
    """Return the bound that the prices of an assignment prove; nothing where they are unusable."""
    return proven_bound(Facts(problem, assignment))


def proven_bound(facts: Facts) -> int | None:
    """Return the bound that the prices of an assignment prove; nothing where they are unusable."""
    if not _are_usable(facts):
        return None
    total = int(_best_panels(facts).sum()) + int(_earned(facts).sum())
    prices = facts.assignment.prices
    for at, price in enumerate(prices.price.tolist()):
        leader = int(facts.leader[prices.application[at]])
        quota = facts.problem.quotas[prices.quota[at]]
        total += price * int(facts.cap(quota)[leader])
    return total


def losses_at_prices(facts: Facts) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the application, or the expert, that loses most against what the prices allow."""
    if not _are_usable(facts):
        return (), ()
    missing, idle = facts.stakes
    prices, assignment = facts.assignment.prices, facts.assignment
    left = _left(facts)
    leader, expert, _worth = facts.shared
    seated = np.isin(
        leader * facts.problem.experts + expert,
        assignment.application.astype(np.int64) * facts.problem.experts + assignment.expert,
    )
    now = np.zeros(facts.problem.applications, np.int64)
    np.add.at(now, leader[seated], left[seated])
    empty = np.maximum(facts.problem.panel_size - facts.reviews, 0)
    now -= missing * empty * facts.members
    panels = np.where(facts.members > 0, _best_panels(facts) - now, 0)
    below = np.maximum(facts.problem.least_load - facts.load, 0)
    loads = _earned(facts) - (prices.expert * (facts.load // facts.unit) - idle * below)
    if panels.max(initial=0) >= loads.max(initial=0):
        return (int(np.argmax(panels)),), ()
    return (), (int(np.argmax(loads)),)


def _are_usable(facts: Facts) -> bool:
    prices, problem = facts.assignment.prices, facts.problem
    parts = (prices.application, prices.quota, prices.value, prices.price)
    if prices.expert.shape != (problem.experts,) or len({part.shape for part in parts}) != 1:
        return False
    return bool(
        (prices.price >= 0).all()
        and (prices.quota >= 0).all()
        and (prices.quota < len(problem.quotas)).all()
        and (prices.application >= 0).all()
        and (prices.application < problem.applications).all()
    )


def _left(facts: Facts) -> Int64:
    """Return what each pair that may sit on a panel is worth after prices."""
    leader, expert, worth = facts.shared
    prices = facts.assignment.prices
    left = worth - facts.members[leader] // facts.unit * prices.expert[expert]
    for number, quota in enumerate(facts.problem.quotas):
        own = prices.quota == number
        price = {
            (int(facts.leader[application]), value): cost
            for application, value, cost in zip(
                prices.application[own].tolist(),
                prices.value[own].tolist(),
                prices.price[own].tolist(),
                strict=True,
            )
        }
        if price:
            sets = sets_of(quota)[expert].tolist()
            named = zip(leader.tolist(), sets, strict=True)
            left = left - np.array([price.get(each, 0) for each in named], np.int64)
    return left


def _best_panels(facts: Facts) -> Int64:
    """Return the greatest sum that the panel of each leader can have at the prices."""
    leader, expert, _worth = facts.shared
    left = _left(facts)
    empty = -facts.stakes[0] * facts.members
    order = np.lexsort((expert, -left, leader))
    first = np.searchsorted(leader[order], np.arange(facts.problem.applications))
    rank = np.arange(order.size) - first[leader[order]]
    size = np.where(facts.members > 0, facts.problem.panel_size, 0)
    is_seat = rank < size[leader[order]]
    total = np.zeros(facts.problem.applications, np.int64)
    best = np.maximum(left[order], empty[leader[order]])
    np.add.at(total, leader[order][is_seat], best[is_seat])
    seats = np.bincount(leader[order][is_seat], minlength=facts.problem.applications)
    return total + (size - seats) * empty


def _earned(facts: Facts) -> Int64:
    """Return the most that the load of each expert earns at the price.

    It is piecewise linear, so the greatest is at an end or where the least load is reached.
    """
    problem, unit = facts.problem, facts.unit
    most, least = problem.most_load // unit, problem.least_load
    price = facts.assignment.prices.expert
    tried = [np.zeros_like(most), least // unit, least // unit + 1, most]
    earned = [
        price * units - facts.stakes[1] * np.maximum(least - units * unit, 0)
        for units in (np.minimum(each, most) for each in tried)
    ]
    return np.asarray(np.max(earned, axis=0))
