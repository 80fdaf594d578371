"""How a page answers what was sent to it: one way for all apps."""

from collections.abc import Callable
from typing import TypeVar

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from zhiqiao.core.errors import InputError, RefusedError, RuleError, ZhiqiaoError

T = TypeVar("T")


def note_refusal(form: Form, error: ZhiqiaoError) -> None:
    """Show a broken rule above the form, which keeps what was typed."""
    form.add_error(None, f"{error.message} {error.remedy}".strip())


def attempted(
    request: HttpRequest, write: Callable[[], T], *, done: str | Callable[[T], str], back: str
) -> HttpResponse:
    """Write what a button asks for; a refusal is told on the page from where it was asked.

    ``done`` is what is said then, or says it of what came out.
    """
    try:
        result = write()
    except (RuleError, InputError, RefusedError) as error:
        messages.error(request, f"{error.message} {error.remedy}".strip())
    else:
        messages.success(request, done if isinstance(done, str) else done(result))
    return redirect(back)
