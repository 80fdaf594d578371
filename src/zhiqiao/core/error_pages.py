"""One error of the tree as a page or as problem+json (RFC 9457)."""

import logging
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import get_template, select_template
from django.utils.translation import gettext as _

from zhiqiao.core.context import request_id
from zhiqiao.core.errors import InputError, ZhiqiaoError

logger = logging.getLogger(__name__)

PLAIN = "core/error.html"
# Programs ask here; they get problems whatever they say that they accept.
API = "/api/"


def error_response(request: HttpRequest, error: ZhiqiaoError) -> HttpResponse:
    return _headed(_problem(error) if _wants_json(request) else _page(request, error), error)


def problem_response(error: ZhiqiaoError) -> HttpResponse:
    """Answer a program, whatever it says that it accepts."""
    return _headed(_problem(error), error)


def _headed(response: HttpResponse, error: ZhiqiaoError) -> HttpResponse:
    if error.status == HTTPStatus.SERVICE_UNAVAILABLE:
        response["Retry-After"] = "30"
    elif error.status == HTTPStatus.TOO_MANY_REQUESTS:
        response["Retry-After"] = str(error.parameters.get("after", 60))
    elif error.status == HTTPStatus.UNAUTHORIZED:
        response["WWW-Authenticate"] = 'Bearer realm="zhiqiao"'
    return response


def _wants_json(request: HttpRequest) -> bool:
    if request.path.startswith(API):
        return True
    preferred = request.get_preferred_type(
        ["text/html", "application/problem+json", "application/json"]
    )
    return preferred in {"application/problem+json", "application/json"}


def _problem(error: ZhiqiaoError) -> JsonResponse:
    problem: dict[str, Any] = {
        "type": "about:blank",
        "title": _title(error.status),
        "status": error.status,
        "detail": error.message,
        "code": error.code,
        "remedy": error.remedy,
        "request": request_id.get(),
    }
    if isinstance(error, InputError):
        problem |= {"row": error.row, "column": error.column}
    return JsonResponse(
        problem,
        status=error.status,
        content_type="application/problem+json",
        json_dumps_params={"ensure_ascii": False},
    )


def _page(request: HttpRequest, error: ZhiqiaoError) -> HttpResponse:
    context = {
        "error": error,
        "status": error.status,
        "title": _title(error.status),
        "message": error.message,
        "remedy": error.remedy,
        "code": error.code,
        "request_id": request_id.get(),
    }
    if error.status < HTTPStatus.INTERNAL_SERVER_ERROR:
        content = select_template(["error.html", PLAIN]).render(context, request)
    else:
        content = _plain(context)
    return HttpResponse(content, status=error.status)


def _plain(context: dict[str, Any]) -> str:
    # A page of the site asks who is signed in, which a broken database cannot say: no request.
    try:
        return str(select_template(["error_plain.html", PLAIN]).render(context))
    except Exception:
        # Whatever broke the site's own page, the fault must still be told.
        logger.exception("error_page.failed")
        return str(get_template(PLAIN).render(context))


def _title(status: int) -> str:
    titles = {
        400: _("The request cannot be read"),
        401: _("A good token is needed"),
        403: _("Not allowed"),
        404: _("Not found"),
        405: _("Not possible here"),
        409: _("Not possible now"),
        412: _("Changed meanwhile"),
        413: _("Too large"),
        422: _("Please check what you entered"),
        428: _("Say which version you saw"),
        429: _("Too many requests"),
        503: _("Not available for a moment"),
    }
    return titles.get(status) or _("Something went wrong")
