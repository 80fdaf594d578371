"""The keeper of the doors of the open API: reads what came, and lets the action judge it."""

from allauth.core.internal.httpkit import get_client_ip
from django.http import HttpRequest
from django.views.decorators.debug import sensitive_variables

from zhiqiao.apps.accounts.actions import use_token
from zhiqiao.core.scopes import Admitted


@sensitive_variables("token")
def admit(request: HttpRequest, token: str, scope: str) -> Admitted:
    return use_token(token, scope=scope, address=str(get_client_ip(request) or ""))
