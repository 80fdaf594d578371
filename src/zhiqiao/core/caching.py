"""Who may keep an answer: the one place that writes ``Cache-Control``.

What anybody gets without signing in may be kept by a proxy for a few seconds; everything else by
nobody. An answer is only public when nothing of the request or of the answer belongs to a person:
one doubt, and it is private. A view that shows something secret to nobody in particular, such as a
state of the machine, says ``never_cache``.
"""

from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers

PUBLIC_SECONDS = 5
PUBLIC = f"public, max-age=0, s-maxage={PUBLIC_SECONDS}"
PRIVATE = "private, no-store"
# What a public page looks like depends on these, and a cache must keep them apart.
VARIES = ("Cookie", "HX-Request")

Respond = Callable[[HttpRequest], HttpResponseBase]


class CachePolicy:
    """Stands outside of sessions and tokens, so that it sees every cookie that an answer sets."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if is_public(request, response):
            response.headers["Cache-Control"] = PUBLIC
            patch_vary_headers(response, VARIES)
        else:
            response.headers["Cache-Control"] = PRIVATE
        del response.headers["Expires"]
        return response


def is_public(request: HttpRequest, response: HttpResponseBase) -> bool:
    """Whether the answer is the same for everybody who did not sign in."""
    return (
        request.method in {"GET", "HEAD"}
        and response.status_code == HTTPStatus.OK
        and not _belongs_to_somebody(request)
        and not response.cookies
        and not _is_closed(response)
    )


def _belongs_to_somebody(request: HttpRequest) -> bool:
    """See a session, a message kept for later, a password or key, or a token made for a form."""
    known = {settings.SESSION_COOKIE_NAME, CookieStorage.cookie_name}
    account = getattr(request, "_cached_user", None)
    return bool(
        known & request.COOKIES.keys()
        or "Authorization" in request.headers
        or request.META.get("CSRF_COOKIE_NEEDS_UPDATE")
        or getattr(account, "is_authenticated", False)
    )


def _is_closed(response: HttpResponseBase) -> bool:
    """Whether the view itself has said that nobody may keep its answer."""
    said = response.headers.get("Cache-Control", "")
    return "no-store" in said or "private" in said or "no-cache" in said
