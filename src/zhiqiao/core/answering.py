"""How a page answers what was sent to it: one way for all apps."""

from collections.abc import Callable

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from zhiqiao.core.errors import InputError, RefusedError, RuleError, ZhiqiaoError


def note_refusal(form: Form, error: ZhiqiaoError) -> None:
    """Show a broken rule above the form, which keeps what was typed."""
    form.add_error(None, f"{error.message} {error.remedy}".strip())


def attempted(
    request: HttpRequest, write: Callable[[], object], *, done: str, back: str
) -> HttpResponse:
    """Write what a button asks for; a refusal is told on the page from where it was asked."""
    try:
        write()
    except (RuleError, InputError, RefusedError) as error:
        messages.error(request, f"{error.message} {error.remedy}".strip())
    else:
        messages.success(request, done)
    return redirect(back)
