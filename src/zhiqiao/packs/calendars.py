"""Rules of the working-day calendar: days of their year, in order, worked weekends, sources."""

from collections.abc import Iterator
from datetime import date
from typing import cast

from zhiqiao.packs.problems import Problem
from zhiqiao.packs.references import Scope
from zhiqiao.packs.schemas import Source
from zhiqiao.packs.tasks import CalendarYear

SATURDAY = 5


def find_calendar_problems(scope: Scope) -> Iterator[Problem]:
    """Yield the days of the pack's own calendars that cannot be."""
    for year in cast("dict[str, CalendarYear]", scope.own("calendars")).values():
        yield from _days_off(scope, year)
        yield from _working(scope, year)
        yield from _evidence(scope, year)


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
        elif day.weekday() < SATURDAY or year.is_off(day) or day in year.working[:position]:
            yield scope.draft.problem(
                place, "calendar-worked",
                message=f"{day} is no day of a weekend, is a day off, or was given before.",
                remedy="Write each weekend day that is worked instead of a holiday once.",
            )  # fmt: skip


def _evidence(scope: Scope, year: CalendarYear) -> Iterator[Problem]:
    source = scope.merged["sources"].get(year.source)
    if year.checked_by and isinstance(source, Source) and not source.seen:
        yield scope.draft.problem(
            ("calendars", year.id, "checked_by"), "checked-unseen",
            message=f"“{year.checked_by}” checked the year, but its source was never seen.",
            remedy="Name the source that was read, or write checked_by: null.",
        )  # fmt: skip


def _of_another_year(
    scope: Scope, place: tuple[str | int, ...], days: str, year: CalendarYear
) -> Problem:
    return scope.draft.problem(
        place, "calendar-year",
        message=f"{days} is not in the year {year.id}.",
        remedy="Correct the day, or write it into the calendar of its own year.",
    )  # fmt: skip
