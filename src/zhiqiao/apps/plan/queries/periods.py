"""Reporting periods of a task, and by when each report is due."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from zhiqiao.apps.plan.choices import Rhythm
from zhiqiao.core.errors import RuleError
from zhiqiao.core.policy import current_pack
from zhiqiao.core.workdays import add_working_days

MONTHS = {Rhythm.MONTH: 1, Rhythm.QUARTER: 3, Rhythm.HALF_YEAR: 6, Rhythm.YEAR: 12}


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of days to report on; ``due`` counts working days after its end."""

    start: date
    end: date
    due: date
    is_provisional: bool


def periods_of(every: str, *, start: date, today: date) -> list[Period]:
    """List the periods of a rhythm that end after ``start``, up to the one that runs today."""
    months = MONTHS.get(Rhythm(every))
    if months is None:
        return []
    return [_period(first, months) for first in _firsts(start, today, months)]


def period_ending(every: str, end: date) -> Period | None:
    """Find the period of a rhythm that ends on a day."""
    months = MONTHS.get(Rhythm(every))
    if months is None:
        return None
    first = _first_day(end, months)
    found = _period(first, months)
    return found if found.end == end else None


def days_within(name: str, day: date, *, key: tuple[str, ...] = ()) -> int:
    """Give a number of working days that the pack sets; without it no deadline can be told."""
    number = current_pack().number_on(name, day, key=key)
    if number is None:
        raise RuleError("plan.days-not-set", name=name)
    return int(number)


def _firsts(start: date, today: date, months: int) -> Iterator[date]:
    first = _first_day(start, months)
    while first <= today:
        yield first
        first = _later(first, months)


def _first_day(day: date, months: int) -> date:
    return date(day.year, (day.month - 1) // months * months + 1, 1)


def _later(first: date, months: int) -> date:
    year, month = divmod(first.month - 1 + months, 12)
    return date(first.year + year, month + 1, 1)


def _period(first: date, months: int) -> Period:
    end = _later(first, months) - timedelta(days=1)
    deadline = add_working_days(end, days_within("report_within", end))
    return Period(first, end, deadline.day, deadline.is_provisional)
