"""What the pages of tasks show: lines of the list, parts, sides, histories, the dated report."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from django.db.models import Q

from zhiqiao.apps.plan.choices import VERBS, PartRole, ReportState, Side, TaskKind
from zhiqiao.apps.plan.models import ProgressReport, SideView, Supervision, Task, TaskPart
from zhiqiao.apps.plan.queries.obligations import obligations_of
from zhiqiao.apps.plan.queries.tasks import (
    is_own,
    parts_in_force,
    parts_of,
    tasks_visible_to,
    views_of,
)
from zhiqiao.apps.plan.rules import can_be_reviewed, can_coordinate
from zhiqiao.apps.registry.queries import (
    OrganisationFilter,
    organisations_matching,
    organisations_visible_to,
)
from zhiqiao.core.access import Actor
from zhiqiao.core.audit import history_of
from zhiqiao.core.dates import region_zone
from zhiqiao.core.errors import InputError
from zhiqiao.core.models import AuditEntry
from zhiqiao.core.policy import current_pack
from zhiqiao.packs import Article, Body

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

NEAR = 5
LATEST = 50


@dataclass(frozen=True, slots=True)
class TaskLine:
    """One line of the list: who leads, how many bodies, the next day and how much is overdue."""

    task: Task
    leads: Sequence[TaskPart]
    bodies: int
    next_due: date | None
    overdue: int


@dataclass(frozen=True, slots=True)
class PartShown:
    """A part with what this reader may see of it and write in it."""

    part: TaskPart
    reports: Sequence[ProgressReport]
    supervisions: Sequence[Supervision]
    is_own: bool


@dataclass(frozen=True, slots=True)
class SideShown:
    side: Side
    views: Sequence[SideView]


def task_lines(tasks: Sequence[Task], *, today: date) -> list[TaskLine]:
    """Give the lines of one page of the list, in a fixed number of queries."""
    parts = parts_in_force(tasks)
    return [_line(task, parts.get(task.pk, []), today) for task in tasks]


def _line(task: Task, parts: Sequence[TaskPart], today: date) -> TaskLine:
    for part in parts:
        part.task = task
    found = obligations_of(parts, today=today) if task.state == "open" else []
    awaited = [one.due for one in found if one.state in {"due", "returned", "not-open"}]
    return TaskLine(
        task=task,
        leads=[part for part in parts if part.role == PartRole.LEAD],
        bodies=len(parts),
        next_due=min(awaited, default=None),
        overdue=sum(one.state == "overdue" for one in found),
    )


def tasks_not_taken_up(user: Actor) -> int:
    """Count the pack's tasks that nobody has opened yet, for those who may open them."""
    if not can_coordinate(user):
        return 0
    known = set(tasks_visible_to(user).filter(is_from_pack=True).values_list("code", flat=True))
    return len(set(current_pack().tasks) - known)


def named_bodies(task: Task) -> tuple[Body | None, tuple[Body, ...]]:
    """Give the lead and the others that the plan itself names for a task."""
    pack = current_pack()
    definition = pack.tasks.get(task.code) if task.is_from_pack else None
    if definition is None:
        return None, ()
    lead = pack.bodies.get(definition.lead or "")
    return lead, tuple(pack.bodies[name] for name in definition.with_)


def parts_shown_to(user: Actor, task: Task) -> list[PartShown]:
    """Give every part of a task; drafts and reminders of others are left out."""
    staff = bool(can_coordinate(user))
    shown = []
    for part in parts_of(task):
        part.task = task
        open_to = staff or is_own(user, part)
        reports = [r for r in part.reports.all() if open_to or r.state != ReportState.DRAFT]
        supervisions = list(part.supervisions.all()) if open_to else []
        shown.append(PartShown(part, reports, supervisions, is_own(user, part)))
    return shown


def sides_of(task: Task) -> list[SideShown]:
    """Give the sides of a matter with their views; a task of the city has none."""
    if task.kind == TaskKind.CITY:
        return []
    views = views_of(task)
    other = Side.MINISTRY if task.kind == TaskKind.MINISTRY_CITY else Side.PARTNER
    return [SideShown(side, views.get(side, ())) for side in (Side.CITY, other)]


def history_of_task(user: Actor, task: Task) -> list[tuple[AuditEntry, "StrOrPromise"]]:
    """Tell the bureau what happened; reasons about one body are not for the others."""
    return _in_words(history_of(task)[:LATEST]) if can_coordinate(user) else []


def waits_for_review_by(user: Actor, report: ProgressReport) -> bool:
    return bool(can_coordinate(user)) and bool(can_be_reviewed(user, report))


def history_of_report(report: ProgressReport) -> list[tuple[AuditEntry, "StrOrPromise"]]:
    return _in_words(history_of(report)[:LATEST])


def _in_words(entries: Iterable[AuditEntry]) -> list[tuple[AuditEntry, "StrOrPromise"]]:
    return [(entry, VERBS.get(entry.verb, entry.verb)) for entry in entries]


def report_for(part: TaskPart, end: date) -> ProgressReport | None:
    return ProgressReport.objects.filter(part=part, period_to=end).first()


def body_named(user: Actor, name: str) -> int:
    """Find the key of the body of a name; one that is only near is told, never taken."""
    rows = organisations_visible_to(user)
    exact = rows.filter(name=name.strip()).first()
    if exact is not None:
        return int(exact.pk)
    near = list(organisations_matching(rows, OrganisationFilter(text=name.strip()))[:NEAR])
    names = " · ".join(one.name for one in near)
    raise InputError("plan.body-unknown", name=name.strip(), near=names)


@dataclass(frozen=True, slots=True)
class ProgressLine:
    task: Task
    parts: Sequence[tuple[TaskPart, ProgressReport | None, Supervision | None]]


def progress_on(user: Actor, day: date) -> list[tuple[Article, list[ProgressLine]]]:
    """Give the tasks of each article as they stood at the end of a day.

    What was assigned, accepted and asked after that day is left out, so the report of a day stays
    the same whenever it is printed.
    """
    end = datetime.combine(day + timedelta(days=1), time(), tzinfo=region_zone())
    tasks = list(tasks_visible_to(user).filter(opened_at__lt=end))
    parts = _parts_then(tasks, end)
    found: dict[str, list[ProgressLine]] = {}
    for task in tasks:
        line = [(part, _accepted(part, end), _asked(part, end)) for part in parts.get(task.pk, ())]
        found.setdefault(task.article, []).append(ProgressLine(task, line))
    articles = current_pack().articles
    return [(articles[name], found[name]) for name in articles if name in found]


def _parts_then(tasks: Iterable[Task], end: datetime) -> dict[int, list[TaskPart]]:
    found: dict[int, list[TaskPart]] = {}
    rows = TaskPart.objects.filter(task__in=list(tasks), assigned_at__lt=end)
    rows = rows.filter(Q(ended_at=None) | Q(ended_at__gte=end)).select_related("organisation")
    for part in rows.prefetch_related("reports", "supervisions").order_by("side", "role", "id"):
        found.setdefault(part.task_id, []).append(part)
    return found


def _accepted(part: TaskPart, end: datetime) -> ProgressReport | None:
    accepted = [
        report
        for report in part.reports.all()
        if report.state == ReportState.ACCEPTED and report.reviewed_at and report.reviewed_at < end
    ]
    return max(accepted, key=lambda report: report.period_to, default=None)


def _asked(part: TaskPart, end: datetime) -> Supervision | None:
    asked = [
        one
        for one in part.supervisions.all()
        if one.issued_at < end and (one.answered_at is None or one.answered_at >= end)
    ]
    return max(asked, key=lambda one: one.issued_at, default=None)
