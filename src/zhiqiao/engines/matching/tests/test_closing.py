from itertools import pairwise

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhiqiao.engines.matching import Rules, TableError, Tables, allocate
from zhiqiao.engines.matching.closing import close_small

RULES = Rules.model_validate(
    {"mechanism": "serial", "keys": {"default": ["total"]}, "ties": {"policy": "strict"}}
)


def tables(seats, lists, **more):
    """Candidates c1, c2 … in order of their score, each with a list of programmes."""
    choices = [
        (f"c{number}", rank, programme)
        for number, wanted in enumerate(lists, 1)
        for rank, programme in enumerate(wanted, 1)
    ]
    return Tables(
        programmes=pl.DataFrame(list(seats.items()), schema=["programme", "seats"], orient="row"),
        candidates=pl.DataFrame(
            [(f"c{n}", 1000 - n) for n in range(1, len(lists) + 1)],
            schema=["candidate", "total"],
            orient="row",
        ),
        choices=pl.DataFrame(choices, schema=["candidate", "rank", "programme"], orient="row"),
        **more,
    )


def where(allocation):
    names = allocation.applications.programme_names
    return [names[at] if at >= 0 else "" for at in allocation.programme.tolist()]


def test_the_smallest_share_goes_first_and_its_candidates_move_on():
    # A holds 1 of 4, B 1 of 2; without A its candidate joins B, which is large enough then.
    given = tables({"A": 4, "B": 4}, [["A", "B"], ["B"]])
    steps, last = close_small(given, RULES, {"A": 4, "B": 2})
    assert [(s.programme, s.admitted, s.minimum) for s in steps] == [("A", 1, 4)]
    assert where(last) == ["B", "B"]
    assert where(allocate(given, RULES)) == ["A", "B"]


def test_equal_shares_are_closed_by_name():
    given = tables({"B": 2, "A": 2}, [["B", "A"], ["A", "B"]])
    steps, last = close_small(given, RULES, {"A": 2, "B": 2})
    assert [step.programme for step in steps] == ["A"]
    assert where(last) == ["B", "B"]


def test_an_empty_class_stays_open_for_those_of_a_closed_one():
    given = tables({"A": 3, "B": 3}, [["A", "B"], ["A", "B"]])
    steps, last = close_small(given, RULES, {"A": 3, "B": 2})
    assert [step.programme for step in steps] == ["A"]
    assert where(last) == ["B", "B"]


def test_whoever_was_admitted_before_keeps_the_class_open():
    frozen = pl.DataFrame({"candidate": ["c1"], "programme": ["A"]})
    given = tables({"A": 3}, [["A"], ["A"]], frozen=frozen)
    steps, last = close_small(given, RULES, {"A": 3})
    assert steps == []
    assert where(last) == ["A", "A"]


@pytest.mark.parametrize("minimum", [{"Z": 2}, {"A": 0}, {"A": -1}])
def test_a_minimum_of_nothing_is_refused(minimum):
    with pytest.raises(TableError, match="minimum"):
        close_small(tables({"A": 1}, [["A"]]), RULES, minimum)


@given(
    seats=st.lists(st.integers(0, 3), min_size=1, max_size=4),
    lists=st.lists(st.permutations("ABCD"), min_size=1, max_size=6),
    least=st.lists(st.integers(1, 3), min_size=4, max_size=4),
)
@settings(max_examples=60, deadline=None)
def test_no_class_that_is_open_stays_too_small_and_each_step_is_an_allocation(seats, lists, least):
    offered = dict(zip("ABCD", seats, strict=False))
    wanted = [[name for name in one if name in offered] for one in lists]
    minimum = {name: number for name, number in zip("ABCD", least, strict=True) if name in offered}
    given = tables(offered, wanted)
    steps, last = close_small(given, RULES, minimum)
    closed = [step.programme for step in steps]
    assert len(set(closed)) == len(closed)
    counts = {name: where(last).count(name) for name in offered}
    assert all(not counts[name] or counts[name] >= minimum[name] for name in offered)
    assert all(counts[name] == 0 for name in closed)
    reasons = pl.DataFrame({"programme": closed, "reason": ["-"] * len(closed)})
    by_hand = tables(offered, wanted, **({"closures": reasons} if closed else {}))
    assert where(allocate(by_hand, RULES)) == where(last)
    for one, following in pairwise(steps):
        assert one.after.tolist() == following.before.tolist()
