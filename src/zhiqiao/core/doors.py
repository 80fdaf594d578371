"""Who may come into a page: one way for all apps."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase

from zhiqiao.core.access import Actor, Verdict, require

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def only(rule: Callable[[Actor], Verdict]) -> Callable[[View[P]], View[P]]:
    """Send people who did not sign in to the sign-in page and refuse those whom the rule refuses."""

    def guard(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            require(rule(request.user))
            return view(request, *args, **kwargs)

        return guarded

    return guard
