"""What a body must report, by when, and what happens if it does not."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from zhiqiao.apps.accounts.queries import organisations_of
from zhiqiao.apps.plan.choices import ReportState, Step
from zhiqiao.apps.plan.models import ProgressReport, Supervision, TaskPart
from zhiqiao.apps.plan.queries.periods import Period, days_within, periods_of
from zhiqiao.apps.plan.queries.tasks import tasks_visible_to
from zhiqiao.core.access import Actor
from zhiqiao.core.workdays import working_days_between

HANDED_IN = frozenset({ReportState.SUBMITTED, ReportState.ACCEPTED})


@dataclass(frozen=True, slots=True)
class Obligation:
    """One report for one period, or one answer to a reminder, and how it stands today.

    ``state`` is not-open while the period runs, due, overdue, returned, submitted or accepted.
    ``days_left`` counts working days; it is negative when the day has passed.
    """

    part: TaskPart
    period: Period | None
    report: ProgressReport | None
    supervision: Supervision | None
    due: date
    is_provisional: bool
    state: str
    days_left: int

    @property
    def is_open(self) -> bool:
        return self.state in {"due", "overdue", "returned"}

    @property
    def days_late(self) -> int:
        return max(0, -self.days_left)


@dataclass(frozen=True, slots=True)
class Consequence:
    """A rung of the ladder: what follows, after how many working days without an answer."""

    step: Step
    working_days: int


def obligations_of(parts: Iterable[TaskPart], *, today: date) -> list[Obligation]:
    """List every obligation of some parts in force, the most urgent first.

    The parts come with ``reports`` and the unanswered ``supervisions`` (see ``parts_reporting``).
    """
    found = [
        obligation
        for part in parts
        for obligation in (*_reports(part, today), *_answers(part, today))
    ]
    return sorted(found, key=lambda one: (not one.is_open, one.due, one.part.task.code))


def parts_reporting(user: Actor, *, organisation: int | None = None) -> list[TaskPart]:
    """Return the parts in force of open tasks, of one body or of all that the person may read."""
    rows = TaskPart.objects.filter(
        task__in=tasks_visible_to(user), task__state="open", ended_at=None
    )
    if organisation is not None:
        rows = rows.filter(organisation=organisation)
    rows = rows.select_related("task", "organisation", "person")
    return list(rows.prefetch_related("reports", "supervisions").order_by("task__code"))


def own_obligations(user: Actor, *, today: date) -> list[Obligation]:
    """List what the person's own bodies have to report."""
    own = organisations_of(user)
    parts = [part for part in parts_reporting(user) if part.organisation_id in own]
    return obligations_of(parts, today=today)


def consequences(*, today: date) -> list[Consequence]:
    """Describe the ladder that follows a report or an answer that does not come."""
    return [
        Consequence(step, days_within("answer_within", today, key=(step.value,))) for step in Step
    ]


def _reports(part: TaskPart, today: date) -> list[Obligation]:
    written = {report.period_to: report for report in part.reports.all()}
    periods = periods_of(part.task.every, start=part.starts_on, today=today)
    return [_about(part, period, written.get(period.end), today) for period in periods]


def _about(
    part: TaskPart, period: Period, report: ProgressReport | None, today: date
) -> Obligation:
    return Obligation(
        part=part,
        period=period,
        report=report,
        supervision=None,
        due=period.due,
        is_provisional=period.is_provisional,
        state=_state(period, report, today),
        days_left=working_days_between(today, period.due),
    )


def _state(period: Period, report: ProgressReport | None, today: date) -> str:
    if report is not None and report.state in HANDED_IN:
        return str(report.state)
    if report is not None and report.state == ReportState.RETURNED:
        return "returned"
    if today > period.due:
        return "overdue"
    return "due" if today > period.end else "not-open"


def _answers(part: TaskPart, today: date) -> list[Obligation]:
    return [
        Obligation(
            part=part,
            period=None,
            report=None,
            supervision=asked,
            due=asked.answer_by,
            is_provisional=asked.is_provisional,
            state="overdue" if today > asked.answer_by else "due",
            days_left=working_days_between(today, asked.answer_by),
        )
        for asked in part.supervisions.all()
        if asked.answered_at is None
    ]
