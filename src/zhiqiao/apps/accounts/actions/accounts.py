import re
import secrets
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from zhiqiao.apps.accounts.actions.factors import end_sessions
from zhiqiao.apps.accounts.actions.outside import end_outside_identities
from zhiqiao.apps.accounts.actions.tokens import end_tokens_of
from zhiqiao.apps.accounts.choices import Language, TokenEnd
from zhiqiao.apps.accounts.models import UsedPassword, User
from zhiqiao.apps.accounts.rules import (
    can_be_reopened,
    can_confirm_person,
    can_keep_account,
    can_open_accounts,
)
from zhiqiao.core import audit
from zhiqiao.core.access import Actor, obey, require
from zhiqiao.core.errors import InputError, RuleError

# Never the password: what is audited is read by others.
# Not the address: what is audited is read by others.
AUDITED = (
    "login",
    "name",
    "is_active",
    "is_demonstration",
    "must_change_password",
    "must_be_confirmed",
)

_LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{1,59}")
# Letters and digits that nobody mistakes for one another on paper.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True, slots=True)
class NewAccount:
    """An account with the password that is shown once and kept nowhere."""

    user: User
    one_time_password: str

    def __repr__(self) -> str:
        return f"NewAccount({self.user.login})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    login: str
    name: str
    email: str = ""
    language: str = Language.CHINESE


def fresh_password() -> str:
    """Return four groups of five letters, 99 bits, easy to read aloud."""
    groups = ("".join(secrets.choice(_ALPHABET) for _ in range(5)) for _ in range(4))
    return "-".join(groups)


@transaction.atomic
def create_account(
    *, login: str, name: str, email: str = "", language: str = Language.CHINESE, actor: Actor
) -> NewAccount:
    """Open an account without any role; its owner must replace the password at the first visit.

    What a sample account opens is a sample account too.
    """
    require(can_open_accounts(actor))
    password = fresh_password()
    person = Person(login=login, name=name, email=email, language=language)
    is_sample = isinstance(actor, User) and actor.is_demonstration
    user = add_user(person, password=password, must_change=True, demonstration=is_sample)
    _record(user, "accounts.user.created", actor=actor, before=None)
    return NewAccount(user, password)


def add_user(
    person: Person, *, password: str, must_change: bool, demonstration: bool = False
) -> User:
    login, email = person.login.strip().lower(), person.email.strip()
    if not _LOGIN.fullmatch(login):
        raise InputError("accounts.login_unreadable", login=person.login)
    if User.objects.filter(login=login).exists():
        raise RuleError("accounts.login_taken", login=login)
    if email and User.objects.filter(email__iexact=email).exists():
        raise RuleError("accounts.email_taken")
    user = User(
        login=login,
        name=person.name.strip(),
        email=email,
        language=person.language,
        must_change_password=must_change,
        is_demonstration=demonstration,
        date_joined=timezone.now(),
    )
    user.set_password(password)
    user.save(force_insert=True)
    return user


@transaction.atomic
def open_own_account(person: Person, *, password: str, demonstration: bool) -> User:
    """Open an account without roles for somebody whom another app has known by a code of its own."""
    user = add_user(person, password=password, must_change=False, demonstration=demonstration)
    _record(user, "accounts.user.created", actor=user, before=None)
    return user


@transaction.atomic
def replace_own_password(user: User, password: str) -> None:
    """Set a password for somebody known by a code of another app; accounts with roles are refused.

    Every session of the account ends.
    """
    user = _locked(user)
    if user.memberships.filter(ended_at=None).exists():
        raise RuleError("accounts.has_roles")
    end_sessions(user)
    end_tokens_of(user, TokenEnd.PASSWORD_ISSUED, actor=user)
    end_outside_identities(user, actor=user)
    set_own_password(user, password)


@transaction.atomic
def issue_one_time_password(user: User, *, actor: Actor, reason: str) -> NewAccount:
    """Replace a forgotten password; every session of the account ends.

    Roles that the account holds rest until a security administrator confirms its owner, except
    when the operator of the server issued the password (actor None).
    """
    user = _locked(user)
    require(can_keep_account(actor, user))
    before = audit.snapshot(user, AUDITED)
    password = fresh_password()
    user.set_password(password)
    user.must_change_password = True
    user.must_be_confirmed = actor is not None and (
        user.must_be_confirmed or user.memberships.filter(ended_at=None).exists()
    )
    user.save(update_fields=["password", "must_change_password", "must_be_confirmed"])
    end_tokens_of(user, TokenEnd.PASSWORD_ISSUED, actor=actor)
    end_outside_identities(user, actor=actor)
    _record(user, "accounts.user.password_issued", actor=actor, before=before, reason=reason)
    return NewAccount(user, password)


@transaction.atomic
def confirm_person(user: User, *, actor: Actor, reason: str) -> User:
    """Say, as a security administrator who asked, that the owner has the issued password."""
    user = _locked(user)
    require(can_confirm_person(actor, user))
    if not user.must_be_confirmed:
        raise RuleError("accounts.nothing_to_confirm", name=user.name)
    before = audit.snapshot(user, AUDITED)
    user.must_be_confirmed = False
    user.save(update_fields=["must_be_confirmed"])
    user.forget_roles()
    _record(user, "accounts.user.confirmed", actor=actor, before=before, reason=reason)
    return user


@transaction.atomic
def deactivate_account(user: User, *, actor: Actor, reason: str) -> User:
    """Close the account: no sign-in, sessions end, roles stay on record without effect."""
    return _open_or_close(user, is_active=False, actor=actor, reason=reason)


@transaction.atomic
def reactivate_account(user: User, *, actor: Actor, reason: str) -> User:
    obey(can_be_reopened(user))
    return _open_or_close(user, is_active=True, actor=actor, reason=reason)


def _open_or_close(user: User, *, is_active: bool, actor: Actor, reason: str) -> User:
    user = _locked(user)
    require(can_keep_account(actor, user))
    before = audit.snapshot(user, AUDITED)
    user.is_active = is_active
    user.save(update_fields=["is_active"])
    if not is_active:
        end_sessions(user)
        end_tokens_of(user, TokenEnd.CLOSED, actor=actor)
        end_outside_identities(user, actor=actor)
    verb = "accounts.user.reactivated" if is_active else "accounts.user.deactivated"
    _record(user, verb, actor=actor, before=before, reason=reason)
    return user


@transaction.atomic
def set_own_password(user: User, password: str) -> None:
    before = audit.snapshot(user, AUDITED)
    user.set_password(password)
    user.must_change_password = False
    user.password_set_at = timezone.now()
    user.save(update_fields=["password", "must_change_password", "password_set_at"])
    if settings.ZHIQIAO_SIGN_IN.passwords_remembered:
        UsedPassword.objects.create(user=user, password=user.password, at=user.password_set_at)
    user.forget_roles()
    _record(user, "accounts.user.password_changed", actor=user, before=before)


@transaction.atomic
def demand_new_password_when_due(user: User) -> None:
    """Where the profile lets passwords live for a time only, ask for a new one at sign-in."""
    lives = settings.ZHIQIAO_SIGN_IN.password_lives
    since = user.password_set_at or user.date_joined
    if lives is None or user.must_change_password or timezone.now() < since + lives:
        return
    before = audit.snapshot(user, AUDITED)
    user.must_change_password = True
    user.save(update_fields=["must_change_password"])
    _record(user, "accounts.user.password_due", actor=user, before=before)


@transaction.atomic
def choose_language(user: User, language: str) -> None:
    """Keep the language for messages sent to the person; the page itself follows the cookie."""
    user.language = Language(language)
    user.save(update_fields=["language"])


def _locked(user: User) -> User:
    return User.objects.select_for_update().get(pk=user.pk)


def _record(
    user: User, verb: str, *, actor: Actor, before: dict[str, object] | None, reason: str = ""
) -> None:
    audit.record(
        actor=actor,
        verb=verb,
        subject=user,
        before=before,
        after=audit.snapshot(user, AUDITED),
        reason=reason,
    )
