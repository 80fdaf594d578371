"""Progress reports by program: reading them, writing a draft, handing it in."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Field, Header, Query

from zhiqiao.apps.accounts.actions import Answer, answer_once
from zhiqiao.apps.plan import actions, queries
from zhiqiao.apps.plan.api.shapes import ReportIn, ReportLineOut, ReportOut
from zhiqiao.apps.plan.api.tasks import OF_PART, READ, participant
from zhiqiao.apps.plan.api.tasks import router as tasks_router
from zhiqiao.apps.plan.models import ProgressReport, TaskPart
from zhiqiao.apps.plan.rules import can_write_for
from zhiqiao.core.access import require
from zhiqiao.core.api import (
    PROBLEMS,
    PROBLEMS_OF_ONE,
    PROBLEMS_OF_WRITING,
    DeepPaging,
    Listed,
)
from zhiqiao.core.errors import RuleError
from zhiqiao.core.listing import Listing, answer_list
from zhiqiao.core.scopes import needs
from zhiqiao.core.versions import NEEDED, PASSED, Said, seen_version, tag

__all__ = ["tasks_router"]
WRITE = needs("tasks:report")
WORDS = ("progress", "difficulties", "next_steps", "reviewed_at", "review_note")


class WantedReports(DeepPaging):
    state: str = Field("", max_length=9, description="draft, submitted, returned or accepted.")
    task: str = Field("", max_length=20, description="Number of a task.")
    since: date | None = Field(None, description="Periods that end on this day or later.")


def _whole(report: ProgressReport) -> dict[str, Any]:
    part = report.part
    return {
        **{name: getattr(report, name) for name in (*ReportLineOut.model_fields, *WORDS)},
        "task": part.task.code,
        "task_uid": part.task.uid,
        "part_uid": part.uid,
        "body": part.organisation.name,
    }


REPORTS = Listing(
    "reports",
    ReportOut,
    columns={**{name: name for name in (*ReportLineOut.model_fields, *WORDS)}, **OF_PART},
    is_open_data=False,
)


@tasks_router.get(
    "/reports",
    auth=READ,
    response={200: Listed[ReportOut], **PROBLEMS},
    summary="Progress reports",
)
def read_reports(request: HttpRequest, wanted: Query[WantedReports]) -> Any:
    """Give the reports of the tasks that you may read; drafts are those of your own bodies."""
    rows = queries.reports_visible_to(participant(request)).order_by("-period_to", "-id")
    if wanted.state:
        rows = rows.filter(state=wanted.state)
    if wanted.task:
        rows = rows.filter(part__task__code=wanted.task)
    if wanted.since:
        rows = rows.filter(period_to__gte=wanted.since)
    return answer_list(request, rows, wanted, REPORTS)


@tasks_router.get(
    "/reports/{uid}",
    auth=READ,
    response={200: ReportOut, **PROBLEMS_OF_ONE},
    summary="One progress report",
)
def read_report(request: HttpRequest, response: HttpResponse, uid: UUID) -> Any:
    """Give one report; its ETag is what a later write names as the version that it saw."""
    report = queries.report_visible_to(participant(request), uid)
    tag(response, report.version)
    return _whole(report)


@tasks_router.put(
    "/task-parts/{uid}/reports/{period_to}",
    auth=WRITE,
    response={200: ReportOut, **PROBLEMS_OF_WRITING},
    summary="Write a progress report",
)
def write_report(
    request: HttpRequest,
    response: HttpResponse,
    uid: UUID,
    period_to: date,
    given: ReportIn,
    said: Header[Said],
) -> Any:
    """Keep the draft of the report for the period that ends on a day.

    A draft that exists is changed only by who names its present version in If-Match.
    """
    part = queries.part_visible_to(participant(request), uid)
    require(can_write_for(request.user, part))
    version = seen_version(said.if_match)

    def write() -> Answer:
        words = actions.Words(**given.model_dump(), version=_needed(part, period_to, version))
        saved = actions.save_report(part, period_to, words, actor=request.user)
        return _answer(saved)

    return _answered(request, response, said, write)


@tasks_router.post(
    "/reports/{uid}/hand-in",
    auth=WRITE,
    response={200: ReportOut, **PROBLEMS_OF_WRITING},
    summary="Hand a progress report in",
)
def hand_in_report(
    request: HttpRequest, response: HttpResponse, uid: UUID, said: Header[Said]
) -> Any:
    """Hand the draft in; from then on only a return for correction opens it again."""
    report = queries.report_visible_to(participant(request), uid)
    require(can_write_for(request.user, report.part))
    version = seen_version(said.if_match)
    return _answered(
        request,
        response,
        said,
        lambda: _answer(actions.submit_report(report, actor=request.user, version=version)),
    )


def _needed(part: TaskPart, period_to: date, version: int | None) -> int | None:
    if version is None and queries.report_for(part, period_to) is not None:
        raise RuleError(NEEDED)
    return version


def _answer(report: ProgressReport) -> Answer:
    shown = ReportOut.model_validate(_whole(report)).model_dump(mode="json")
    return Answer(shown, report.version)


def _answered(
    request: HttpRequest, response: HttpResponse, said: Said, write: Callable[[], Answer]
) -> Any:
    """Write once for a key, and tell a version that has passed as HTTP does."""
    asked = f"{request.method} {request.path} {said.if_match}\n".encode() + request.body
    token = request.auth.token  # type: ignore[attr-defined] # set by the door
    try:
        answer = answer_once(token, said.idempotency_key, asked, write)
    except RuleError as error:
        if error.code == "plan.changed-meanwhile":
            raise RuleError(PASSED) from error
        raise
    tag(response, answer.version)
    if answer.is_kept:
        response["Idempotent-Replayed"] = "true"
    return answer.content
