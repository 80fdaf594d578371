from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiqiao.core.policy import current_pack
from zhiqiao.core.workdays import add_working_days, is_working_day, working_days_between

DAYS = st.dates(date(2024, 1, 1), date(2027, 12, 31))


def naive_is_working_day(day):
    """Read the notice as a person does: holidays first, then worked weekends, then weekdays."""
    year = current_pack().calendars.get(str(day.year))
    holidays = set()
    for run in year.days_off if year else ():
        holidays |= {run.from_ + timedelta(days=n) for n in range((run.to - run.from_).days + 1)}
    worked = set(year.working) if year else set()
    return day not in holidays and (day in worked or day.isoweekday() <= 5)


@pytest.mark.parametrize(
    ("start", "number", "expected", "provisional"),
    [
        # The Spring Festival of 2026: off from 15 to 23 February, the Saturdays 14 and 28 are worked.
        (date(2026, 2, 13), 1, date(2026, 2, 14), False),
        (date(2026, 2, 13), 2, date(2026, 2, 24), False),
        (date(2026, 2, 27), 1, date(2026, 2, 28), False),
        # The National Day of 2025: off from 1 to 8 October, Saturday 11 is worked.
        (date(2025, 9, 30), 3, date(2025, 10, 11), False),
        # Over the end of a year whose next one has no arrangement yet.
        (date(2026, 12, 30), 1, date(2026, 12, 31), False),
        (date(2026, 12, 31), 1, date(2027, 1, 1), True),
        (date(2026, 11, 26), 0, date(2026, 11, 26), False),
    ],
)
def test_working_days_are_counted_over_holidays(start, number, expected, provisional):
    deadline = add_working_days(start, number)

    assert (deadline.day, deadline.is_provisional) == (expected, provisional)


@given(day=DAYS)
def test_day_is_worked_as_the_notice_reads(day):
    assert is_working_day(day) == naive_is_working_day(day)


@given(day=DAYS, number=st.integers(1, 40))
def test_deadline_is_the_first_day_with_so_many_working_days(day, number):
    found = add_working_days(day, number).day

    assert is_working_day(found)
    assert working_days_between(day, found) == number
    assert working_days_between(found, day) == -number


def test_days_between_the_same_day_are_none():
    assert working_days_between(date(2026, 11, 26), date(2026, 11, 26)) == 0
