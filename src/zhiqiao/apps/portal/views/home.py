from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from zhiqiao.apps.portal.choices import AUDIENCES, STATUSES
from zhiqiao.apps.portal.queries.bridge import strip
from zhiqiao.core.policy import current_pack


@require_safe
def show_home(request: HttpRequest) -> HttpResponse:
    return render(
        request,
        "portal/home.html",
        {
            "pack": current_pack(),
            "strip": strip(get_language() or settings.LANGUAGE_CODE),
            "audiences": AUDIENCES,
        },
    )


@require_safe
def show_about(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/about.html", {"pack": current_pack(), "statuses": STATUSES})


@require_safe
def show_accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/accessibility.html")
