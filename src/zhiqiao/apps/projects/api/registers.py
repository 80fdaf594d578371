"""The registers of recognised items as open data."""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from zhiqiao.apps.projects import queries
from zhiqiao.apps.projects.models import Recognition
from zhiqiao.core.api import (
    PROBLEMS,
    PROBLEMS_OF_ONE,
    DeepPaging,
    Listed,
    Paging,
    Words,
)
from zhiqiao.core.listing import Listing, answer_list
from zhiqiao.core.scopes import open_to_all

router = Router(tags=["registers"])
PUBLIC = AnonymousUser()
READ = open_to_all("projects:read")
# Programs know these operations by the names that they were first published with.
FIRST = "zhiqiao_apps_projects_api"


class RegisterOut(Schema):
    """One register of the plan; an unloaded list has no number, which is not 0."""

    kind: str
    title: Words
    article: str
    rows: int | None
    pending: int
    list_state: str


class ItemOut(Schema):
    """One recognised item as the register lists it."""

    uid: UUID
    name: str
    name_filed: bool
    holder: str
    holder_uid: UUID | None
    level: str
    batch: str
    announced: str
    area: str
    state: str
    provenance: str


class EvidenceOut(Schema):
    title: str
    address: str
    read_on: date | None
    confidence: str


class FullItemOut(ItemOut):
    kind: str
    document: str
    partners: list[str]
    evidence: list[EvidenceOut]


class Wanted(DeepPaging):
    q: str = Field(
        "", max_length=100, description="A part of the name, of the holder or a partner."
    )
    area: str = Field("", max_length=12, description="National code of an area.")
    level: str = Field("", max_length=16, description="A level, or unstated.")
    holder: str = Field("", max_length=16, description="matched, text or missing.")
    sort: str = Field("", max_length=16, description="name, announced, area or level; - turns it.")


def _register(line: queries.RegisterLine) -> dict[str, Any]:
    return {
        "kind": line.kind.id,
        "title": {"zh": line.kind.title.zh, "en": line.kind.title.en},
        "article": line.kind.article,
        "rows": None if line.list_state == "not-loaded" else line.rows,
        "pending": line.pending,
        "list_state": str(line.list_state),
    }


REGISTERS = Listing("registers", RegisterOut, _register)
ITEMS = Listing(
    "recognised-items",
    ItemOut,
    columns={
        "uid": "uid",
        "name": "name",
        "name_filed": "name_filed",
        "holder": "holder_text",
        "holder_uid": "holder__uid",
        "level": "level",
        "batch": "batch",
        "announced": "announced",
        "area": "area__name",
        "state": "state",
        "provenance": "provenance",
    },
    revision="plan",
)


@router.get(
    "/registers",
    operation_id=f"{FIRST}_read_registers",
    auth=READ,
    response={200: Listed[RegisterOut], **PROBLEMS},
    summary="All registers",
)
def read_registers(request: HttpRequest, paging: Query[Paging]) -> Any:
    """Give every register of the plan with how complete its list is."""
    return answer_list(request, queries.register_summary(PUBLIC), paging, REGISTERS)


@router.get(
    "/registers/{kind}/items",
    operation_id=f"{FIRST}_read_items",
    auth=READ,
    response={200: Listed[ItemOut], **PROBLEMS_OF_ONE},
    summary="Items of a register",
)
def read_items(request: HttpRequest, kind: str, wanted: Query[Wanted]) -> Any:
    """Give the recognised items of one register: search, filters, order and pages."""
    queries.kind_or_missing(kind)
    chosen = queries.RegisterFilter(
        text=wanted.q, area=wanted.area, level=wanted.level, holder=wanted.holder, sort=wanted.sort
    )
    rows = queries.recognitions_of_kind(PUBLIC, kind, wanted=chosen)
    return answer_list(request, rows, wanted, ITEMS)


@router.get(
    "/recognitions/{uid}",
    operation_id=f"{FIRST}_read_item",
    auth=READ,
    response={200: FullItemOut, **PROBLEMS_OF_ONE},
    summary="One recognised item",
)
def read_item(request: HttpRequest, uid: UUID) -> Any:
    """Give one recognised item with its evidence; an address stands only where it is trusted."""
    del request
    row = queries.recognition_visible_to(PUBLIC, uid)
    return {
        **_item_of(row),
        "kind": row.kind,
        "document": row.document,
        "partners": [partner.text for partner in row.partners.all()],
        "evidence": [_proof(proof) for proof in queries.evidence_of(row)],
    }


def _item_of(row: Recognition) -> dict[str, Any]:
    names = ("uid", "name", "name_filed", "level", "batch", "announced", "state", "provenance")
    return {
        **{name: getattr(row, name) for name in names},
        "holder": row.holder_text,
        "holder_uid": row.holder.uid if row.holder else None,
        "area": row.area.name,
    }


def _proof(proof: Any) -> dict[str, Any]:
    page = proof.citation
    return {
        "title": page.title if page else proof.file.name,
        "address": page.url if page and page.url_trusted else "",
        "read_on": page.read_on if page else None,
        "confidence": proof.confidence,
    }
