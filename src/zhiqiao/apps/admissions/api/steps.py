"""How a season stands and its next steps, for programs of the bureau; two persons stay two persons."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Field, Header, Query, Router, Schema

from zhiqiao.apps.accounts.actions import Answer
from zhiqiao.apps.admissions import actions, queries
from zhiqiao.apps.admissions.api.writing import answered
from zhiqiao.apps.admissions.choices import Arrow
from zhiqiao.apps.admissions.models import Season
from zhiqiao.apps.admissions.rules import can_run_season
from zhiqiao.core.access import Actor, require
from zhiqiao.core.api import (
    PROBLEMS,
    PROBLEMS_OF_ONE,
    PROBLEMS_OF_WRITING,
    DeepPaging,
    Listed,
    PlainText,
)
from zhiqiao.core.listing import Listing, answer_list
from zhiqiao.core.scopes import needs
from zhiqiao.core.versions import Keyed

router = Router(tags=["admissions"])
READ = needs("admissions:season")
WRITE = needs("admissions:steps")
SHOWN = (
    *("uid", "scheme", "year", "state", "round", "choices_from", "choices_until", "paused_at"),
    *("scores_sealed_at", "is_rehearsal"),
)


class WaitingOut(Schema):
    """A step that waits: for a second person, or for its run."""

    uid: UUID
    arrow: str
    from_state: str
    to_state: str
    reason: str
    asked_by: str | None
    asked_at: datetime
    is_running: bool


class NextOut(Schema):
    """A step that leads on from here."""

    arrow: str
    two_persons: bool
    is_run: bool


class CountsOut(Schema):
    candidates: int
    eligible: int
    locked: int = Field(description="Whose choices of this round are locked.")


class StandingOut(Schema):
    """How a season stands, what waits, and what may be asked for next."""

    uid: UUID
    scheme: str
    year: int
    state: str
    round: int
    choices_from: datetime | None
    choices_until: datetime | None
    paused_at: datetime | None
    scores_sealed_at: datetime | None
    is_rehearsal: bool
    waiting: WaitingOut | None
    next: list[NextOut]
    counts: CountsOut


class StepOut(Schema):
    """A step that waits for a signature, or that was taken or taken back."""

    uid: UUID
    season_uid: UUID
    arrow: str
    round: int
    from_state: str
    to_state: str
    reason: str
    digest: str = Field(description="Digest of what it rested on; empty until it is taken.")
    asked_by: str | None
    asked_at: datetime
    signed_by: str | None
    ended_at: datetime | None
    is_taken: bool


class StepIn(Schema):
    arrow: Arrow
    reason: PlainText = Field("", max_length=2_000)


class SignatureIn(Schema):
    step: UUID = Field(description="The step that was seen to wait.")


class TakenBackIn(SignatureIn):
    reason: PlainText = Field(min_length=1, max_length=2_000)


STEPS = Listing(
    "steps",
    StepOut,
    columns={
        **{name: name for name in StepOut.model_fields},
        "season_uid": "season__uid",
        "asked_by": "asked_by__name",
        "signed_by": "signed_by__name",
    },
    is_open_data=False,
)


def _season(request: HttpRequest, uid: UUID) -> Season:
    require(can_run_season(request.user))
    return queries.season_visible_to(request.user, uid)


def _standing(user: Actor, season: Season) -> dict[str, Any]:
    counts = queries.candidate_counts(user, season)
    return {
        **{name: getattr(season, name) for name in SHOWN},
        "waiting": _waiting(season),
        "next": [
            {name: getattr(step, name) for name in NextOut.model_fields}
            for step in queries.next_steps(season)
        ],
        "counts": {"candidates": counts["all"], **{n: counts[n] for n in ("eligible", "locked")}},
    }


def _waiting(season: Season) -> dict[str, Any] | None:
    step = queries.step_that_waits(season)
    if step is None:
        return None
    names = ("uid", "arrow", "from_state", "to_state", "reason", "asked_at")
    return {
        **{name: getattr(step, name) for name in names},
        "asked_by": step.asked_by.name if step.asked_by else None,
        "is_running": queries.is_running(step),
    }


@router.get(
    "/admissions/{uid}/standing",
    auth=READ,
    response={200: StandingOut, **PROBLEMS_OF_ONE},
    summary="How a season stands",
)
def read_standing(request: HttpRequest, uid: UUID) -> Any:
    """Give the state of a season, the step that waits and those that are possible next."""
    return _standing(request.user, _season(request, uid))


@router.get(
    "/admissions/{uid}/steps",
    auth=READ,
    response={200: Listed[StepOut], **PROBLEMS_OF_ONE},
    summary="Steps of a season",
)
def read_steps(request: HttpRequest, uid: UUID, paging: Query[DeepPaging]) -> Any:
    """Give what was done, the latest first, with its persons and its reasons."""
    return answer_list(request, queries.steps_of(_season(request, uid)), paging, STEPS)


@router.get(
    "/steps-to-sign",
    auth=READ,
    response={200: Listed[StepOut], **PROBLEMS},
    summary="Steps that wait for a signature",
)
def read_steps_to_sign(request: HttpRequest, paging: Query[DeepPaging]) -> Any:
    """Give the steps of all seasons that wait for a second person, the oldest first."""
    require(can_run_season(request.user))
    return answer_list(request, queries.steps_to_sign(request.user), paging, STEPS)


@router.post(
    "/admissions/{uid}/steps",
    auth=WRITE,
    response={200: StandingOut, **PROBLEMS_OF_WRITING},
    summary="Ask for a step",
)
def ask_step(
    request: HttpRequest, response: HttpResponse, uid: UUID, given: StepIn, said: Header[Keyed]
) -> Any:
    """Take a step, or have it wait: for the second person, or for the run that it starts."""
    season = _season(request, uid)

    def write() -> Answer:
        actions.ask_step(season, given.arrow, actor=request.user, reason=given.reason)
        return _answer(request.user, uid)

    return answered(request, response, said, write)


@router.post(
    "/admissions/{uid}/sign",
    auth=WRITE,
    response={200: StandingOut, **PROBLEMS_OF_WRITING},
    summary="Sign the step that waits",
)
def sign_step(
    request: HttpRequest, response: HttpResponse, uid: UUID, given: SignatureIn, said: Header[Keyed]
) -> Any:
    """Sign, as the second person, the step that another one asked for and that you name."""
    season = _season(request, uid)

    def write() -> Answer:
        actions.sign_step(season, actor=request.user, step=given.step)
        return _answer(request.user, uid)

    return answered(request, response, said, write)


@router.post(
    "/admissions/{uid}/take-back",
    auth=WRITE,
    response={200: StandingOut, **PROBLEMS_OF_WRITING},
    summary="Take the waiting step back",
)
def take_step_back(
    request: HttpRequest, response: HttpResponse, uid: UUID, given: TakenBackIn, said: Header[Keyed]
) -> Any:
    """Take back or refuse the step that you name; nothing of the season changes."""
    season = _season(request, uid)

    def write() -> Answer:
        actions.refuse_step(season, actor=request.user, reason=given.reason, step=given.step)
        return _answer(request.user, uid)

    return answered(request, response, said, write)


def _answer(user: Actor, uid: UUID) -> Answer:
    season = queries.season_visible_to(user, uid)
    shown = StandingOut.model_validate(_standing(user, season))
    return Answer(shown.model_dump(mode="json"), version=0)
