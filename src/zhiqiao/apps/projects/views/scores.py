"""Scores of a call; for the bureau alone, as long as there are any."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from zhiqiao.apps.projects.actions.queued import compute_or_queue
from zhiqiao.apps.projects.models import Call
from zhiqiao.apps.projects.queries.contests import contests_of, short_of_reviews
from zhiqiao.apps.projects.queries.reviews import reviewed_call
from zhiqiao.apps.projects.queries.scores import (
    FLAGS,
    SCORES,
    THIRD,
    flag_sheet_rows,
    flags_of,
    model_told,
    score_rows,
    scored,
    scoring_of,
    sheet_rows,
    shown_flags,
    third_reviews_wanted,
    third_rows,
    unsaid,
)
from zhiqiao.apps.projects.views.doors import in_work, staff_only
from zhiqiao.apps.projects.views.lists import list_file, of_call, wanted_file
from zhiqiao.core.answering import attempted
from zhiqiao.core.paging import bounded_count, paginate

# Beside the table so many of what is to be looked at; a page of its own and the file have all.
FIRST_FLAGS, SHOWN = 20, 50


@staff_only
@require_safe
def list_scores(request: HttpRequest, uid: UUID) -> HttpResponseBase:
    call = reviewed_call(request.user, uid)
    if wanted_file(request):
        return list_file(request, of_call(call, *_tables(call, request.GET.get("list", ""))))
    page, third = paginate(scored(call), request), third_reviews_wanted(call)
    scoring, flags = scoring_of(call), flags_of(call)
    context = {
        "call": call,
        "page": page,
        "rows": list(score_rows(page.items, call)),
        "computed_at": page.items[0].computed_at if page.items else None,
        "scoring": scoring,
        "model": model_told(scoring) if scoring else "",
        "unsaid": unsaid(scoring) if scoring else [],
        "third": third[:SHOWN],
        "more_third": max(0, bounded_count(third) - SHOWN),
        "contests": contests_of(call),
        "short": list(short_of_reviews(call)),
        "flags": list(shown_flags(flags[:FIRST_FLAGS])),
        "flags_number": bounded_count(flags),
    }
    return render(request, "projects/reviews_scores.html", context)


def _tables(call: Call, name: str) -> tuple[str, Sequence[object], Iterable[Sequence[object]]]:
    if name == "flags":
        return "reviews-to-look-at", FLAGS, flag_sheet_rows(call)
    if name == "third":
        return "one-more-review", THIRD, third_rows(call)
    return "scores", SCORES, sheet_rows(call)


@staff_only
@require_safe
def list_flags(request: HttpRequest, uid: UUID) -> HttpResponseBase:
    call = reviewed_call(request.user, uid)
    if wanted_file(request):
        return list_file(request, of_call(call, *_tables(call, "flags")))
    page = paginate(flags_of(call), request)
    context = {"call": call, "page": page, "flags": list(shown_flags(page.items))}
    return render(request, "projects/reviews_flags.html", context)


@staff_only
@require_POST
def compute(request: HttpRequest, uid: UUID) -> HttpResponse:
    call = reviewed_call(request.user, uid)
    return attempted(
        request,
        lambda: compute_or_queue(call, actor=request.user),
        done=lambda is_done: (
            _("The scores were computed from the reviews that are there.") if is_done else in_work()
        ),
        back=reverse("projects:scores", args=[call.uid]),
    )
