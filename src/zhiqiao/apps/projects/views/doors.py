"""Who may come in, and how a refused form comes back."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.forms import Form
from django.http import HttpRequest, HttpResponseBase

from zhiqiao.apps.projects.rules import can_keep_register
from zhiqiao.core.access import require
from zhiqiao.core.errors import ZhiqiaoError

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def keepers_only(view: View[P]) -> View[P]:
    """Send people who did not sign in to the sign-in page and refuse those without the role."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        require(can_keep_register(request.user))
        return view(request, *args, **kwargs)

    return guarded


def note_refusal(form: Form, error: ZhiqiaoError) -> None:
    """Show a broken rule above the form, which keeps what was typed."""
    form.add_error(None, f"{error.message} {error.remedy}".strip())
