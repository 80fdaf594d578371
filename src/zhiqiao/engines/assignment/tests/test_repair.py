"""Repairs against all chains of small problems."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhiqiao.engines.assignment import (
    ConflictKind,
    Conflicts,
    Proof,
    bound_at_prices,
    repair,
    solve,
    verify_repair,
)
from zhiqiao.engines.assignment.tests.strategies import Shape, problems
from zhiqiao.engines.assignment.tests.worlds import a_problem, pairs_of, small

SHAPES = {
    "plain": Shape(applications=6, experts=6),
    "quotas": Shape(with_quotas=True),
    "groups": Shape(with_groups=True),
}


def refusals(*pairs):
    kinds = small(*(ConflictKind.REFUSED for _pair in pairs))
    return Conflicts(small(*(a for a, _e in pairs)), small(*(e for _a, e in pairs)), kinds)


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
@given(data=st.data())
@settings(deadline=None)
def test_repair_keeps_the_rules_and_moves_as_few_as_can(shape, data):
    problem = data.draw(problems(shape))
    before = solve(problem)
    if before.application.size == 0:
        return
    number = data.draw(st.integers(1, min(3, before.application.size)))
    pairs = data.draw(st.permutations(pairs_of(before)))[:number]
    repaired = repair(problem, before, refused=refusals(*pairs))
    assert verify_repair(before, repaired) == []
    assert repaired.assignment.proof is Proof.REPAIRED
    assert repaired.assignment.bound == bound_at_prices(repaired.problem, repaired.assignment)
    assert not set(pairs) & set(pairs_of(repaired.assignment))
    assert repaired.assignment.value <= solve(repaired.problem).value


def test_first_expert_with_room_who_fits_best_takes_the_seat():
    problem = a_problem([[9, 8, 7]], [1], [1, 1, 1])
    repaired = repair(problem, solve(problem), refused=refusals((0, 0)))
    assert pairs_of(repaired.assignment) == [(0, 1)]
    assert repaired.moved == 0
    (change,) = repaired.changes
    assert (change.left, change.entered, change.is_move) == (0, 1, False)


def test_a_direct_replacement_goes_before_a_better_chain():
    """Expert 1 would be far better for application 0 and sits on 1; expert 2 has room."""
    problem = a_problem([[9, 9, 1], [None, 9, 9]], [1, 1], [1, 1, 1])
    before = replace(solve(problem), application=small(0, 1), expert=small(0, 1))
    repaired = repair(problem, before, refused=refusals((0, 0)))
    assert pairs_of(repaired.assignment) == [(0, 2), (1, 1)]


def test_seat_that_nobody_can_take_is_told_as_missing():
    problem = a_problem([[9]], [1], [1])
    repaired = repair(problem, solve(problem), refused=refusals((0, 0)))
    assert repaired.assignment.missing.tolist() == [1]
    assert [change.entered for change in repaired.changes] == [-1]


def test_who_refused_takes_a_seat_that_was_empty():
    problem = a_problem([[9], [8]], [1, 1], [1])
    repaired = repair(problem, solve(problem), refused=refusals((0, 0)))
    assert pairs_of(repaired.assignment) == [(1, 0)]
    assert [(change.left, change.entered) for change in repaired.changes] == [(0, -1), (-1, 0)]


def test_refusal_of_who_is_not_assigned_bars_for_later_and_changes_nothing():
    problem = a_problem([[9, 8, 7]], [1], [1, 1, 1])
    before = solve(problem)
    repaired = repair(problem, before, refused=refusals((0, 1)))
    assert pairs_of(repaired.assignment) == pairs_of(before)
    again = repair(repaired.problem, repaired.assignment, refused=refusals((0, 0)))
    assert pairs_of(again.assignment) == [(0, 2)]


def test_who_refuses_one_of_related_applications_leaves_the_panel():
    problem = a_problem([[9, 8], [9, 8]], [1, 1], [2, 2], group=small(0, 0))
    repaired = repair(problem, solve(problem), refused=refusals((1, 0)))
    assert pairs_of(repaired.assignment) == [(0, 1), (1, 1)]
