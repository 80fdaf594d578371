"""Deferred acceptance against all stable allocations of small problems."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiqiao.engines.matching import (
    MatchingError,
    Mechanism,
    Reason,
    Standing,
    Ties,
    explain_all,
    solve,
    solve_for,
    verify,
    verify_reasons,
)
from zhiqiao.engines.matching.tests.plain import is_stable, rank_of, stable_allocations
from zhiqiao.engines.matching.tests.strategies import Shape, filing_problems, problems

SMALL = Shape(candidates=4, programmes=3)
SHAPES = {
    "plain": SMALL,
    "reserves": replace(SMALL, with_reserves=True),
    "caps": replace(SMALL, with_caps=True),
    "caps and reserves that stay": replace(SMALL, with_caps=True, with_reserves=False),
}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
@given(data=st.data())
def test_both_optima_are_the_best_and_worst_of_all_stable_allocations(shape, data):
    problem = data.draw(problems(shape=shape))

    best = solve(problem).choice
    worst = solve_for(problem, Mechanism.PROGRAMMES).choice

    every = stable_allocations(problem)
    assert any(np.array_equal(best, each) for each in every)
    assert any(np.array_equal(worst, each) for each in every)
    assert all((rank_of(best) <= rank_of(each)).all() for each in every)
    assert all((rank_of(worst) >= rank_of(each)).all() for each in every)


@given(problems(shape=Shape(by_choice=False)))
def test_one_ranking_makes_serial_and_both_optima_the_same(problem):
    serial = solve(replace(problem, mechanism=Mechanism.SERIAL))
    assert np.array_equal(serial.choice, solve(problem).choice)
    assert np.array_equal(serial.choice, solve_for(problem, Mechanism.PROGRAMMES).choice)


@pytest.mark.parametrize("ties", [Ties.ADMIT_ALL, Ties.REJECT_ALL, Ties.HOLD])
@given(data=st.data())
def test_class_of_tied_is_admitted_or_refused_as_a_whole(ties, data):
    problem = data.draw(problems(ties=ties))

    taken = solve(problem).choice

    for programme in range(problem.programmes):
        own, others = _applicants(problem, taken, programme)
        seats, admitted = problem.seats[programme], []
        for place in sorted(set(own.values()) | set(others.values())) if seats else ():
            tied = [each for each in {**own, **others} if {**own, **others}[each] == place]
            fits = (
                len(admitted) < seats
                if ties is Ties.ADMIT_ALL
                else len(admitted) + len(tied) <= seats
            )
            if not fits:
                break
            admitted += tied
        assert set(admitted) == set(own)


def _applicants(problem, taken, programme):
    own, others = {}, {}
    for candidate in range(problem.candidates):
        stop = taken[candidate] + 1 if taken[candidate] >= 0 else problem.first[candidate + 1]
        for choice in range(problem.first[candidate], stop):
            if problem.programme[choice] == programme and not (
                problem.bars.size and problem.bars[choice]
            ):
                by_choice = problem.standing.by_choice
                place = problem.standing.places[choice if by_choice else candidate]
                (own if choice == taken[candidate] else others)[candidate] = place
    return own, others


@given(problems(ties=Ties.STRICT, shape=Shape(candidates=4)))
def test_strict_refuses_exactly_what_lots_would_decide(problem):
    results = {
        tuple(solve(_with_lots(problem, lots)).programme)
        for lots in itertools.permutations(range(problem.candidates))
    }
    if len(results) == 1:
        assert tuple(solve(problem).programme) in results
    else:
        with pytest.raises(MatchingError, match="tied"):
            solve(problem)


def _with_lots(problem, lots):
    standing = problem.standing
    drawn = Standing(standing.places, np.array(lots, np.int32), standing.by_choice)
    return replace(problem, ties=Ties.LOTTERY, standing=drawn)


ANY_SHAPE = st.sampled_from([Shape(), Shape(with_reserves=True), Shape(with_caps=True)])


@given(st.data())
def test_verify_accepts_what_is_solved_and_every_reason(data):
    shape = data.draw(ANY_SHAPE)
    plain = not shape.with_reserves and not shape.with_caps
    ties = data.draw(st.sampled_from(list(Ties) if plain else [Ties.LOTTERY]))
    problem = data.draw(problems(ties=ties, shape=shape))
    try:
        outcome = solve(problem)
    except MatchingError:
        return
    reasons = explain_all(problem, outcome)
    assert verify(problem, outcome) == []
    assert verify_reasons(problem, outcome, reasons.code) == []
    assert Reason.COMPETES not in reasons.code


@given(problems(shape=Shape(with_reserves=True)))
def test_programmes_proposing_is_verified_too(problem):
    problem = replace(problem, mechanism=Mechanism.PROGRAMMES)
    assert verify(problem, solve(problem)) == []


@pytest.mark.parametrize("mechanism", [Mechanism.IMMEDIATE, Mechanism.GROUPS])
@given(data=st.data())
def test_filing_is_as_replayed_one_by_one(mechanism, data):
    ties = data.draw(st.sampled_from([Ties.LOTTERY, Ties.ADMIT_ALL, Ties.REJECT_ALL]))
    if mechanism is Mechanism.GROUPS:
        ties = Ties.LOTTERY
    problem = data.draw(filing_problems(mechanism, ties))
    outcome = solve(problem)
    assert verify(problem, outcome) == []
    assert verify_reasons(problem, outcome, explain_all(problem, outcome).code) == []


@given(problems(shape=Shape(with_reserves=True)))
def test_groups_of_places_are_used_in_their_order(problem):
    outcome = solve(problem)
    assert is_stable(problem, outcome.choice)
