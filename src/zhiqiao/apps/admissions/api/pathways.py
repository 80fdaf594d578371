"""Pathway contracts as open data: who agreed on what, and how many entered; nobody is named in them."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from zhiqiao.apps.admissions import queries
from zhiqiao.core.api import PROBLEMS, PROBLEMS_OF_ONE, DeepPaging, Listed, Words
from zhiqiao.core.listing import Listing, answer_list
from zhiqiao.core.scopes import open_to_all

router = Router(tags=["admissions"])
READ = open_to_all("admissions:read")


class PathwayOut(Schema):
    """A contract of two schools for one articulated pathway."""

    uid: UUID
    scheme: str
    kind: str = Field(description="A pathway of the scheme.")
    school: str
    school_uid: UUID
    major: str
    receiving: str
    receiving_uid: UUID
    receiving_major: str
    first_year: int
    capacity: int | None = Field(description="Null: all who pass go on.")
    state: str
    entered: int | None = Field(description="Over all years that are known; null for none.")


class GateOut(Schema):
    """A test on the way."""

    order: int
    year_of_study: int
    title: Words
    score: str
    least: str | None = Field(
        description="The least that passes, exactly as a text; null: unknown."
    )


class CohortOut(Schema):
    entry_year: int
    entered: int


class FullPathwayOut(PathwayOut):
    """A contract with its gates, what becomes of those who do not pass, and its years."""

    fallback: str
    may_use_ordinary: bool | None
    gates: list[GateOut]
    cohorts: list[CohortOut]


class WantedPathways(DeepPaging):
    q: str = Field("", max_length=100, description="A part of a school or major.")
    kind: str = Field("", max_length=64)
    state: str = Field("", max_length=8, description="in-force or ended.")


COLUMNS = {
    **{name: name for name in PathwayOut.model_fields},
    "school": "school__name",
    "school_uid": "school__uid",
    "receiving": "receiving__name",
    "receiving_uid": "receiving__uid",
}
PATHWAYS = Listing("pathways", PathwayOut, columns=COLUMNS)


@router.get(
    "/pathways",
    auth=READ,
    response={200: Listed[PathwayOut], **PROBLEMS},
    summary="Pathway contracts",
)
def read_pathways(request: HttpRequest, wanted: Query[WantedPathways]) -> Any:
    """Give the contracts that are or were in force, the latest first; drafts are not public."""
    chosen = queries.PathwayFilter(text=wanted.q, kind=wanted.kind, state=wanted.state)
    return answer_list(request, queries.open_pathways(wanted=chosen), wanted, PATHWAYS)


@router.get(
    "/pathways/{uid}",
    auth=READ,
    response={200: FullPathwayOut, **PROBLEMS_OF_ONE},
    summary="One pathway contract",
)
def read_pathway(request: HttpRequest, uid: UUID) -> Any:
    """Give one contract with its gates and how many entered in each year."""
    del request
    contract = queries.open_pathway(uid)
    row = {name: getattr(contract, name) for name in PathwayOut.model_fields if name in OWN}
    return {
        **row,
        "school": contract.school.name,
        "school_uid": contract.school.uid,
        "receiving": contract.receiving.name,
        "receiving_uid": contract.receiving.uid,
        "fallback": contract.fallback,
        "may_use_ordinary": contract.may_use_ordinary,
        "gates": [_gate(gate) for gate in queries.gates_of(contract)],
        "cohorts": [
            {"entry_year": one.entry_year, "entered": one.entered}
            for one in queries.cohorts_of(contract)
        ],
    }


OWN = frozenset(name for name, field in COLUMNS.items() if name == field)


def _gate(gate: Any) -> dict[str, Any]:
    return {
        "order": gate.order,
        "year_of_study": gate.year_of_study,
        "title": {"zh": gate.title_zh, "en": gate.title_en or gate.title_zh},
        "score": gate.score,
        "least": None if gate.least is None else f"{gate.least:f}",
    }
