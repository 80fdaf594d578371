"""Places from keys, lots from a seed, and the order of call under a rate."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from zhiqiao.engines.matching import called_standing, commitment_of, dense_places, draw_lots
from zhiqiao.engines.matching.tests.strategies import Shape, problems

WIDE = st.integers(-(10**12), 10**12)
ROWS = st.lists(
    st.tuples(st.integers(0, 3), WIDE, WIDE, st.integers(-2, 2)), min_size=1, max_size=20
)


@given(ROWS)
def test_places_follow_the_keys_from_the_highest(rows):
    places = dense_places([np.array(column, np.int64) for column in zip(*rows, strict=True)])
    order = sorted(set(rows), reverse=True)
    assert places.tolist() == [order.index(row) for row in rows]


def test_places_of_nobody_are_none():
    assert dense_places([np.zeros(0, np.int64)]).size == 0


def test_lots_depend_on_names_and_seed_alone():
    names = [f"c{number}" for number in range(50)]
    lots = dict(zip(names, draw_lots(names, b"seed"), strict=True))
    turned = dict(zip(names[::-1], draw_lots(names[::-1], b"seed"), strict=True))
    assert turned == lots
    assert sorted(lots.values()) == list(range(50))
    assert draw_lots(names, b"another").tolist() != list(lots.values())


def test_commitment_hides_and_binds_the_seed():
    assert commitment_of(b"seed") != commitment_of(b"seeds")
    assert "seed" not in commitment_of(b"seed")


@given(problems(shape=Shape(by_choice=True)), st.integers(0, 1000), st.data())
def test_order_of_call_holds_the_rate_and_moves_nobody_else(problem, rate, data):
    size = problem.candidates
    of_kind = np.array(data.draw(st.lists(st.booleans(), min_size=size, max_size=size)), bool)
    rates = np.full(problem.programmes, rate, np.int64)
    called = called_standing(
        problem.first, problem.programme, problem.bars, problem.standing,
        is_of_kind=of_kind, rate_thousandths=rates,
    )  # fmt: skip
    for programme in range(problem.programmes):
        rows = [(c, e) for c in range(size) for e in range(problem.first[c], problem.first[c + 1])
                if problem.programme[e] == programme and not (problem.bars.size and problem.bars[e])]  # fmt: skip
        standing = problem.standing
        merit = sorted(rows, key=lambda row: (standing.places[row[1]], standing.lots[row[0]]))
        order = sorted(rows, key=lambda row: called.places[row[1]])
        _check_rate(order, of_kind, rate)
        for kind in (True, False):
            assert [r for r in order if of_kind[r[0]] == kind] == [
                r for r in merit if of_kind[r[0]] == kind
            ]
        _check_not_overtaken(order, merit, of_kind)


def _check_rate(order, of_kind, rate):
    total, called = sum(of_kind[c] for c, _e in order), 0
    for number, (candidate, _choice) in enumerate(order, 1):
        called += of_kind[candidate]
        assert called >= min(-(-rate * number // 1000), total)


def _check_not_overtaken(order, merit, of_kind):
    """One of the kind is never called later than by merit."""
    for row in merit:
        if of_kind[row[0]]:
            assert order.index(row) <= merit.index(row)
