"""The solver against every assignment there is, and its claims against what is true."""

from dataclasses import replace

import numpy as np
from hypothesis import given, settings

from zhiqiao.engines.assignment import LeastOf, Proof, bound_at_prices, solve, verify
from zhiqiao.engines.assignment.tests.plain import best, worths
from zhiqiao.engines.assignment.tests.strategies import Shape, problems
from zhiqiao.engines.assignment.tests.worlds import a_problem

SHAPES = {
    "plain": Shape(applications=6, experts=6),
    "drawn": Shape(is_drawn=True),
    "quotas": Shape(with_quotas=True),
    "groups": Shape(with_groups=True, applications=6),
    "quotas and groups": Shape(with_quotas=True, with_groups=True),
}


def order_of(problem, assignment):
    worth = worths(problem)
    pairs = zip(assignment.application.tolist(), assignment.expert.tolist(), strict=True)
    gained = sum(worth[pair] for pair in pairs)
    return int(assignment.missing.sum()), int(assignment.idle.sum()), -gained


def assert_best(problem):
    assignment = solve(problem)
    assert verify(problem, assignment) == []
    value, _order = best(problem)
    assert assignment.value == value
    assert assignment.proof in {Proof.OPTIMAL, Proof.SEARCHED}
    assert assignment.bound >= value
    assert assignment.bound == bound_at_prices(problem, assignment)
    seat = int(-problem.panels.empty.min(initial=0))
    prices = assignment.prices
    assert max([0, *np.abs(prices.expert).tolist(), *prices.price.tolist()]) <= 2 * seat
    again = solve(replace(problem))
    assert again.application.tolist() == assignment.application.tolist()
    assert again.expert.tolist() == assignment.expert.tolist()


@given(problem=problems(SHAPES["plain"]))
@settings(deadline=None)
def test_no_assignment_is_better_and_the_prices_prove_it(problem):
    assert_best(problem)
    assignment = solve(problem)
    assert assignment.proof is Proof.OPTIMAL
    assert assignment.gap == 0
    assert order_of(problem, assignment) == best(problem)[1]


@given(problem=problems(SHAPES["drawn"]))
@settings(deadline=None)
def test_no_draw_has_greater_keys(problem):
    assert_best(problem)


@given(problem=problems(SHAPES["quotas"]))
@settings(deadline=None)
def test_no_assignment_with_quotas_is_better(problem):
    assert_best(problem)


@given(problem=problems(SHAPES["groups"]))
@settings(deadline=None)
def test_no_assignment_with_groups_is_better(problem):
    assert_best(problem)


@given(problem=problems(SHAPES["quotas and groups"]))
@settings(deadline=None)
def test_no_assignment_with_quotas_and_groups_is_better(problem):
    assert_best(problem)


def test_seat_for_a_kind_that_nobody_is_of_is_priced_as_what_it_would_bring():
    """The seat stays empty: one more for the others would fill it with a fit of 5."""
    nobody = np.zeros(1, np.bool_)
    problem = a_problem([[5]], [1], [1], quotas=(LeastOf("industry", nobody, 1),))
    assignment = solve(problem)
    assert (assignment.missing.tolist(), assignment.proof) == ([1], Proof.OPTIMAL)
    assert assignment.prices.price.tolist() == [problem.panels.stakes.missing + 5]
