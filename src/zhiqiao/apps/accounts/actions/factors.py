from allauth.core import context
from allauth.core.internal import ratelimit
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sites.shortcuts import get_current_site
from django.db import transaction

from zhiqiao.apps.accounts.actions.applications import end_grants
from zhiqiao.apps.accounts.actions.outside import end_outside_identities
from zhiqiao.apps.accounts.models import User
from zhiqiao.apps.accounts.rules import can_lift_lock, can_reset_factors
from zhiqiao.core import audit
from zhiqiao.core.access import Actor, require
from zhiqiao.core.errors import RuleError


@transaction.atomic
def reset_second_factors(user: User, *, actor: Actor, reason: str) -> None:
    """Remove every factor and recovery code of someone who lost them; the sessions end.

    The password ends too, and roles wait for confirmation: the way back leads over a password that
    the system administrator issues. So neither administrator alone, nor anybody who learned the old
    password and talked one of them into a reset, gets into the account.
    """
    require(can_reset_factors(actor, user))
    user = User.objects.select_for_update().get(pk=user.pk)
    factors = Authenticator.objects.filter(user_id=user.pk)
    kinds = sorted(factors.values_list("type", flat=True))
    if not kinds:
        raise RuleError("accounts.no_second_factor", name=user.name)
    factors.delete()
    user.set_unusable_password()
    user.must_be_confirmed = user.memberships.filter(ended_at=None).exists()
    user.save(update_fields=["password", "must_be_confirmed"])
    end_sessions(user)
    end_outside_identities(user, actor=actor)
    audit.record(
        actor=actor,
        verb="accounts.user.factors_reset",
        subject=user,
        before={"factors": kinds},
        after={"factors": []},
        reason=reason,
    )


@transaction.atomic
def note_factor_change(user: User, verb: str) -> None:
    """Write down that the person set up or removed a factor of their own."""
    user.forget_roles()
    audit.record(actor=user, verb=verb, subject=user, before=None, after=None)


@transaction.atomic
def lift_lock(user: User, *, actor: Actor, reason: str) -> None:
    """Forget the wrong passwords and codes of a person; the limit of an address stays."""
    require(can_lift_lock(actor))
    site = get_current_site(context.request).domain
    names = [f"{site}:{name.lower()}" for name in (user.login, user.email) if name]
    for key in (*names, f"mfa-auth-user-{user.pk}"):
        ratelimit.clear(context.request, app="allauth.account", action="login_failed", key=key)
    audit.record(
        actor=actor,
        verb="accounts.user.lock_lifted",
        subject=user,
        before=None,
        after=None,
        reason=reason,
    )


@transaction.atomic
def end_session(user: Actor, pk: int) -> bool:
    """End one of one's own sessions; say whether there was one."""
    if not isinstance(user, User):
        return False
    session = UserSession.objects.filter(user_id=user.pk, pk=pk).first()
    if session is None:
        return False
    session.end()
    _record_end(user)
    return True


@transaction.atomic
def end_sessions(user: User, *, but: str = "") -> None:
    """End all sessions of a person, but the one with this key, and what other systems hold."""
    end_grants(user)
    for session in UserSession.objects.filter(user_id=user.pk).exclude(session_key=but):
        session.end()


@transaction.atomic
def end_other_sessions(user: Actor, *, but: str) -> None:
    if isinstance(user, User):
        end_sessions(user, but=but)
        _record_end(user)


def _record_end(user: User) -> None:
    verb = "accounts.user.sessions_ended"
    audit.record(actor=user, verb=verb, subject=user, before=None, after=None)
