import secrets
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from zhiqiao.apps.accounts.actions.accounts import Person, add_user
from zhiqiao.apps.accounts.choices import Language
from zhiqiao.apps.accounts.models import Invitation, User
from zhiqiao.apps.accounts.rules import can_open_accounts
from zhiqiao.core import audit
from zhiqiao.core.access import Actor, require
from zhiqiao.core.errors import RuleError
from zhiqiao.core.jobs import start_job
from zhiqiao.core.sealing import seal

LIVES = timedelta(days=7)
REMEMBERED = timedelta(days=90)
# Not the address: what is audited is read by others.
AUDITED = ("name", "role", "organisation", "expires_at", "ended_at", "account")


@dataclass(frozen=True, slots=True)
class Sent:
    """An invitation with its token; ``is_mailed`` when it went to the person and to nobody else."""

    invitation: Invitation
    token: str
    is_mailed: bool

    def __repr__(self) -> str:
        return f"Sent({self.invitation.uid})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    name: str
    email: str
    organisation: int
    role: str
    language: str = Language.CHINESE


@transaction.atomic
def invite(guest: Guest, *, actor: Actor) -> Sent:
    """Ask a person to open an account; the token is known to the person alone where mail is set up."""
    require(can_open_accounts(actor))
    email = guest.email.strip()
    _refuse_known_address(email, others=Invitation.objects.all())
    now, token = timezone.now(), secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        name=guest.name.strip(),
        email=email,
        organisation_id=guest.organisation,
        role=guest.role,
        language=guest.language,
        token_hash=hash_of(token),
        invited_by=actor if isinstance(actor, User) else None,
        invited_at=now,
        expires_at=now + LIVES,
    )
    _record(invitation, "accounts.invitation.sent", actor=actor, before=None)
    return _send(invitation, token, actor=actor)


@transaction.atomic
def invite_again(invitation: Invitation, *, actor: Actor) -> Sent:
    """Send a new token; the old one is worth nothing from now on."""
    require(can_open_accounts(actor))
    invitation = _pending(invitation, or_overdue=True)
    _refuse_known_address(invitation.email, others=Invitation.objects.exclude(pk=invitation.pk))
    before = audit.snapshot(invitation, AUDITED)
    now, token = timezone.now(), secrets.token_urlsafe(32)
    invitation.token_hash, invitation.expires_at = hash_of(token), now + LIVES
    invitation.invited_at, invitation.ended_at = now, None
    invitation.save(update_fields=["token_hash", "expires_at", "invited_at", "ended_at"])
    _record(invitation, "accounts.invitation.sent_again", actor=actor, before=before)
    return _send(invitation, token, actor=actor)


@transaction.atomic
def withdraw_invitation(invitation: Invitation, *, actor: Actor) -> None:
    require(can_open_accounts(actor))
    invitation = _pending(invitation)
    before = audit.snapshot(invitation, AUDITED)
    invitation.ended_at, invitation.is_withdrawn = timezone.now(), True
    invitation.save(update_fields=["ended_at", "is_withdrawn"])
    _record(invitation, "accounts.invitation.withdrawn", actor=actor, before=before)


def open_invitation(token: str) -> Invitation:
    """Return the invitation of a token that still works; one that is overdue ends for good."""
    end_overdue_invitations()
    return _judged(token)


@transaction.atomic
def _judged(token: str) -> Invitation:
    rows = Invitation.objects.select_related("organisation", "invited_by")
    invitation = rows.filter(token_hash=hash_of(token)).first()
    if invitation is None:
        raise RuleError("accounts.invitation_unknown")
    if invitation.account_id is not None:
        raise RuleError("accounts.invitation_used")
    if invitation.is_withdrawn:
        raise RuleError("accounts.invitation_withdrawn")
    if invitation.ended_at is not None:
        raise RuleError("accounts.invitation_over")
    if timezone.now() < invitation.invited_at:
        raise RuleError("accounts.invitation_early")
    return invitation


def accept_invitation(token: str, *, login: str, password: str) -> User:
    """Open the account that the person was invited to, without any role in effect."""
    open_invitation(token)
    return _accept(token, login=login, password=password)


@transaction.atomic
def _accept(token: str, *, login: str, password: str) -> User:
    """Judge again under a lock: of two who come at once with one token, the second is refused."""
    Invitation.objects.select_for_update().filter(token_hash=hash_of(token)).first()
    invitation = open_invitation(token)
    person = Person(
        login=login, name=invitation.name, email=invitation.email, language=invitation.language
    )
    sender = invitation.invited_by
    is_sample = sender is not None and sender.is_demonstration
    user = add_user(person, password=password, must_change=False, demonstration=is_sample)
    before = audit.snapshot(invitation, AUDITED)
    invitation.account, invitation.ended_at = user, timezone.now()
    invitation.save(update_fields=["account", "ended_at"])
    _record(invitation, "accounts.invitation.accepted", actor=user, before=before)
    return user


@transaction.atomic
def end_overdue_invitations() -> int:
    """End what has expired, so that a clock set back revives nothing."""
    now = timezone.now()
    return Invitation.objects.filter(ended_at=None, expires_at__lte=now).update(ended_at=now)


@transaction.atomic
def forget_guests() -> int:
    """Forget name and address of people whose invitation ended long ago."""
    long_ago = timezone.now() - REMEMBERED
    old = Invitation.objects.filter(ended_at__lt=long_ago).exclude(email="")
    return old.update(name="", email="")


def hash_of(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def _pending(invitation: Invitation, *, or_overdue: bool = False) -> Invitation:
    locked = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if locked.is_withdrawn:
        raise RuleError("accounts.invitation_withdrawn")
    if locked.account_id is not None:
        raise RuleError("accounts.invitation_used")
    if locked.ended_at is not None and not or_overdue:
        raise RuleError("accounts.invitation_over")
    return locked


def _refuse_known_address(email: str, *, others: QuerySet[Invitation]) -> None:
    if User.objects.filter(email__iexact=email).exists():
        raise RuleError("accounts.email_taken")
    if others.filter(email__iexact=email, ended_at=None).exists():
        raise RuleError("accounts.invited_already", email=email)


def _send(invitation: Invitation, token: str, *, actor: Actor) -> Sent:
    is_mailed = bool(settings.EMAIL_HOST) and not getattr(actor, "is_demonstration", False)
    if is_mailed:
        sealed = seal(token)
        start_job(
            "accounts.send_invitation",
            actor=actor,
            arguments={"invitation": invitation.pk, "sealed_token": sealed},
            subject_uid=invitation.uid,
        )
    return Sent(invitation, token, is_mailed)


def _record(
    invitation: Invitation, verb: str, *, actor: Actor, before: dict[str, object] | None
) -> None:
    audit.record(
        actor=actor,
        verb=verb,
        subject=invitation,
        before=before,
        after=audit.snapshot(invitation, AUDITED),
    )
