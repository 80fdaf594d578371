"""Building begins: reports laid down, tasks and changes asked for and decided, tasks done."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from zhiqiao.apps.projects.actions.calls import worded
from zhiqiao.apps.projects.actions.moves import locked_application
from zhiqiao.apps.projects.actions.phases import on_entering
from zhiqiao.apps.projects.choices import ChangeState
from zhiqiao.apps.projects.models import Application, BuildChange, BuildReport, BuildTask, Step
from zhiqiao.apps.projects.queries.building import budget_of, promised_of
from zhiqiao.apps.projects.rules import can_run_calls, can_write, stands_in
from zhiqiao.core import audit
from zhiqiao.core.access import Actor, obey, require
from zhiqiao.core.dates import today
from zhiqiao.core.errors import InputError, RuleError
from zhiqiao.core.events import define_event, emit
from zhiqiao.core.models import StoredFile
from zhiqiao.packs import Building, Phase, months_later

CHANGE_ASKED = define_event("projects.change_asked")
CHANGE_DECIDED = define_event("projects.change_decided")


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskGiven:
    """One task as the applicant writes it."""

    title: str
    due_on: date
    budget_cny: Decimal | None = None
    indicator: str = ""

    def kept(self) -> dict[str, str]:
        return {name: "" if value is None else str(value) for name, value in asdict(self).items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeWanted:
    """What is to change: the whole list of tasks, single lines of the budget, single indicators."""

    subject: str
    reason: str
    tasks: Sequence[TaskGiven] = ()
    budget: Mapping[str, Decimal] | None = None
    indicators: Mapping[str, Decimal] | None = None


@on_entering(Phase.BUILDING, Phase.IN_FORCE)
def lay_down_reports(application: Application, _step: Step, _actor: Actor) -> None:
    """Lay down every report of the lifecycle once; who comes back from acceptance has them already.

    Some lifecycles know no phase of building and want reports of what is in force.
    """
    building, row = application.call.rules.lifecycle.building, application.recognition
    if building is None:
        return
    start = row.valid_from if row and row.valid_from else application.entered_on
    known = set(application.reports.values_list("report", "number"))
    BuildReport.objects.bulk_create(
        BuildReport(application=application, report=name, number=number, due_on=day)
        for name, number, day in _reports_due(building, start)
        if (name, number) not in known
    )


def _reports_due(building: Building, start: date) -> Iterator[tuple[str, int, date]]:
    for name, wanted in building.reports.items():
        months, number = wanted.due_months, 1
        while months <= max(building.months, wanted.due_months):
            yield name, number, months_later(start, months)
            if wanted.every_months is None:
                break
            months, number = months + wanted.every_months, number + 1


@transaction.atomic
def ask_change(application: Application, wanted: ChangeWanted, *, actor: Actor) -> BuildChange:
    """Ask for tasks, for the first time or anew, or for a change of budget or indicators."""
    require(can_write(actor, application))
    row = locked_application(application)
    obey(stands_in(row, Phase.BUILDING))
    if row.changes.filter(state=ChangeState.ASKED).exists():
        raise RuleError("projects.change-waits")
    before, after = _compared(row, wanted)
    if before == after:
        raise InputError("projects.nothing-changed")
    change = BuildChange.objects.create(
        application=row,
        subject=worded(wanted.subject)[:200],
        reason=worded(wanted.reason),
        before=before,
        after=after,
        asked_by_id=getattr(actor, "pk", None),
        asked_at=timezone.now(),
    )
    _record(row, "change_asked", actor=actor, before=before, after=after, reason=change.reason)
    emit(CHANGE_ASKED, subject=change, actor=actor)
    return change


@transaction.atomic
def decide_change(change: BuildChange, *, approved: bool, answer: str, actor: Actor) -> BuildChange:
    """Approve or refuse; approved tasks take the place of the old ones, what was done stays done."""
    require(can_run_calls(actor))
    application = locked_application(change.application)
    row = BuildChange.objects.select_for_update().get(pk=change.pk)
    if row.state != ChangeState.ASKED:
        raise RuleError("projects.change-decided")
    row.state = ChangeState.APPROVED if approved else ChangeState.REFUSED
    row.answer = answer.strip() if approved else worded(answer)
    row.decided_by_id, row.decided_at = getattr(actor, "pk", None), timezone.now()
    row.save(update_fields=["state", "answer", "decided_by", "decided_at"])
    if approved and "tasks" in row.after:
        _replace_tasks(application, row.after["tasks"])
    after = {"state": row.state, **row.after}
    _record(application, "change_decided", actor=actor, before=row.before, after=after, reason=row.answer)  # fmt: skip
    emit(CHANGE_DECIDED, subject=row, actor=actor)
    return row


@transaction.atomic
def finish_task(
    task: BuildTask, *, done_on: date, actor: Actor, evidence: StoredFile | None = None
) -> BuildTask:
    """Say on which day a task was done, with what bears it out."""
    require(can_write(actor, task.application))
    application = locked_application(task.application)
    obey(stands_in(application, Phase.BUILDING))
    if done_on > today():
        raise InputError("projects.task-early", day=done_on, today=today())
    row = BuildTask.objects.select_for_update().get(pk=task.pk)
    row.done_on, row.evidence = done_on, evidence or row.evidence
    row.save(update_fields=["done_on", "evidence"])
    after = {"task": row.position, "done_on": done_on}
    _record(application, "task_done", actor=actor, before=None, after=after)
    return row


def task_as_given(row: BuildTask) -> dict[str, str]:
    given = TaskGiven(
        title=row.title, due_on=row.due_on, budget_cny=row.budget_cny, indicator=row.indicator
    )
    return given.kept()


def _compared(
    application: Application, wanted: ChangeWanted
) -> tuple[dict[str, object], dict[str, object]]:
    """Return what is and what would be, for the parts that the wish names."""
    lifecycle = application.call.rules.lifecycle
    before: dict[str, object] = {}
    after: dict[str, object] = {}
    if wanted.tasks:
        for task in wanted.tasks:
            _refuse_unknown(task.indicator, set(lifecycle.indicators))
        before["tasks"] = [task_as_given(row) for row in application.tasks.order_by("position")]
        after["tasks"] = [task.kept() for task in wanted.tasks]
    lines = lifecycle.budget.lines if lifecycle.budget else {}
    promised, planned = promised_of(application), budget_of(application)
    for part, given, known, names in (
        ("indicators", wanted.indicators or {}, promised, set(lifecycle.indicators)),
        ("budget", wanted.budget or {}, planned, set(lines)),
    ):
        changed = {name: number for name, number in given.items() if known.get(name) != number}
        for name in changed:
            _refuse_unknown(name, names)
        if changed:
            before[part] = {name: str(known[name]) if name in known else "" for name in changed}
            after[part] = {name: str(number) for name, number in changed.items()}
    return before, after


def _refuse_unknown(name: str, known: set[str]) -> None:
    if name and name not in known:
        raise InputError("projects.indicator-unknown", indicator=name)


def _replace_tasks(application: Application, tasks: Sequence[Mapping[str, str]]) -> None:
    done = {row.title: (row.done_on, row.evidence_id) for row in application.tasks.all()}
    application.tasks.all().delete()
    for position, given in enumerate(tasks, start=1):
        done_on, evidence = done.get(given["title"], (None, None))
        BuildTask.objects.create(
            application=application,
            position=position,
            title=given["title"],
            due_on=date.fromisoformat(given["due_on"]),
            budget_cny=Decimal(given["budget_cny"]) if given["budget_cny"] else None,
            indicator=given["indicator"],
            done_on=done_on,
            evidence_id=evidence,
        )


def _record(
    application: Application,
    verb: str,
    *,
    actor: Actor,
    before: Mapping[str, object] | None,
    after: Mapping[str, object],
    reason: str = "",
) -> None:
    audit.record(
        actor=actor,
        verb=f"projects.application.{verb}",
        subject=application,
        before=before,
        after=after,
        reason=reason,
    )
