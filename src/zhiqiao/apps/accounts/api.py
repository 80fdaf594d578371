"""The keeper of the doors of the open API: reads what came, and lets the action judge it."""

from allauth.account.adapter import get_adapter
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.views.decorators.debug import sensitive_variables

from zhiqiao.apps.accounts.actions import use_token
from zhiqiao.core.scopes import Admitted


@sensitive_variables("token")
def admit(request: HttpRequest, token: str, scope: str) -> Admitted:
    return use_token(token, scope=scope, address=_address(request))


def _address(request: HttpRequest) -> str:
    """Read the address past our own proxies; behind a socket of the machine there is none."""
    try:
        return str(get_adapter(request).get_client_ip(request))
    except PermissionDenied:
        return ""
