"""The nearest stable outcome against all stable allocations of small problems."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiqiao.engines.matching import Mechanism, Problem, Standing, Ties, solve, solve_for
from zhiqiao.engines.matching.market import market_of
from zhiqiao.engines.matching.nearest import Span, moved_by, nearest
from zhiqiao.engines.matching.outcome import at_choices
from zhiqiao.engines.matching.rotations import rotations
from zhiqiao.engines.matching.settling import settle
from zhiqiao.engines.matching.tests.plain import is_stable, rank_of, stable_allocations
from zhiqiao.engines.matching.tests.strategies import NO_BARS, Shape, filing_problems, problems

CANDIDATES, PROGRAMMES = 4, 4


def crossed(wishes, rankings, seats):
    """Everybody lists everything; ``rankings`` order the candidates at each programme."""
    programme = np.array([each for own in wishes for each in own], np.int32)
    places = [rankings[p].index(who) for who, own in enumerate(wishes) for p in own]
    return Problem(
        mechanism=Mechanism.CANDIDATES,
        ties=Ties.LOTTERY,
        seats=np.array(seats, np.int64),
        first=np.cumsum([0, *map(len, wishes)]).astype(np.int64),
        programme=programme,
        standing=Standing(
            np.array(places, np.int32), np.arange(len(wishes), dtype=np.int32), by_choice=True
        ),
        bars=NO_BARS,
    )


@st.composite
def crossed_problems(draw):
    """Problems with many stable allocations: programmes rank nearly against the wishes."""
    wishes = [draw(st.permutations(range(PROGRAMMES))) for _ in range(CANDIDATES)]
    rankings = []
    for programme in range(PROGRAMMES):
        ranked = sorted(range(CANDIDATES), key=lambda who: -wishes[who].index(programme))
        if draw(st.booleans()):
            at = draw(st.integers(0, CANDIDATES - 2))
            ranked[at : at + 2] = ranked[at : at + 2][::-1]
        rankings.append(ranked)
    seats = draw(st.sampled_from([(1, 1, 1, 1), (2, 1, 1, 0), (2, 2, 0, 0), (1, 2, 1, 0)]))
    return crossed(wishes, rankings, seats)


@given(crossed_problems())
def test_every_stable_allocation_is_the_nearest_to_itself(problem):
    outcome = solve(problem)
    for taken in stable_allocations(problem):
        published = at_choices(problem.programme, taken)
        found, _span = nearest(problem, outcome, published)
        assert found.choice.tolist() == taken.tolist()


SHAPES = {
    "plain": Shape(candidates=4, programmes=3, by_choice=True),
    "reserves": Shape(candidates=4, programmes=3, with_reserves=True),
}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
@given(data=st.data())
def test_no_stable_allocation_is_nearer(shape, data):
    problem = data.draw(st.one_of(crossed_problems(), problems(shape=shape)))
    published = data.draw(published_of(problem))

    found, span = nearest(problem, solve(problem), published)

    assert is_stable(problem, found.choice)
    assert span in {Span.ALL, Span.ONE}
    every = stable_allocations(problem)
    far = [int((at_choices(problem.programme, each) != published).sum()) for each in every]
    assert moved_by(found, published) == min(far)
    as_near = [each for each, distance in zip(every, far, strict=True) if distance == min(far)]
    assert all((rank_of(found.choice) <= rank_of(each)).all() for each in as_near)
    assert (span is Span.ONE) == (
        len({tuple(at_choices(problem.programme, each)) for each in every}) == 1
    )


def published_of(problem):
    size = problem.candidates
    places = st.lists(st.integers(-1, problem.programmes - 1), min_size=size, max_size=size)
    return places.map(lambda each: np.array(each, np.int32))


@given(st.data())
def test_under_caps_the_nearer_optimum_is_taken(data):
    problem = data.draw(problems(shape=Shape(candidates=4, programmes=3, with_caps=True)))
    published = data.draw(published_of(problem))
    found, span = nearest(problem, solve(problem), published)
    assert is_stable(problem, found.choice)
    assert span in {Span.OPTIMA, Span.ONE}
    optima = [solve_for(problem, each) for each in (Mechanism.CANDIDATES, Mechanism.PROGRAMMES)]
    assert moved_by(found, published) == min(moved_by(each, published) for each in optima)


@given(crossed_problems())
def test_rotations_lead_from_the_best_to_the_worst(problem):
    market = market_of(problem)
    best, worst = (
        settle(problem, solve_for(problem, each)).holds
        for each in (Mechanism.CANDIDATES, Mechanism.PROGRAMMES)
    )
    turns = rotations(market, problem.standing, best, worst)
    now = best.copy()
    for number, turn in enumerate(turns):
        assert all(before < number for before in turn.after)
        for who, left, entered in turn.moves:
            assert now[who] == left < entered
            now[who] = entered
        assert is_stable(problem, now)
    assert now.tolist() == worst.tolist()


@given(st.data())
def test_filing_and_whole_tied_classes_have_one_outcome(data):
    problem = data.draw(
        st.one_of(problems(ties=Ties.REJECT_ALL), filing_problems(Mechanism.IMMEDIATE))
    )
    outcome = solve(problem)
    assert nearest(problem, outcome, data.draw(published_of(problem))) == (outcome, Span.RULE)


def test_a_tie_in_the_nearest_leaves_the_solution_under_strict():
    # The second programme ranks both equal, and gets the first candidate only by lot.
    problem = crossed([[0, 1], [1, 0]], [[1, 0], [0, 1]], [1, 1])
    places = np.array([1, 0, 0, 0], np.int32)
    by_lot = replace(problem, standing=replace(problem.standing, places=places))
    published = np.array([1, 0], np.int32)
    found, span = nearest(by_lot, solve(by_lot), published)
    assert (found.programme.tolist(), span) == ([1, 0], Span.ALL)
    strict = replace(by_lot, ties=Ties.STRICT)
    outcome = solve(strict)
    assert nearest(strict, outcome, published) == (outcome, Span.TIED)
