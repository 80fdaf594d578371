"""The solver against every assignment there is, and its claims against what is true."""

from dataclasses import replace

from hypothesis import given, settings

from zhiqiao.engines.assignment import Proof, solve, verify
from zhiqiao.engines.assignment.tests.plain import best, worths
from zhiqiao.engines.assignment.tests.strategies import Shape, problems

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
