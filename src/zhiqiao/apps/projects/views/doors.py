"""Who may come in, and one way to answer a form on a page of its own."""

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from zhiqiao.apps.projects.models import Call
from zhiqiao.apps.projects.rules import can_apply, can_keep_register, can_run_calls
from zhiqiao.core.access import ALLOWED, Actor, Verdict
from zhiqiao.core.answering import note_refusal
from zhiqiao.core.doors import only
from zhiqiao.core.errors import (
    InputError,
    MissingError,
    RefusedError,
    RuleError,
    TooLargeError,
)

keepers_only = only(can_keep_register)
appliers_only = only(can_apply)
staff_only = only(can_run_calls)
FORM_METHODS = ["GET", "HEAD", "POST"]


def _anybody(_actor: Actor) -> Verdict:
    return ALLOWED


signed_in_only = only(_anybody)


def in_work() -> str:
    """Say that the worker does what was asked for."""
    return _("The worker is doing it; how far it is stands under your jobs.")


@dataclass(frozen=True, slots=True)
class Asked:
    """A form on a page of its own: its words, the call it is about, and where one goes from there."""

    title: str
    button: str
    done: str
    call: Call | None
    back: str
    advice: str = ""
    subject: str = ""


def posted(request: HttpRequest) -> QueryDict | None:
    """Return what was sent, also when every field was left empty."""
    return request.POST if request.method == "POST" else None


def answered(
    request: HttpRequest, form: Form, write: Callable[[], object], asked: Asked
) -> HttpResponse:
    """Write when the form is complete; a refusal comes back above what was typed."""
    if form.is_valid():
        try:
            write()
        except (RuleError, InputError, RefusedError, MissingError, TooLargeError) as error:
            note_refusal(form, error)
        else:
            messages.success(request, asked.done)
            return redirect(asked.back)
    context = {"form": form, "asked": asked}
    return render(request, "projects/calls_ask.html", context, status=422 if form.errors else 200)
