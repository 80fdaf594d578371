"""The least change against every plan there is, and every refusal reached."""

from dataclasses import replace
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhiqiao.engines.planning import (
    PlanningError,
    Problem,
    Share,
    broken_rules,
    cost_of_share,
    share_of,
    solve,
)
from zhiqiao.engines.planning.errors import REFUSALS
from zhiqiao.engines.planning.verify import PROPERTIES

TENTH = Fraction(1, 10)


def numbers(*values):
    return np.array(values, dtype=np.int64)


def truths(*values):
    return np.array(values, dtype=np.bool_)


def ten_percent(**changed):
    """Bachelor places are at least a tenth of higher vocational places; line 2 is of another level."""
    given = {
        "name": "bachelor",
        "counted": truths(1, 0, 0),
        "among": truths(1, 1, 0),
        "least": TENTH,
    }
    return Share(**{**given, **changed})


def problem(**changed):
    given = {
        "requested": numbers(50, 1000, 400),
        "least": numbers(0, 0, 0),
        "most": numbers(500, 2000, 400),
        "total_least": 0,
        "total_most": 1450,
        "category": numbers(0, 0, 1),
        "floors": numbers(0, 300),
        "shares": (ten_percent(),),
        "weight": numbers(1, 1, 1),
    }
    return Problem(**{**given, **changed})


def test_the_tenth_is_reached_by_the_fewest_changed_places():
    plan = solve(problem())
    assert broken_rules(problem(), plan) == []
    # d more and e fewer beside: 9 (50 + d) >= 1000 - e, and d <= e as the total is full; d = e = 55.
    assert plan.tolist() == [105, 945, 400]
    assert share_of(ten_percent(), plan) >= TENTH


def test_what_meets_the_rules_already_is_left_alone():
    asked = problem(requested=numbers(200, 850, 400))
    assert solve(asked).tolist() == [200, 850, 400]


def test_a_share_of_nothing_is_reached_and_not_known():
    nothing = problem(requested=numbers(0, 0, 400), most=numbers(0, 0, 400))
    plan = solve(nothing)
    assert plan.tolist() == [0, 0, 400]
    assert share_of(ten_percent(), plan) is None


def test_cost_of_the_rule_is_the_difference_of_two_best_plans():
    cost = cost_of_share(problem(), "bachelor")
    assert cost.without_rule.tolist() == [50, 1000, 400]
    assert cost.changed == 110
    assert cost.moved.sum() == cost.with_rule.sum() - cost.without_rule.sum()
    with pytest.raises(KeyError):
        cost_of_share(problem(), "unknown")


def test_rules_that_contradict_each_other_are_named_and_no_others():
    with pytest.raises(PlanningError) as refused:
        solve(problem(floors=numbers(0, 401)))
    assert refused.value.values["rules"] == ("floor 1",)
    with pytest.raises(PlanningError) as refused:
        solve(problem(total_most=299))
    assert refused.value.values["rules"] == ("total", "floor 1")


small = st.integers(0, 4)


@st.composite
def problems(draw):
    lines = draw(st.integers(1, 4))
    bounds = [sorted((draw(small), draw(small))) for _line in range(lines)]
    among = [draw(st.booleans()) for _line in range(lines)]
    counted = [is_among and draw(st.booleans()) for is_among in among]
    categories = draw(st.integers(1, 2))
    total = sorted((draw(st.integers(0, 12)), draw(st.integers(0, 16))))
    share = Share(
        "s",
        truths(*counted),
        truths(*among),
        Fraction(draw(st.integers(0, 4)), 4),
    )
    return Problem(
        requested=numbers(*(draw(small) for _line in range(lines))),
        least=numbers(*(least for least, _most in bounds)),
        most=numbers(*(most for _least, most in bounds)),
        total_least=total[0],
        total_most=total[1],
        category=numbers(*(draw(st.integers(0, categories - 1)) for _line in range(lines))),
        floors=numbers(*(draw(st.integers(0, 5)) for _category in range(categories))),
        shares=(share,),
        weight=numbers(*(draw(st.integers(1, 3)) for _line in range(lines))),
    )


def worth(one, plan):
    changes = [abs(int(p) - int(r)) for p, r in zip(plan, one.requested, strict=True)]
    weighted = sum(c * int(w) for c, w in zip(changes, one.weight, strict=True))
    return weighted, max(changes)


def allowed(one, plan):
    """Say the rules once more, as a person would count."""
    share = one.shares[0]
    below = sum(p for p, is_in in zip(plan, share.among, strict=True) if is_in)
    above = sum(p for p, is_in in zip(plan, share.counted, strict=True) if is_in)
    by_category = [
        sum(p for p, c in zip(plan, one.category, strict=True) if c == number)
        for number in range(one.floors.size)
    ]
    return (
        one.total_least <= sum(plan) <= one.total_most
        and all(got >= floor for got, floor in zip(by_category, one.floors, strict=True))
        and above >= below * share.least
    )


@given(one=problems())
@settings(max_examples=150, deadline=None)
def test_no_plan_of_all_is_better(one):
    ranges = [range(least, most + 1) for least, most in zip(one.least, one.most, strict=True)]
    plans = [plan for plan in product(*ranges) if allowed(one, plan)]
    if not plans:
        with pytest.raises(PlanningError, match="No plan meets all rules"):
            solve(one)
        return
    found = solve(one)
    assert broken_rules(one, found) == []
    assert worth(one, found) == min(worth(one, plan) for plan in plans)
    assert solve(one).tolist() == found.tolist()


@pytest.mark.parametrize(
    ("broken", "places"),
    [
        ("P1", (501, 900, 40)),
        ("P1", (200, 850)),
        ("P2", (300, 1000, 300)),
        ("P3", (200, 850, 299)),
        ("P4", (50, 1000, 400)),
        ("P5", (200, 849, 400)),
    ],
)
def test_each_property_catches_the_plan_that_breaks_it(broken, places):
    asked = (200, 850, 400) if broken == "P5" else (50, 1000, 400)
    found = broken_rules(problem(requested=numbers(*asked)), numbers(*places))
    assert broken in {line[:2] for line in found}
    assert broken in PROPERTIES


REFUSED = [
    ("length", {"least": numbers(0)}),
    ("kind", {"most": np.array([1.0, 2.0, 3.0])}),
    ("bounds", {"least": numbers(0, 2001, 0)}),
    ("bounds", {"least": numbers(-1, 0, 0)}),
    ("requested", {"requested": numbers(-1, 0, 0)}),
    ("weight", {"weight": numbers(1, 0, 1)}),
    ("category", {"category": numbers(0, 2, 1)}),
    ("floor", {"floors": numbers(0, -1)}),
    ("total", {"total_least": 2, "total_most": 1}),
    ("share", {"shares": (ten_percent(least=Fraction(11, 10)),)}),
    ("share", {"shares": (ten_percent(least=Fraction(1, 10_001)),)}),
    ("outside", {"shares": (ten_percent(counted=truths(0, 0, 1)),)}),
    ("no-plan", {"floors": numbers(0, 401)}),
]


@pytest.mark.parametrize(("reason", "changed"), REFUSED, ids=[reason for reason, _ in REFUSED])
def test_what_does_not_fit_is_refused_with_its_reason(reason, changed):
    with pytest.raises(PlanningError) as refused:
        solve(problem(**changed))
    assert refused.value.reason == reason
    assert "{" not in str(refused.value)


def test_a_search_without_time_is_told_and_decides_nothing():
    with pytest.raises(PlanningError) as refused:
        solve(problem(), seconds=0.0)
    assert refused.value.reason == "too-long"
    assert {reason for reason, _changed in REFUSED} | {"too-long"} == set(REFUSALS)


def test_the_order_of_lines_does_not_change_what_the_rules_cost():
    order = [2, 0, 1]
    shuffled = replace(
        problem(),
        **{
            name: getattr(problem(), name)[order]
            for name in ("requested", "least", "most", "category", "weight")
        },
        shares=(ten_percent(counted=truths(0, 1, 0), among=truths(0, 1, 1)),),
    )
    assert worth(shuffled, solve(shuffled)) == worth(problem(), solve(problem()))
