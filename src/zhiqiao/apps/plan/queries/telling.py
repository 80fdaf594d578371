"""What a notice about a task says, and which bodies it concerns; for the parts above this app."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from zhiqiao.apps.plan.choices import TaskState
from zhiqiao.apps.plan.models import ProgressReport, Supervision, TaskPart
from zhiqiao.apps.plan.queries.obligations import Obligation, obligations_of
from zhiqiao.core.fields import Provenance


@dataclass(frozen=True, slots=True)
class Told:
    """The facts of a notice: no name and no text of a person is among them."""

    organisation: int
    is_sample: bool
    code: str
    address: str
    day: date | None
    step: str = ""


def told_of_part(uid: UUID) -> Told:
    part = TaskPart.objects.select_related("task").get(uid=uid)
    return _told(part, part.task.get_absolute_url(), part.starts_on)


def told_of_report(uid: UUID) -> Told:
    report = ProgressReport.objects.select_related("part__task").get(uid=uid)
    return _told(report.part, report.get_absolute_url(), report.period_to)


def told_of_supervision(uid: UUID) -> Told:
    asked = Supervision.objects.select_related("part__task").get(uid=uid)
    return _told(asked.part, asked.part.task.get_absolute_url(), asked.answer_by, asked.step)


def open_obligations(today: date) -> Iterator[tuple[Told, Obligation]]:
    """Yield every open obligation of every body, for the reminders of deadlines."""
    parts = TaskPart.objects.filter(task__state=TaskState.OPEN, ended_at=None)
    parts = parts.select_related("task", "organisation").prefetch_related("reports", "supervisions")
    for one in obligations_of(parts, today=today):
        if one.is_open:
            yield _told(one.part, one.part.task.get_absolute_url(), one.due), one


def _told(part: TaskPart, address: str, day: date | None, step: str = "") -> Told:
    is_sample = part.task.provenance == Provenance.DEMONSTRATION
    return Told(part.organisation_id, is_sample, part.task.code, address, day, step)
