from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from zhiqiao.apps.accounts.models import User
from zhiqiao.apps.accounts.queries import looked_since, users_visible_to
from zhiqiao.core import audit
from zhiqiao.core.access import Actor

SEEN, SHOWN = "accounts.user.seen", "accounts.user.address_shown"
# Of many looks within an hour the first is written down.
ONCE_IN = timedelta(hours=1)


@transaction.atomic
def note_look(user: User, *, actor: Actor) -> None:
    """Write down that somebody looked at the account of another; its owner can read it."""
    if not isinstance(actor, User) or actor.pk == user.pk:
        return
    if not looked_since(user, actor, timezone.now() - ONCE_IN):
        _record(user, SEEN, actor)


@transaction.atomic
def show_address(user: User, *, actor: Actor, reason: str) -> str:
    """Give the whole address to an administrator who says why; it is written down each time."""
    shown = users_visible_to(actor).get(pk=user.pk)
    _record(shown, SHOWN, actor, reason)
    return shown.email


def _record(user: User, verb: str, actor: Actor, reason: str = "") -> None:
    audit.record(actor=actor, verb=verb, subject=user, before=None, after=None, reason=reason)
