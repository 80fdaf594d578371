from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from zhiqiao.apps.portal.queries.search import search

LONGEST_QUESTION = 100


@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """Search everything; while somebody types, only the part with the results is sent."""
    text = request.GET.get("q", "").strip()[:LONGEST_QUESTION]
    language = get_language() or settings.LANGUAGE_CODE
    groups = search(text, user=request.user, language=language)
    part = "#results" if request.htmx else ""  # type: ignore[attr-defined] # set by the htmx middleware
    return render(request, f"portal/search.html{part}", {"text": text, "groups": groups})
