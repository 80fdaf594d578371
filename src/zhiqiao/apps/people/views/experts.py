"""Experts: the bureau's list and pages, and the entry that each expert sees of the own."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zhiqiao.apps.people import actions, queries
from zhiqiao.apps.people.actions import NewPerson
from zhiqiao.apps.people.choices import VERBS, Purpose
from zhiqiao.apps.people.forms.experts import (
    AccountForm,
    ExpertFilterForm,
    ExpertForm,
    NewExpertForm,
    RemoveTieForm,
    StateForm,
    TieForm,
    initial_of,
)
from zhiqiao.apps.people.models import Expert
from zhiqiao.apps.people.rules import can_declare_ties, can_keep_experts
from zhiqiao.core.access import ALLOWED, Actor, Verdict, require
from zhiqiao.core.dates import today
from zhiqiao.core.doors import only
from zhiqiao.core.errors import InputError, MissingError, RuleError
from zhiqiao.core.exports import workbook_response
from zhiqiao.core.fields import Provenance
from zhiqiao.core.paging import paginate


def _anybody(_actor: Actor) -> Verdict:
    return ALLOWED


keepers_only = only(can_keep_experts)
signed_in_only = only(_anybody)


@dataclass(frozen=True, slots=True)
class _Asked:
    """The words of a form on a page of its own, and where one goes from there."""

    title: str
    done: str
    back: str
    advice: str = ""


@keepers_only
@require_safe
def list_experts(request: HttpRequest) -> HttpResponse:
    form = ExpertFilterForm(request.GET)
    page = paginate(queries.experts_visible_to(request.user, _wanted(form)), request)
    return render(request, "people/experts.html", {"form": form, "page": page})


@keepers_only
@require_safe
def download_experts(request: HttpRequest) -> HttpResponseBase:
    rows = queries.experts_visible_to(request.user, _wanted(ExpertFilterForm(request.GET)))
    name = f"experts-{today():%Y-%m-%d}.xlsx"
    return workbook_response(name, queries.EXPERTS, queries.expert_rows(rows))


def _wanted(form: ExpertFilterForm) -> queries.ExpertFilter:
    return queries.ExpertFilter(**form.cleaned_data) if form.is_valid() else queries.ExpertFilter()


@keepers_only
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    form = NewExpertForm(request.POST or None)
    is_sample = bool(getattr(request.user, "is_demonstration", False))

    def write() -> Expert:
        person = NewPerson(
            name=form.cleaned_data["name"],
            identity_number=form.cleaned_data["identity_number"],
            provenance=Provenance.DEMONSTRATION if is_sample else Provenance.REPORTED,
        )
        return actions.register_expert(person, form.given(), actor=request.user)

    asked = _Asked(_("Enter an expert"), _("The expert was entered."), reverse("people:experts"))
    return _answered(request, form, write, asked)


@keepers_only
@require_http_methods(["GET", "HEAD", "POST"])
def enter_from_file(request: HttpRequest, uid: UUID) -> HttpResponse:
    person = queries.person_visible_to(request.user, uid)
    form = ExpertForm(request.POST or None)
    asked = _Asked(_("Enter as an expert"), _("The expert was entered."),
                   person.get_absolute_url(), person.name)  # fmt: skip
    return _answered(
        request,
        form,
        lambda: actions.enter_expert(person, form.given(), actor=request.user),
        asked,
    )


@keepers_only
@require_safe
def show_expert(request: HttpRequest, uid: UUID) -> HttpResponse:
    return _shown(request, queries.expert_visible_to(request.user, uid))


@signed_in_only
@require_safe
def show_own(request: HttpRequest) -> HttpResponse:
    expert = queries.own_expert(request.user)
    if expert is None:
        raise MissingError("people.no-expert")
    return _shown(request, expert)


def _shown(request: HttpRequest, expert: Expert) -> HttpResponse:
    context = {
        "expert": expert,
        "ties": queries.ties_of(expert),
        "has_consent": queries.has_expert_consent(expert),
        "may_keep": bool(can_keep_experts(request.user)),
        "history": [
            (entry, VERBS.get(entry.verb, entry.verb))
            for entry in queries.history_of_expert(expert)
        ],
    }
    return render(request, "people/expert.html", context)


@keepers_only
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, uid: UUID) -> HttpResponse:
    expert = queries.expert_visible_to(request.user, uid)
    form = ExpertForm(request.POST or None, initial=initial_of(expert))
    asked = _about(expert, _("Change what is known of the expert"), _("The entry was changed."))

    def write() -> Expert:
        version = form.cleaned_data["version"]
        return actions.change_expert(expert, form.given(), actor=request.user, version=version)

    return _answered(request, form, write, asked)


@keepers_only
@require_http_methods(["GET", "HEAD", "POST"])
def set_state(request: HttpRequest, uid: UUID) -> HttpResponse:
    expert = queries.expert_visible_to(request.user, uid)
    form = StateForm(request.POST or None, initial={"state": expert.state})
    asked = _about(expert, _("Pause, end or take up again"), _("The entry was changed."))
    return _answered(
        request,
        form,
        lambda: actions.set_expert_state(expert, **form.cleaned_data, actor=request.user),
        asked,
    )


@keepers_only
@require_http_methods(["GET", "HEAD", "POST"])
def connect(request: HttpRequest, uid: UUID) -> HttpResponse:
    expert = queries.expert_visible_to(request.user, uid)
    form = AccountForm(request.POST or None)
    asked = _about(expert, _("Connect an account"), _("The account was connected."))
    return _answered(
        request,
        form,
        lambda: actions.connect_expert(expert, form.cleaned_data["login"], actor=request.user),
        asked,
    )


@signed_in_only
@require_POST
def consent(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Write down that the expert agrees to be kept and asked; the expert may say so alone."""
    expert = queries.expert_visible_to(request.user, uid)
    actions.give_consent(expert.person, purpose=Purpose.EXPERT, actor=request.user)
    messages.success(request, _("The consent was written down."))
    return redirect(_back_to(request, expert))


@signed_in_only
@require_http_methods(["GET", "HEAD", "POST"])
def declare_tie(request: HttpRequest, uid: UUID) -> HttpResponse:
    expert = queries.expert_visible_to(request.user, uid)
    require(can_declare_ties(request.user, expert))
    form = TieForm(request.POST or None)
    advice = _("Applications of bodies and people with whom you have a tie are never given to you.")
    asked = _Asked(_("Declare a tie"), _("The tie was written down."),
                   _back_to(request, expert), advice)  # fmt: skip
    return _answered(
        request, form, lambda: actions.declare_tie(expert, form.given(), actor=request.user), asked
    )


@keepers_only
@require_http_methods(["GET", "HEAD", "POST"])
def remove_tie(request: HttpRequest, uid: UUID) -> HttpResponse:
    tie = queries.tie_visible_to(request.user, uid)
    form = RemoveTieForm(request.POST or None)
    asked = _about(tie.expert, _("Take out a tie"), _("The tie was taken out."))
    return _answered(
        request,
        form,
        lambda: actions.remove_tie(tie, actor=request.user, reason=form.cleaned_data["reason"]),
        asked,
    )


def _about(expert: Expert, title: str, done: str) -> _Asked:
    return _Asked(title, done, expert.get_absolute_url(), expert.person.name)


def _back_to(request: HttpRequest, expert: Expert) -> str:
    may_keep = bool(can_keep_experts(request.user))
    return expert.get_absolute_url() if may_keep else reverse("people:own_expert")


def _answered(
    request: HttpRequest, form: Form, write: Callable[[], object], asked: _Asked
) -> HttpResponse:
    if form.is_valid():
        try:
            made = write()
        except (RuleError, InputError) as error:
            form.add_error(None, f"{error.message} {error.remedy}".strip())
        else:
            messages.success(request, asked.done)
            return redirect(made if isinstance(made, Expert) else asked.back)
    context = {"form": form, "asked": asked}
    return render(request, "people/expert_ask.html", context, status=422 if form.errors else 200)
