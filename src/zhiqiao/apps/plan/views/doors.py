"""Who may come into the pages of tasks, and one way to answer a form on a page of its own."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from zhiqiao.apps.plan.models import Task
from zhiqiao.apps.plan.rules import can_see_tasks
from zhiqiao.core.doors import only
from zhiqiao.core.errors import InputError, RuleError

participants_only = only(can_see_tasks)


@dataclass(frozen=True, slots=True)
class Asked:
    """A form on a page of its own: its words, what it is about and where one goes from there."""

    title: str
    button: str
    done: str
    task: Task
    back: str
    extra: Mapping[str, object] | None = None


def answered(
    request: HttpRequest, form: Form, write: Callable[[], object], asked: Asked
) -> HttpResponse:
    """Write when the form is complete; a refusal comes back above what was typed."""
    if form.is_valid():
        try:
            write()
        except (RuleError, InputError) as error:
            form.add_error(None, f"{error.message} {error.remedy}".strip())
        else:
            messages.success(request, asked.done)
            return redirect(asked.back)
    context = {"form": form, "asked": asked, "task": asked.task, **(asked.extra or {})}
    return render(request, "plan/ask.html", context, status=422 if form.errors else 200)
