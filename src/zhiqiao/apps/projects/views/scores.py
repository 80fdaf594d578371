"""Scores of a call; for the bureau alone, as long as there are any."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from zhiqiao.apps.projects.actions.scores import compute_scores
from zhiqiao.apps.projects.queries.contests import contests_of, short_of_reviews
from zhiqiao.apps.projects.queries.reviews import reviewed_call
from zhiqiao.apps.projects.queries.scores import (
    SCORES,
    oddities_of,
    score_rows,
    scored,
    sheet_rows,
    third_reviews_wanted,
)
from zhiqiao.apps.projects.views.doors import staff_only
from zhiqiao.core.answering import attempted
from zhiqiao.core.dates import today
from zhiqiao.core.exports import workbook_response
from zhiqiao.core.paging import paginate


@staff_only
@require_safe
def list_scores(request: HttpRequest, uid: UUID) -> HttpResponse:
    call = reviewed_call(request.user, uid)
    page = paginate(scored(call), request)
    context = {
        "call": call,
        "page": page,
        "rows": list(score_rows(page.items, call)),
        "computed_at": page.items[0].computed_at if page.items else None,
        "third": third_reviews_wanted(call),
        "contests": contests_of(call),
        "short": list(short_of_reviews(call)),
        "oddities": oddities_of(call),
    }
    return render(request, "projects/reviews_scores.html", context)


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


@staff_only
@require_safe
def download_scores(request: HttpRequest, uid: UUID) -> HttpResponseBase:
    call = reviewed_call(request.user, uid)
    return workbook_response(f"scores-{today():%Y-%m-%d}.xlsx", SCORES, sheet_rows(call))
