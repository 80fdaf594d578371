"""Seasons of admission, their places and published results as open data; nobody is named in them."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from zhiqiao.apps.admissions import queries
from zhiqiao.core.api import PROBLEMS, PROBLEMS_OF_ONE, DeepPaging, Listed, Words
from zhiqiao.core.listing import Listing, answer_list
from zhiqiao.core.scopes import open_to_all
from zhiqiao.packs import Text

router = Router(tags=["admissions"])
PUBLIC = AnonymousUser()
READ = open_to_all("admissions:read")


class SeasonOut(Schema):
    """One year of one kind of admission; its words are those of the scheme."""

    uid: UUID
    scheme: str
    year: int
    state: str
    round: int = Field(description="0, and then the number of the supplementary round.")
    choices_from: datetime | None
    choices_until: datetime | None
    appeals_until: date | None
    provenance: str


class SeedOut(Schema):
    """What is known of the lots of a round; the seed is null until the round is published."""

    round: int
    commitment: str = Field(description="SHA-256 of the seed behind a fixed beginning.")
    drawn_at: datetime
    seed: str | None


class FullSeasonOut(SeasonOut):
    """A season with the titles of the words that its programmes use."""

    seeds: list[SeedOut] = Field(description="Where the scheme decides ties by lot.")
    title: Words
    batches: dict[str, Words]
    exam_types: dict[str, Words]
    categories: dict[str, Words]
    pathways: dict[str, Words]
    is_scheme_checked: bool = Field(
        description="Whether a person has compared the scheme with the official text."
    )


class ProgrammeOut(Schema):
    """A programme of a school with its approved places."""

    uid: UUID
    code: str
    school: str
    school_uid: UUID
    major: str
    major_code: str | None = Field(description="Null when the school does not name one.")
    batch: str
    exam_type: str
    category: str
    pathway: str
    contract_uid: UUID | None = Field(
        description="Only for candidates of this pathway contract; null for all others."
    )
    region: str | None = Field(description="Only for candidates of this region; null for all.")
    places: int


class RunOut(Schema):
    """A published allocation: how many took part and were admitted, and what it may be checked by."""

    uid: UUID
    number: int
    kind: str
    round: int
    candidates: int
    admitted: int
    inputs_digest: str
    published_at: datetime


class OutcomeOut(Schema):
    """A programme in a run; where one or two were admitted, its line is kept back."""

    programme_uid: UUID
    code: str
    school: str
    major: str
    places: int
    admitted: int
    cutoff: str | None = Field(description="The lowest score admitted, exactly as a text.")
    position: int | None
    is_kept_back: bool


class WantedProgrammes(DeepPaging):
    q: str = Field("", max_length=100, description="A part of a name, or a code's beginning.")
    batch: str = Field("", max_length=64)
    exam_type: str = Field("", max_length=64)
    category: str = Field("", max_length=64)
    pathway: str = Field("", max_length=64)


class WantedOutcomes(DeepPaging):
    q: str = Field("", max_length=100, description="A part of a name, or a code's beginning.")


SEASONS = Listing("admissions", SeasonOut, columns={n: n for n in SeasonOut.model_fields})
PROGRAMMES = Listing(
    "programmes",
    ProgrammeOut,
    columns={
        **{name: name for name in ProgrammeOut.model_fields},
        "school": "school__name",
        "school_uid": "school__uid",
        "major_code": "shown_major_code",
        "contract_uid": "contract__uid",
        "region": "region__name",
    },
)
RUNS = Listing("runs", RunOut, columns={name: name for name in RunOut.model_fields})
OUTCOMES = Listing(
    "outcomes",
    OutcomeOut,
    columns={
        "programme_uid": "line__uid",
        "code": "line__code",
        "school": "line__school__name",
        "major": "line__major",
        "places": "places",
        "admitted": "admitted",
        "cutoff": "shown_cutoff",
        "position": "shown_position",
        "is_kept_back": "is_kept_back",
    },
)


@router.get(
    "/admissions",
    auth=READ,
    response={200: Listed[SeasonOut], **PROBLEMS},
    summary="Seasons of admission",
)
def read_seasons(request: HttpRequest, paging: Query[DeepPaging]) -> Any:
    """Give every season, the latest year first."""
    rows = queries.seasons_visible_to(PUBLIC).order_by("-year", "scheme")
    return answer_list(request, rows, paging, SEASONS)


@router.get(
    "/admissions/{uid}",
    auth=READ,
    response={200: FullSeasonOut, **PROBLEMS_OF_ONE},
    summary="One season",
)
def read_season(request: HttpRequest, uid: UUID) -> Any:
    """Give one season with the words of its scheme."""
    del request
    season = queries.open_season(uid)
    scheme = season.rules
    return {
        **{name: getattr(season, name) for name in SeasonOut.model_fields},
        "seeds": [{**asdict(told), "seed": told.seed or None} for told in queries.seeds_of(season)],
        "title": _words(scheme.title),
        "batches": _titles((batch.id, batch.title) for batch in scheme.batches),
        "exam_types": _titles((name, one.title) for name, one in scheme.exam_types.items()),
        "categories": _titles((name, one.title) for name, one in scheme.categories.items()),
        "pathways": _titles((name, one.title) for name, one in scheme.pathways.items()),
        "is_scheme_checked": bool(scheme.checked_by),
    }


@router.get(
    "/admissions/{uid}/programmes",
    auth=READ,
    response={200: Listed[ProgrammeOut], **PROBLEMS_OF_ONE},
    summary="Programmes of a season with their places",
)
def read_programmes(request: HttpRequest, uid: UUID, wanted: Query[WantedProgrammes]) -> Any:
    """Give the programmes whose places are approved; requests are not published."""
    chosen = queries.LineFilter(
        text=wanted.q,
        batch=wanted.batch,
        exam_type=wanted.exam_type,
        category=wanted.category,
        pathway=wanted.pathway,
    )
    rows = queries.open_lines(queries.open_season(uid), wanted=chosen)
    return answer_list(request, rows, wanted, PROGRAMMES)


@router.get(
    "/admissions/{uid}/runs",
    auth=READ,
    response={200: Listed[RunOut], **PROBLEMS_OF_ONE},
    summary="Published runs of a season",
)
def read_runs(request: HttpRequest, uid: UUID, paging: Query[DeepPaging]) -> Any:
    """Give the published results of a season, the latest first."""
    rows = queries.runs_visible_to(PUBLIC, queries.open_season(uid))
    return answer_list(request, rows, paging, RUNS)


@router.get(
    "/runs/{uid}/outcomes",
    auth=READ,
    response={200: Listed[OutcomeOut], **PROBLEMS_OF_ONE},
    summary="Places, admitted and lines of a run",
)
def read_outcomes(request: HttpRequest, uid: UUID, wanted: Query[WantedOutcomes]) -> Any:
    """Give the outcome of every programme of a published run."""
    rows = queries.open_outcomes(queries.open_run(uid), text=wanted.q)
    return answer_list(request, rows, wanted, OUTCOMES)


@router.get(
    "/runs/{uid}/bundle",
    auth=READ,
    response={200: dict[str, Any], **PROBLEMS_OF_ONE},
    summary="Audit bundle of a run",
)
def read_bundle(request: HttpRequest, uid: UUID) -> Any:
    """Give the signed bundle that anybody can check with the public verifier."""
    del request
    return queries.signed_bundle(queries.open_run(uid))


def _words(title: Text) -> dict[str, str]:
    return {"zh": title.zh, "en": title.en}


def _titles(entries: Iterable[tuple[str, Text]]) -> dict[str, dict[str, str]]:
    return {name: _words(title) for name, title in entries}
