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
    FLAGS,
    SCORES,
    flag_sheet_rows,
    flags_of,
    model_told,
    score_rows,
    scored,
    scoring_of,
    sheet_rows,
    shown_flags,
    third_reviews_wanted,
    unsaid,
)
from zhiqiao.apps.projects.views.doors import staff_only
from zhiqiao.core.answering import attempted
from zhiqiao.core.dates import today
from zhiqiao.core.exports import Sheet, sheets_response
from zhiqiao.core.paging import bounded_count, paginate

FIRST_FLAGS = 20


@staff_only
@require_safe
def list_scores(request: HttpRequest, uid: UUID) -> HttpResponse:
    call = reviewed_call(request.user, uid)
    page, scoring, flags = paginate(scored(call), request), scoring_of(call), flags_of(call)
    context = {
        "call": call,
        "page": page,
        "rows": list(score_rows(page.items, call)),
        "scoring": scoring,
        "model": model_told(scoring) if scoring else "",
        "unsaid": unsaid(scoring) if scoring else [],
        "third": third_reviews_wanted(call),
        "contests": contests_of(call),
        "short": list(short_of_reviews(call)),
        "flags": list(shown_flags(flags[:FIRST_FLAGS])),
        "flags_number": bounded_count(flags),
    }
    return render(request, "projects/reviews_scores.html", context)


@staff_only
@require_safe
def list_flags(request: HttpRequest, uid: UUID) -> HttpResponse:
    call = reviewed_call(request.user, uid)
    page = paginate(flags_of(call), request)
    context = {"call": call, "page": page, "flags": list(shown_flags(page.items))}
    return render(request, "projects/reviews_flags.html", context)


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
    sheets = [
        Sheet(_("Scores"), SCORES, sheet_rows(call)),
        Sheet(_("Reviews to look at"), FLAGS, flag_sheet_rows(call)),
    ]
    return sheets_response(f"scores-{today():%Y-%m-%d}.xlsx", sheets)
