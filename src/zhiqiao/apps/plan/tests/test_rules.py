from datetime import date
from decimal import Decimal

import pytest

from zhiqiao.apps.plan.choices import TargetStatus
from zhiqiao.apps.plan.rules import target_status
from zhiqiao.apps.plan.tests.factories import target
from zhiqiao.core.measures import Bound, ListState
from zhiqiao.packs import Operator

STARTED = date(2023, 12, 27)
BEFORE, AFTER = date(2024, 12, 28), date(2026, 11, 23)


def status(counted, *, bound="exact", state="complete", today=AFTER, **changes):
    return target_status(
        target(**changes),
        None if counted is None else Decimal(counted),
        bound=Bound(bound),
        list_state=ListState(state),
        today=today,
        started=STARTED,
    )


@pytest.mark.parametrize(
    ("value", "bound", "state", "today", "expected"),
    [
        (None, "none", "no-data", AFTER, TargetStatus.NO_DATA),
        (None, "none", "not-loaded", AFTER, TargetStatus.NOT_LOADED),
        (None, "none", "partial", AFTER, TargetStatus.CANNOT_TELL),
        (9, "at-least", "partial", AFTER, TargetStatus.CANNOT_TELL),
        (10, "at-least", "partial", AFTER, TargetStatus.MET),
        (10, "exact", "complete", AFTER, TargetStatus.MET),
        (9, "exact", "complete", AFTER, TargetStatus.NOT_MET),
        (0, "exact", "complete", AFTER, TargetStatus.NOT_MET),
        (5, "exact", "complete", BEFORE, TargetStatus.ON_COURSE),
        (4, "exact", "complete", BEFORE, TargetStatus.BEHIND),
        (9, "exact", "complete", date(2025, 12, 31), TargetStatus.BEHIND),
        (9, "none", "partial", AFTER, TargetStatus.CANNOT_TELL),
    ],
)
def test_status_follows_value_bound_list_and_day(value, bound, state, today, expected):
    assert status(value, bound=bound, state=state, today=today) == expected


def test_about_target_is_met_within_its_declared_tolerance():
    about = {"operator": Operator.ABOUT, "value": Decimal(100), "tolerance": Decimal("0.05")}

    assert status(Decimal(95), **about) == TargetStatus.MET
    assert status(94, **about) == TargetStatus.NOT_MET


def test_exceeding_a_number_to_build_still_meets_it():
    assert status(12, operator=Operator.EQUAL) == TargetStatus.MET
