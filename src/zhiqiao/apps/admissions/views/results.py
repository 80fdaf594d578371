"""Runs and results: what is public, what schools review, and what the bureau decides."""

from decimal import Decimal
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zhiqiao.apps.admissions import actions, queries
from zhiqiao.apps.admissions.engine_io.chains import chains_between, chains_told
from zhiqiao.apps.admissions.forms import (
    AppealAnswerForm,
    ReasonForm,
    StrikeOutDecisionForm,
    StrikeOutForm,
)
from zhiqiao.apps.admissions.rules import can_check_runs, can_run_season
from zhiqiao.apps.admissions.views.doors import (
    Asked,
    answered,
    checkers_only,
    staff_only,
    workers_only,
)
from zhiqiao.core import files
from zhiqiao.core.answering import attempted
from zhiqiao.core.dates import today
from zhiqiao.core.errors import MissingError
from zhiqiao.core.exports import workbook_response
from zhiqiao.core.paging import paginate
from zhiqiao.core.signing import public_key


@require_safe
def show_run(request: HttpRequest, uid: UUID) -> HttpResponse:
    run = queries.run_visible_to(request.user, uid)
    text = request.GET.get("q", "").strip()[:100]
    page = paginate(queries.outcomes_visible_to(request.user, run, text=text), request)
    context = {
        "run": run,
        "season": run.season,
        "page": page,
        "rows": queries.outcome_rows(run.season, page.items),
        "order": queries.order_told(run),
        "not_proven": queries.NOT_PROVEN,
        "text": text,
        "key": public_key(),
        "may_run": request.user.is_authenticated and bool(can_run_season(request.user)),
        "may_check": request.user.is_authenticated and bool(can_check_runs(request.user)),
        "check": queries.last_check(request.user, run) if request.user.is_authenticated else None,
    }
    template = "admissions/run.html#rows" if request.htmx else "admissions/run.html"  # type: ignore[attr-defined] # set by the htmx middleware
    return render(request, template, context)


@checkers_only
@require_POST
def check_run(request: HttpRequest, uid: UUID) -> HttpResponse:
    run = queries.run_visible_to(request.user, uid)
    return attempted(
        request,
        lambda: actions.ask_check(run, actor=request.user),
        done=_("The check runs in the background; reload the page to see its end."),
        back=run.get_absolute_url(),
    )


@staff_only
@require_safe
def show_changes(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show what a run changed and who displaced whom, against the run before or the published one."""
    run = queries.run_visible_to(request.user, uid)
    before = queries.run_before(run)
    if before is None:
        raise MissingError("admissions.missing")
    found = chains_between(before, run)
    page = paginate(list(enumerate(found.chains, start=1)), request)
    context = {
        "run": run,
        "before": before,
        "season": run.season,
        "lines": list(queries.line_changes(before, run)),
        "page": page,
        "policies": queries.policies_told(run),
        "chains": chains_told(found, page.items),
    }
    return render(request, "admissions/changes.html", context)


@require_safe
def download_run(request: HttpRequest, uid: UUID) -> HttpResponseBase:
    run = queries.run_visible_to(request.user, uid)
    outcomes = list(queries.outcomes_visible_to(request.user, run))
    rows = queries.outcome_rows(run.season, outcomes)
    columns = (_("Programme code"), _("School"), _("Major"), _("Pathway"), _("Places"), _("Admitted"),
               _("Lowest score admitted"), _("Position"))  # fmt: skip
    cells = (
        (
            row.outcome.line.code, row.outcome.line.school.name, row.outcome.line.major,
            row.pathway,
            row.outcome.places, row.outcome.admitted,
            row.without_score or Decimal(row.cutoff),
            row.without_score if row.position is None else row.position,
        )
        for row in rows
    )  # fmt: skip
    return workbook_response(f"lines-{today():%Y-%m-%d}.xlsx", columns, cells)


@require_safe
def bundle(request: HttpRequest, uid: UUID) -> JsonResponse:
    """Give the audit bundle with its signature; without a name, a number or a score of a person."""
    run = queries.run_visible_to(request.user, uid)
    response = JsonResponse(queries.signed_bundle(run), json_dumps_params={"ensure_ascii": False})
    response["Content-Disposition"] = "attachment; filename=bundle.json"
    return response


@require_safe
def leaves(request: HttpRequest, uid: UUID) -> HttpResponse:
    run = queries.run_visible_to(request.user, uid)
    with files.open_file(run.leaves) as content:
        response = HttpResponse(content.read(), content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = "attachment; filename=leaves.txt"
    return response


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def hand_out_inputs(request: HttpRequest, uid: UUID) -> HttpResponseBase:
    """Give an auditor the inputs of the present round, for a replay on files."""
    season = queries.season_visible_to(request.user, uid)
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        content = actions.hand_out_inputs(
            season, actor=request.user, reason=form.cleaned_data["reason"]
        )
        response = HttpResponse(content, content_type="application/zip")
        response["Content-Disposition"] = "attachment; filename=inputs.zip"
        return response
    asked = Asked(
        _("Hand out the inputs of the run"),
        _("Download"),
        "",
        season,
        season.get_absolute_url(),
        _("The file holds numbers and scores of all candidates. It replays with zhiqiao allocate."),
    )
    return answered(request, form, lambda: None, asked)


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def hand_out_results(request: HttpRequest, uid: UUID) -> HttpResponseBase:
    """Give the admissions of a run under the headings of the provincial system."""
    run = queries.run_visible_to(request.user, uid)
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        headings, rows = actions.hand_out_results(
            run, actor=request.user, reason=form.cleaned_data["reason"]
        )
        return workbook_response(f"admitted-{today():%Y-%m-%d}.xlsx", headings, rows)
    asked = Asked(
        _("Hand out the admissions"),
        _("Download"),
        "",
        run.season,
        run.get_absolute_url(),
        _("The file holds names, numbers and totals, under the headings of the provincial system."),
    )
    return answered(request, form, lambda: None, asked)


@workers_only
@require_safe
def list_files(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show a school the files that are open to it, and the bureau the strike-outs."""
    season = queries.season_visible_to(request.user, uid)
    page = paginate(queries.files_visible_to(request.user, season), request)
    names = queries.names_in_files(page.items)
    context = {
        "season": season,
        "page": page,
        "rows": [(file, names[file.candidate_id]) for file in page.items],
        "strike_outs": queries.strike_outs_visible_to(request.user, season),
        "grounds": season.rules.grounds,
        "may_run": bool(can_run_season(request.user)),
    }
    return render(request, "admissions/files.html", context)


@workers_only
@require_http_methods(["GET", "HEAD", "POST"])
def strike_out(request: HttpRequest, uid: UUID) -> HttpResponse:
    file = queries.file_visible_to(request.user, uid)
    season = file.line.season
    form = StrikeOutForm(season, request.POST or None)
    asked = Asked(
        _("Ask for a strike-out"),
        _("Ask"),
        _("The bureau decides on it."),
        season,
        reverse("admissions:files", args=[season.uid]),
        f"{file.line} · {file.candidate.number}",
    )
    return answered(
        request,
        form,
        lambda: actions.ask_strike_out(
            file.candidate, file.line, **form.cleaned_data, actor=request.user
        ),
        asked,
    )


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def decide_strike_out(request: HttpRequest, uid: UUID) -> HttpResponse:
    found = queries.strike_out_visible_to(request.user, uid)
    season = found.candidate.season
    form = StrikeOutDecisionForm(request.POST or None)
    asked = Asked(
        _("Decide on a strike-out"),
        _("Keep the decision"),
        _("The decision was kept."),
        season,
        reverse("admissions:files", args=[season.uid]),
        f"{found.candidate.number} · {found.note}",
    )

    def write() -> None:
        given = form.cleaned_data
        approved = given["approved"] == "yes"
        actions.decide_strike_out(
            found, approved=approved, reason=given["reason"], actor=request.user
        )

    return answered(request, form, write, asked)


@staff_only
@require_safe
def list_appeals(request: HttpRequest, uid: UUID) -> HttpResponse:
    season = queries.season_visible_to(request.user, uid)
    page = paginate(queries.appeals_visible_to(request.user, season), request)
    return render(request, "admissions/appeals.html", {"season": season, "page": page})


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def answer_appeal(request: HttpRequest, uid: UUID) -> HttpResponse:
    appeal = queries.appeal_visible_to(request.user, uid)
    season = appeal.candidate.season
    form = AppealAnswerForm(request.POST or None)
    asked = Asked(
        _("Answer an appeal"),
        _("Answer"),
        _("The candidate can read the answer."),
        season,
        reverse("admissions:appeals", args=[season.uid]),
        appeal.text,
    )

    def write() -> None:
        given = form.cleaned_data
        upheld = given["upheld"] == "yes"
        actions.answer_appeal(appeal, upheld=upheld, answer=given["answer"], actor=request.user)

    return answered(request, form, write, asked)
