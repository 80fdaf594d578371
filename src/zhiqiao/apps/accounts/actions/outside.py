"""Accounts of another system that a person may sign in with."""

from allauth.socialaccount.models import SocialAccount
from django.db import transaction

from zhiqiao.apps.accounts.models import User
from zhiqiao.core import audit
from zhiqiao.core.access import Actor


@transaction.atomic
def note_outside_identity(user: User) -> None:
    """Write down that the person connected an account of another system."""
    verb = "accounts.user.outside_added"
    audit.record(actor=user, verb=verb, subject=user, before=None, after=None)


@transaction.atomic
def end_outside_identity(user: Actor, pk: int) -> bool:
    """Disconnect one of one's own; say whether there was one."""
    if not isinstance(user, User):
        return False
    gone, _kinds = SocialAccount.objects.filter(user_id=user.pk, pk=pk).delete()
    if gone:
        _record_end(user, actor=user)
    return bool(gone)


@transaction.atomic
def end_outside_identities(user: User, *, actor: Actor) -> None:
    """Disconnect all: whoever had to get the account back must not find a second door open."""
    gone, _kinds = SocialAccount.objects.filter(user_id=user.pk).delete()
    if gone:
        _record_end(user, actor=actor)


def _record_end(user: User, *, actor: Actor) -> None:
    verb = "accounts.user.outside_removed"
    audit.record(actor=actor, verb=verb, subject=user, before=None, after=None)
