"""Schools, bodies and regions as open data."""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from zhiqiao.apps.registry import queries
from zhiqiao.apps.registry.models import Organisation
from zhiqiao.core.api import PROBLEMS, PROBLEMS_OF_ONE, DeepPaging, Listed
from zhiqiao.core.errors import MISSING, MissingError
from zhiqiao.core.listing import Listing, answer_list
from zhiqiao.core.scopes import open_to_all

router = Router(tags=["registry"])
PUBLIC = AnonymousUser()
READ = open_to_all("registry:read")


class OrganisationOut(Schema):
    """A school or body; what no source states is null."""

    uid: UUID
    name: str
    kind: str
    national_code: str | None
    region: str | None
    ownership: str
    ended: bool
    provenance: str


class NameOut(Schema):
    name: str
    kind: str
    valid_from: date | None
    valid_to: date | None


class StepOut(Schema):
    kind: str
    predecessor: str
    successor: str | None


class FullOrganisationOut(OrganisationOut):
    names: list[NameOut]
    before: list[StepOut]
    after: list[StepOut]


class RegionOut(Schema):
    """A unit of administration, for as long as it exists."""

    uid: UUID
    code: str | None
    name: str
    level: str
    parent: str | None
    valid_from: date | None
    valid_to: date | None


class WantedBody(DeepPaging):
    q: str = Field(
        "", max_length=100, description="A part of a name, also a former one, or a code."
    )
    kind: str = Field("", max_length=24)
    ownership: str = Field("", max_length=8)
    sort: str = Field("name", max_length=16, description="name, kind, region or code; - turns it.")


BODY = ("uid", "name", "kind", "national_code", "ownership", "ended", "provenance")
ORGANISATIONS = Listing(
    "organisations",
    OrganisationOut,
    columns={
        "uid": "uid",
        "name": "name",
        "kind": "kind",
        "national_code": "national_code",
        "region": "region__name",
        "ownership": "ownership",
        "ended": "ended",
        "provenance": "provenance",
    },
    revision="plan",
)
REGIONS = Listing(
    "regions",
    RegionOut,
    columns={
        "uid": "uid",
        "code": "code",
        "name": "name",
        "level": "level",
        "parent": "parent__name",
        "valid_from": "valid_from",
        "valid_to": "valid_to",
    },
)


@router.get(
    "/organisations",
    auth=READ,
    response={200: Listed[OrganisationOut], **PROBLEMS},
    summary="Schools and bodies",
)
def read_organisations(request: HttpRequest, wanted: Query[WantedBody]) -> Any:
    """Give schools, firms, parks and offices that hold, lead or join something."""
    chosen = queries.OrganisationFilter(
        text=wanted.q, kind=wanted.kind, ownership=wanted.ownership, sort=wanted.sort
    )
    rows = queries.organisations_matching(queries.organisations_visible_to(PUBLIC), chosen)
    return answer_list(request, rows, wanted, ORGANISATIONS)


@router.get(
    "/organisations/{uid}",
    auth=READ,
    response={200: FullOrganisationOut, **PROBLEMS_OF_ONE},
    summary="One school or body",
)
def read_organisation(request: HttpRequest, uid: UUID) -> Any:
    """Give one body with its names and with what it came from and what followed it."""
    del request
    row = queries.organisations_visible_to(PUBLIC).filter(uid=uid).first()
    if row is None:
        raise MissingError(MISSING)
    line = queries.history_of_organisation(row)
    return {
        **_body(row),
        "names": line.names,
        "before": [_step(step) for step in line.before],
        "after": [_step(step) for step in line.after],
    }


@router.get("/regions", auth=READ, response={200: Listed[RegionOut], **PROBLEMS}, summary="Regions")
def read_regions(request: HttpRequest, paging: Query[DeepPaging]) -> Any:
    """Give provinces, cities, districts and counties with their codes, past ones too."""
    rows = queries.regions_visible_to(PUBLIC).order_by("path", "id")
    return answer_list(request, rows, paging, REGIONS)


def _body(row: Organisation) -> dict[str, Any]:
    return {
        **{name: getattr(row, name) for name in BODY},
        "region": row.region.name if row.region else None,
    }


def _step(step: Any) -> dict[str, Any]:
    return {
        "kind": step.kind,
        "predecessor": step.predecessor.name,
        "successor": step.successor.name if step.successor else None,
    }
