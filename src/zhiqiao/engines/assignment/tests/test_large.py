"""Problems large enough for pruning, prices of crossing sets and a search that is left out."""

from dataclasses import replace

import numpy as np
import pytest

from zhiqiao.engines.assignment import (
    AssignmentProblem,
    LeastOf,
    MostPerValue,
    Pairs,
    Proof,
    no_conflicts,
    no_penalties,
    solve,
    verify,
)

EXPERTS = 120


def a_world(applications, size, most, quotas=(), group=None, experts=EXPERTS):
    """Every expert is listed for every application; topics and fame decide the fit."""
    draw = np.random.default_rng(2026)
    topics = [draw.dirichlet(np.full(8, 0.3), number) for number in (applications, experts)]
    fame = draw.lognormal(0, 0.5, experts)
    fit = ((topics[0] @ topics[1].T) * fame * 200_000).astype(np.int64)
    return AssignmentProblem(
        panel_size=np.full(applications, size),
        least_load=np.zeros(experts, np.int64),
        most_load=np.full(experts, most),
        pairs=Pairs(
            np.repeat(np.arange(applications, dtype=np.int32), experts),
            np.tile(np.arange(experts, dtype=np.int32), applications),
            fit.ravel(),
        ),
        conflicts=no_conflicts(),
        penalties=no_penalties(),
        quotas=quotas,
        group=group,
    )


def kinds(experts=EXPERTS):
    draw = np.random.default_rng(7)
    employer = draw.integers(0, 30, experts).astype(np.int32)
    return (
        MostPerValue("employer", employer),
        LeastOf("industry", employer % 4 == 0, 1),
        LeastOf("elsewhere", draw.random(experts) < 0.6, 2),
    )


EMPLOYER, INDUSTRY, ELSEWHERE = kinds()
PROVED = {
    "plain": a_world(80, 4, 3),
    "too few": a_world(100, 4, 3),
    "industry and employers": a_world(80, 4, 3, (EMPLOYER, INDUSTRY)),
    "groups of five": a_world(60, 4, 10, group=(np.arange(60) // 5).astype(np.int32)),
}


@pytest.mark.parametrize("problem", PROVED.values(), ids=PROVED)
def test_prices_of_a_few_pairs_prove_the_optimum_of_all(problem):
    assignment = solve(problem)
    assert assignment.proof is Proof.OPTIMAL
    assert verify(problem, assignment) == []


def test_crossing_quotas_are_searched_to_the_end():
    problem = a_world(80, 4, 3, (EMPLOYER, INDUSTRY, ELSEWHERE))
    assert problem.kinds.has_crossing
    assignment = solve(problem)
    assert assignment.proof in {Proof.OPTIMAL, Proof.SEARCHED}
    assert verify(problem, assignment) == []
    without = solve(a_world(80, 4, 3, (EMPLOYER, INDUSTRY)))
    assert assignment.missing.sum() == without.missing.sum() == 0
    assert assignment.value < without.value


def test_what_is_too_large_to_search_is_answered_with_its_gap():
    _employer, industry, elsewhere = kinds(400)
    quotas = (replace(industry, number=16), replace(elsewhere, number=37))
    problem = a_world(60, 60, 11, quotas, experts=400)
    assignment = solve(problem)
    assert assignment.proof is Proof.BOUNDED
    assert verify(problem, assignment) == []
    assert assignment.missing.sum() == 0
    assert 0 < assignment.gap < assignment.value // 200
