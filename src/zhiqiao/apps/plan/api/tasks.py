"""Tasks for the bodies that take part in them: what each may read on the pages, for its programs."""

from collections.abc import Sequence
from typing import Any, Literal, overload
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Query, Router

from zhiqiao.apps.plan import queries
from zhiqiao.apps.plan.api.board import words
from zhiqiao.apps.plan.api.shapes import (
    AskedOut,
    ConsequenceOut,
    FullTaskOut,
    ObligationOut,
    ReportLineOut,
    SupervisionOut,
    TaskOut,
)
from zhiqiao.apps.plan.models import Task
from zhiqiao.apps.plan.rules import can_coordinate, can_see_tasks
from zhiqiao.core.access import Actor, require
from zhiqiao.core.api import PROBLEMS, PROBLEMS_OF_ONE, DeepPaging, Listed, Paging
from zhiqiao.core.dates import today
from zhiqiao.core.listing import Listing, answer_list
from zhiqiao.core.scopes import needs

router = Router(tags=["tasks"])
READ = needs("tasks:read")


class WantedTasks(Paging):
    q: str = Field("", max_length=100, description="A part of the title, or the number.")
    article: str = Field("", max_length=10)
    kind: str = Field("", max_length=16, description="city, ministry-city or two-cities.")
    state: str = Field("", max_length=8, description="open, done or dropped.")
    lead: str = Field("", max_length=3, description="yes or no: whether a body leads it.")


class WantedObligations(Paging):
    whose: Literal["own", "all"] = Field("own", description="all is for the bureau.")


class WantedSupervisions(DeepPaging):
    waiting: bool = Field(default=False, description="Only what was not answered yet.")


class Lines(Sequence[queries.TaskLine]):
    """The lines of a list of tasks; only those of the page that is asked for are worked out."""

    def __init__(self, tasks: Sequence[Task]) -> None:
        self._tasks = tasks

    def __len__(self) -> int:
        return len(self._tasks)

    @overload
    def __getitem__(self, place: int) -> queries.TaskLine: ...
    @overload
    def __getitem__(self, place: slice) -> list[queries.TaskLine]: ...
    def __getitem__(self, place: int | slice) -> queries.TaskLine | list[queries.TaskLine]:
        if isinstance(place, slice):
            return queries.task_lines(self._tasks[place], today=today())
        return queries.task_lines([self._tasks[place]], today=today())[0]


def _line(line: queries.TaskLine) -> dict[str, Any]:
    task = line.task
    return {
        **{name: getattr(task, name) for name in TASK},
        "title": _title(task),
        "leads": [part.organisation.name for part in line.leads],
        "bodies": line.bodies,
        "next_due": line.next_due,
        "overdue": line.overdue,
    }


def _title(task: Task) -> dict[str, str]:
    return {"zh": task.title_zh, "en": task.title_en}


def _obligation(one: queries.Obligation) -> dict[str, Any]:
    task, period = one.part.task, one.period
    return {
        "what": "answer" if one.supervision else "report",
        "task": task.code,
        "task_uid": task.uid,
        "title": _title(task),
        "part_uid": one.part.uid,
        "body": one.part.organisation.name,
        "period_from": period.start if period else None,
        "period_to": period.end if period else None,
        **{name: getattr(one, name) for name in ("due", "is_provisional", "state", "days_left")},
        "report_uid": one.report.uid if one.report else None,
        "supervision_uid": one.supervision.uid if one.supervision else None,
    }


def _part(shown: queries.PartShown) -> dict[str, Any]:
    part = shown.part
    return {
        **{name: getattr(part, name) for name in ("uid", "role", "side", "starts_on", "ended_at")},
        "body": part.organisation.name,
        "body_uid": part.organisation.uid,
        "person": part.person.name if part.person else None,
        "is_own": shown.is_own,
        "reports": [_named(report, ReportLineOut) for report in shown.reports],
        "supervisions": [_named(asked, AskedOut) for asked in shown.supervisions],
    }


def _named(row: Any, shape: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in shape.model_fields}


def _side(shown: queries.SideShown) -> dict[str, Any]:
    views = [
        {"body": view.organisation.name, "text": view.text, "written_at": view.written_at}
        for view in shown.views
    ]
    return {"side": shown.side, "views": views}


OF_PART = {
    "task": "part__task__code",
    "task_uid": "part__task__uid",
    "part_uid": "part__uid",
    "body": "part__organisation__name",
}
TASK = (
    *("uid", "code", "kind", "article", "targets", "duties", "mechanisms", "due", "every", "state"),
    "provenance",
)
TASKS = Listing("tasks", TaskOut, _line, is_open_data=False)
OBLIGATIONS = Listing("obligations", ObligationOut, _obligation, is_open_data=False)
CONSEQUENCES = Listing(
    "consequences",
    ConsequenceOut,
    lambda one: {"step": one.step, "working_days": one.working_days},
    is_open_data=False,
)
SUPERVISIONS = Listing(
    "supervisions",
    SupervisionOut,
    columns={**{name: name for name in AskedOut.model_fields}, **OF_PART},
    is_open_data=False,
)


def participant(request: HttpRequest) -> Actor:
    """Give who asks, when tasks are for that person at all."""
    require(can_see_tasks(request.user))
    return request.user


@router.get("/tasks", auth=READ, response={200: Listed[TaskOut], **PROBLEMS}, summary="Tasks")
def read_tasks(request: HttpRequest, wanted: Query[WantedTasks]) -> Any:
    """Give the tasks and matters in which your bodies take or took part; the bureau sees all."""
    chosen = queries.TaskFilter(
        text=wanted.q,
        article=wanted.article,
        kind=wanted.kind,
        state=wanted.state,
        lead=wanted.lead,
    )
    tasks = list(queries.tasks_visible_to(participant(request), wanted=chosen))
    return answer_list(request, Lines(tasks), wanted, TASKS)


@router.get(
    "/tasks/{uid}", auth=READ, response={200: FullTaskOut, **PROBLEMS_OF_ONE}, summary="One task"
)
def read_task(request: HttpRequest, uid: UUID) -> Any:
    """Give one task with its parts, and a matter with the views of its sides."""
    user = participant(request)
    task = queries.task_visible_to(user, uid)
    (line,) = queries.task_lines([task], today=today())
    lead, others = queries.named_bodies(task)
    return {
        **_line(line),
        "named_lead": lead and words(lead.title),
        "named_others": [words(body.title) for body in others],
        "parts": [_part(shown) for shown in queries.parts_shown_to(user, task)],
        "sides": [_side(shown) for shown in queries.sides_of(task)],
    }


@router.get(
    "/obligations",
    auth=READ,
    response={200: Listed[ObligationOut], **PROBLEMS},
    summary="What is to be reported, and by when",
)
def read_obligations(request: HttpRequest, wanted: Query[WantedObligations]) -> Any:
    """Give what your bodies have to report and to answer, the most urgent first."""
    user, day = participant(request), today()
    if wanted.whose == "all":
        require(can_coordinate(user))
        found = queries.obligations_of(queries.parts_reporting(user), today=day)
    else:
        found = queries.own_obligations(user, today=day)
    return answer_list(request, found, wanted, OBLIGATIONS)


@router.get(
    "/consequences",
    auth=READ,
    response={200: Listed[ConsequenceOut], **PROBLEMS},
    summary="What follows silence",
)
def read_consequences(request: HttpRequest, paging: Query[Paging]) -> Any:
    """Give the steps that follow a report or an answer that does not come in time."""
    participant(request)
    return answer_list(request, queries.consequences(today=today()), paging, CONSEQUENCES)


@router.get(
    "/supervisions",
    auth=READ,
    response={200: Listed[SupervisionOut], **PROBLEMS},
    summary="Reminders, notes and escalations",
)
def read_supervisions(request: HttpRequest, wanted: Query[WantedSupervisions]) -> Any:
    """Give what the bureau asked your bodies, the latest first; the bureau sees all."""
    rows = queries.supervisions_visible_to(participant(request)).order_by("-issued_at", "-id")
    if wanted.waiting:
        rows = rows.filter(answered_at=None)
    return answer_list(request, rows, wanted, SUPERVISIONS)
