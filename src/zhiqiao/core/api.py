"""What every endpoint of the open API shares: pages, errors, and the words that go with open data."""

import logging
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any, Generic, Literal, TypeVar

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from ninja import Field, NinjaAPI, Schema
from ninja.errors import HttpError, ValidationError
from pydantic import AfterValidator, ConfigDict

from zhiqiao.core.error_pages import problem_response
from zhiqiao.core.errors import (
    BAD_REQUEST,
    FAILED,
    MISSING,
    InputError,
    MissingError,
    ZhiqiaoError,
    define,
    translated,
)

logger = logging.getLogger(__name__)

PARAMETER = define(
    "core.api_parameter",
    message=_("The parameter %(name)s cannot be used: %(rule)s."),
    remedy=_("The description of the API says what it takes."),
)

MOST_ON_A_PAGE = 200
LAST_PAGE = 10_000
# The records are compiled from public sources; who uses them names this platform and those sources.
LICENCE = "CC BY 4.0"
LICENCE_ADDRESS = "https://creativecommons.org/licenses/by/4.0/"
Row = TypeVar("Row")


def _hold_no_nul(text: str) -> str:
    if "\0" in text:
        raise ValueError("no text can hold the character U+0000")
    return text


# What somebody writes in a program and the database can hold.
PlainText = Annotated[str, AfterValidator(_hold_no_nul)]


class Words(Schema):
    """A text in the two languages."""

    model_config = ConfigDict(from_attributes=True)

    zh: str
    en: str


class Problem(Schema):
    """An error as RFC 9457 describes it, with what to do about it."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    remedy: str
    request: str
    row: int | None = None
    column: str | None = None


class Paging(Schema):
    page: int = Field(1, ge=1, le=LAST_PAGE, description="Number of the page, from 1.")
    per_page: int = Field(50, ge=1, le=MOST_ON_A_PAGE, description="Rows on a page.")
    format: Literal["", "json", "csv"] = Field(
        "", description="csv gives the whole list as CSV; the header Accept can say the same."
    )
    bom: bool = Field(
        default=False, description="Begin the CSV with a byte order mark, which Excel needs."
    )


class DeepPaging(Paging):
    """Pages of a list that may be long: by number, or on and on by cursor."""

    cursor: str = Field(
        "",
        max_length=1_000,
        description="What `next` of the last answer said; `page` is then left out.",
    )


class Listed(Schema, Generic[Row]):
    """A page of a list: its rows, how many there are, and what goes with open data.

    ``total`` stops counting at 10,000; ``total_is_more`` then says so. A page asked for by cursor
    has neither a total nor a number. ``next`` is the cursor of the following page, if there is one
    and the list takes cursors. ``licence`` is null for what only the bodies of a task may read.
    """

    items: list[Row]
    total: int | None
    total_is_more: bool
    page: int | None
    per_page: int
    next: str | None
    licence: str | None
    as_of: datetime


# What any endpoint may answer beside its result: about the token, the parameters, and the server.
PROBLEMS: dict[int, Any] = dict.fromkeys((400, 401, 403, 422, 429, 503), Problem)
PROBLEMS_OF_ONE: dict[int, Any] = {404: Problem, **PROBLEMS}
# What a write may be told beside that: a rule, a version that has passed, one that is missing.
PROBLEMS_OF_WRITING: dict[int, Any] = {
    **PROBLEMS_OF_ONE,
    **dict.fromkeys((409, 412, 413, 428), Problem),
}


def answer_errors(api: NinjaAPI) -> None:
    """Answer every error of the tree, and every wrong parameter, as a problem."""

    def known(_request: HttpRequest, error: Any) -> HttpResponse:
        if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            logger.error("api.unavailable", extra={"code": error.code}, exc_info=error)
        return problem_response(error)

    def wrong(_request: HttpRequest, error: Any) -> HttpResponse:
        first = error.errors[0]
        name = str(first["loc"][-1])
        return problem_response(InputError(PARAMETER, name=name, rule=str(first["msg"])))

    def unreadable(_request: HttpRequest, _error: Any) -> HttpResponse:
        return problem_response(InputError(BAD_REQUEST))

    def missing(_request: HttpRequest, _error: Any) -> HttpResponse:
        return problem_response(MissingError(MISSING))

    def failed(_request: HttpRequest, error: Any) -> HttpResponse:
        found = translated(error)
        if found is None or found.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            logger.error("api.failed", exc_info=error)
        return problem_response(found or ZhiqiaoError(FAILED))

    api.add_exception_handler(Exception, failed)
    api.add_exception_handler(ZhiqiaoError, known)
    api.add_exception_handler(ValidationError, wrong)
    api.add_exception_handler(HttpError, unreadable)
    api.add_exception_handler(Http404, missing)
