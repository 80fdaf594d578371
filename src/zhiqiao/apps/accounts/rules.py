"""Who may do what to accounts and roles: three administrators, each with one part."""

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db.models import QuerySet

from zhiqiao.apps.accounts import refusals  # noqa: F401 - what is refused is defined there
from zhiqiao.apps.accounts.choices import ADMIN_ROLES, SEES_PEOPLE, Role
from zhiqiao.apps.accounts.models import ApiToken, Membership, User
from zhiqiao.core.access import ALLOWED, Actor, Verdict, refused
from zhiqiao.core.sign_in_policy import needs_second_factor


def roles_of(user: Actor) -> frozenset[Role]:
    """Return the roles in force, read once per request; nobody signed in has none."""
    if not isinstance(user, User):
        return frozenset()
    return frozenset(Role(name) for name in user.role_names)


def _system(actor: Actor) -> bool:
    return actor is None or Role.SYSTEM_ADMIN in roles_of(actor)


def _security(actor: Actor) -> bool:
    return actor is None or Role.SECURITY_ADMIN in roles_of(actor)


def _same(actor: Actor, user: User) -> bool:
    return actor is not None and actor.pk == user.pk


def can_see_people(actor: Actor) -> Verdict:
    if actor is None or roles_of(actor) & SEES_PEOPLE:
        return ALLOWED
    return refused("accounts.not_for_you")


def can_open_accounts(actor: Actor) -> Verdict:
    return ALLOWED if _system(actor) else refused("accounts.not_system_admin")


def can_connect_systems(actor: Actor) -> Verdict:
    return ALLOWED if _system(actor) else refused("accounts.not_system_admin")


def can_keep_account(actor: Actor, user: User) -> Verdict:
    """Judge closing, opening again and issuing a password."""
    if not _system(actor):
        return refused("accounts.not_system_admin")
    return refused("accounts.own_account") if _same(actor, user) else ALLOWED


def can_confirm_person(actor: Actor, user: User) -> Verdict:
    """Judge the second person after a password was issued: never its issuer, never its owner."""
    if not _security(actor):
        return refused("accounts.not_security_admin")
    return refused("accounts.own_confirmation") if _same(actor, user) else ALLOWED


def can_grant_roles(actor: Actor) -> Verdict:
    return ALLOWED if _security(actor) else refused("accounts.not_security_admin")


def can_grant_role(actor: Actor, user: User, role: str) -> Verdict:
    if not _security(actor):
        return refused("accounts.not_security_admin")
    if _same(actor, user):
        return refused("accounts.role_to_oneself")
    if not user.is_active:
        return refused("accounts.account_closed", name=user.name)
    return stays_separate(user, role)


def stays_separate(user: User, role: str) -> Verdict:
    """Refuse an administrator a second role, and anybody with a role an administrator's."""
    held = user.memberships.filter(ended_at=None).values_list("role", flat=True)
    for other in held:
        if other != role and (other in ADMIN_ROLES or role in ADMIN_ROLES):
            return refused(
                "accounts.administrator_has_other_role", name=user.name, held=Role(other).label
            )
    return ALLOWED


def can_end_membership(actor: Actor, membership: Membership) -> Verdict:
    if not _security(actor):
        return refused("accounts.not_security_admin")
    if _same(actor, membership.user):
        return refused("accounts.role_to_oneself")
    if membership.ended_at is not None:
        return refused("accounts.membership_ended")
    return ALLOWED


def can_reset_factors(actor: Actor, user: User) -> Verdict:
    if not _security(actor):
        return refused("accounts.not_security_admin")
    return refused("accounts.own_second_factor") if _same(actor, user) else ALLOWED


def can_lift_lock(actor: Actor) -> Verdict:
    return ALLOWED if _security(actor) else refused("accounts.not_security_admin")


def lacks_second_factor(user: Actor) -> bool:
    """Say whether a role in force has no effect because the second factor is missing."""
    if not isinstance(user, User):
        return False
    held = user.memberships.filter(ended_at=None).values_list("role", flat=True)
    needed = any(needs_second_factor(settings.ZHIQIAO_SIGN_IN, role) for role in held)
    return needed and not factors_of(user).exists()


def can_use_outside_identity(user: Actor) -> Verdict:
    """Keep administrators from the accounts of another system, whose operator could be them."""
    if not isinstance(user, User):
        return refused("accounts.outside_not_for_administrators")
    held = user.memberships.filter(ended_at=None, role__in=ADMIN_ROLES)
    if not held.exists():
        return ALLOWED
    return refused("accounts.outside_not_for_administrators")


def should_have_factor(user: Actor) -> bool:
    """Say whether an administrator, whom a profile does not oblige, has no second factor yet."""
    return (
        bool(roles_of(user) & ADMIN_ROLES)
        and isinstance(user, User)
        and not factors_of(user).exists()
    )


def may_remove_factor(user: User, factor: Authenticator) -> Verdict:
    """Keep the last factor of a person whose roles need one."""
    others = factors_of(user).exclude(pk=factor.pk).exists()
    held = user.memberships.filter(ended_at=None).values_list("role", flat=True)
    if others or factor.type == Authenticator.Type.RECOVERY_CODES:
        return ALLOWED
    if any(needs_second_factor(settings.ZHIQIAO_SIGN_IN, role) for role in held):
        return refused("accounts.second_factor_needed")
    return ALLOWED


def factors_of(user: User) -> QuerySet[Authenticator]:
    """Return what a person signs in with beside the password; recovery codes alone are none."""
    factors: QuerySet[Authenticator] = Authenticator.objects.filter(user_id=user.pk)
    return factors.exclude(type=Authenticator.Type.RECOVERY_CODES)


def can_make_token(actor: Actor, owner: Actor, *, organisation: int | None = None) -> Verdict:
    """Judge a token for oneself, or one that the security administrator offers to somebody."""
    if not isinstance(owner, User) or not (_same(actor, owner) or _security(actor)):
        return refused("accounts.token-of-another")
    held = {where for role, where in owner.roles_held if Role(role) not in ADMIN_ROLES}
    if owner.roles_held and not held:
        return refused("accounts.token-not-for-administrators")
    if not held or organisation not in {None, *held}:
        return refused("accounts.token-needs-role", name=owner.name)
    return ALLOWED


def can_draw_token(actor: Actor, token: ApiToken) -> Verdict:
    """Judge seeing the text of a token: nobody but its owner, and no administrator for another."""
    return ALLOWED if _same(actor, token.owner) else refused("accounts.token-of-another")


def can_end_token(actor: Actor, token: ApiToken) -> Verdict:
    if _same(actor, token.owner) or _security(actor):
        return ALLOWED
    return refused("accounts.token-of-another")


def can_be_reopened(user: User) -> Verdict:
    """Refuse a sample account where real people work."""
    if user.is_demonstration and _real_people_work_here():
        return refused("accounts.samples_closed")
    return ALLOWED


def can_have_sample_accounts() -> Verdict:
    if not getattr(settings, "ZHIQIAO_EMBEDDED", False):
        return refused("accounts.samples_need_embedded")
    return refused("accounts.samples_closed") if _real_people_work_here() else ALLOWED


def _real_people_work_here() -> bool:
    return User.objects.filter(is_demonstration=False).exists()
