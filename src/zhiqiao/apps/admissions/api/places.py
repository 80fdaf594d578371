"""Requests for places for programs of schools and of the bureau, and the ledger behind the places."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Field, Header, Query, Router, Schema

from zhiqiao.apps.accounts.actions import Answer
from zhiqiao.apps.admissions import actions, queries
from zhiqiao.apps.admissions.api.writing import answered
from zhiqiao.apps.admissions.choices import RequestState
from zhiqiao.apps.admissions.models import PlaceLine
from zhiqiao.apps.admissions.rules import can_act_for_school, can_run_season, can_see_requests
from zhiqiao.apps.registry.queries import organisations_by_address, region_by_name
from zhiqiao.core.access import Actor, require
from zhiqiao.core.api import PROBLEMS_OF_ONE, PROBLEMS_OF_WRITING, DeepPaging, Listed, PlainText
from zhiqiao.core.errors import InputError, MissingError, RuleError
from zhiqiao.core.listing import Listing, answer_list
from zhiqiao.core.scopes import needs
from zhiqiao.core.versions import NEEDED, Keyed, Said, seen_version, tag

router = Router(tags=["admissions"])
READ = needs("admissions:places")
WRITE = needs("admissions:requests")


class RequestLineOut(Schema):
    """A programme that a school asks places for; its words are those of the scheme."""

    uid: UUID
    code: str
    school: str
    school_uid: UUID
    major: str
    major_code: str | None
    batch: str
    exam_type: str
    category: str
    pathway: str
    contract_uid: UUID | None
    region: str | None
    requested: int
    places: int | None = Field(description="Null until the request is approved.")
    minimum: int | None
    state: str = Field(description="draft, submitted, returned, approved or refused.")
    version: int


class RequestOut(RequestLineOut):
    """The same with its words: what the school noted and what the bureau replied."""

    season_uid: UUID
    note: str
    reply: str


class FlowOut(Schema):
    """Places that came to a programme, left it or moved; a side that is null is the total."""

    uid: UUID
    kind: str = Field(description="grant, increase, decrease or move.")
    from_uid: UUID | None
    from_code: str | None
    to_uid: UUID | None
    to_code: str | None
    number: int
    round: int
    approval: str
    rule: str
    booked_at: datetime


class RequestIn(Schema):
    """What a school asks for in one programme."""

    code: PlainText = Field(min_length=1, max_length=20)
    major: PlainText = Field(min_length=1, max_length=100)
    major_code: PlainText = Field("", max_length=10)
    batch: PlainText = Field(max_length=64)
    exam_type: PlainText = Field(max_length=64)
    category: PlainText = Field(max_length=64)
    pathway: PlainText = Field("direct", max_length=64)
    region: PlainText = Field(
        "", max_length=60, description="Only for its candidates: a region by name or code."
    )
    contract_uid: UUID | None = Field(None, description="Only for this pathway contract.")
    requested: int = Field(ge=1, le=100_000)
    minimum: int | None = Field(None, ge=1, le=10_000, description="The smallest class.")
    note: PlainText = Field("", max_length=2_000)


class NewRequestIn(RequestIn):
    school_uid: UUID = Field(description="One of your schools.")


class DecisionIn(Schema):
    decision: Literal["approve", "return", "refuse"]
    places: int | None = Field(
        None, ge=0, le=100_000, description="How many are granted; null is as many as were asked."
    )
    words: PlainText = Field(
        min_length=1, max_length=200, description="The approval, or what is to be corrected."
    )


class WantedRequests(DeepPaging):
    q: str = Field("", max_length=100, description="A part of a name, or a code's beginning.")
    batch: str = Field("", max_length=64)
    category: str = Field("", max_length=64)
    exam_type: str = Field("", max_length=64)
    pathway: str = Field("", max_length=64)
    state: str = Field("", max_length=9)


REQUESTS = Listing(
    "requests",
    RequestLineOut,
    columns={
        **{name: name for name in RequestLineOut.model_fields},
        "school": "school__name",
        "school_uid": "school__uid",
        "major_code": "shown_major_code",
        "contract_uid": "contract__uid",
        "region": "region__name",
        "places": "shown_places",
    },
    is_open_data=False,
)
FLOWS = Listing(
    "flows",
    FlowOut,
    columns={
        **{name: name for name in FlowOut.model_fields},
        "from_uid": "from_line__uid",
        "from_code": "from_line__code",
        "to_uid": "to_line__uid",
        "to_code": "to_line__code",
    },
    is_open_data=False,
)
PLAIN = frozenset(name for name, field in REQUESTS.columns.items() if name == field)


def _whole(line: PlaceLine) -> dict[str, Any]:
    is_approved = line.state == RequestState.APPROVED
    return {
        **{name: getattr(line, name) for name in (*PLAIN, "note", "reply")},
        "season_uid": line.season.uid,
        "school": line.school.name,
        "school_uid": line.school.uid,
        "major_code": line.major_code or None,
        "contract_uid": line.contract.uid if line.contract else None,
        "region": line.region.name if line.region else None,
        "places": line.places if is_approved else None,
    }


def _worker(request: HttpRequest) -> Actor:
    require(can_see_requests(request.user))
    return request.user


@router.get(
    "/admissions/{uid}/requests",
    auth=READ,
    response={200: Listed[RequestLineOut], **PROBLEMS_OF_ONE},
    summary="Requests for places",
)
def read_requests(request: HttpRequest, uid: UUID, wanted: Query[WantedRequests]) -> Any:
    """Give all requests to the bureau; to a school its own and what is approved of others."""
    season = queries.season_visible_to(_worker(request), uid)
    names = ("batch", "category", "exam_type", "pathway", "state")
    chosen = queries.LineFilter(text=wanted.q, **{name: getattr(wanted, name) for name in names})
    rows = queries.requests_visible_to(request.user, season, wanted=chosen)
    return answer_list(request, rows, wanted, REQUESTS)


@router.get(
    "/place-lines/{uid}",
    auth=READ,
    response={200: RequestOut, **PROBLEMS_OF_ONE},
    summary="One request for places",
)
def read_request(request: HttpRequest, response: HttpResponse, uid: UUID) -> Any:
    """Give one request; its ETag is what a later write names as the version that it saw."""
    line = queries.line_visible_to(_worker(request), uid)
    tag(response, line.version)
    return _whole(line)


@router.get(
    "/place-lines/{uid}/flows",
    auth=READ,
    response={200: Listed[FlowOut], **PROBLEMS_OF_ONE},
    summary="Ledger of a programme",
)
def read_line_flows(request: HttpRequest, uid: UUID, paging: Query[DeepPaging]) -> Any:
    """Give what came to a programme and what left it, with the approval of each."""
    line = queries.line_visible_to(_worker(request), uid)
    return answer_list(request, queries.flows_of_line(request.user, line), paging, FLOWS)


@router.get(
    "/admissions/{uid}/flows",
    auth=READ,
    response={200: Listed[FlowOut], **PROBLEMS_OF_ONE},
    summary="Ledger of places",
)
def read_flows(request: HttpRequest, uid: UUID, paging: Query[DeepPaging]) -> Any:
    """Give every flow of places in a season, the latest first."""
    season = queries.season_visible_to(_worker(request), uid)
    return answer_list(request, queries.flows_visible_to(request.user, season), paging, FLOWS)


@router.post(
    "/admissions/{uid}/requests",
    auth=WRITE,
    response={200: RequestOut, **PROBLEMS_OF_WRITING},
    summary="Ask for places",
)
def write_request(
    request: HttpRequest,
    response: HttpResponse,
    uid: UUID,
    given: NewRequestIn,
    said: Header[Keyed],
) -> Any:
    """Keep a draft of a request for one of your schools."""
    user = _worker(request)
    season = queries.season_visible_to(user, uid)
    school = organisations_by_address().filter(uid=given.school_uid).first()
    if school is None:
        raise MissingError("admissions.missing")

    def write() -> Answer:
        wanted = _wanted(user, given, school.pk)
        return _answer(user, actions.save_request(season, wanted, actor=user))

    return answered(request, response, said, write)


@router.put(
    "/place-lines/{uid}",
    auth=WRITE,
    response={200: RequestOut, **PROBLEMS_OF_WRITING},
    summary="Change a request for places",
)
def change_request(
    request: HttpRequest, response: HttpResponse, uid: UUID, given: RequestIn, said: Header[Said]
) -> Any:
    """Change a draft or what was returned, by naming its present version in If-Match."""
    user = _worker(request)
    line = queries.line_visible_to(user, uid)
    require(can_act_for_school(user, line.school_id))
    version = seen_version(said.if_match)
    if version is None:
        raise RuleError(NEEDED)

    def write() -> Answer:
        wanted = _wanted(user, given, line.school_id)
        saved = actions.save_request(line.season, wanted, actor=user, line=line, version=version)
        return _answer(user, saved)

    return answered(request, response, said, write)


@router.post(
    "/place-lines/{uid}/hand-in",
    auth=WRITE,
    response={200: RequestOut, **PROBLEMS_OF_WRITING},
    summary="Hand a request for places in",
)
def hand_in_request(
    request: HttpRequest, response: HttpResponse, uid: UUID, said: Header[Said]
) -> Any:
    """Hand the draft in; from then on only a return for correction opens it again."""
    user = _worker(request)
    line = queries.line_visible_to(user, uid)
    require(can_act_for_school(user, line.school_id))
    version = seen_version(said.if_match)

    def write() -> Answer:
        return _answer(user, actions.submit_request(line, actor=user, version=version))

    return answered(request, response, said, write)


@router.post(
    "/place-lines/{uid}/decision",
    auth=WRITE,
    response={200: RequestOut, **PROBLEMS_OF_WRITING},
    summary="Decide on a request for places",
)
def decide_request(
    request: HttpRequest, response: HttpResponse, uid: UUID, given: DecisionIn, said: Header[Said]
) -> Any:
    """Approve what was handed in, return it or refuse it; for the bureau alone."""
    user = _worker(request)
    line = queries.line_visible_to(user, uid)
    require(can_run_season(user))
    version = seen_version(said.if_match)
    return answered(
        request, response, said, lambda: _answer(user, _decided(user, line, given, version))
    )


def _decided(user: Actor, line: PlaceLine, given: DecisionIn, version: int | None) -> PlaceLine:
    words = given.words
    if given.decision == "approve":
        places = line.requested if given.places is None else given.places
        return actions.approve_request(
            line, places=places, approval=words, actor=user, version=version
        )
    if given.decision == "return":
        return actions.return_request(line, reply=words, actor=user, version=version)
    return actions.refuse_request(line, reply=words, actor=user, version=version)


def _wanted(user: Actor, given: RequestIn, school: int) -> actions.Wanted:
    region = region_by_name(given.region) if given.region else None
    if given.region and region is None:
        raise InputError("admissions.missing")
    contract = queries.pathway_visible_to(user, given.contract_uid) if given.contract_uid else None
    words = given.model_dump(exclude={"school_uid", "contract_uid", "region"})
    return actions.Wanted(
        school=school,
        region=region.pk if region else None,
        contract=contract.pk if contract else None,
        **words,
    )


def _answer(user: Actor, line: PlaceLine) -> Answer:
    shown = RequestOut.model_validate(_whole(queries.line_visible_to(user, line.uid)))
    return Answer(shown.model_dump(mode="json"), line.version)
