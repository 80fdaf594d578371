from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiqiao import packs
from zhiqiao.core.policy import current_pack
from zhiqiao.core.workdays import (
    Deadline,
    add_working_days,
    is_working_day,
    working_days_between,
)

IMAGINED = Path(packs.__file__).parent / "tests" / "fixtures" / "nanhu-2030"
DAYS = st.dates(date(2022, 6, 1), date(2027, 6, 30))


def days_of(first, last):
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def naive_is_working_day(day):
    """Write out every day of the notices and look it up."""
    off, worked = set(), set()
    for year in current_pack().calendars.values():
        for run in year.days_off:
            off.update(days_of(run.from_, run.to))
        worked.update(year.working)
    return day in worked or (day.isoweekday() <= 5 and day not in off)


def naive_count(start, end):
    return len([day for day in days_of(start, end) if day > start and naive_is_working_day(day)])


@given(DAYS)
def test_day_is_worked_as_the_notices_say(day):
    assert is_working_day(day) == naive_is_working_day(day)


@given(DAYS, st.integers(1, 60))
def test_deadline_is_the_first_day_with_so_many_working_days(day, number):
    deadline = add_working_days(day, number)

    assert naive_is_working_day(deadline.day)
    assert naive_count(day, deadline.day) == number


@given(DAYS, st.integers(0, 60))
def test_deadline_is_provisional_when_it_passes_a_year_without_a_calendar(day, number):
    deadline = add_working_days(day, number)
    passed = {str(one.year) for one in days_of(day, deadline.day) if one > day}

    assert deadline.is_provisional == bool(passed - {"2023", "2024", "2025", "2026"})


@given(DAYS, DAYS)
def test_days_between_are_those_counted_one_by_one(one, other):
    start, end = sorted([one, other])

    assert working_days_between(start, end) == naive_count(start, end)
    assert working_days_between(end, start) == -naive_count(start, end)


@pytest.mark.parametrize(
    ("start", "number", "expected"),
    [
        # Spring Festival of 2026: off from 15 to 23 February, the Saturdays 14 and 28 are worked.
        ("2026-02-13", 1, "2026-02-14"),
        ("2026-02-13", 2, "2026-02-24"),
        ("2026-02-13", 6, "2026-02-28"),
        ("2026-02-13", 7, "2026-03-02"),
        ("2026-02-18", 1, "2026-02-24"),
        # Spring Festival of 2025: off from 28 January to 4 February, Sunday 26 and Saturday 8 are worked.
        ("2025-01-24", 1, "2025-01-26"),
        ("2025-01-24", 3, "2025-02-05"),
        ("2025-01-24", 6, "2025-02-08"),
        # National Day of 2024: off from 1 to 7 October, Sunday 29 and Saturday 12 are worked.
        ("2024-09-27", 1, "2024-09-29"),
        ("2024-09-27", 3, "2024-10-08"),
        ("2024-09-27", 7, "2024-10-12"),
        # Mid-Autumn and National Day of 2023 together; both days of the weekend after are worked.
        ("2023-09-28", 1, "2023-10-07"),
        ("2023-09-28", 2, "2023-10-08"),
        ("2023-09-28", 3, "2023-10-09"),
        # Over the end of a year: 1 to 3 January 2026 are off, Sunday 4 is worked.
        ("2025-12-30", 1, "2025-12-31"),
        ("2025-12-30", 2, "2026-01-04"),
        ("2025-12-30", 3, "2026-01-05"),
        # A weekend, and no days at all.
        ("2026-11-27", 1, "2026-11-30"),
        ("2026-11-28", 0, "2026-11-28"),
    ],
)
def test_deadline_is_counted_over_holidays_and_worked_weekends(start, number, expected):
    deadline = add_working_days(date.fromisoformat(start), number)

    assert (deadline.day.isoformat(), deadline.is_provisional) == (expected, False)


@pytest.mark.parametrize(
    ("start", "number", "expected", "provisional"),
    [
        ("2026-12-30", 1, "2026-12-31", False),
        ("2026-12-30", 2, "2027-01-01", True),
        ("2026-12-31", 2, "2027-01-04", True),
        ("2027-05-06", 0, "2027-05-06", False),
        # Weekends alone are off in 2022; the first two days of 2023 are off by its calendar.
        ("2022-12-29", 2, "2023-01-03", True),
        ("2022-12-31", 1, "2023-01-03", False),
    ],
)
def test_year_without_a_calendar_makes_a_deadline_provisional(start, number, expected, provisional):
    deadline = add_working_days(date.fromisoformat(start), number)

    assert (deadline.day.isoformat(), deadline.is_provisional) == (expected, provisional)


def test_holidays_are_those_of_the_pack_that_this_installation_runs(settings):
    """The imagined province is off from Monday 5 to Wednesday 7 June 2028 and works on Saturday 10."""
    settings.ZHIQIAO_PACK = IMAGINED

    assert add_working_days(date(2028, 6, 2), 3) == Deadline(date(2028, 6, 10), False)
    assert add_working_days(date(2026, 2, 13), 1) == Deadline(date(2026, 2, 16), True)


def test_deadline_is_not_counted_backwards():
    with pytest.raises(ValueError, match="-1 working days"):
        add_working_days(date(2026, 11, 26), -1)


def test_days_between_count_the_last_day_and_not_the_first():
    friday, monday = date(2026, 11, 27), date(2026, 11, 30)

    assert working_days_between(friday, monday) == 1
    assert working_days_between(monday, friday) == -1
    assert working_days_between(monday, monday) == 0


@pytest.mark.parametrize(
    ("year", "weekend_days", "public_holidays"),
    [(2023, 105, 11), (2024, 104, 11), (2025, 104, 13), (2026, 104, 13)],
)
def test_a_year_is_worked_but_for_weekends_and_public_holidays(year, weekend_days, public_holidays):
    """A worked weekend pays for a day off: swaps change which days are worked, not how many."""
    first, last = date(year - 1, 12, 31), date(year, 12, 31)

    assert working_days_between(first, last) == (last - first).days - weekend_days - public_holidays
