from collections.abc import Mapping

from django.db import transaction

from zhiqiao.apps.accounts.actions.accounts import deactivate_account
from zhiqiao.apps.accounts.models import User
from zhiqiao.apps.accounts.queries import works_in
from zhiqiao.apps.accounts.rules import can_keep_account
from zhiqiao.core import audit, events
from zhiqiao.core.access import Actor, require
from zhiqiao.core.errors import RuleError
from zhiqiao.core.holdings import holdings_of


@transaction.atomic
def hand_over(user: User, successors: Mapping[int, User], *, actor: Actor, reason: str) -> User:
    """Pass on what a person holds, by body, and close the account: both or neither.

    What was written keeps the name of who wrote it.
    """
    require(can_keep_account(actor, user))
    user = User.objects.select_for_update().get(pk=user.pk)
    for holding in holdings_of(user):
        if holding.organisation is not None:
            _check_successor(user, successors.get(holding.organisation), holding.organisation_name)
    for organisation, successor in successors.items():
        if not works_in(successor, organisation):
            raise RuleError("accounts.successor_elsewhere", name=successor.name)
    events.publish("accounts.handed_over", person=user, successors=successors, actor=actor)
    audit.record(
        actor=actor,
        verb="accounts.user.handed_over",
        subject=user,
        before=None,
        after={"successors": {str(key): one.login for key, one in successors.items()}},
        reason=reason,
    )
    return deactivate_account(user, actor=actor, reason=reason)


def _check_successor(user: User, successor: User | None, body: str) -> None:
    if successor is None:
        raise RuleError("accounts.successor_missing", body=body)
    if successor.pk == user.pk or not successor.in_effect:
        raise RuleError("accounts.successor_elsewhere", name=successor.name)
