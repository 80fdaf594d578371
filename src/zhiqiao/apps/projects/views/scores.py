"""Scores of a call; for the bureau alone, as long as there are any."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from zhiqiao.apps.projects.actions.scores import compute_scores
from zhiqiao.apps.projects.models import Call
from zhiqiao.apps.projects.queries.reviews import reviewed_call
from zhiqiao.apps.projects.queries.scores import (
    ODDITIES,
    SCORES,
    THIRD,
    applications_with_oddities,
    oddities_in,
    oddity_rows,
    score_rows,
    scored,
    sheet_rows,
    third_reviews_wanted,
    third_rows,
)
from zhiqiao.apps.projects.views.doors import staff_only
from zhiqiao.apps.projects.views.lists import list_file, of_call, wanted_file
from zhiqiao.core.answering import attempted
from zhiqiao.core.paging import bounded_count, paginate

# Beside the table so many of what is to be looked at; the file has all.
SHOWN = 50


@staff_only
@require_safe
def list_scores(request: HttpRequest, uid: UUID) -> HttpResponseBase:
    call = reviewed_call(request.user, uid)
    if wanted_file(request):
        return list_file(request, of_call(call, *_tables(call, request.GET.get("list", ""))))
    page, third = paginate(scored(call), request), third_reviews_wanted(call)
    odd = applications_with_oddities(call)
    context = {
        "call": call,
        "page": page,
        "rows": list(score_rows(page.items, call)),
        "computed_at": page.items[0].computed_at if page.items else None,
        "third": third[:SHOWN],
        "more_third": max(0, bounded_count(third) - SHOWN),
        "oddities": list(oddities_in(odd[:SHOWN])),
        "more_odd": max(0, bounded_count(odd) - SHOWN),
    }
    return render(request, "projects/reviews_scores.html", context)


def _tables(call: Call, name: str) -> tuple[str, Sequence[object], Iterable[Sequence[object]]]:
    if name == "odd":
        return "reviews-to-look-at", ODDITIES, oddity_rows(call)
    if name == "third":
        return "one-more-review", THIRD, third_rows(call)
    return "scores", SCORES, sheet_rows(call)


@staff_only
@require_POST
def compute(request: HttpRequest, uid: UUID) -> HttpResponse:
    call = reviewed_call(request.user, uid)
    return attempted(
        request,
        lambda: compute_scores(call, actor=request.user),
        done=_("The scores were computed from the reviews that are there."),
        back=reverse("projects:scores", args=[call.uid]),
    )
