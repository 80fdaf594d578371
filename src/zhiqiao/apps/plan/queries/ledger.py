"""The ledger of tasks, as a workbook has it: one row for each body's part."""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext_lazy as _

from zhiqiao.apps.plan.models import Task, TaskPart
from zhiqiao.apps.plan.queries.tasks import (
    TaskFilter,
    is_own,
    latest_report,
    parts_in_force,
    tasks_visible_to,
)
from zhiqiao.apps.plan.rules import can_coordinate
from zhiqiao.core.access import Actor
from zhiqiao.core.exports import ExportColumn

LEDGER = (
    ExportColumn(_("Number"), 12),
    ExportColumn(_("Task"), 44),
    ExportColumn(_("Kind"), 22),
    ExportColumn(_("Article"), 10),
    ExportColumn(_("Targets and duties"), 18),
    ExportColumn(_("Mechanisms"), 18),
    ExportColumn(_("Due"), 12),
    ExportColumn(_("Reports"), 16),
    ExportColumn(_("State"), 12),
    ExportColumn(_("Body"), 28),
    ExportColumn(_("Role"), 10),
    ExportColumn(_("Side"), 18),
    ExportColumn(_("Person in charge"), 16),
    ExportColumn(_("Latest report for the period until"), 16),
    ExportColumn(_("State of the report"), 16),
    ExportColumn(_("What was done"), 60),
    ExportColumn(_("Waiting for an answer to"), 18),
    ExportColumn(_("Answer by"), 12),
)


def ledger_rows(user: Actor, wanted: TaskFilter) -> Iterator[Sequence[object]]:
    """Yield the ledger: one row for each body's part, or one for a task without a body."""
    tasks = list(tasks_visible_to(user, wanted=wanted))
    parts = parts_in_force(tasks)
    staff = bool(can_coordinate(user))
    for task in tasks:
        taking_part = [
            _part_cells(part, with_reminders=staff or is_own(user, part))
            for part in parts.get(task.pk, ())
        ]
        for cells in taking_part or [[None] * 9]:
            yield [*_task_cells(task), *cells]


def _task_cells(task: Task) -> list[object]:
    return [
        task.code,
        task.title,
        task.get_kind_display(),
        task.article,
        " ".join([*task.targets, *task.duties]),
        " ".join(task.mechanisms),
        task.due,
        task.get_every_display(),
        task.get_state_display(),
    ]


def _part_cells(part: TaskPart, *, with_reminders: bool) -> list[object]:
    latest = latest_report(part)
    asked = part.supervisions.all() if with_reminders else ()
    waiting = next((one for one in asked if one.answered_at is None), None)
    return [
        part.organisation.name,
        part.get_role_display(),
        part.get_side_display(),
        part.person.name if part.person else None,
        latest.period_to if latest else None,
        latest.get_state_display() if latest else None,
        latest.progress if latest else None,
        waiting.get_step_display() if waiting else None,
        waiting.answer_by if waiting else None,
    ]
