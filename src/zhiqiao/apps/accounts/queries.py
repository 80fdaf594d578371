from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet

from zhiqiao.apps.accounts.choices import ADMIN_ROLES, SEES_PEOPLE, Role
from zhiqiao.apps.accounts.models import ApiToken, Application, Invitation, Membership, User
from zhiqiao.apps.accounts.rules import roles_of
from zhiqiao.core.access import Actor
from zhiqiao.core.audit import history_of
from zhiqiao.core.models import AuditEntry

__all__ = [
    "account_by_login",
    "administrators_exist",
    "holds_role",
    "invitations_visible_to",
    "is_used_before",
    "memberships_visible_to",
    "organisations_of",
    "people_of",
    "people_with",
    "roles_of",
    "tokens_visible_to",
    "told_token",
    "users_visible_to",
    "works_in",
]


def holds_role(user: Actor, role: str, organisation: int | None = None) -> bool:
    """Say whether the person holds the role, in that organisation when its key is given."""
    if not isinstance(user, User):
        return False
    return any(held == role and organisation in (None, where) for held, where in user.roles_held)


def users_visible_to(user: Actor, *, text: str = "") -> QuerySet[User]:
    """Return the people for the two administrators who need them; others see only themselves."""
    in_force = Membership.objects.filter(ended_at=None).select_related("organisation")
    people = User.objects.prefetch_related(
        Prefetch("memberships", queryset=in_force, to_attr="memberships_in_force")
    ).order_by("login")
    if not roles_of(user) & SEES_PEOPLE:
        people = people.filter(pk=user.pk) if isinstance(user, User) else people.none()
    if text:
        people = people.filter(Q(login__icontains=text) | Q(name__icontains=text))
    return people


def memberships_visible_to(user: Actor) -> QuerySet[Membership]:
    """Return all memberships, ended ones too, to the security administrator; else one's own."""
    rows = Membership.objects.select_related("user", "organisation", "granted_by")
    if roles_of(user) & SEES_PEOPLE:
        return rows
    return rows.filter(user=user.pk if isinstance(user, User) else None)


def invitations_visible_to(user: Actor) -> QuerySet[Invitation]:
    """Return all invitations to the two administrators who need them, to others none."""
    rows = Invitation.objects.select_related("organisation", "invited_by", "account")
    return rows if roles_of(user) & SEES_PEOPLE else rows.none()


def applications_visible_to(user: Actor) -> QuerySet[Application]:
    """Return the connected systems to the system administrator, to others none."""
    rows = Application.objects.select_related("organisation", "registered_by")
    return rows if holds_role(user, Role.SYSTEM_ADMIN) else rows.none()


def roles_told(user: User) -> list[dict[str, str]]:
    """Say in which roles a person acts where; only roles in effect, for systems that may know."""
    held = set(user.roles_held)
    rows = user.memberships.filter(ended_at=None).select_related("organisation")
    return [
        {
            "role": row.role,
            "organisation": row.organisation.name,
            "organisation_id": str(row.organisation.uid),
        }
        for row in rows
        if (row.role, row.organisation_id) in held
    ]


def outside_identities_of(user: Actor) -> QuerySet[SocialAccount]:
    """Return the accounts of another system that sign this person in, to the person alone."""
    found: QuerySet[SocialAccount] = SocialAccount.objects.order_by("date_joined")
    return found.filter(user_id=user.pk) if isinstance(user, User) else found.none()


def administrators_exist() -> bool:
    """Say whether real administrators were opened; those of a trial are none."""
    found = Membership.objects.filter(role__in=ADMIN_ROLES, ended_at=None)
    return found.exclude(user__is_demonstration=True).exists()


def works_in(person: User, organisation: int) -> bool:
    """Say whether the person holds any role in the organisation."""
    return any(where == organisation for _role, where in person.roles_held)


def people_of(organisation: int) -> QuerySet[User]:
    """Return the people who hold a role in the organisation and can sign in."""
    held = Membership.objects.filter(organisation=organisation, ended_at=None).exclude(
        role__in=ADMIN_ROLES
    )
    return User.objects.filter(is_active=True, pk__in=held.values("user")).order_by("login")


def organisations_of(user: Actor) -> frozenset[int]:
    """Return the keys of the organisations in which the person holds a role in effect."""
    if not isinstance(user, User):
        return frozenset()
    return frozenset(organisation for _role, organisation in user.roles_held)


def people_by_keys(keys: Iterable[int]) -> QuerySet[User]:
    """Return the people with these keys who can sign in."""
    return User.objects.filter(is_active=True, pk__in=list(keys)).order_by("login")


def people_with(roles: Iterable[str]) -> QuerySet[User]:
    """Return the people who hold one of the roles anywhere and can sign in."""
    held = Membership.objects.filter(role__in=list(roles), ended_at=None)
    return User.objects.filter(is_active=True, pk__in=held.values("user")).order_by("login")


def account_by_login(login: str) -> User | None:
    """Return the account with exactly this login name, if it can sign in."""
    return User.objects.filter(is_active=True, login=login.strip()).first()


def is_used_before(user: User, password: str) -> bool:
    """Say whether the password is among the last ones that the profile remembers."""
    remembered = settings.ZHIQIAO_SIGN_IN.passwords_remembered
    if not remembered or user.pk is None:
        return False
    hashes = user.used_passwords.values_list("password", flat=True)[:remembered]
    return any(check_password(password, one) for one in hashes)


def sessions_of(user: Actor) -> list[UserSession]:
    """Return one's own sessions that still work; those that ended are tidied away."""
    if not isinstance(user, User):
        return []
    found: list[UserSession] = UserSession.objects.purge_and_list(user)
    return found


def invitation_to_send(pk: int) -> Invitation | None:
    """Return an invitation that still waits, for the worker that mails it."""
    return Invitation.objects.filter(pk=pk, ended_at=None).first()


def tokens_visible_to(user: Actor) -> QuerySet[ApiToken]:
    """Return one's own tokens, and all of them to the security administrator; never their text."""
    rows = ApiToken.objects.select_related("owner", "organisation", "made_by")
    if Role.SECURITY_ADMIN in roles_of(user):
        return rows
    return rows.filter(owner=user.pk if isinstance(user, User) else None)


def accounts_by_role() -> list[tuple[str, int, int]]:
    """Count the accounts in each role, and those with a second factor; nobody's name."""
    second = Authenticator.objects.filter(
        user=OuterRef("user"), type__in=[Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    )
    rows = Membership.objects.filter(
        ended_at=None, user__is_active=True, user__is_demonstration=False
    ).annotate(has_second=Exists(second))
    counts = rows.values("role").annotate(
        people=Count("user", distinct=True),
        with_second=Count("user", distinct=True, filter=Q(has_second=True)),
    )
    found = {row["role"]: (row["people"], row["with_second"]) for row in counts}
    return [(str(role.label), *found.get(role.value, (0, 0))) for role in Role]


def person_by_key(key: int) -> User:
    """Return who started a job; for the worker, which acts for that person."""
    return User.objects.get(pk=key)


def told_token(uid: UUID) -> ApiToken:
    """Return a token with its owner, for what its owner is told of it."""
    return ApiToken.objects.select_related("owner").get(uid=uid)


def log_about(user: Actor) -> QuerySet[AuditEntry]:
    """Return what was done to one's account, roles and tokens, and who looked, the latest first."""
    if not isinstance(user, User):
        return AuditEntry.objects.none()
    memberships = Q(
        subject_type="accounts.membership", subject_id__in=user.memberships.values("pk")
    )
    tokens = Q(subject_type="accounts.apitoken", subject_id__in=user.api_tokens.values("pk"))
    own = Q(subject_type="accounts.user", subject_id=user.pk)
    return AuditEntry.objects.filter(own | memberships | tokens).order_by("-id")


def roles_then(entries: Iterable[AuditEntry]) -> dict[int, str]:
    """Say in which roles somebody acted, by entry: those held at that moment."""
    entries = list(entries)
    held = Membership.objects.filter(user__in={entry.actor_id for entry in entries})
    rows = list(held.values_list("user_id", "role", "granted_at", "ended_at"))
    return {
        entry.pk: ", ".join(
            sorted(
                str(Role(role).label)
                for user, role, since, until in rows
                if user == entry.actor_id
                and since <= entry.at
                and (until is None or entry.at < until)
            )
        )
        for entry in entries
    }


def looked_since(user: User, actor: User, since: datetime) -> bool:
    """Say whether somebody looked at an account since a moment."""
    return (
        history_of(user)
        .filter(actor_id=actor.pk, verb="accounts.user.seen", at__gte=since)
        .exists()
    )
