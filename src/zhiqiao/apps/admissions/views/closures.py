"""What if small classes were closed: asked for, shown step by step, and taken out as a workbook."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zhiqiao.apps.admissions import actions, queries
from zhiqiao.apps.admissions.forms import ClosuresForm
from zhiqiao.apps.admissions.rules import BETWEEN_RUNS
from zhiqiao.apps.admissions.views.doors import staff_only
from zhiqiao.core.answering import attempted
from zhiqiao.core.dates import today
from zhiqiao.core.exports import workbook_response
from zhiqiao.core.paging import paginate


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def list_closures(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Ask for a trial, and show those that were made."""
    season = queries.season_visible_to(request.user, uid)
    form = ClosuresForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        minimum = form.cleaned_data["minimum"]
        return attempted(
            request,
            lambda: actions.ask_closures(season, minimum=minimum, actor=request.user),
            done=_("The trial runs in the background; reload the page to see its end."),
            back=reverse("admissions:closures", args=[season.uid]),
        )
    context = {
        "season": season,
        "form": form,
        "may_ask": season.state in BETWEEN_RUNS,
        "job": queries.closures_under_way(request.user, season),
        "page": paginate(queries.closure_trials_visible_to(request.user, season), request),
    }
    return render(request, "admissions/closures.html", context, status=422 if form.errors else 200)


@staff_only
@require_safe
def show_closure_trial(request: HttpRequest, uid: UUID) -> HttpResponse:
    trial = queries.closure_trial_visible_to(request.user, uid)
    page = paginate(queries.closure_flows(trial), request)
    context = {
        "trial": trial,
        "season": trial.season,
        "steps": queries.closed_classes(trial),
        "page": page,
        "flows": page.items,
    }
    return render(request, "admissions/closure_trial.html", context)


@staff_only
@require_POST
def download_closure_trial(request: HttpRequest, uid: UUID) -> HttpResponseBase:
    """Give who would move; posted, because the audit notes each look."""
    trial = queries.closure_trial_visible_to(request.user, uid)
    rows = actions.take_closure_moves(trial, actor=request.user)
    columns = (
        _("Step"), _("Class that closes"), _("Candidate number"),
        _("Leaves: programme code"), _("Leaves: school"), _("Leaves: major"),
        _("Enters: programme code"), _("Enters: school"), _("Enters: major"),
    )  # fmt: skip
    return workbook_response(f"closures-{today():%Y-%m-%d}.xlsx", columns, rows)
