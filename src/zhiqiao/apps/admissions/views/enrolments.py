"""Enrolments: a school's list of its admitted, and who of them arrived."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zhiqiao.apps.admissions import actions, queries
from zhiqiao.apps.admissions.forms import ReasonForm
from zhiqiao.apps.admissions.forms.pathways import DeclarationForm
from zhiqiao.apps.admissions.models import Season
from zhiqiao.apps.admissions.rules import can_run_season, takes_enrolments
from zhiqiao.apps.admissions.views.doors import Asked, answered, staff_only, workers_only
from zhiqiao.core.answering import attempted
from zhiqiao.core.dates import today
from zhiqiao.core.exports import workbook_response
from zhiqiao.core.paging import paginate

MOST_AT_ONCE = 500


@workers_only
@require_safe
def list_enrolments(request: HttpRequest, uid: UUID) -> HttpResponse:
    season = queries.season_visible_to(request.user, uid)
    wanted = _wanted(request)
    page = paginate(queries.admitted_visible_to(request.user, season, wanted=wanted), request)
    context = {
        "season": season,
        "page": page,
        "wanted": wanted,
        "counts": queries.arrivals(request.user, season),
        "may_enrol": bool(takes_enrolments(season)),
        "may_run": bool(can_run_season(request.user)),
    }
    return render(request, "admissions/enrolments.html", context)


@workers_only
@require_safe
def download_enrolments(request: HttpRequest, uid: UUID) -> HttpResponseBase:
    season = queries.season_visible_to(request.user, uid)
    rows = queries.admitted_rows(request.user, season, _wanted(request))
    return workbook_response(f"admitted-{today():%Y-%m-%d}.xlsx", queries.ADMITTED, rows)


@workers_only
@require_POST
def enrol(request: HttpRequest, uid: UUID) -> HttpResponse:
    candidate = queries.admitted_candidate_visible_to(request.user, uid)
    return attempted(
        request,
        lambda: actions.enrol(candidate, actor=request.user),
        done=_("The arrival was confirmed."),
        back=_list_of(candidate.season),
    )


@workers_only
@require_POST
def enrol_shown(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Confirm the arrival of all who stood on the page; those who arrived already stay so."""
    season = queries.season_visible_to(request.user, uid)
    shown = request.POST.getlist("candidate")[:MOST_AT_ONCE]
    wanted = queries.EnrolmentFilter(arrived="no")
    rows = queries.admitted_visible_to(request.user, season, wanted=wanted)
    candidates = [row.candidate for row in rows if str(row.candidate.uid) in set(shown)]
    return attempted(
        request,
        lambda: actions.enrol_all(season, candidates, actor=request.user),
        done=_("The arrivals were confirmed."),
        back=_list_of(season),
    )


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def unenrol(request: HttpRequest, uid: UUID) -> HttpResponse:
    candidate = queries.enrolled_candidate_visible_to(request.user, uid)
    form = ReasonForm(request.POST or None)
    back = _list_of(candidate.season)
    asked = Asked(
        _("Take the enrolment back"), _("Take it back"), _("The enrolment was taken back."),
        candidate.season, back, candidate.number,
    )  # fmt: skip
    return answered(
        request, form,
        lambda: actions.unenrol(candidate, **form.cleaned_data, actor=request.user), asked,
    )  # fmt: skip


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def declare(request: HttpRequest, uid: UUID) -> HttpResponse:
    season = queries.season_visible_to(request.user, uid)
    form = DeclarationForm(request.POST or None)
    asked = Asked(
        _("Are the enrolments complete?"), _("Declare"), _("The declaration was kept."), season,
        _list_of(season), _("Figures of intake count the enrolled once they are complete."),
    )  # fmt: skip

    def write() -> None:
        complete = form.cleaned_data["complete"] == "yes"
        reason = form.cleaned_data["reason"]
        actions.declare_enrolments(season, complete=complete, reason=reason, actor=request.user)

    return answered(request, form, write, asked)


def _list_of(season: Season) -> str:
    return reverse("admissions:enrolments", args=[season.uid])


def _wanted(request: HttpRequest) -> queries.EnrolmentFilter:
    asked = request.GET
    arrived = asked.get("arrived", "")
    return queries.EnrolmentFilter(
        text=asked.get("q", "").strip()[:100],
        arrived=arrived if arrived in {"yes", "no"} else "",
    )
