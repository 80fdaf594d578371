from datetime import date
from decimal import Decimal

import pytest

from zhiqiao.packs import Target, Text, status_of, threshold_of
from zhiqiao.packs.progress import list_state_of

STARTED, DEADLINE = date(2024, 1, 1), date(2024, 1, 11)


def target(**changes):
    values = {
        "id": "T01",
        "article": "A01",
        "title": Text(zh="目标", en="Target"),
        "operator": "=",
        "value": "10",
        "unit": "items",
        "deadline": "2024-01-11",
        "dated": "explicit",
        "formula": "items",
    }
    return Target(**(values | changes))


@pytest.mark.parametrize(
    ("operator", "tolerance", "expected"),
    [(">=", None, "10"), ("=", None, "10"), ("about", "0.05", "9.5"), ("about", None, "10")],
)
def test_threshold_is_the_number_less_the_tolerance(operator, tolerance, expected):
    asked = target(operator=operator, tolerance=tolerance)

    assert threshold_of(asked) == Decimal(expected)


@pytest.mark.parametrize(
    ("value", "exact", "state", "day", "expected"),
    [
        (10, True, "complete", date(2024, 1, 1), "met"),
        (11, True, "complete", date(2025, 1, 1), "met"),
        (10, False, "partial", date(2025, 1, 1), "met"),
        (9, False, "partial", date(2025, 1, 1), "cannot-tell"),
        (9, True, "complete", date(2024, 1, 12), "not-met"),
        (9, True, "complete", DEADLINE, "behind"),
        (0, True, "complete", STARTED, "on-course"),
        (5, True, "complete", date(2024, 1, 6), "on-course"),
        (4, True, "complete", date(2024, 1, 6), "behind"),
        (None, True, "complete", date(2025, 1, 1), "cannot-tell"),
        (None, False, "partial", date(2025, 1, 1), "cannot-tell"),
        (None, False, "not-loaded", date(2025, 1, 1), "not-loaded"),
        (None, False, "no-data", date(2025, 1, 1), "no-data"),
    ],
)
def test_status_follows_value_bound_list_and_day(value, exact, state, day, expected):
    figure = None if value is None else Decimal(value)

    assert (
        status_of(target(), figure, exact=exact, list_state=state, day=day, started=STARTED)
        == expected
    )


def test_plan_of_one_day_has_a_status():
    asked = target(deadline="2024-01-01")

    assert (
        status_of(
            asked, Decimal(9), exact=True, list_state="complete", day=STARTED, started=STARTED
        )
        == "on-course"
    )


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        (["complete", "complete"], "complete"),
        (["complete", "partial"], "partial"),
        (["complete", "not-loaded"], "partial"),
        (["not-loaded", "not-loaded"], "not-loaded"),
        (["no-data", "complete"], "no-data"),
    ],
)
def test_lists_together_have_one_state(states, expected):
    assert list_state_of(states) == expected
