"""The board as open data."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from ninja import Query, Router, Schema

from zhiqiao.apps.plan import queries
from zhiqiao.apps.plan.models import FigurePoint
from zhiqiao.core.api import (
    PROBLEMS,
    PROBLEMS_OF_ONE,
    DeepPaging,
    Listed,
    Paging,
    Words,
)
from zhiqiao.core.errors import MissingError
from zhiqiao.core.listing import Listing, answer_list
from zhiqiao.core.scopes import open_to_all
from zhiqiao.packs import Article, Text

router = Router(tags=["plan"])
READ = open_to_all("plan:read")


class ReportedOut(Schema):
    """A number that somebody else published; it is never merged with the counted one."""

    code: str
    value: Decimal | None = None
    words: str = ""
    as_of: str = ""


class TargetOut(Schema):
    """What may be said of one target today; missing is null, never 0."""

    id: str
    article: str
    title: Words
    value: float | None
    bound: str
    operator: str
    target: float
    tolerance: float | None
    unit: str
    status: str
    pending: int
    deadline: date
    dated: str
    value_at_deadline: float | None
    bound_at_deadline: str
    met_late: bool
    list_state: str
    numerator: float | None
    denominator: float | None
    coverage: float | None
    as_of: date


class ExplainedOut(TargetOut):
    """A target with the tree from which its figure was computed, down to the records."""

    explanation: dict[str, Any]
    reported: list[dict[str, Any]]


class PointOut(Schema):
    """What the board said from one change of the records on."""

    recorded_at: datetime
    value: float | None
    bound: str
    status: str
    list_state: str
    pending: int


class ArticleOut(Schema):
    id: str
    number: str
    title: Words
    summary: Words


class RecordOut(Schema):
    uid: UUID
    name: str


def _target(figure: queries.Figure) -> dict[str, Any]:
    shown = queries.figure_json(figure)
    return {name: shown[name] for name in TargetOut.model_fields}


def _point(point: FigurePoint) -> dict[str, Any]:
    value = None if point.value is None else float(point.value)
    names = ("recorded_at", "bound", "status", "list_state", "pending")
    return {**{name: getattr(point, name) for name in names}, "value": value}


def _article(article: Article) -> dict[str, Any]:
    return {
        "id": article.id,
        "number": article.number,
        "title": words(article.title),
        "summary": words(article.summary),
    }


def words(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}


TARGETS = Listing("board", TargetOut, _target)
HISTORY = Listing("history-of-a-target", PointOut, _point)
ARTICLES = Listing("articles", ArticleOut, _article)
RECORDS = Listing("records-of-a-target", RecordOut, columns={"uid": "uid", "name": "name"})


@router.get(
    "/board", auth=READ, response={200: Listed[TargetOut], **PROBLEMS}, summary="The plan's board"
)
def read_board(request: HttpRequest, paging: Query[Paging]) -> Any:
    """Give every target of the plan with what may be said about it today."""
    return answer_list(request, queries.board().figures, paging, TARGETS)


@router.get(
    "/board/{target_id}",
    auth=READ,
    response={200: ExplainedOut, **PROBLEMS_OF_ONE},
    summary="One target",
)
def read_target(request: HttpRequest, target_id: str) -> Any:
    """Give one target with the explanation of its figure and what others have published of it."""
    del request
    reported = queries.board().reported.get(target_id, ())
    return queries.figure_json(_figure(target_id), reported)


@router.get(
    "/board/{target_id}/history",
    auth=READ,
    response={200: Listed[PointOut], **PROBLEMS_OF_ONE},
    summary="History of a target",
)
def read_history(request: HttpRequest, target_id: str, paging: Query[Paging]) -> Any:
    """Give the last values of a target, the latest first."""
    _figure(target_id)
    return answer_list(request, queries.values_of_target(target_id), paging, HISTORY)


@router.get(
    "/board/{target_id}/records",
    auth=READ,
    response={200: Listed[RecordOut], **PROBLEMS_OF_ONE},
    summary="Records that a target counts",
)
def read_records(request: HttpRequest, target_id: str, paging: Query[DeepPaging]) -> Any:
    """Give the recognised items that the figure counts, by identifier and name."""
    rows = queries.records_of(_figure(target_id), AnonymousUser())
    return answer_list(request, rows, paging, RECORDS)


def _figure(target_id: str) -> queries.Figure:
    figure = queries.board().figure(target_id)
    if figure is None:
        raise MissingError("plan.unknown-target", id=target_id)
    return figure


@router.get(
    "/articles",
    auth=READ,
    response={200: Listed[ArticleOut], **PROBLEMS},
    summary="Articles of the plan",
)
def read_articles(request: HttpRequest, paging: Query[Paging]) -> Any:
    """Give the articles of the plan, in our own words."""
    articles = list(queries.board().pack.articles.values())
    return answer_list(request, articles, paging, ARTICLES)
