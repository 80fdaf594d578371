"""Asking for the password, a code or a key again before something is given away for long."""

from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from django.http import HttpRequest


def prove_again(request: HttpRequest) -> None:
    """Suspend the request until the person has proved who they are in the last five minutes.

    A session that somebody left open must not become a token of a year. What was sent is kept with
    the session and done after the proof, so nobody types it twice.
    """
    raise_if_reauthentication_required(request, app="allauth.mfa")
