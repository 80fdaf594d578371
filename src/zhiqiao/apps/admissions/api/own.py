"""A candidate's own file for the own program: scores, open programmes, choices and the result.

A token acts for a person who holds a role, and a session of the site opens nothing here. So most
candidates use their pages; who has a role as well reads the own file by program. Choices, answers,
appeals and re-checks are made on the pages, by the candidate in person.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Router, Schema

from zhiqiao.apps.admissions import actions, queries
from zhiqiao.apps.admissions.models import Candidate, ScoreSheet
from zhiqiao.core.api import PROBLEMS, PROBLEMS_OF_ONE, DeepPaging, Listed, Paging, Words
from zhiqiao.core.errors import MissingError
from zhiqiao.core.listing import Listing, answer_list
from zhiqiao.core.scopes import needs
from zhiqiao.core.versions import tag
from zhiqiao.packs import Text

router = Router(tags=["admissions"])
READ = needs("admissions:own")


class OwnCandidacyOut(Schema):
    """A season in which the person takes part."""

    uid: UUID
    season_uid: UUID
    scheme: str
    year: int
    state: str = Field(description="State of the season.")
    round: int
    number: str
    exam_type: str
    category: str
    eligibility: str = Field(description="pending, eligible or ineligible.")
    reason: str | None = Field(description="Why the person may not take part.")


class ScoreOut(Schema):
    """One mark or sum, exactly as a text."""

    id: str
    title: Words
    value: str
    most: str | None = Field(description="Null for a sum.")


class OwnScoresOut(Schema):
    sealed_at: datetime
    marks: list[ScoreOut]
    sums: list[ScoreOut]


class OpenProgrammeOut(Schema):
    """A programme that the candidate may list."""

    uid: UUID
    code: str
    school: str
    school_uid: UUID
    major: str
    batch: str
    pathway: str
    places: int


class ChosenOut(Schema):
    """A choice, with the line of the same programme a year ago."""

    place: int
    uid: UUID
    code: str
    school: str
    major: str
    batch: str
    last_cutoff: str | None
    last_position: int | None


class OwnChoicesOut(Schema):
    """The list of the present round; version 0 is a list that was never saved."""

    round: int
    version: int
    until: datetime | None = Field(description="The end of the window for the own district.")
    locked_at: datetime | None
    receipt: str | None = Field(description="Digest of exactly what was locked.")
    choices: list[ChosenOut]


class OfferOut(Schema):
    code: str
    school: str
    major: str


class ReasonOut(Schema):
    """Why a choice was given or not: a code, the figures as texts, and a sentence."""

    place: int
    code: str
    school: str
    major: str
    reason: str
    own: str | None
    cutoff: str | None
    gap: str | None
    sentence: str = Field(description="In the language of the answer.")


class OwnResultOut(Schema):
    """The latest published result."""

    run_uid: UUID
    programme: OfferOut | None = Field(description="Null: no place.")
    answer: str | None = Field(description="accepted or declined.")
    answered_at: datetime | None
    letter_number: str | None
    reasons: list[ReasonOut]


class LeafOut(Schema):
    """The own leaf with its salt, to be checked against the published root."""

    salt: str
    content: str


class OwnAppealOut(Schema):
    """An appeal or a re-check with its answer, as far as there is one."""

    uid: UUID
    text: str
    filed_at: datetime
    answer_by: date
    state: str = Field(description="filed, upheld or rejected.")
    answer: str | None
    answered_at: datetime | None


class WantedOpen(DeepPaging):
    q: str = Field("", max_length=100, description="A part of a name, or a code's beginning.")
    batch: str = Field("", max_length=64)


def _candidacy(candidate: Candidate) -> dict[str, Any]:
    season = candidate.season
    names = ("uid", "number", "exam_type", "category", "eligibility")
    return {
        **{name: getattr(candidate, name) for name in names},
        **{name: getattr(season, name) for name in ("scheme", "year", "state", "round")},
        "season_uid": season.uid,
        "reason": candidate.reason or None,
    }


def _filed(one: Any) -> dict[str, Any]:
    return {**{name: getattr(one, name) for name in OwnAppealOut.model_fields}, "answer": one.answer or None}  # fmt: skip


def _chosen(row: queries.ChoiceRow) -> dict[str, Any]:
    line = row.line
    return {
        **{name: getattr(line, name) for name in ("uid", "code", "major", "batch")},
        "place": row.place,
        "school": line.school.name,
        "last_cutoff": row.last_cutoff or None,
        "last_position": row.last_position,
    }


def _reason(told: queries.ReasonTold) -> dict[str, Any]:
    words = ("place", "code", "school", "major", "reason", "sentence")
    return {
        **{name: getattr(told, name) for name in words},
        **{name: getattr(told, name) or None for name in ("own", "cutoff", "gap")},
    }


CANDIDACIES = Listing("candidacies", OwnCandidacyOut, _candidacy, is_open_data=False)
APPEALS = Listing("own-appeals", OwnAppealOut, _filed, is_open_data=False)
OPEN = Listing(
    "open-programmes",
    OpenProgrammeOut,
    columns={
        **{name: name for name in OpenProgrammeOut.model_fields},
        "school": "school__name",
        "school_uid": "school__uid",
    },
    is_open_data=False,
)


@router.get(
    "/my-admission",
    auth=READ,
    response={200: Listed[OwnCandidacyOut], **PROBLEMS},
    summary="Your own candidacies",
)
def read_own_candidacies(request: HttpRequest, paging: Query[Paging]) -> Any:
    """Give the seasons in which you take or took part, the latest first."""
    return answer_list(request, queries.candidacies_of(request.user), paging, CANDIDACIES)


@router.get(
    "/my-admission/{uid}/scores",
    auth=READ,
    response={200: OwnScoresOut, **PROBLEMS_OF_ONE},
    summary="Your own scores",
)
def read_own_scores(request: HttpRequest, uid: UUID) -> Any:
    """Give your marks and sums; until the scores of the season are sealed there are none."""
    candidate = queries.own_candidate(request.user, uid)
    sheet = queries.scores_of(request.user, candidate)
    if sheet is None:
        raise MissingError("admissions.missing")
    return {"sealed_at": candidate.season.scores_sealed_at, **_scores(candidate, sheet)}


def _scores(candidate: Candidate, sheet: ScoreSheet) -> dict[str, Any]:
    kind = candidate.season.rules.exam_types[candidate.exam_type]
    marks, sums = sheet.marks or {}, sheet.sums or {}
    return {
        "marks": [
            {"id": name, "title": _words(item.title), "value": marks[name], "most": f"{item.most:f}"}
            for name, item in kind.items.items()
            if name in marks
        ],
        "sums": [
            {"id": name, "title": _words(total.title), "value": sums[name], "most": None}
            for name, total in kind.sums.items()
            if name in sums
        ],
    }  # fmt: skip


@router.get(
    "/my-admission/{uid}/programmes",
    auth=READ,
    response={200: Listed[OpenProgrammeOut], **PROBLEMS_OF_ONE},
    summary="Programmes that are open to you",
)
def read_own_programmes(request: HttpRequest, uid: UUID, wanted: Query[WantedOpen]) -> Any:
    """Give the programmes that you may list."""
    candidate = queries.own_candidate(request.user, uid)
    rows = queries.lines_open_to(candidate, text=wanted.q, batch=wanted.batch)
    return answer_list(request, rows, wanted, OPEN)


@router.get(
    "/my-admission/{uid}/choices",
    auth=READ,
    response={200: OwnChoicesOut, **PROBLEMS_OF_ONE},
    summary="Your own choices",
)
def read_own_choices(request: HttpRequest, response: HttpResponse, uid: UUID) -> Any:
    """Give your list of the present round as it is saved, the most wanted first."""
    candidate = queries.own_candidate(request.user, uid)
    held = queries.choice_list_of(request.user, candidate)
    rows = queries.choice_rows(candidate.season, held.lines) if held else []
    version = held.version if held else 0
    tag(response, version)
    return {
        "round": candidate.season.round,
        "version": version,
        "until": actions.window_end(candidate),
        "locked_at": held.locked_at if held else None,
        "receipt": (held.receipt or None) if held else None,
        "choices": [_chosen(row) for row in rows],
    }


@router.get(
    "/my-admission/{uid}/result",
    auth=READ,
    response={200: OwnResultOut, **PROBLEMS_OF_ONE},
    summary="Your own result",
)
def read_own_result(request: HttpRequest, uid: UUID) -> Any:
    """Give the latest published result with the reason of every choice; before it there is none."""
    told = queries.result_told(request.user, uid)
    if told is None:
        raise MissingError("admissions.missing")
    offer = told.offer
    return {
        "run_uid": told.run,
        "programme": offer
        and {"code": offer["code"], "school": offer["name"], "major": offer["major"]},
        "answer": told.says or None,
        "answered_at": told.answered_at,
        "letter_number": told.letter_number or None,
        "reasons": [_reason(one) for one in told.reasons],
    }


@router.get(
    "/my-admission/{uid}/leaf",
    auth=READ,
    response={200: LeafOut, **PROBLEMS_OF_ONE},
    summary="Your own leaf of the audit bundle",
)
def read_own_leaf(request: HttpRequest, uid: UUID) -> Any:
    """Give your leaf, which the public verifier checks against the published root."""
    candidate = queries.own_candidate(request.user, uid)
    result = queries.own_result(request.user, candidate)
    told = queries.leaf_of(request.user, result) if result else None
    if told is None:
        raise MissingError("admissions.missing")
    return told


@router.get(
    "/my-admission/{uid}/appeals",
    auth=READ,
    response={200: Listed[OwnAppealOut], **PROBLEMS_OF_ONE},
    summary="Your own appeals",
)
def read_own_appeals(request: HttpRequest, uid: UUID, paging: Query[Paging]) -> Any:
    """Give your appeals with their answers, the latest first."""
    candidate = queries.own_candidate(request.user, uid)
    return answer_list(request, queries.own_appeals(request.user, candidate.uid), paging, APPEALS)


@router.get(
    "/my-admission/{uid}/recheck",
    auth=READ,
    response={200: OwnAppealOut, **PROBLEMS_OF_ONE},
    summary="Your own re-check of the scores",
)
def read_own_recheck(request: HttpRequest, uid: UUID) -> Any:
    """Give the re-check that you asked for, once you did."""
    candidate = queries.own_candidate(request.user, uid)
    found = queries.recheck_of(request.user, candidate)
    if found is None:
        raise MissingError("admissions.missing")
    return _filed(found)


def _words(title: Text) -> dict[str, str]:
    return {"zh": title.zh, "en": title.en}
