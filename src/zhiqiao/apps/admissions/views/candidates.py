"""Candidates, for the bureau and their schools; neither sees a choice."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zhiqiao.apps.admissions import actions, queries
from zhiqiao.apps.admissions.choices import VERBS, Eligibility
from zhiqiao.apps.admissions.forms import JudgementForm
from zhiqiao.apps.admissions.forms.pathways import PathwayForm
from zhiqiao.apps.admissions.rules import can_act_for_school, can_run_season, schools_of
from zhiqiao.apps.admissions.views.doors import Asked, answered, staff_only, workers_only
from zhiqiao.core.access import require
from zhiqiao.core.dates import today
from zhiqiao.core.errors import MissingError
from zhiqiao.core.exports import workbook_response
from zhiqiao.core.paging import paginate


@workers_only
@require_safe
def list_candidates(request: HttpRequest, uid: UUID) -> HttpResponse:
    season = queries.season_visible_to(request.user, uid)
    wanted = queries.CandidateFilter(
        text=request.GET.get("q", "").strip()[:100],
        eligibility=request.GET.get("eligibility", ""),
        unlocked=request.GET.get("unlocked") == "yes",
    )
    page = paginate(queries.candidates_visible_to(request.user, season, wanted=wanted), request)
    context = {
        "season": season,
        "page": page,
        "wanted": wanted,
        "eligibilities": Eligibility.choices,
        "is_school": bool(schools_of(request.user)),
    }
    return render(request, "admissions/candidates.html", context)


@workers_only
@require_safe
def show_candidate(request: HttpRequest, uid: UUID) -> HttpResponse:
    candidate = queries.candidate_visible_to(request.user, uid)
    context = {
        "candidate": candidate,
        "season": candidate.season,
        "words": queries.words_of(candidate),
        "may_run": bool(can_run_season(request.user)),
        "may_issue": bool(can_act_for_school(request.user, candidate.school_id)),
        "privileges": queries.privileges_of(request.user, candidate),
        "history": [
            (entry, VERBS.get(entry.verb, entry.verb))
            for entry in queries.history_of_candidate(candidate)
        ],
    }
    return render(request, "admissions/candidate.html", context)


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def judge(request: HttpRequest, uid: UUID) -> HttpResponse:
    candidate = queries.candidate_visible_to(request.user, uid)
    form = JudgementForm(request.POST or None)
    asked = Asked(
        _("May the candidate take part?"),
        _("Keep the decision"),
        _("The decision was kept."),
        candidate.season,
        candidate.get_absolute_url(),
        candidate.number,
    )

    def write() -> None:
        given = form.cleaned_data
        eligible = given["eligible"] == "yes"
        actions.judge_eligibility(
            candidate, eligible=eligible, reason=given["reason"], actor=request.user
        )

    return answered(request, form, write, asked)


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def set_pathway(request: HttpRequest, uid: UUID) -> HttpResponse:
    candidate = queries.candidate_visible_to(request.user, uid)
    initial = {"contract": str(candidate.contract_id or "")}
    form = PathwayForm(candidate.season, request.POST or None, initial=initial)
    asked = Asked(
        _("Pathway of the candidate"),
        _("Save"),
        _("The pathway was set."),
        candidate.season,
        candidate.get_absolute_url(),
        candidate.number,
    )

    def write() -> None:
        reason = form.cleaned_data["reason"]
        actions.set_pathway(candidate, form.chosen(), actor=request.user, reason=reason)

    return answered(request, form, write, asked)


@workers_only
@require_POST
def issue_code(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show a new code once, to be handed to the candidate."""
    candidate = queries.candidate_visible_to(request.user, uid)
    require(can_act_for_school(request.user, candidate.school_id))
    issued = actions.issue_code(candidate, actor=request.user)
    context = {"candidate": candidate, "season": candidate.season, "code": issued.code}
    return render(request, "admissions/code.html", context)


@workers_only
@require_POST
def download_codes(request: HttpRequest, uid: UUID) -> HttpResponseBase:
    """Give the school its printed slips: new codes for whoever has none."""
    season = queries.season_visible_to(request.user, uid)
    schools = sorted(schools_of(request.user))
    if not schools:
        raise MissingError("admissions.missing")
    issued = actions.issue_codes(season, school=schools[0], actor=request.user)
    names = queries.names_of([one.candidate for one in issued])
    rows = [(one.candidate.number, names[one.candidate.pk], one.code) for one in issued]
    columns = (_("Candidate number"), _("Full name"), _("Code for signing in"))
    return workbook_response(f"codes-{today():%Y-%m-%d}.xlsx", columns, rows)
