"""Rules of the working-day calendar: days of their year, in order, and worked weekends."""

from collections.abc import Iterator
from datetime import date
from typing import cast

from zhiqiao.packs.problems import Problem
from zhiqiao.packs.references import Scope
from zhiqiao.packs.tasks import CalendarYear

SATURDAY = 5


def find_calendar_problems(scope: Scope) -> Iterator[Problem]:
    """Yield the days of the pack's own calendars that cannot be."""
    for year in cast("dict[str, CalendarYear]", scope.own("calendars")).values():
        yield from _days_off(scope, year)
        yield from _working(scope, year)


def _days_off(scope: Scope, year: CalendarYear) -> Iterator[Problem]:
    latest = date.min
    for position, run in enumerate(year.days_off):
        place = ("calendars", year.id, "days_off", position)
        if {str(run.from_.year), str(run.to.year)} != {year.id}:
            yield _of_another_year(scope, place, f"{run.from_} to {run.to}", year)
        elif run.from_ <= latest or run.to < run.from_:
            yield scope.draft.problem(
                place, "calendar-order",
                message=f"{run.from_} to {run.to} does not follow what stands before it.",
                remedy="Order the runs by their days; each ends after it begins.",
            )  # fmt: skip
        latest = max(latest, run.to)


def _working(scope: Scope, year: CalendarYear) -> Iterator[Problem]:
    for position, day in enumerate(year.working):
        place = ("calendars", year.id, "working", position)
        if str(day.year) != year.id:
            yield _of_another_year(scope, place, str(day), year)
        elif day.weekday() < SATURDAY or any(run.from_ <= day <= run.to for run in year.days_off):
            yield scope.draft.problem(
                place, "calendar-worked",
                message=f"{day} is no day of a weekend, or is a day off.",
                remedy="Write only weekend days that are worked instead of a holiday.",
            )  # fmt: skip


def _of_another_year(
    scope: Scope, place: tuple[str | int, ...], days: str, year: CalendarYear
) -> Problem:
    return scope.draft.problem(
        place, "calendar-year",
        message=f"{days} is not in the year {year.id}.",
        remedy="Correct the day, or write it into the calendar of its own year.",
    )  # fmt: skip
