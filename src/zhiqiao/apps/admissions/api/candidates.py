"""Candidates for programs of the bureau and of the schools they come from; no choice is in it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from zhiqiao.apps.admissions import queries
from zhiqiao.apps.admissions.rules import can_see_requests
from zhiqiao.core.access import require
from zhiqiao.core.api import PROBLEMS_OF_ONE, DeepPaging, Listed
from zhiqiao.core.listing import Listing, answer_list
from zhiqiao.core.scopes import needs

router = Router(tags=["admissions"])
READ = needs("admissions:people")


class CandidateOut(Schema):
    """A candidate as the list shows one: no identity number, no score and no choice."""

    uid: UUID
    number: str
    name: str
    school: str | None
    school_uid: UUID | None
    region: str | None
    exam_type: str
    category: str
    eligibility: str = Field(description="pending, eligible or ineligible.")
    is_locked: bool = Field(description="Whether the choices of the present round are locked.")


class AwardOut(Schema):
    """A privilege that was asked for."""

    uid: UUID
    award: str
    state: str


class FullCandidateOut(CandidateOut):
    """One file."""

    season_uid: UUID
    reason: str | None = Field(description="Why the candidate may not take part.")
    contract_uid: UUID | None
    has_account: bool
    code_issued_at: datetime | None
    privileges: list[AwardOut]


class WantedCandidates(DeepPaging):
    q: str = Field("", max_length=100, description="A part of a name, or a number's beginning.")
    eligibility: str = Field("", max_length=10)
    unlocked: bool = Field(default=False, description="Only whose choices are not locked.")


CANDIDATES = Listing(
    "candidates",
    CandidateOut,
    columns={
        **{name: name for name in CandidateOut.model_fields},
        "name": "person__name",
        "school": "school__name",
        "school_uid": "school__uid",
        "region": "region__name",
    },
    is_open_data=False,
)


@router.get(
    "/admissions/{uid}/candidates",
    auth=READ,
    response={200: Listed[CandidateOut], **PROBLEMS_OF_ONE},
    summary="Candidates of your schools",
)
def read_candidates(request: HttpRequest, uid: UUID, wanted: Query[WantedCandidates]) -> Any:
    """Give the candidates who come from your schools; all of them to the bureau."""
    require(can_see_requests(request.user))
    season = queries.season_visible_to(request.user, uid)
    chosen = queries.CandidateFilter(
        text=wanted.q, eligibility=wanted.eligibility, unlocked=wanted.unlocked
    )
    rows = queries.candidates_listed_for(request.user, season, wanted=chosen)
    return answer_list(request, rows, wanted, CANDIDATES)


@router.get(
    "/candidates/{uid}",
    auth=READ,
    response={200: FullCandidateOut, **PROBLEMS_OF_ONE},
    summary="One candidate",
)
def read_candidate(request: HttpRequest, uid: UUID) -> Any:
    """Give the file of one candidate; of the choices it says only whether they are locked."""
    require(can_see_requests(request.user))
    candidate = queries.candidate_visible_to(request.user, uid)
    names = ("uid", "number", "exam_type", "category", "eligibility", "code_issued_at")
    return {
        **{name: getattr(candidate, name) for name in names},
        "season_uid": candidate.season.uid,
        "name": candidate.person.name,
        "school": candidate.school.name if candidate.school else None,
        "school_uid": candidate.school.uid if candidate.school else None,
        "region": candidate.region.name if candidate.region else None,
        "is_locked": candidate.locked_round == candidate.season.round,
        "reason": candidate.reason or None,
        "contract_uid": candidate.contract.uid if candidate.contract else None,
        "has_account": candidate.account_id is not None,
        "privileges": [
            {name: getattr(row.privilege, name) for name in AwardOut.model_fields}
            for row in queries.privileges_of(request.user, candidate)
        ],
    }
