"""The board as open data."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from ninja import Query, Router, Schema

from zhiqiao.apps.plan import queries
from zhiqiao.core.api import (
    PROBLEMS,
    PROBLEMS_OF_ONE,
    Listed,
    Paging,
    Words,
    listed,
)
from zhiqiao.core.errors import MissingError

router = Router(tags=["plan"])
MOST_POINTS = 50


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


@router.get("/board", response={200: Listed[TargetOut], **PROBLEMS}, summary="The plan's board")
def read_board(request: HttpRequest, paging: Query[Paging]) -> Any:
    """Give every target of the plan with what may be said about it today."""
    del request
    return listed(queries.board().figures, paging, queries.figure_json)


@router.get(
    "/board/{target_id}", response={200: ExplainedOut, **PROBLEMS_OF_ONE}, summary="One target"
)
def read_target(request: HttpRequest, target_id: str) -> Any:
    """Give one target with the explanation of its figure and what others have published of it."""
    del request
    board = queries.board()
    figure = board.figure(target_id)
    if figure is None:
        raise MissingError("plan.unknown-target", id=target_id)
    return queries.figure_json(figure, board.reported.get(target_id, ()))


@router.get(
    "/board/{target_id}/history",
    response={200: list[PointOut], **PROBLEMS_OF_ONE},
    summary="History of a target",
)
def read_history(request: HttpRequest, target_id: str) -> Any:
    """Give the last values of a target, the latest first."""
    del request
    if queries.board().figure(target_id) is None:
        raise MissingError("plan.unknown-target", id=target_id)
    return queries.values_of_target(target_id)[:MOST_POINTS]


@router.get(
    "/board/{target_id}/records",
    response={200: Listed[dict[str, Any]], **PROBLEMS_OF_ONE},
    summary="Records that a target counts",
)
def read_records(request: HttpRequest, target_id: str, paging: Query[Paging]) -> Any:
    """Give the recognised items that the figure counts, by identifier and name."""
    del request
    figure = queries.board().figure(target_id)
    if figure is None:
        raise MissingError("plan.unknown-target", id=target_id)
    rows = queries.records_of(figure, AnonymousUser())
    return listed(rows, paging, lambda row: {"uid": str(row.uid), "name": row.name})


@router.get("/articles", response=list[ArticleOut], summary="Articles of the plan")
def read_articles(request: HttpRequest) -> Any:
    """Give the articles of the plan, in our own words."""
    del request
    return list(queries.board().pack.articles.values())
