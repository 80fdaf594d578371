"""Who was admitted and who arrived, for programs of the admitting schools and of the bureau."""

from datetime import date
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Field, Header, Query, Router, Schema

from zhiqiao.apps.accounts.actions import Answer
from zhiqiao.apps.admissions import actions, queries
from zhiqiao.apps.admissions.api.writing import answered
from zhiqiao.apps.admissions.rules import can_see_requests
from zhiqiao.core.access import require
from zhiqiao.core.api import PROBLEMS_OF_ONE, PROBLEMS_OF_WRITING, DeepPaging, Listed
from zhiqiao.core.listing import Listing, answer_list
from zhiqiao.core.scopes import needs
from zhiqiao.core.versions import Keyed

router = Router(tags=["admissions"])
READ = needs("admissions:people")
WRITE = needs("admissions:enrol")


class AdmittedOut(Schema):
    """An admitted candidate who did not decline, and when the person arrived."""

    candidate_uid: UUID
    candidate_number: str
    name: str
    programme_uid: UUID
    programme: str
    major: str
    school: str
    origin: str | None = Field(description="The school from which the candidate comes.")
    arrived_on: date | None


class ArrivalOut(Schema):
    """An arrival that was confirmed."""

    candidate_uid: UUID
    candidate_number: str
    programme_uid: UUID
    programme: str
    arrived_on: date


class WantedAdmitted(DeepPaging):
    q: str = Field("", max_length=100, description="A part of a name, or a number's beginning.")
    arrived: Literal["", "yes", "no"] = ""


ADMITTED = Listing(
    "admitted",
    AdmittedOut,
    columns={
        "candidate_uid": "candidate__uid",
        "candidate_number": "candidate__number",
        "name": "candidate__person__name",
        "programme_uid": "line__uid",
        "programme": "line__code",
        "major": "line__major",
        "school": "line__school__name",
        "origin": "candidate__school__name",
        "arrived_on": "candidate__enrolment__registered_on",
    },
    is_open_data=False,
)


@router.get(
    "/admissions/{uid}/enrolments",
    auth=READ,
    response={200: Listed[AdmittedOut], **PROBLEMS_OF_ONE},
    summary="Who was admitted to your schools, and who arrived",
)
def read_enrolments(request: HttpRequest, uid: UUID, wanted: Query[WantedAdmitted]) -> Any:
    """Give the admitted of your schools by the last published result; all of them to the bureau."""
    require(can_see_requests(request.user))
    season = queries.season_visible_to(request.user, uid)
    chosen = queries.EnrolmentFilter(text=wanted.q, arrived=wanted.arrived)
    rows = queries.admitted_visible_to(request.user, season, wanted=chosen)
    return answer_list(request, rows, wanted, ADMITTED)


@router.post(
    "/candidates/{uid}/enrol",
    auth=WRITE,
    response={200: ArrivalOut, **PROBLEMS_OF_WRITING},
    summary="Confirm that a candidate arrived",
)
def enrol(request: HttpRequest, response: HttpResponse, uid: UUID, said: Header[Keyed]) -> Any:
    """Confirm the arrival of an admitted candidate; the file goes to your school with it."""
    require(can_see_requests(request.user))
    candidate = queries.admitted_candidate_visible_to(request.user, uid)

    def write() -> Answer:
        made = actions.enrol(candidate, actor=request.user)
        shown = ArrivalOut(
            candidate_uid=candidate.uid,
            candidate_number=candidate.number,
            programme_uid=made.line.uid,
            programme=made.line.code,
            arrived_on=made.registered_on,
        )
        return Answer(shown.model_dump(mode="json"), version=0)

    return answered(request, response, said, write)
