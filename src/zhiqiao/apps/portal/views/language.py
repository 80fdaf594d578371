from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from zhiqiao.core.errors import FORGED, RefusedError


@csrf_exempt
@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Keep the choice in a cookie and return to the page; a foreign address is not followed.

    The form has no token: every public page holds it, and a token would make each page one person's,
    which no cache could keep. That it was sent from our own page is read from where it came.
    """
    if not _is_from_our_own_page(request):
        raise RefusedError(FORGED)
    response = HttpResponseRedirect(_back(request))
    language = request.POST.get("language", "")
    if language in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            max_age=settings.LANGUAGE_COOKIE_AGE,
            samesite="Lax",
            secure=request.is_secure(),
            httponly=True,
        )
    return response


def _is_from_our_own_page(request: HttpRequest) -> bool:
    """Compare with what browsers say and pages cannot change; ``null`` and silence are foreign."""
    came_from = request.headers.get("Origin") or request.headers.get("Referer", "")
    try:
        parts = urlsplit(came_from)
    except ValueError:
        return False
    return parts.scheme == request.scheme and parts.netloc == request.get_host()


def _back(request: HttpRequest) -> str:
    wanted = request.POST.get("next", "")
    safe = wanted.startswith("/") and url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if safe else reverse("portal:home")
