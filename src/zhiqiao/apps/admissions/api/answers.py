"""Appeals, re-checks and what candidates said to their offers, for programs of the bureau."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Field, Header, Query, Router, Schema
from pydantic import model_validator

from zhiqiao.apps.accounts.actions import Answer
from zhiqiao.apps.admissions import actions, queries
from zhiqiao.apps.admissions.api.writing import answered
from zhiqiao.apps.admissions.models import Appeal, Recheck
from zhiqiao.apps.admissions.rules import can_run_season, can_see_requests
from zhiqiao.core.access import Actor, require
from zhiqiao.core.api import PROBLEMS_OF_ONE, PROBLEMS_OF_WRITING, DeepPaging, Listed, PlainText
from zhiqiao.core.listing import Listing, answer_list
from zhiqiao.core.scopes import needs
from zhiqiao.core.versions import Keyed

router = Router(tags=["admissions"])
READ = needs("admissions:people")
WRITE = needs("admissions:answers")


Item = Annotated[PlainText, Field(max_length=64)]
Mark = Annotated[Decimal, Field(ge=0, max_digits=7, decimal_places=2)]


class AppealOut(Schema):
    """What a candidate holds against a result or against the own scores, and what was answered."""

    uid: UUID
    candidate_uid: UUID
    candidate_number: str
    text: str
    filed_at: datetime
    answer_by: date
    state: str = Field(description="filed, upheld or rejected.")
    answer: str = Field(description="Empty until it is answered.")
    answered_at: datetime | None
    corrected_at: datetime | None = Field(description="When other marks came to stand.")


class OfferAnswerOut(Schema):
    """What a candidate said to an offer."""

    candidate_uid: UUID
    candidate_number: str
    programme_uid: UUID
    programme: str
    says: str = Field(description="accepted or declined.")
    at: datetime


class AppealAnswerIn(Schema):
    upheld: bool
    answer: PlainText = Field(min_length=1, max_length=2_000, description="With its reasons.")


class RecheckAnswerIn(AppealAnswerIn):
    marks: dict[Item, Mark] = Field(
        default_factory=dict,
        max_length=50,
        description="The marks that stand from now on, by item; only where it is upheld.",
    )

    @model_validator(mode="after")
    def correct_only_when_upheld(self) -> Self:
        if self.marks and not self.upheld:
            raise ValueError("marks are sent, but the re-check is not upheld")
        return self


class WantedAppeals(DeepPaging):
    state: Literal["", "filed", "upheld", "rejected"] = ""


class WantedAnswers(DeepPaging):
    says: Literal["", "accepted", "declined"] = ""


OF_CANDIDATE = {
    "candidate_uid": "candidate__uid",
    "candidate_number": "candidate__number",
}
COLUMNS = {**{name: name for name in AppealOut.model_fields}, **OF_CANDIDATE}
APPEALS = Listing("appeals", AppealOut, columns=COLUMNS, is_open_data=False)
RECHECKS = Listing("rechecks", AppealOut, columns=COLUMNS, is_open_data=False)
ANSWERS = Listing(
    "answers",
    OfferAnswerOut,
    columns={
        **OF_CANDIDATE,
        "programme_uid": "line__uid",
        "programme": "line__code",
        "says": "says",
        "at": "at",
    },
    is_open_data=False,
)
PLAIN = frozenset(name for name, field in COLUMNS.items() if name == field)


def _staff(request: HttpRequest) -> Actor:
    require(can_run_season(request.user))
    return request.user


@router.get(
    "/admissions/{uid}/appeals",
    auth=READ,
    response={200: Listed[AppealOut], **PROBLEMS_OF_ONE},
    summary="Appeals against the result",
)
def read_appeals(request: HttpRequest, uid: UUID, wanted: Query[WantedAppeals]) -> Any:
    """Give the appeals of a season, the latest first; those with the state filed wait."""
    season = queries.season_visible_to(_staff(request), uid)
    rows = queries.appeals_visible_to(request.user, season)
    if wanted.state:
        rows = rows.filter(state=wanted.state)
    return answer_list(request, rows, wanted, APPEALS)


@router.post(
    "/appeals/{uid}/answer",
    auth=WRITE,
    response={200: AppealOut, **PROBLEMS_OF_WRITING},
    summary="Answer an appeal",
)
def answer_appeal(
    request: HttpRequest,
    response: HttpResponse,
    uid: UUID,
    given: AppealAnswerIn,
    said: Header[Keyed],
) -> Any:
    """Keep the decision of a person with its reasons; an upheld one leads to a correction."""
    user = _staff(request)
    appeal = queries.appeal_visible_to(user, uid)

    def write() -> Answer:
        return _answer(actions.answer_appeal(appeal, **given.model_dump(), actor=user))

    return answered(request, response, said, write)


@router.get(
    "/admissions/{uid}/rechecks",
    auth=READ,
    response={200: Listed[AppealOut], **PROBLEMS_OF_ONE},
    summary="Re-checks of scores",
)
def read_rechecks(request: HttpRequest, uid: UUID, wanted: Query[WantedAppeals]) -> Any:
    """Give the re-checks of a season: those that wait first, in the order of their terms."""
    season = queries.season_visible_to(_staff(request), uid)
    rows = queries.rechecks_visible_to(request.user, season, state=wanted.state)
    return answer_list(request, rows, wanted, RECHECKS)


@router.post(
    "/rechecks/{uid}/answer",
    auth=WRITE,
    response={200: AppealOut, **PROBLEMS_OF_WRITING},
    summary="Answer a re-check of scores",
)
def answer_recheck(
    request: HttpRequest,
    response: HttpResponse,
    uid: UUID,
    given: RecheckAnswerIn,
    said: Header[Keyed],
) -> Any:
    """Keep what a person found; upheld means that the marks that are sent stand from now on."""
    user = _staff(request)
    recheck = queries.recheck_visible_to(user, uid)

    def write() -> Answer:
        return _answer(actions.answer_recheck(recheck, **given.model_dump(), actor=user))

    return answered(request, response, said, write)


@router.get(
    "/admissions/{uid}/answers",
    auth=READ,
    response={200: Listed[OfferAnswerOut], **PROBLEMS_OF_ONE},
    summary="What candidates said to their offers",
)
def read_answers(request: HttpRequest, uid: UUID, wanted: Query[WantedAnswers]) -> Any:
    """Give the answers to offers of your schools, the latest first; all of them to the bureau."""
    require(can_see_requests(request.user))
    season = queries.season_visible_to(request.user, uid)
    rows = queries.answers_visible_to(request.user, season)
    if wanted.says:
        rows = rows.filter(says=wanted.says)
    return answer_list(request, rows, wanted, ANSWERS)


def _answer(one: Appeal | Recheck) -> Answer:
    shown = AppealOut(
        candidate_uid=one.candidate.uid,
        candidate_number=one.candidate.number,
        **{name: getattr(one, name) for name in PLAIN},
    )
    return Answer(shown.model_dump(mode="json"), version=0)
