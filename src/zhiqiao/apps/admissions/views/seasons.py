"""Seasons: the list, one season with its next step, and what the bureau does with it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zhiqiao.apps.admissions import actions, queries
from zhiqiao.apps.admissions.forms import ExtensionForm, ReasonForm, SeasonForm, WindowForm
from zhiqiao.apps.admissions.rules import can_run_season, can_see_requests
from zhiqiao.apps.admissions.views.doors import Asked, answered, staff_only
from zhiqiao.apps.registry.queries import region_by_name
from zhiqiao.core.answering import attempted
from zhiqiao.core.dates import today
from zhiqiao.core.errors import InputError, RuleError
from zhiqiao.core.exports import workbook_response


@require_safe
def list_seasons(request: HttpRequest) -> HttpResponse:
    context = {
        "seasons": queries.seasons_visible_to(request.user),
        "samples": queries.seasons_visible_to(request.user, sample=True),
        "rehearsals": queries.rehearsals_visible_to(request.user),
        "candidacies": queries.candidacies_of(request.user),
        "may_run": bool(can_run_season(request.user)) and request.user.is_authenticated,
    }
    return render(request, "admissions/seasons.html", context)


@require_safe
def show_season(request: HttpRequest, uid: UUID) -> HttpResponse:
    season = queries.season_visible_to(request.user, uid)
    may_run = request.user.is_authenticated and bool(can_run_season(request.user))
    may_work = request.user.is_authenticated and bool(can_see_requests(request.user))
    waiting = queries.step_that_waits(season)
    context = {
        "season": season,
        "totals": queries.place_totals(request.user, season),
        "steps": queries.steps_of(season),
        "waiting": waiting,
        "is_running": queries.is_running(waiting),
        "next": queries.next_steps(season),
        "may_run": may_run,
        "may_work": may_work,
        "runs": queries.runs_visible_to(request.user, season),
        "seeds": queries.seeds_of(season),
        "tables": queries.tables_taken(request.user, season) if may_work else (),
        "brought": queries.tables_brought(request.user, season) if may_work else (),
        "rehearsals": queries.rehearsals_visible_to(request.user, of=season),
        "extensions": season.extensions.select_related("region"),
        "counts": queries.candidate_counts(request.user, season) if may_run else None,
    }
    return render(request, "admissions/season.html", context)


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def open_season(request: HttpRequest) -> HttpResponse:
    form = SeasonForm(request.POST or None)
    if form.is_valid():
        given = form.cleaned_data
        try:
            season = actions.open_season(given["scheme"], given["year"], actor=request.user)
        except (InputError, RuleError) as error:
            form.add_error(None, f"{error.message} {error.remedy}")
        else:
            return redirect(season)
    status = 422 if form.errors else 200
    return render(request, "admissions/season_new.html", {"form": form}, status=status)


@staff_only
@require_POST
def rehearse(request: HttpRequest, uid: UUID) -> HttpResponse:
    season = queries.season_visible_to(request.user, uid)
    try:
        return redirect(actions.open_rehearsal(season, actor=request.user))
    except RuleError as error:
        messages.error(request, f"{error.message} {error.remedy}".strip())
        return redirect(season)


@staff_only
@require_POST
def take_step(request: HttpRequest, uid: UUID, arrow: str) -> HttpResponse:
    season = queries.season_visible_to(request.user, uid)
    reason = request.POST.get("reason", "")[:2_000]
    return attempted(
        request,
        lambda: actions.ask_step(season, arrow, actor=request.user, reason=reason),
        done=_("The step was taken, or waits for what it needs."),
        back=season.get_absolute_url(),
    )


@staff_only
@require_POST
def sign_step(request: HttpRequest, uid: UUID) -> HttpResponse:
    season = queries.season_visible_to(request.user, uid)
    return attempted(
        request,
        lambda: actions.sign_step(season, actor=request.user),
        done=_("You have signed the step."),
        back=season.get_absolute_url(),
    )


@staff_only
@require_POST
def seal_scores(request: HttpRequest, uid: UUID) -> HttpResponse:
    season = queries.season_visible_to(request.user, uid)
    return attempted(
        request,
        lambda: actions.seal_scores(season, actor=request.user),
        done=_("The scores are sealed."),
        back=season.get_absolute_url(),
    )


@staff_only
@require_POST
def download_differences(request: HttpRequest, uid: UUID) -> HttpResponseBase:
    """Give the marks in which the two entries differ; posted, because the audit notes each look."""
    season = queries.season_visible_to(request.user, uid)
    rows = actions.take_differences(season, actor=request.user)
    return workbook_response(f"differences-{today():%Y-%m-%d}.xlsx", queries.DIFFERENCES, rows)


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def refuse_step(request: HttpRequest, uid: UUID) -> HttpResponse:
    season = queries.season_visible_to(request.user, uid)
    form = ReasonForm(request.POST or None)
    asked = Asked(
        _("Take the waiting step back"),
        _("Take it back"),
        _("The step was taken back; nothing changed."),
        season,
        season.get_absolute_url(),
    )
    return answered(
        request,
        form,
        lambda: actions.refuse_step(season, actor=request.user, reason=form.cleaned_data["reason"]),
        asked,
    )


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def set_window(request: HttpRequest, uid: UUID) -> HttpResponse:
    season = queries.season_visible_to(request.user, uid)
    given = {"choices_from": season.choices_from, "choices_until": season.choices_until}
    form = WindowForm(request.POST or None, initial=given)
    asked = Asked(
        _("When candidates choose"),
        _("Save"),
        _("The window was set."),
        season,
        season.get_absolute_url(),
    )
    return answered(
        request,
        form,
        lambda: actions.set_window(season, **form.cleaned_data, actor=request.user),
        asked,
    )


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def pause(request: HttpRequest, uid: UUID) -> HttpResponse:
    season = queries.season_visible_to(request.user, uid)
    form = ReasonForm(request.POST or None)
    is_paused = season.paused_at is not None
    asked = Asked(
        _("Let the choices go on") if is_paused else _("Pause the choices"),
        _("Go on") if is_paused else _("Pause"),
        _("What was saved stays as it is."),
        season,
        reverse("admissions:season", args=[season.uid]),
    )

    def write() -> None:
        reason = form.cleaned_data["reason"]
        actions.pause_choices(season, paused=not is_paused, actor=request.user, reason=reason)

    return answered(request, form, write, asked)


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def extend(request: HttpRequest, uid: UUID) -> HttpResponse:
    season = queries.season_visible_to(request.user, uid)
    form = ExtensionForm(request.POST or None)
    asked = Asked(
        _("More time for one district"),
        _("Extend"),
        _("The district has more time."),
        season,
        season.get_absolute_url(),
    )

    def write() -> None:
        given = form.cleaned_data
        region = region_by_name(given["region"])
        if region is None:
            raise InputError("admissions.missing")
        actions.extend_window(season, region=region.pk, until=given["until"], actor=request.user,
                              reason=given["reason"])  # fmt: skip

    return answered(request, form, write, asked)
