"""Re-checks of scores, and the only two ways to correct a sealed score."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from zhiqiao.apps.admissions import actions, queries
from zhiqiao.apps.admissions.choices import AppealState
from zhiqiao.apps.admissions.forms.people import (
    AppealCorrectionForm,
    RecheckAnswerForm,
    RecheckForm,
)
from zhiqiao.apps.admissions.models import Candidate
from zhiqiao.apps.admissions.rules import is_own, recheck_until
from zhiqiao.apps.admissions.views.doors import Asked, answered, signed_in_only, staff_only
from zhiqiao.core.dates import format_date
from zhiqiao.core.errors import MissingError
from zhiqiao.core.paging import paginate


@signed_in_only
@require_http_methods(["GET", "HEAD", "POST"])
def ask_recheck(request: HttpRequest, uid: UUID) -> HttpResponse:
    candidate = queries.candidate_visible_to(request.user, uid)
    if not is_own(request.user, candidate):
        raise MissingError("admissions.missing")
    form = RecheckForm(request.POST or None)
    until = format_date(recheck_until(candidate.season)) or "—"
    asked = Asked(
        _("Ask for a re-check of your scores"),
        _("Ask"),
        _("Your re-check was filed; a person will answer it."),
        candidate.season,
        reverse("admissions:own_season", args=[candidate.uid]),
        _("Until %(until)s, once. Papers are not marked anew; it is checked whether everything was marked and summed.") % {"until": until},
    )  # fmt: skip
    return answered(
        request,
        form,
        lambda: actions.file_recheck(candidate, text=form.cleaned_data["text"], actor=request.user),
        asked,
    )


@staff_only
@require_safe
def list_rechecks(request: HttpRequest, uid: UUID) -> HttpResponse:
    season = queries.season_visible_to(request.user, uid)
    state = request.GET.get("state", "")
    page = paginate(queries.rechecks_visible_to(request.user, season, state=state), request)
    context = {
        "season": season,
        "page": page,
        "state": state,
        "states": AppealState.choices,
        "until": recheck_until(season),
    }
    return render(request, "admissions/rechecks.html", context)


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def answer_recheck(request: HttpRequest, uid: UUID) -> HttpResponse:
    recheck = queries.recheck_visible_to(request.user, uid)
    candidate = recheck.candidate
    marks = queries.marks_of(request.user, candidate)
    form = RecheckAnswerForm(candidate, marks, request.POST or None)
    _note_look(request, candidate)
    asked = Asked(
        _("Answer a re-check"),
        _("Answer"),
        _("The candidate can read the answer."),
        candidate.season,
        reverse("admissions:rechecks", args=[candidate.season.uid]),
        f"{candidate.number} · {recheck.text}",
    )

    def write() -> None:
        given = form.cleaned_data
        actions.answer_recheck(recheck, upheld=given["upheld"] == "yes", answer=given["answer"],
                               marks=form.corrected(), actor=request.user)  # fmt: skip

    return answered(request, form, write, asked)


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def correct_scores(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Replace marks by what an upheld appeal found."""
    appeal = queries.appeal_visible_to(request.user, uid)
    candidate = appeal.candidate
    marks = queries.marks_of(request.user, candidate)
    form = AppealCorrectionForm(candidate, marks, request.POST or None)
    _note_look(request, candidate)
    asked = Asked(
        _("Correct scores after an appeal"),
        _("Correct"),
        _("The corrected marks stand; a correction run applies them."),
        candidate.season,
        reverse("admissions:appeals", args=[candidate.season.uid]),
        f"{candidate.number} · {appeal.text}",
    )

    def write() -> None:
        reason = form.cleaned_data["reason"]
        actions.correct_scores(appeal, form.corrected(), actor=request.user, reason=reason)

    return answered(request, form, write, asked)


def _note_look(request: HttpRequest, candidate: Candidate) -> None:
    """Write down that somebody saw the marks on the page."""
    if request.method == "GET":
        actions.note_look(candidate, actor=request.user, reason=_("Re-check or appeal"))
