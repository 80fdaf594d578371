"""What a pack says of tasks: the bodies, what each task serves, and the calendar of working days."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from zhiqiao.packs.scalars import (
    ArticleId,
    Day,
    DutyId,
    MechanismId,
    Slug,
    TargetId,
    TaskId,
    Words,
    YearNumber,
    read_day,
)
from zhiqiao.packs.schemas import Entry, Text


class Side(StrEnum):
    """On whose side a body stands.

    ``city`` is the plan's own area, ``partner`` its neighbour, ``district`` the class of all its
    districts and counties, ``supporting`` a body that the plan names as a helper.
    """

    MINISTRY = "ministry"
    CITY = "city"
    PARTNER = "partner"
    DISTRICT = "district"
    SUPPORTING = "supporting"


class TaskKind(StrEnum):
    """Who coordinates a task: the city alone, the ministry with the city, or two cities."""

    CITY = "city"
    MINISTRY_CITY = "ministry-city"
    TWO_CITIES = "two-cities"


class Rhythm(StrEnum):
    """How often a body that takes part reports its progress."""

    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half-year"
    YEAR = "year"
    NONE = "none"


class Body(Entry):
    """A body that the plan names, or a class of bodies.

    ``organisation`` is its exact name in the registry, empty where there is none.
    """

    id: Slug
    title: Text
    side: Side
    organisation: Words | Literal[""] = ""


class TaskDefinition(Entry):
    """What has to be done: the targets, duties and mechanisms that it serves, and who leads.

    Without ``lead`` the plan names no body and the bureau assigns one. ``checked_by`` is the person
    who compared the task with the plan.
    """

    id: TaskId
    article: ArticleId
    title: Text
    kind: TaskKind = TaskKind.CITY
    lead: Slug | None = None
    with_: tuple[Slug, ...] = Field(default=(), alias="with")
    due: Day | None = None
    every: Rhythm = Rhythm.QUARTER
    targets: tuple[TargetId, ...] = ()
    duties: tuple[DutyId, ...] = ()
    mechanisms: tuple[MechanismId, ...] = ()
    note: Text | None = None
    checked_by: str | None = None


class DaysOff(Entry):
    """A run of days on which nobody works, both ends included; a day alone is both ends."""

    from_: Day = Field(alias="from")
    to: Day

    def __contains__(self, day: date) -> bool:
        """Say whether `day` is one of them."""
        return self.from_ <= day <= self.to


def _as_run(written: object) -> object:
    if not isinstance(written, str):
        return written
    day = read_day(written)
    return {"from": day, "to": day}


Run = Annotated[DaysOff, BeforeValidator(_as_run, json_schema_input_type=Day | DaysOff)]


class CalendarYear(Entry):
    """The arrangement of one year: holidays, and the days of weekends that are worked instead."""

    id: YearNumber
    days_off: tuple[Run, ...] = Field(min_length=1)
    working: tuple[Day, ...] = ()
    source: Slug
    checked_by: str | None = None

    def is_off(self, day: date) -> bool:
        """Say whether `day` is among the days off; ordinary weekends are not listed."""
        return any(day in run for run in self.days_off)
