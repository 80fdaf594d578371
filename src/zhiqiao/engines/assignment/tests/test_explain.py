"""Reasons and shortages, each held against what it says."""

from dataclasses import astuple, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhiqiao.engines.assignment import (
    ConflictKind,
    LeastOf,
    MostPerValue,
    Proof,
    Reason,
    counted_shortages,
    explain,
    explain_all,
    shortages,
    solve,
)
from zhiqiao.engines.assignment.tests.plain import worths
from zhiqiao.engines.assignment.tests.strategies import Shape, problems
from zhiqiao.engines.assignment.tests.worlds import a_problem, pairs_of, small, whole

FIRST = np.array([True, False, False])
TWO = a_problem([[9, 8, 1], [9, None, 5]], [1, 1], [1, 1, 1])


def reason_of(problem, application, expert, assignment=None):
    assignment = assignment or solve(problem)
    return explain(problem, assignment, application=application, expert=expert)


def test_best_of_all_is_the_first_of_those_eligible():
    told = reason_of(a_problem([[9, 8, 1]], [2], [1, 1, 1]), 0, 1)
    assert (told.reason, told.rank, told.eligible, told.worth) == (Reason.BEST, 2, 3, 8)
    assert told.is_assigned


def test_better_one_is_full_and_the_reason_names_where():
    """Both want expert 0; application 1 has nobody else near as good."""
    told = reason_of(TWO, 0, 1)
    assert told.reason is Reason.BETTER_FULL
    assert (told.other, told.other_worth, told.held) == (0, 9, (1,))
    assert told.price > 0
    missed = reason_of(TWO, 0, 0)
    assert (missed.reason, missed.is_assigned, missed.held) == (Reason.FULL, False, (1,))


def test_who_sits_for_a_quota_and_who_is_kept_out_by_it():
    problem = a_problem([[1, 8, 9]], [1], [1, 1, 1], quotas=(LeastOf("industry", FIRST, 1),))
    told = reason_of(problem, 0, 0)
    assert (told.reason, told.other, told.quota) == (Reason.FOR_QUOTA, 2, 0)
    missed = reason_of(problem, 0, 1)
    assert (missed.reason, missed.quota) == (Reason.QUOTA, 0)


def test_second_one_of_an_employer_is_kept_out():
    same = MostPerValue("employer", small(0, 0, 1))
    problem = a_problem([[9, 8, 1]], [2], [1, 1, 1], quotas=(same,))
    assert pairs_of(solve(problem)) == [(0, 0), (0, 2)]
    assert reason_of(problem, 0, 1).reason is Reason.QUOTA
    assert reason_of(problem, 0, 2).reason is Reason.FOR_QUOTA


def test_who_sits_for_the_least_load():
    problem = a_problem([[9, 1]], [1], [1, 1], least_load=whole(0, 1))
    assert reason_of(problem, 0, 1).reason is Reason.FOR_LEAST_LOAD
    assert reason_of(problem, 0, 0).reason is Reason.LEAST_LOAD


def test_who_is_not_eligible_is_told_why():
    problem = a_problem(
        [[9, 8, 7, None], [9, None, 7, 7]], [1, 1], [1, 1, 1, 1],
        group=small(0, 0), least_affinity=8,
        conflicts=[(0, 0, ConflictKind.KINSHIP), (0, 0, ConflictKind.EMPLOYER)],
    )  # fmt: skip
    conflict = reason_of(problem, 0, 0)
    assert conflict.reason is Reason.CONFLICT
    assert conflict.kinds == (ConflictKind.EMPLOYER, ConflictKind.KINSHIP)
    assert reason_of(problem, 0, 1).reason is Reason.GROUP
    assert reason_of(problem, 1, 0).kinds == (ConflictKind.EMPLOYER, ConflictKind.KINSHIP)
    assert reason_of(problem, 0, 2).reason is Reason.TOO_LOW
    assert reason_of(problem, 0, 3).reason is Reason.NOT_LISTED


def test_less_fit_names_the_last_one_on_the_panel():
    told = reason_of(a_problem([[9, 8, 1]], [2], [1, 1, 1]), 0, 2)
    assert (told.reason, told.other, told.other_worth, told.rank) == (Reason.LESS_FIT, 1, 8, 3)


def test_assignment_that_is_not_the_best_says_so():
    problem = a_problem([[9, 1]], [1], [1, 1])
    other = replace(solve(problem), expert=small(1), proof=Proof.BOUNDED)
    assert reason_of(problem, 0, 1, other).reason is Reason.FOR_OTHERS
    assert reason_of(problem, 0, 0, other).reason is Reason.OTHERS


@given(problem=problems(Shape(with_quotas=True)))
@settings(deadline=None)
def test_each_pair_has_one_reason_and_its_figures_are_true(problem):
    assignment = solve(problem)
    worth = worths(problem)
    told = list(explain_all(problem, assignment))
    assert [(each.application, each.expert) for each in told] == pairs_of(assignment)
    for each in told:
        own = {e: w for (a, e), w in worth.items() if a == each.application}
        assert each.reason < Reason.NOT_LISTED
        assert (each.eligible, each.worth) == (len(own), own[each.expert])
        assert each.rank == 1 + sum(w > each.worth for w in own.values())
        if each.reason is Reason.BETTER_FULL:
            assert len(each.held) == problem.most_load[each.other]
    for a in range(problem.applications):
        for e in set(range(problem.experts)) - {e for b, e in pairs_of(assignment) if b == a}:
            missed = explain(problem, assignment, application=a, expert=e)
            assert missed.reason >= Reason.NOT_LISTED
            assert (missed.reason >= Reason.LESS_FIT) == ((a, e) in worth)


def test_shortage_tells_where_each_listed_expert_is():
    problem = a_problem(
        [[9, 9, 9, 1, 9], [9, None, None, None, 9]], [3, 1], [1, 1, 1, 1, 1],
        least_affinity=2, conflicts=[(0, 1, ConflictKind.DISTRICT)],
        quotas=(MostPerValue("employer", small(0, 1, 2, 3, 2)),),
    )  # fmt: skip
    (told,) = shortages(problem, solve(problem))
    assert (told.application, told.missing, told.listed) == (0, 1, 5)
    assert told.conflicts == ((ConflictKind.DISTRICT, 1),)
    assert told.too_low == 1
    assert told.seated + told.full + sum(n for _quota, n in told.quotas) == 3
    assert told.free == 0


def test_applications_that_share_too_few_experts_are_told_together():
    """Three applications have two experts of one review each; a fourth one is none of their business."""
    fits = [[5, 5, None], [5, 5, None], [5, 5, None], [None, None, 5]]
    told = shortages(
        a_problem(fits, [1, 1, 1, 1], [1, 1, 1]), None or solve(a_problem(fits, [1] * 4, [1] * 3))
    )
    (scarcity,) = {each.scarcity for each in told}
    assert scarcity.applications == (0, 1, 2)
    assert scarcity.experts == (0, 1)
    assert (scarcity.needed, scarcity.given_elsewhere, scarcity.possible) == (3, 0, 2)
    assert scarcity.is_exact


@pytest.mark.parametrize("with_groups", [False, True])
@given(data=st.data())
@settings(deadline=None)
def test_scarcity_proves_what_is_missing(with_groups, data):
    problem = data.draw(problems(Shape(applications=6, experts=6, with_groups=with_groups)))
    assignment = solve(problem)
    told = shortages(problem, assignment)
    assert {each.application for each in told} == set(np.flatnonzero(assignment.missing).tolist())
    for each in told:
        parts = sum(number for _kind, number in each.conflicts) + each.too_low + each.group
        assert parts + each.seated + each.full + each.free == each.listed
        assert each.free == 0
        scarcity = each.scarcity
        assert each.application in scarcity.applications
        if scarcity.is_exact:
            missing = assignment.missing[list(scarcity.applications)].sum()
            assert scarcity.needed - scarcity.given_elsewhere - scarcity.possible == missing


@pytest.mark.parametrize("with_groups", [False, True])
@given(data=st.data())
@settings(deadline=None)
def test_where_listed_experts_are_is_the_same_when_counted_again(with_groups, data):
    problem = data.draw(problems(Shape(with_quotas=True, with_groups=with_groups)))
    assignment = solve(problem)
    told = [
        (
            each.application, each.missing, each.listed, sum(n for _kind, n in each.conflicts),
            each.too_low, each.group, each.seated, each.full, sum(n for _quota, n in each.quotas),
        )
        for each in shortages(problem, assignment)
    ]  # fmt: skip
    counted = [astuple(each) for each in counted_shortages(problem, assignment)]
    assert counted == told
