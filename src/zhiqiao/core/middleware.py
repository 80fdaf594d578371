"""Middleware of the kit: language by choice, the number of the request, error pages."""

import logging
import re
import time
import uuid
from collections.abc import Callable
from hashlib import sha256
from http import HTTPStatus
from urllib.parse import unquote

from allauth.core.internal.httpkit import get_client_ip
from django.conf import settings
from django.contrib.auth import logout
from django.core.cache import caches
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext_lazy as _

from zhiqiao.core.context import request_id, through
from zhiqiao.core.error_pages import API, error_response
from zhiqiao.core.errors import InputError, define, translated
from zhiqiao.core.reach import OfRequest, depth_of, in_reach, reaching
from zhiqiao.core.sessions import note_session

logger = logging.getLogger(__name__)

NUL = "\0"
SESSION_BEGAN = "began"
SEEN_SECONDS = 300
UNREADABLE_ADDRESS = define(
    "core.unreadable_address",
    message=_("The address holds a character that no text can hold."),
    remedy=_("Type the words again; do not paste from a file that is no text."),
)
NO_SUCH_VERB = define(
    "core.no_such_verb",
    message=_("This address cannot be used in this way."),
    remedy=_("It takes %(allowed)s; the description of the API says what for."),
    status=405,
)

Respond = Callable[[HttpRequest], HttpResponse]


class LanguageByChoice:
    """The language that the person chose, kept in a cookie; never what the browser asks for."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
        known = chosen in dict(settings.LANGUAGES)
        language = chosen if chosen and known else settings.LANGUAGE_CODE
        request.LANGUAGE_CODE = language
        with translation.override(language):
            response = self.get_response(request)
        patch_vary_headers(response, ("Cookie",))
        response.headers.setdefault("Content-Language", language)
        return response


class SessionsSeen:
    """Note from where a session is used, so that its owner sees when another one uses it.

    Once in five minutes for each address and program: a page costs no write otherwise.
    """

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        key = request.session.session_key
        if key and request.user.is_authenticated:
            program = request.headers.get("User-Agent", "")
            seen = sha256(f"{key} {get_client_ip(request)} {program}".encode()).hexdigest()
            if caches["process"].add(f"session:{seen}", 1, timeout=SEEN_SECONDS):
                note_session(request)
        return response


class EndLongSessions:
    """End a session that every page prolongs when its working day is over, however busy it was."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        profile = settings.ZHIQIAO_SIGN_IN
        if profile.session_is_prolonged and request.user.is_authenticated:
            now = timezone.now().timestamp()
            lasted = now - request.session.setdefault(SESSION_BEGAN, now)
            if lasted > profile.session_ends.total_seconds():
                logout(request)
        return self.get_response(request)


class ReachOfRequest:
    """Ask the database for the person that the request comes from.

    Who that is is found out first, as nobody: found out in the middle, it would be asked twice.
    """

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        reach = OfRequest(request, depth=depth_of(connection))
        with reaching(reach):
            reach.ask()
            response: HttpResponseBase = self.get_response(request)
        if isinstance(response, StreamingHttpResponse):
            response.streaming_content = in_reach(reach, response.streaming_content)
        return response


class RequestContext:
    """Number each request; the same number stands in the log, the audit and the error page."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = request_id.set(_number(request))
        began = time.monotonic()
        try:
            response = self.get_response(request)
            response["X-Request-ID"] = request_id.get()
            _log(request, response, began)
        finally:
            request_id.reset(token)
            # The thread serves somebody else next.
            through.set("")
        return response


def _log(request: HttpRequest, response: HttpResponse, began: float) -> None:
    """Name the route and not the address: what was searched for or guessed stays out of the log."""
    match = request.resolver_match
    # The middleware of sign-in keeps the account here once a view has asked for it.
    account = getattr(request, "_cached_user", None)
    logger.info(
        "request.answered",
        extra={
            "method": request.method,
            "route": match.view_name or match.route if match else None,
            "status": response.status_code,
            "milliseconds": round((time.monotonic() - began) * 1000),
            "account": getattr(account, "pk", None),
        },
    )


def _number(request: HttpRequest) -> str:
    given = request.headers.get("X-Request-ID", "")
    return given if re.fullmatch(r"[A-Za-z0-9-]{8,64}", given) else uuid.uuid4().hex


class ReadableAddress:
    """Refuse an address with a NUL: no text of the database can hold one, and no person types it."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if NUL in request.path or NUL in unquote(request.META.get("QUERY_STRING", "")):
            return error_response(request, InputError(UNREADABLE_ADDRESS))
        # A cookie that no page of ours has set is as good as none.
        request.COOKIES = {
            name: value for name, value in request.COOKIES.items() if NUL not in name + value
        }
        return self.get_response(request)


class ErrorPages:
    """Turn errors of the tree that a view raises into a page or into problem+json."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED and request.path.startswith(API):
            allowed = response["Allow"]
            response = error_response(request, InputError(NO_SUCH_VERB, allowed=allowed))
            response["Allow"] = allowed
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        error = translated(exception)
        if error is None:
            return None
        if error.status >= 500:
            logger.error("request.unavailable", extra={"code": error.code}, exc_info=exception)
        return error_response(request, error)
