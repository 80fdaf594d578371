from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from zhiqiao.apps.registry import actions
from zhiqiao.apps.registry.forms import OrganisationForm, RenameForm, SourceForm, SuccessionForm
from zhiqiao.apps.registry.models import Organisation
from zhiqiao.apps.registry.queries import organisations_visible_to
from zhiqiao.apps.registry.rules import can_write_registry
from zhiqiao.core.access import require
from zhiqiao.core.errors import InputError, RuleError


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def register_organisation(request: HttpRequest) -> HttpResponse:
    require(can_write_registry(request.user))
    form = OrganisationForm(request.POST or None)

    def register() -> Organisation:
        reason = form.cleaned_data["reason"]
        new = form.new_organisation()
        return actions.create_organisation(new, actor=request.user, reason=reason)

    answer = _Answer("registry/organisation_new.html", _("The organisation is registered."))
    return _written(request, form, register, answer)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def rename(request: HttpRequest, uid: UUID) -> HttpResponse:
    require(can_write_registry(request.user))
    organisation = _organisation(request, uid)
    form = RenameForm(request.POST or None)

    def write() -> Organisation:
        given = form.cleaned_data
        return actions.rename_organisation(
            organisation,
            name=given["name"],
            on=given["on"],
            actor=request.user,
            reason=given["reason"],
            source=form.source(),
        )

    answer = _Answer("registry/rename.html", _("The new name is recorded."), organisation)
    return _written(request, form, write, answer)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def write_succession(request: HttpRequest, uid: UUID) -> HttpResponse:
    require(can_write_registry(request.user))
    organisation = _organisation(request, uid)
    form = SuccessionForm(request.POST or None)

    def write() -> Organisation:
        reason = form.cleaned_data["reason"]
        step = form.step()
        actions.record_succession(organisation, step, actor=request.user, reason=reason)
        return organisation

    answer = _Answer("registry/succession.html", _("The change is recorded."), organisation)
    return _written(request, form, write, answer)


@dataclass(frozen=True, slots=True)
class _Answer:
    template: str
    said: str
    organisation: Organisation | None = None


def _organisation(request: HttpRequest, uid: UUID) -> Organisation:
    return get_object_or_404(organisations_visible_to(request.user), uid=uid)


def _written(
    request: HttpRequest, form: SourceForm, write: Callable[[], Organisation], answer: _Answer
) -> HttpResponse:
    """Run the action of a valid form; a rule that refuses is shown above what was typed."""
    if request.method == "POST" and form.is_valid():
        try:
            organisation = write()
        except (RuleError, InputError) as error:
            form.add_error(None, f"{error.message} {error.remedy}")
        else:
            messages.success(request, answer.said)
            return redirect("registry:organisation", uid=organisation.uid)
    context = {"form": form, "organisation": answer.organisation}
    return render(request, answer.template, context, status=422 if form.errors else 200)
