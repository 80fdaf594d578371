from django.db import transaction
from django.utils import timezone

from zhiqiao.apps.accounts.models import Membership, User
from zhiqiao.apps.accounts.rules import can_end_membership, can_grant_role
from zhiqiao.apps.registry.queries import organisations_visible_to
from zhiqiao.core import audit
from zhiqiao.core.access import Actor, Verdict
from zhiqiao.core.errors import RefusedError, RuleError, ZhiqiaoError

FIELDS = ("user", "organisation", "role", "granted_by", "granted_at", "ended_at")
_NOT_YOURS = frozenset(
    {"accounts.not_security_admin", "accounts.role_to_oneself", "accounts.not_system_admin"}
)


@transaction.atomic
def grant_role(
    user: User, *, role: str, organisation: int, actor: Actor, reason: str = ""
) -> Membership:
    """Give a role in an organisation (its key); a trigger repeats the separation rule."""
    user = User.objects.select_for_update().get(pk=user.pk)
    _insist(can_grant_role(actor, user, role))
    if user.memberships.filter(role=role, organisation_id=organisation, ended_at=None).exists():
        raise RuleError("accounts.role_held_already", name=user.name)
    membership = Membership.objects.create(
        user=user,
        organisation=organisations_visible_to(user).get(pk=organisation),
        role=role,
        granted_by=actor if isinstance(actor, User) else None,
        granted_at=timezone.now(),
    )
    audit.record(
        actor=actor,
        verb="accounts.role.granted",
        subject=membership,
        before=None,
        after=audit.snapshot(membership, FIELDS),
        reason=reason,
    )
    return membership


@transaction.atomic
def end_membership(membership: Membership, *, actor: Actor, reason: str) -> Membership:
    rows = Membership.objects.select_for_update(of=("self",)).select_related("user")
    membership = rows.get(pk=membership.pk)
    _insist(can_end_membership(actor, membership))
    before = audit.snapshot(membership, FIELDS)
    membership.ended_at = timezone.now()
    membership.save(update_fields=["ended_at"])
    audit.record(
        actor=actor,
        verb="accounts.role.ended",
        subject=membership,
        before=before,
        after=audit.snapshot(membership, FIELDS),
        reason=reason,
    )
    return membership


def _insist(verdict: Verdict) -> None:
    """Raise what fits: 403 when the actor may not, 409 when the situation forbids it."""
    if verdict:
        return
    kind: type[ZhiqiaoError] = RefusedError if verdict.code in _NOT_YOURS else RuleError
    raise kind(verdict.code, **verdict.parameters)
