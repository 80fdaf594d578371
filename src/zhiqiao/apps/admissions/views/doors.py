"""Who may come into the pages of admission, and one way to answer a form on a page of its own."""

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from zhiqiao.apps.admissions.models import Season
from zhiqiao.apps.admissions.rules import can_check_runs, can_run_season, can_see_requests
from zhiqiao.core.access import ALLOWED, Actor, Verdict
from zhiqiao.core.answering import note_refusal
from zhiqiao.core.doors import only
from zhiqiao.core.errors import InputError, MissingError, RefusedError, RuleError

staff_only = only(can_run_season)
workers_only = only(can_see_requests)
checkers_only = only(can_check_runs)


def _anybody(_actor: Actor) -> Verdict:
    return ALLOWED


signed_in_only = only(_anybody)


@dataclass(frozen=True, slots=True)
class Asked:
    """A form on a page of its own: its words, the season it is about, and where one goes from there.

    What is about no season is about a pathway.
    """

    title: str
    button: str
    done: str
    season: Season | None
    back: str
    advice: str = ""


def answered(
    request: HttpRequest, form: Form, write: Callable[[], object], asked: Asked
) -> HttpResponse:
    """Write when the form is complete; a refusal comes back above what was typed."""
    if form.is_valid():
        try:
            write()
        except (RuleError, InputError, RefusedError, MissingError) as error:
            note_refusal(form, error)
        else:
            messages.success(request, asked.done)
            return redirect(asked.back)
    context = {"form": form, "asked": asked}
    return render(request, "admissions/ask.html", context, status=422 if form.errors else 200)
