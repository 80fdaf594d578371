"""Requests for places, their review, the ledger, and the plan that the optimiser proposes."""

import re
from collections.abc import Mapping
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zhiqiao.apps.admissions import actions, queries
from zhiqiao.apps.admissions.choices import RequestState
from zhiqiao.apps.admissions.engine_io.planning import (
    Bounds,
    Proposal,
    category_titles,
    propose_places,
    shares_at_points,
)
from zhiqiao.apps.admissions.forms import (
    AdjustmentForm,
    ApprovalForm,
    LineForm,
    ProposalForm,
    ReviewForm,
)
from zhiqiao.apps.admissions.models import PlaceLine, Season
from zhiqiao.apps.admissions.rules import (
    EDITABLE,
    can_act_for_school,
    can_run_season,
    schools_of,
)
from zhiqiao.apps.admissions.views.doors import Asked, answered, staff_only, workers_only
from zhiqiao.apps.registry.queries import region_by_name
from zhiqiao.core.access import require
from zhiqiao.core.answering import attempted
from zhiqiao.core.dates import today
from zhiqiao.core.errors import InputError, MissingError, RuleError
from zhiqiao.core.exports import workbook_response
from zhiqiao.core.paging import paginate

PLACES = "places-"
WHOLE = re.compile("[0-9]{1,5}")


@require_safe
def list_lines(request: HttpRequest, uid: UUID) -> HttpResponse:
    season = queries.season_visible_to(request.user, uid)
    wanted = _wanted(request)
    page = paginate(queries.lines_visible_to(request.user, season, wanted=wanted), request)
    may_run = request.user.is_authenticated and bool(can_run_season(request.user))
    context = {
        "season": season,
        "page": page,
        "rows": queries.line_rows(page.items, season),
        "wanted": wanted,
        "batches": season.rules.batches,
        "categories": season.rules.categories.items(),
        "states": RequestState.choices,
        "points": shares_at_points(request.user, season) if may_run else (),
        "may_run": may_run,
        "own_schools": schools_of(request.user),
    }
    template = "admissions/lines.html#rows" if request.htmx else "admissions/lines.html"  # type: ignore[attr-defined] # set by the htmx middleware
    return render(request, template, context)


@require_safe
def download_lines(request: HttpRequest, uid: UUID) -> HttpResponseBase:
    season = queries.season_visible_to(request.user, uid)
    rows = queries.ledger_rows(request.user, season, _wanted(request))
    return workbook_response(f"places-{today():%Y-%m-%d}.xlsx", queries.LEDGER, rows)


@require_safe
def show_ledger(request: HttpRequest, uid: UUID) -> HttpResponse:
    season = queries.season_visible_to(request.user, uid)
    page = paginate(queries.flows_visible_to(request.user, season), request)
    return render(request, "admissions/ledger.html", {"season": season, "page": page})


@require_safe
def show_line(request: HttpRequest, uid: UUID) -> HttpResponse:
    line = queries.line_visible_to(request.user, uid)
    user = request.user
    may_act = user.is_authenticated and bool(can_act_for_school(user, line.school_id))
    (row,) = queries.line_rows([line], line.season)
    context = {
        **row,
        "season": line.season,
        "flows": queries.flows_of_line(user, line),
        "may_act": may_act,
        "may_run": user.is_authenticated and bool(can_run_season(user)),
        "may_edit": may_act and line.state in EDITABLE,
        "history": queries.history_of_line(line) if may_act else (),
    }
    return render(request, "admissions/line.html", context)


@workers_only
@require_http_methods(["GET", "HEAD", "POST"])
def write_line(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Write a request anew, for the school of the person."""
    season = queries.season_visible_to(request.user, uid)
    schools = sorted(schools_of(request.user))
    if not schools:
        raise MissingError("admissions.missing")
    form = LineForm(season, schools[0], request.POST or None)
    return _written(request, season, form, None, schools[0])


@workers_only
@require_http_methods(["GET", "HEAD", "POST"])
def edit_line(request: HttpRequest, uid: UUID) -> HttpResponse:
    line = queries.line_visible_to(request.user, uid)
    require(can_act_for_school(request.user, line.school_id))
    names = ("code", "major", "major_code", "batch", "exam_type", "category", "pathway",
             "requested", "minimum", "note")  # fmt: skip
    given = {name: getattr(line, name) for name in names}
    region = line.region.name if line.region else ""
    initial = {**given, "region": region, "contract": str(line.contract_id or "")}
    form = LineForm(line.season, line.school_id, request.POST or None, initial=initial)
    return _written(request, line.season, form, line, line.school_id)


def _written(
    request: HttpRequest, season: Season, form: LineForm, line: PlaceLine | None, school: int
) -> HttpResponse:
    asked = Asked(
        _("Request for places"),
        _("Save"),
        _("The request was saved. Hand it in when it is complete."),
        season,
        season.get_absolute_url() + "places/",
    )

    def write() -> None:
        given = dict(form.cleaned_data)
        named = given.pop("region")
        region = region_by_name(named) if named else None
        if named and region is None:
            raise InputError("admissions.region-unknown", given=named)
        contract = int(given.pop("contract") or 0) or None
        wanted = actions.Wanted(
            school=school, region=region.pk if region else None, contract=contract, **given
        )
        actions.save_request(season, wanted, actor=request.user, line=line)

    return answered(request, form, write, asked)


@workers_only
@require_POST
def submit_line(request: HttpRequest, uid: UUID) -> HttpResponse:
    line = queries.line_visible_to(request.user, uid)
    require(can_act_for_school(request.user, line.school_id))
    return attempted(
        request,
        lambda: actions.submit_request(line, actor=request.user),
        done=_("The request was handed in."),
        back=line.get_absolute_url(),
    )


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def review_line(request: HttpRequest, uid: UUID) -> HttpResponse:
    line = queries.line_visible_to(request.user, uid)
    form = ReviewForm(request.POST or None, initial={"places": line.requested})
    asked = Asked(
        _("Decide on a request"),
        _("Keep the decision"),
        _("The decision was kept."),
        line.season,
        line.get_absolute_url(),
        str(line),
    )

    def write() -> None:
        given, actor = form.cleaned_data, request.user
        if given["decision"] == "approve":
            places = line.requested if given["places"] is None else given["places"]
            actions.approve_request(line, places=places, approval=given["words"], actor=actor)
        elif given["decision"] == "return":
            actions.return_request(line, reply=given["words"], actor=actor)
        else:
            actions.refuse_request(line, reply=given["words"], actor=actor)

    return answered(request, form, write, asked)


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def adjust_line(request: HttpRequest, uid: UUID) -> HttpResponse:
    line = queries.line_visible_to(request.user, uid)
    form = AdjustmentForm(request.POST or None)
    asked = Asked(
        _("Adjust places"),
        _("Book it"),
        _("The ledger has the flow."),
        line.season,
        line.get_absolute_url(),
        str(line),
    )

    def write() -> None:
        given = _adjustment(request, line, form.cleaned_data)
        actions.adjust_places(line.season, given, actor=request.user)

    return answered(request, form, write, asked)


def _adjustment(
    request: HttpRequest, line: PlaceLine, given: dict[str, object]
) -> actions.Adjustment:
    target = None
    if given["direction"] == "move":
        rows = queries.lines_visible_to(request.user, line.season)
        target = rows.filter(code=given["target"]).first()
        if target is None:
            raise InputError("admissions.programme-unknown", given=given["target"])
    elif given["direction"] == "increase":
        target = line
    source = None if given["direction"] == "increase" else line
    return actions.Adjustment(
        number=given["number"],  # type: ignore[arg-type]  # cleaned by the form
        from_line=source,
        to_line=target,
        approval=str(given["approval"]),
        rule=str(given["rule"]),
    )


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def propose(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show the plan of least change; nothing is decided by it."""
    season = queries.season_visible_to(request.user, uid)
    lines = queries.lines_visible_to(request.user, season).filter(state=RequestState.SUBMITTED)
    asked_in = set(lines.order_by().values_list("category", flat=True).distinct())
    titles = category_titles(season.rules)
    categories = {name: title for name, title in titles.items() if name in asked_in}
    form = ProposalForm(season, categories, request.POST or None)
    proposal: Proposal | None = None
    if form.is_valid():
        given = form.cleaned_data
        bounds = Bounds(total=given["total"], floors=form.floors, reading=given["reading"])
        try:
            proposal = propose_places(season, lines, bounds)
        except RuleError as error:
            form.add_error(None, f"{error.message} {error.remedy}")
    context = {
        "season": season,
        "form": form,
        "proposal": proposal,
        "changes": _changes(proposal) if proposal else (),
        "approval": ApprovalForm(),
    }
    return render(request, "admissions/proposal.html", context, status=422 if form.errors else 200)


def _changes(proposal: Proposal) -> list[tuple[PlaceLine, int, int]]:
    pairs = zip(proposal.lines, proposal.places, strict=True)
    return [(line, places, places - line.requested) for line, places in pairs]


@staff_only
@require_POST
def approve_proposal(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Approve the numbers that stood on the page, which the person may have changed."""
    season = queries.season_visible_to(request.user, uid)
    lines = queries.lines_visible_to(request.user, season).in_bulk()
    approval = request.POST.get("approval", "")[:200]
    return attempted(
        request,
        lambda: actions.approve_requests(
            season, _given_places(request, lines), approval=approval, actor=request.user
        ),
        done=_("The places were approved."),
        back=redirect("admissions:lines", season.uid).url,
    )


def _given_places(request: HttpRequest, lines: Mapping[int, PlaceLine]) -> dict[int, int]:
    """Read the number beside each line; one that is none refuses all, so that nothing is left out."""
    found = {}
    for name in request.POST:
        if not name.startswith(PLACES):
            continue
        key, given = name.removeprefix(PLACES), request.POST.get(name, "").strip()
        line = lines.get(int(key)) if WHOLE.fullmatch(key) else None
        if line is None:
            raise MissingError("admissions.missing")
        if not WHOLE.fullmatch(given):
            raise InputError("admissions.places-number", given=given, programme=line.code)
        found[line.pk] = int(given)
    return found


def _wanted(request: HttpRequest) -> queries.LineFilter:
    asked = request.GET
    return queries.LineFilter(
        text=asked.get("q", "").strip()[:100],
        batch=asked.get("batch", ""),
        category=asked.get("category", ""),
        state=asked.get("state", ""),
    )
