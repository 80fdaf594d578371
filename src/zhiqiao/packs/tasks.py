"""What a pack says of tasks: the bodies, what each task serves, and the calendar of working days."""

from enum import StrEnum
from typing import Literal

from pydantic import Field

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
)
from zhiqiao.packs.schemas import Entry, Text


class Side(StrEnum):
    """On whose side a body stands."""

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

    Without ``lead`` the plan names no body and the bureau assigns one.
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


class DaysOff(Entry):
    """A run of days on which nobody works, both ends included."""

    from_: Day = Field(alias="from")
    to: Day


class CalendarYear(Entry):
    """The arrangement of one year: holidays, and the days of weekends that are worked instead."""

    id: YearNumber
    days_off: tuple[DaysOff, ...] = Field(min_length=1)
    working: tuple[Day, ...] = ()
    source: Slug
    checked_by: str | None = None
