"""A recommending body's list: its quota, the order in which it recommends, and each decision."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from zhiqiao.apps.projects import actions, queries
from zhiqiao.apps.projects.forms import RanksForm
from zhiqiao.apps.projects.models import Application, Call
from zhiqiao.apps.projects.rules import Viewer
from zhiqiao.apps.projects.views.doors import FORM_METHODS, posted, signed_in_only
from zhiqiao.apps.projects.views.lists import list_file, of_call, wanted_file
from zhiqiao.core.answering import note_refusal
from zhiqiao.core.dates import today
from zhiqiao.core.errors import InputError, RefusedError, RuleError
from zhiqiao.core.paging import paginate

# Places are given page by page; a place that another page holds is refused.
AT_ONCE = 50


@signed_in_only
@require_http_methods(FORM_METHODS)
def recommend(request: HttpRequest, uid: UUID) -> HttpResponseBase:
    """Show what one of the person's bodies recommends in a call; its order is set here."""
    call = queries.call_visible_to(request.user, uid)
    body = queries.recommending_body(request.user, call, request.GET.get("body", ""))
    rows = queries.applications_to_recommend(request.user, call, body.key)
    ranks = queries.ranks_given(request.user, call, body.key)
    if wanted_file(request):
        return _file(request, call, body, list(rows))
    page = paginate(rows, request, per_page=AT_ONCE)
    form = RanksForm({row.pk: row for row in page}, ranks, posted(request))
    if form.is_valid() and _was_ranked(request, call, body, form):
        return redirect(request.get_full_path())
    context = {
        "call": call,
        "body": body,
        "bodies": queries.recommending_bodies(request.user, call),
        "places": queries.places_of(call, body.key),
        "form": form,
        "page": page,
        "lines": zip(_lines(call, page.items), form.bound_ranks(), strict=True),
        "is_empty": not page.items,
    }
    status = 422 if form.errors else 200
    return render(request, "projects/calls_recommend.html", context, status=status)


def _lines(call: Call, rows: Sequence[Application]) -> list[queries.ApplicationLine]:
    return queries.application_lines(rows, [Viewer.RECOMMENDER], day=today(), call=call)


def _was_ranked(
    request: HttpRequest, call: Call, body: queries.RecommendingBody, form: RanksForm
) -> bool:
    try:
        actions.rank_recommended(call, body.key, form.ranks(), actor=request.user)
    except (InputError, RuleError, RefusedError) as error:
        note_refusal(form, error)
        return False
    messages.success(request, _("The order was saved."))
    return True


def _file(
    request: HttpRequest, call: Call, body: queries.RecommendingBody, rows: list[Application]
) -> HttpResponseBase:
    ranks = queries.ranks_given(request.user, call, body.key)
    table = queries.recommended_table(_lines(call, rows), ranks)
    made = of_call(call, "recommended", *table)
    return list_file(request, replace(made, title=f"{call.title} · {body.name}"))
