"""What Django calls when a request fails before or outside of a view."""

import sys

from django.http import HttpRequest, HttpResponse

from zhiqiao.core.error_pages import error_response
from zhiqiao.core.errors import (
    BAD_REQUEST,
    FAILED,
    FORGED,
    MISSING,
    REFUSED,
    InputError,
    MissingError,
    RefusedError,
    ZhiqiaoError,
    translated,
)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_response(request, translated(exception) or InputError(BAD_REQUEST))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_response(request, translated(exception) or RefusedError(REFUSED))


def missing(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_response(request, translated(exception) or MissingError(MISSING))


def failed(request: HttpRequest) -> HttpResponse:
    """Also reached when the database goes away in a middleware, outside of any view."""
    exception = sys.exc_info()[1]
    error = translated(exception) if exception else None
    return error_response(request, error or ZhiqiaoError(FAILED))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    del reason
    return error_response(request, RefusedError(FORGED))
