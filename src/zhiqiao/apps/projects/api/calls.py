"""Calls as open data, and applications for programs of the bodies and the bureau that they concern."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Query, Router, Schema

from zhiqiao.apps.projects import queries
from zhiqiao.apps.projects.choices import CallState
from zhiqiao.apps.projects.models import Call
from zhiqiao.apps.projects.rules import Viewer, can_run_calls
from zhiqiao.core.access import require
from zhiqiao.core.api import PROBLEMS, PROBLEMS_OF_ONE, DeepPaging, Listed, Paging, Words
from zhiqiao.core.dates import today
from zhiqiao.core.errors import MissingError
from zhiqiao.core.listing import Listing, answer_list
from zhiqiao.core.scopes import needs, open_to_all
from zhiqiao.packs import Text

calls_router = Router(tags=["calls"])
PUBLIC = AnonymousUser()
OPEN = open_to_all("projects:read")
OWN = needs("projects:read")


class CallOut(Schema):
    """One published call; ``stage`` is soon, open or closed at the moment of the answer."""

    uid: UUID
    kind: str
    level: str
    year: int
    batch: str
    title: Words
    document: str
    stage: str
    opens_at: datetime
    closes_at: datetime = Field(description="The end in force, with every extension for all.")
    places: int | None
    reserve_places: int
    pack: str
    rules_digest: str
    provenance: str


class ConditionOut(Schema):
    says: Words
    stops: bool
    source: str
    checked_by: str | None = Field(
        description="Null as long as nobody compared it with the source."
    )


class FullCallOut(CallOut):
    """A call with its announcement, conditions and criteria."""

    text: Words
    applicants: list[str] = Field(description="Kinds of bodies that may apply; empty for all.")
    conditions: list[ConditionOut]
    criteria: dict[str, Words]
    publicity_days: int
    publicity_in: str = Field(description="The days of the notice: `working` or `calendar`.")
    checked_by: str | None


class ApplicationOut(Schema):
    """An application as its reader is told it: between check and result one phase stands for all."""

    uid: UUID
    call: UUID
    number: str
    title: str
    applicant: str
    phase: str
    state: str = Field(
        description="A state of the flow of the call, or the phase that stands for it."
    )
    since: date | None
    due_on: date | None


class WantedCalls(Paging):
    q: str = Field("", max_length=100, description="A part of title, document, batch or kind.")
    kind: str = Field("", max_length=64, description="A kind of the register.")
    level: str = Field("", max_length=16, description="A level.")
    year: str = Field("", max_length=4, description="The year of the call.")
    stage: str = Field("", max_length=16, description="soon, open or closed.")


class WantedApplications(DeepPaging):
    q: str = Field("", max_length=100, description="A part of the title.")
    state: str = Field("", max_length=64, description="A state of the flow of the call.")
    phase: str = Field("", max_length=16, description="A phase.")
    area: str = Field("", max_length=12, description="National code of an area.")
    only: str = Field("", max_length=16, description="overdue or waiting.")


def _call(line: queries.CallLine) -> dict[str, Any]:
    call = line.call
    names = ("uid", "kind", "level", "year", "batch", "document", "opens_at", "places",
             "reserve_places", "pack", "rules_digest", "provenance")  # fmt: skip
    return {
        **{name: getattr(call, name) for name in names},
        "title": {"zh": call.title_zh, "en": call.title_en or call.title_zh},
        "stage": str(line.clock.stage),
        "closes_at": line.clock.ends_at,
    }


def _application(line: queries.ApplicationLine) -> dict[str, Any]:
    row = line.application
    return {
        "uid": row.uid,
        "call": row.call.uid,
        "number": row.number,
        "title": row.title,
        "applicant": row.applicant.name,
        "phase": str(line.state.phase),
        "state": row.state if row.phase == line.state.phase else str(line.state.phase),
        "since": line.state.since,
        "due_on": line.state.due,
    }


CALLS = Listing("calls", CallOut, _call)
OWN_APPLICATIONS = Listing("own-applications", ApplicationOut, _application, is_open_data=False)
APPLICATIONS = Listing(
    "applications",
    ApplicationOut,
    columns={
        "uid": "uid",
        "call": "call__uid",
        "number": "number",
        "title": "title",
        "applicant": "applicant__name",
        "phase": "phase",
        "state": "state",
        "since": "entered_on",
        "due_on": "due_on",
    },
    is_open_data=False,
)


@calls_router.get(
    "/calls", auth=OPEN, response={200: Listed[CallOut], **PROBLEMS}, summary="Published calls"
)
def read_calls(request: HttpRequest, wanted: Query[WantedCalls]) -> Any:
    """Give the published calls, the latest first; calls for demonstration are not among them."""
    now = timezone.now()
    chosen = queries.CallFilter(
        text=wanted.q, kind=wanted.kind, level=wanted.level, year=wanted.year, stage=wanted.stage
    )
    rows = queries.calls_listed(PUBLIC, chosen, now=now)
    return answer_list(request, queries.call_lines(rows, now), wanted, CALLS)


@calls_router.get(
    "/calls/{uid}",
    auth=OPEN,
    response={200: FullCallOut, **PROBLEMS_OF_ONE},
    summary="One published call",
)
def read_call(request: HttpRequest, uid: UUID) -> Any:
    """Give one call with its announcement and the rules that it keeps."""
    del request
    now = timezone.now()
    row = queries.calls_listed(PUBLIC, queries.CallFilter(), now=now).filter(uid=uid).first()
    if row is None:
        raise MissingError("projects.missing")
    (line,) = queries.call_lines([row], now)
    return {**_call(line), **_rules(row)}


def _rules(call: Call) -> dict[str, Any]:
    outline = queries.outline_of(call)
    lifecycle = outline.rules.lifecycle
    criteria = lifecycle.sheet.criteria if lifecycle.sheet else {}
    return {
        "text": {"zh": call.text_zh, "en": call.text_en or call.text_zh},
        "applicants": list(lifecycle.applicants),
        "conditions": [
            {
                "says": _words(one.says),
                "stops": one.stops,
                "source": one.source,
                "checked_by": one.checked_by,
            }
            for one in outline.conditions
        ],
        "criteria": {name: _words(one.title) for name, one in criteria.items()},
        "publicity_days": lifecycle.publicity_days,
        "publicity_in": lifecycle.publicity_in,
        "checked_by": lifecycle.checked_by,
    }


def _words(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}


@calls_router.get(
    "/own-applications",
    auth=OWN,
    response={200: Listed[ApplicationOut], **PROBLEMS},
    summary="Applications of one's own bodies",
)
def read_own_applications(request: HttpRequest, paging: Query[Paging]) -> Any:
    """Give what the bodies of the token's owner applied for, and what the owner writes along with."""
    rows = queries.applications_of_own(request.user)
    lines = queries.application_lines(rows, [Viewer.APPLICANT], day=today())
    return answer_list(request, lines, paging, OWN_APPLICATIONS)


@calls_router.get(
    "/calls/{uid}/applications",
    auth=OWN,
    response={200: Listed[ApplicationOut], **PROBLEMS_OF_ONE},
    summary="Applications of a call, for the bureau",
)
def read_applications(request: HttpRequest, uid: UUID, wanted: Query[WantedApplications]) -> Any:
    """Give the bureau what was handed in; nobody else is told even how much that is."""
    require(can_run_calls(request.user))
    call = queries.call_visible_to(request.user, uid)
    if call.state == CallState.DRAFT:
        raise MissingError("projects.missing")
    chosen = queries.ApplicationFilter(
        text=wanted.q, state=wanted.state, phase=wanted.phase, area=wanted.area, only=wanted.only
    )
    rows = queries.applications_of_call(request.user, call, chosen, day=today())
    return answer_list(request, rows, wanted, APPLICATIONS)
