"""Letters and privileges for programs of the bureau and of schools; whether a letter is genuine, for all."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from zhiqiao.apps.admissions import queries
from zhiqiao.apps.admissions.rules import can_see_requests
from zhiqiao.core.access import require
from zhiqiao.core.api import PROBLEMS_OF_ONE, DeepPaging, Listed
from zhiqiao.core.listing import Listing, answer_list
from zhiqiao.core.scopes import needs, open_to_all

router = Router(tags=["admissions"])
READ = open_to_all("admissions:read")
READ_PAPERS = needs("admissions:papers")


class LetterOut(Schema):
    """A letter of admission as it was issued."""

    uid: UUID
    number: str
    candidate_number: str
    name: str
    programme_uid: UUID
    programme: str
    major: str
    school: str
    issued_at: datetime
    withdrawn_at: datetime | None = Field(description="Null while the letter holds.")


class PrivilegeOut(Schema):
    """A privilege that a candidate was asked for; neither evidence nor objections are in it."""

    uid: UUID
    candidate_number: str
    award: str = Field(description="An award of the scheme.")
    state: str
    asked_at: datetime
    published_on: date | None
    objections_until: date | None
    decided_at: datetime | None


class CheckedLetterOut(Schema):
    """What whoever holds a letter learns with its code."""

    number: str
    school: str
    major: str
    year: int
    masked_name: str
    is_genuine: bool = Field(description="False once it was withdrawn.")


LETTERS = Listing(
    "letters",
    LetterOut,
    columns={
        **{name: name for name in LetterOut.model_fields},
        "programme_uid": "line__uid",
        "programme": "line__code",
        "major": "line__major",
        "school": "line__school__name",
    },
    is_open_data=False,
)
PRIVILEGES = Listing(
    "privileges",
    PrivilegeOut,
    columns={
        **{name: name for name in PrivilegeOut.model_fields},
        "candidate_number": "candidate__number",
    },
    is_open_data=False,
)


class WantedPrivileges(DeepPaging):
    state: str = Field("", max_length=9, description="asked, published, granted or refused.")


@router.get(
    "/admissions/{uid}/letters",
    auth=READ_PAPERS,
    response={200: Listed[LetterOut], **PROBLEMS_OF_ONE},
    summary="Letters of admission of your schools",
)
def read_letters(request: HttpRequest, uid: UUID, paging: Query[DeepPaging]) -> Any:
    """Give the letters for the programmes of your schools; all of them to the bureau."""
    require(can_see_requests(request.user))
    season = queries.season_visible_to(request.user, uid)
    rows = queries.letters_visible_to(request.user, season).order_by("id")
    return answer_list(request, rows, paging, LETTERS)


@router.get(
    "/admissions/{uid}/privileges",
    auth=READ_PAPERS,
    response={200: Listed[PrivilegeOut], **PROBLEMS_OF_ONE},
    summary="Privileges of your candidates",
)
def read_privileges(request: HttpRequest, uid: UUID, wanted: Query[WantedPrivileges]) -> Any:
    """Give the privileges of candidates from your schools; all of them to the bureau."""
    require(can_see_requests(request.user))
    season = queries.season_visible_to(request.user, uid)
    rows = queries.privileges_in_order(request.user, season, state=wanted.state)
    return answer_list(request, rows, wanted, PRIVILEGES)


@router.get(
    "/letters/{code}",
    auth=READ,
    response={200: CheckedLetterOut, **PROBLEMS_OF_ONE},
    summary="Whether a letter of admission is genuine",
)
def check_letter(request: HttpRequest, code: str) -> Any:
    """Say what the page of the letter's QR code says; the name is masked."""
    del request
    return queries.open_letter(code)
