from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from zhiqiao.apps.people import actions, queries
from zhiqiao.apps.people.choices import VERBS
from zhiqiao.apps.people.forms.files import (
    ConsentForm,
    GuardianForm,
    MergeForm,
    ReasonForm,
    SearchForm,
)
from zhiqiao.apps.people.models import Person
from zhiqiao.apps.people.rules import can_keep_file, can_merge, can_see_people
from zhiqiao.core.access import require
from zhiqiao.core.doors import only
from zhiqiao.core.errors import InputError, RuleError
from zhiqiao.core.paging import paginate

keepers_only = only(can_see_people)


@keepers_only
@require_http_methods(["GET", "HEAD", "POST"])
def list_people(request: HttpRequest) -> HttpResponse:
    form = SearchForm(request.POST or request.GET)
    given = form.cleaned_data if form.is_valid() else {}
    if request.method == "POST" and given.get("number"):
        rows = queries.people_with_number(request.user, given["number"])
    else:
        rows = queries.people_visible_to(request.user, text=given.get("text", ""))
    context = {"page": paginate(rows, request), "form": form, "given": given}
    return render(request, "people/people.html", context)


@keepers_only
@require_http_methods(["GET", "HEAD", "POST"])
def show_person(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show a file masked; sent with a reason, the answer holds the whole number once."""
    person = queries.person_visible_to(request.user, uid)
    form, number = ReasonForm(request.POST or None), ""
    if form.is_valid():
        number = actions.show_identity(
            person, actor=request.user, reason=form.cleaned_data["reason"]
        )
    context = {
        "person": person,
        "form": form,
        "number": number,
        "guardians": person.guardians.all(),
        "consents": person.consents.select_related("guardian"),
        "history": [(entry, VERBS[entry.verb]) for entry in queries.history_of_person(person)],
        "may_keep": bool(can_keep_file(request.user, person.keeper_id)),
        "may_merge": bool(can_merge(request.user)),
    }
    return render(request, "people/person.html", context, status=422 if form.errors else 200)


@keepers_only
@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: HttpRequest, uid: UUID) -> HttpResponse:
    kept = queries.person_visible_to(request.user, uid)
    require(can_merge(request.user))
    form = MergeForm(request.POST or None)

    def write() -> None:
        given = form.cleaned_data
        double = queries.person_visible_to(request.user, given["double"])
        actions.merge_people(kept, double, actor=request.user, reason=given["reason"])

    return _answered(request, form, write, kept, _("Join with a double"))


@keepers_only
@require_http_methods(["GET", "HEAD", "POST"])
def add_guardian(request: HttpRequest, uid: UUID) -> HttpResponse:
    person = queries.person_visible_to(request.user, uid)
    require(can_keep_file(request.user, person.keeper_id))
    form = GuardianForm(request.POST or None)

    def write() -> None:
        actions.add_guardian(person, **form.cleaned_data, actor=request.user)

    return _answered(request, form, write, person, _("Enter a guardian"))


@keepers_only
@require_http_methods(["GET", "HEAD", "POST"])
def give_consent(request: HttpRequest, uid: UUID) -> HttpResponse:
    person = queries.person_visible_to(request.user, uid)
    require(can_keep_file(request.user, person.keeper_id))
    form = ConsentForm(request.POST or None)

    def write() -> None:
        given = form.cleaned_data
        guardian = person.guardians.first() if given["by_guardian"] else None
        actions.give_consent(
            person, purpose=given["purpose"], guardian=guardian, actor=request.user
        )

    return _answered(request, form, write, person, _("Enter a consent"))


def _answered(
    request: HttpRequest, form: Form, write: Callable[[], None], person: Person, title: str
) -> HttpResponse:
    if form.is_valid():
        try:
            write()
        except (RuleError, InputError) as error:
            form.add_error(None, f"{error.message} {error.remedy}".strip())
        else:
            messages.success(request, _("The file was changed."))
            return redirect(person)
    context = {"form": form, "person": person, "title": title}
    return render(request, "people/ask.html", context, status=422 if form.errors else 200)
