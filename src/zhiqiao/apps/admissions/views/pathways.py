"""Pathways: the public list, a contract with its gates and cohorts, and what staff writes."""

from collections.abc import Callable
from uuid import UUID

from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zhiqiao.apps.admissions import actions, queries
from zhiqiao.apps.admissions.choices import ContractState, GateOutcome
from zhiqiao.apps.admissions.forms import ReasonForm
from zhiqiao.apps.admissions.forms.pathways import (
    CohortForm,
    ContractApprovalForm,
    ContractForm,
    GatesForm,
    LeavingForm,
    MemberForm,
    gate_line,
)
from zhiqiao.apps.admissions.models import PathwayContract
from zhiqiao.apps.admissions.rules import can_run_season, can_see_members
from zhiqiao.apps.admissions.views.doors import Asked, answered, staff_only, workers_only
from zhiqiao.apps.people.queries import people_with_number
from zhiqiao.core.answering import attempted
from zhiqiao.core.dates import today
from zhiqiao.core.errors import MissingError
from zhiqiao.core.exports import workbook_response
from zhiqiao.core.paging import paginate


@require_safe
def list_pathways(request: HttpRequest) -> HttpResponse:
    wanted = _wanted(request)
    page = paginate(queries.pathways_visible_to(request.user, wanted=wanted), request)
    context = {
        "page": page,
        "rows": queries.pathway_rows(page.items),
        "wanted": wanted,
        "kinds": queries.kind_titles().items(),
        "states": ContractState.choices,
        "may_run": _may_run(request),
    }
    template = "admissions/pathways.html#rows" if request.htmx else "admissions/pathways.html"  # type: ignore[attr-defined] # set by the htmx middleware
    return render(request, template, context)


@require_safe
def download_pathways(request: HttpRequest) -> HttpResponseBase:
    rows = queries.pathway_sheet(request.user, _wanted(request))
    return workbook_response(f"pathways-{today():%Y-%m-%d}.xlsx", queries.PATHWAYS, rows)


@require_safe
def show_pathway(request: HttpRequest, uid: UUID) -> HttpResponse:
    contract = queries.pathway_visible_to(request.user, uid)
    user = request.user
    (row,) = queries.pathway_rows([contract])
    context = {
        **row,
        "gates": queries.gates_of(contract),
        "cohorts": queries.cohorts_of(contract),
        "may_run": _may_run(request),
        "may_see_members": user.is_authenticated and bool(can_see_members(user, contract)),
    }
    return render(request, "admissions/pathway.html", context)


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def write_pathway(request: HttpRequest) -> HttpResponse:
    form = ContractForm(request.POST or None)
    asked = Asked(
        _("Pathway contract"), _("Save"), _("The draft was saved."), None,
        reverse("admissions:pathways"),
    )  # fmt: skip
    return answered(
        request, form,
        lambda: actions.save_contract(form.contract(request.user), actor=request.user), asked,
    )  # fmt: skip


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def edit_pathway(request: HttpRequest, uid: UUID) -> HttpResponse:
    contract = queries.pathway_visible_to(request.user, uid)
    names = ("kind", "major_code", "major", "receiving_code", "receiving_major", "first_year",
             "capacity", "fallback")  # fmt: skip
    uses = {None: "", True: "yes", False: "no"}[contract.may_use_ordinary]
    initial = {
        **{name: getattr(contract, name) for name in names},
        "school": contract.school.name,
        "receiving": contract.receiving.name,
        "may_use_ordinary": uses,
    }
    form = ContractForm(request.POST or None, initial=initial)

    def write() -> None:
        given = form.contract(request.user)
        actions.save_contract(given, actor=request.user, contract=contract)

    return _asked(request, contract, form, write, _("Pathway contract"))


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def edit_gates(request: HttpRequest, uid: UUID) -> HttpResponse:
    contract = queries.pathway_visible_to(request.user, uid)
    lines = [
        gate_line(gate.year_of_study, gate.title_zh, gate.title_en, gate.score, gate.least)
        for gate in queries.gates_of(contract)
    ]
    form = GatesForm(request.POST or None, initial={"gates": "\n".join(lines)})

    def write() -> None:
        actions.set_gates(contract, form.read(), actor=request.user)

    return _asked(request, contract, form, write, _("Gates"))


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def approve_pathway(request: HttpRequest, uid: UUID) -> HttpResponse:
    contract = queries.pathway_visible_to(request.user, uid)
    form = ContractApprovalForm(request.POST or None)

    def write() -> None:
        approval = form.cleaned_data["approval"]
        actions.bring_into_force(contract, approval=approval, actor=request.user)

    return _asked(request, contract, form, write, _("Bring the contract into force"))


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def end_pathway(request: HttpRequest, uid: UUID) -> HttpResponse:
    contract = queries.pathway_visible_to(request.user, uid)
    form = ReasonForm(request.POST or None)

    def write() -> None:
        actions.end_contract(contract, **form.cleaned_data, actor=request.user)

    return _asked(request, contract, form, write, _("End the contract"))


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def write_cohort(request: HttpRequest, uid: UUID) -> HttpResponse:
    contract = queries.pathway_visible_to(request.user, uid)
    form = CohortForm(request.POST or None)

    def write() -> None:
        actions.write_cohort(contract, **form.cleaned_data, actor=request.user)

    return _asked(request, contract, form, write, _("Cohort"))


def _asked(
    request: HttpRequest,
    contract: PathwayContract,
    form: Form,
    write: Callable[[], None],
    title: str,
) -> HttpResponse:
    back = contract.get_absolute_url()
    asked = Asked(title, _("Save"), _("It was kept."), None, back, str(contract))
    return answered(request, form, write, asked)


@workers_only
@require_safe
def show_cohort(request: HttpRequest, uid: UUID) -> HttpResponse:
    cohort = queries.cohort_visible_to(request.user, uid)
    page = paginate(queries.members_of(cohort), request)
    context = {
        "cohort": cohort,
        "contract": cohort.contract,
        "page": page,
        "counts": queries.gate_counts(cohort),
        "rows": queries.member_rows(request.user, page.items, cohort),
        "outcomes": GateOutcome.choices,
        "may_run": bool(can_run_season(request.user)),
    }
    return render(request, "admissions/cohort.html", context)


@workers_only
@require_http_methods(["GET", "HEAD", "POST"])
def add_member(request: HttpRequest, uid: UUID) -> HttpResponse:
    cohort = queries.cohort_visible_to(request.user, uid)
    form = MemberForm(request.POST or None)
    back = cohort.get_absolute_url()
    asked = Asked(
        _("Enter a member"), _("Save"), _("It was kept."), None, back, str(cohort.contract)
    )

    def write() -> None:
        given = form.cleaned_data
        person = people_with_number(request.user, given["number"]).first()
        if person is None:
            raise MissingError("admissions.missing")
        actions.add_members(cohort, [person.pk], entered_on=given["entered_on"], actor=request.user)

    return answered(request, form, write, asked)


@workers_only
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest, uid: UUID) -> HttpResponse:
    member = queries.member_visible_to(request.user, uid)
    form = LeavingForm(request.POST or None)
    back = member.cohort.get_absolute_url()
    asked = Asked(_("Somebody left"), _("Save"), _("It was kept."), None, back)
    return answered(
        request, form,
        lambda: actions.leave_cohort(member, **form.cleaned_data, actor=request.user), asked,
    )  # fmt: skip


@staff_only
@require_POST
def enter_results(request: HttpRequest, uid: UUID, order: int) -> HttpResponse:
    """Write the outcomes of one gate for the members that stood on the page."""
    cohort = queries.cohort_visible_to(request.user, uid)
    gate = queries.gate_visible_to(request.user, cohort.contract, order)
    outcomes = {
        member.pk: request.POST[f"member-{member.uid}"][:10]
        for member in queries.members_of(cohort)
        if f"member-{member.uid}" in request.POST
    }
    return attempted(
        request,
        lambda: actions.enter_gate_results(gate, outcomes, actor=request.user),
        done=_("The results were kept. Who has none is not counted as failed."),
        back=cohort.get_absolute_url(),
    )


def _may_run(request: HttpRequest) -> bool:
    return request.user.is_authenticated and bool(can_run_season(request.user))


def _wanted(request: HttpRequest) -> queries.PathwayFilter:
    asked = request.GET
    return queries.PathwayFilter(
        text=asked.get("q", "").strip()[:100],
        kind=asked.get("kind", "")[:64],
        state=asked.get("state", "")[:8],
    )
