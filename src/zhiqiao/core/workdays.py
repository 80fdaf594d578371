"""Working days by the published arrangements of holidays, which the policy pack carries.

A year without an arrangement is counted by its weekends alone, and the day found is provisional:
the notice for a year usually comes out in the November before it.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from zhiqiao.core.policy import current_pack

SATURDAY = 5
ONE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Deadline:
    """The last day in time; provisional when a year on the way has no published arrangement."""

    day: date
    is_provisional: bool


def is_working_day(day: date) -> bool:
    year = current_pack().calendars.get(str(day.year))
    if year is None:
        return day.weekday() < SATURDAY
    return day in year.working or (day.weekday() < SATURDAY and not year.is_off(day))


def add_working_days(day: date, number: int) -> Deadline:
    """Count forward from the day after ``day``; nothing to count gives the day itself."""
    if number < 0:
        raise ValueError(f"Deadlines are counted forwards; {number} working days were asked for.")
    left, reached = number, day
    is_provisional = False
    while left > 0:
        reached += ONE
        is_provisional = is_provisional or not _is_published(reached)
        left -= is_working_day(reached)
    return Deadline(reached, is_provisional)


def working_days_between(start: date, end: date) -> int:
    """Count the working days after ``start`` up to ``end``; below zero when ``end`` is before."""
    if end < start:
        return -working_days_between(end, start)
    days = (start + n * ONE for n in range(1, (end - start).days + 1))
    return sum(map(is_working_day, days))


def _is_published(day: date) -> bool:
    return str(day.year) in current_pack().calendars
