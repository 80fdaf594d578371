"""How tasks, parts, reports and what is asked look in the API."""

from datetime import date, datetime
from uuid import UUID

from ninja import Field, Schema

from zhiqiao.core.api import PlainText, Words


class TaskOut(Schema):
    """A task or a matter, who leads it, and how its bodies stand with their reports."""

    uid: UUID
    code: str
    kind: str
    title: Words
    article: str
    targets: list[str]
    duties: list[str]
    mechanisms: list[str]
    due: date | None
    every: str
    state: str
    leads: list[str]
    bodies: int
    next_due: date | None
    overdue: int
    provenance: str


class ReportLineOut(Schema):
    """A report without its words."""

    uid: UUID
    period_from: date
    period_to: date
    state: str
    submitted_at: datetime | None
    version: int


class AskedOut(Schema):
    """A reminder, a supervision note or an escalation to the body."""

    uid: UUID
    step: str
    text: str
    issued_on: date
    answer_by: date
    is_provisional: bool
    answer: str
    answered_on: date | None


class PartOut(Schema):
    """One body's part; reminders and drafts of other bodies are left out."""

    uid: UUID
    body: str
    body_uid: UUID
    role: str
    side: str
    person: str | None
    starts_on: date
    ended_at: datetime | None
    is_own: bool
    reports: list[ReportLineOut]
    supervisions: list[AskedOut]


class ViewOut(Schema):
    body: str
    text: str
    written_at: datetime


class SideOut(Schema):
    side: str
    views: list[ViewOut]


class FullTaskOut(TaskOut):
    """A task with its parts and, for a matter, the views of its sides."""

    named_lead: Words | None
    named_others: list[Words]
    parts: list[PartOut]
    sides: list[SideOut]


class ReportOut(ReportLineOut):
    """A progress report with its words."""

    task: str
    task_uid: UUID
    part_uid: UUID
    body: str
    progress: str
    difficulties: str
    next_steps: str
    reviewed_at: datetime | None
    review_note: str


class SupervisionOut(AskedOut):
    task: str
    task_uid: UUID
    part_uid: UUID
    body: str


class ObligationOut(Schema):
    """One thing to be written, by when, and how it stands today.

    ``days_left`` counts working days and is negative when the day has passed.
    """

    what: str = Field(description="report or answer.")
    task: str
    task_uid: UUID
    title: Words
    part_uid: UUID
    body: str
    period_from: date | None
    period_to: date | None
    due: date
    is_provisional: bool
    state: str = Field(description="not-open, due, overdue, returned, submitted or accepted.")
    days_left: int
    report_uid: UUID | None
    supervision_uid: UUID | None


class ConsequenceOut(Schema):
    """What follows when a report or an answer does not come."""

    step: str
    working_days: int


class ReportIn(Schema):
    """What a body reports of its part for a period."""

    progress: PlainText = Field(min_length=1, max_length=20_000, description="What was done.")
    difficulties: PlainText = Field("", max_length=10_000)
    next_steps: PlainText = Field("", max_length=10_000)
