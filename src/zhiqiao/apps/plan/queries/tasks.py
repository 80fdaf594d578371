"""Tasks, their parts and what is said in them, for the person who may read them."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet

from zhiqiao.apps.accounts.queries import holds_role, organisations_of
from zhiqiao.apps.plan.choices import PartRole, ReportState, TaskState
from zhiqiao.apps.plan.models import (
    ProgressReport,
    ReportEvidence,
    SideView,
    Supervision,
    Task,
    TaskPart,
)
from zhiqiao.apps.plan.rules import STAFF
from zhiqiao.core.access import Actor
from zhiqiao.core.errors import MissingError
from zhiqiao.core.fields import Provenance


@dataclass(frozen=True, slots=True)
class TaskFilter:
    """What a person asked the list of tasks for; unknown words find nothing."""

    text: str = ""
    article: str = ""
    kind: str = ""
    state: str = ""
    lead: str = ""

    @property
    def restricts(self) -> bool:
        return any((self.text, self.article, self.kind, self.state, self.lead))


def tasks_visible_to(user: Actor, *, wanted: TaskFilter | None = None) -> QuerySet[Task]:
    """Return all tasks for the bureau, and for a body those in which it takes or took part.

    Sample accounts see the demonstration tasks and nobody else does.
    """
    rows = _of_provenance(Task.objects.all(), user)
    if not _is_staff(user):
        own = TaskPart.objects.filter(task=OuterRef("pk"), organisation__in=organisations_of(user))
        rows = rows.filter(Exists(own))
    return _filtered(rows, wanted or TaskFilter())


def _of_provenance(rows: QuerySet[Task], user: Actor) -> QuerySet[Task]:
    sample = Q(provenance=Provenance.DEMONSTRATION)
    return rows.filter(sample if getattr(user, "is_demonstration", False) else ~sample)


def _is_staff(user: Actor) -> bool:
    return any(holds_role(user, role) for role in STAFF)


def _filtered(rows: QuerySet[Task], wanted: TaskFilter) -> QuerySet[Task]:
    if wanted.text:
        rows = rows.filter(
            Q(title_zh__icontains=wanted.text)
            | Q(title_en__icontains=wanted.text)
            | Q(code__iexact=wanted.text)
        )
    for name in ("article", "kind", "state"):
        asked = getattr(wanted, name)
        rows = rows.filter(**{name: asked}) if asked else rows
    if wanted.lead:
        led = TaskPart.objects.filter(task=OuterRef("pk"), ended_at=None, role=PartRole.LEAD)
        rows = rows.filter(Exists(led) if wanted.lead == "yes" else ~Exists(led))
    return rows.order_by("code")


def parts_in_force(tasks: Iterable[Task]) -> dict[int, list[TaskPart]]:
    """Give the parts in force of some tasks by the task's key, with reports and supervisions."""
    found: dict[int, list[TaskPart]] = {}
    rows = TaskPart.objects.filter(task__in=list(tasks), ended_at=None)
    rows = rows.select_related("organisation", "person")
    for part in rows.prefetch_related("reports", "supervisions").order_by("side", "role", "id"):
        found.setdefault(part.task_id, []).append(part)
    return found


def task_visible_to(user: Actor, uid: UUID) -> Task:
    found = tasks_visible_to(user).filter(uid=uid).first()
    if found is None:
        raise MissingError("plan.unknown-task")
    return found


def part_visible_to(user: Actor, uid: UUID) -> TaskPart:
    """Return a part of a task that the person may read; the bodies of a task see each other."""
    rows = TaskPart.objects.filter(task__in=tasks_visible_to(user))
    found = rows.select_related("task", "organisation", "person").filter(uid=uid).first()
    if found is None:
        raise MissingError("plan.unknown-task")
    return found


def parts_of_person(person: AbstractBaseUser) -> QuerySet[TaskPart]:
    """Return the parts in force of open tasks that somebody is in charge of."""
    rows = TaskPart.objects.filter(person_id=person.pk, ended_at=None, task__state=TaskState.OPEN)
    return rows.select_related("task", "organisation").order_by("task__code", "id")


def parts_of(task: Task) -> list[TaskPart]:
    """List the parts in force first, then those that ended, each with what was said in it."""
    rows = task.parts.select_related("organisation", "person").prefetch_related(
        Prefetch("reports", queryset=ProgressReport.objects.order_by("-period_to")),
        Prefetch("supervisions", queryset=Supervision.objects.select_related("issued_by")),
    )
    return sorted(rows, key=lambda part: (part.ended_at is not None, part.side, part.role, part.pk))


def views_of(task: Task) -> dict[str, list[SideView]]:
    """Give the views of each side, the latest first."""
    found: dict[str, list[SideView]] = {}
    rows = SideView.objects.filter(task=task).select_related("written_by", "organisation")
    for view in rows.order_by("-id"):
        found.setdefault(view.side, []).append(view)
    return found


def reports_visible_to(user: Actor) -> QuerySet[ProgressReport]:
    """Return reports of the tasks that the person may read; drafts only of the own bodies."""
    rows = ProgressReport.objects.filter(part__task__in=tasks_visible_to(user))
    if not _is_staff(user):
        own = Q(part__organisation__in=organisations_of(user))
        rows = rows.filter(own | ~Q(state=ReportState.DRAFT))
    return rows.select_related("part__task", "part__organisation", "written_by", "reviewed_by")


def report_visible_to(user: Actor, uid: UUID) -> ProgressReport:
    found = reports_visible_to(user).filter(uid=uid).first()
    if found is None:
        raise MissingError("plan.unknown-task")
    return found


def reports_to_review(user: Actor) -> QuerySet[ProgressReport]:
    """Return what was handed in and waits for the bureau, the oldest first."""
    return reports_visible_to(user).filter(state=ReportState.SUBMITTED).order_by("submitted_at")


def supervisions_visible_to(user: Actor) -> QuerySet[Supervision]:
    rows = Supervision.objects.filter(part__task__in=tasks_visible_to(user))
    if not _is_staff(user):
        rows = rows.filter(part__organisation__in=organisations_of(user))
    return rows.select_related("part__task", "part__organisation")


def supervision_visible_to(user: Actor, uid: UUID) -> Supervision:
    found = supervisions_visible_to(user).filter(uid=uid).first()
    if found is None:
        raise MissingError("plan.unknown-task")
    return found


def report_files_visible_to(user: Actor) -> QuerySet[ReportEvidence]:
    """Return the evidence of the reports that the person may read."""
    return ReportEvidence.objects.filter(report__in=reports_visible_to(user))


def task_tally(user: Actor) -> dict[str, int]:
    """Count the tasks by state."""
    rows = tasks_visible_to(user).order_by().values_list("state").annotate(number=Count("pk"))
    return dict.fromkeys(TaskState.values, 0) | dict(rows)


def latest_report(part: TaskPart) -> ProgressReport | None:
    """Give the report of the latest period that was handed in, drafts aside."""
    given = [report for report in part.reports.all() if report.state != ReportState.DRAFT]
    return max(given, key=lambda report: report.period_to, default=None)


def is_own(user: Actor, part: TaskPart) -> bool:
    return part.organisation_id in organisations_of(user)
