"""Connecting systems of schools and bodies, and the keys that sign for them."""

import secrets
from dataclasses import dataclass
from datetime import timedelta

from allauth.idp.oidc.models import Client, Token
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.db import connection, transaction
from django.utils import timezone

from zhiqiao.apps.accounts.choices import SHARED, Shared
from zhiqiao.apps.accounts.models import Application, SigningKey, User
from zhiqiao.apps.accounts.rules import can_connect_systems
from zhiqiao.core import audit
from zhiqiao.core.access import Actor, require
from zhiqiao.core.errors import RuleError
from zhiqiao.core.sealing import seal

AUDITED = ("name", "organisation", "address", "registered_at", "ended_at")
# A key signs for this long; what it signed lives for minutes, so that a day more is plenty.
SIGNS = timedelta(days=90)
_LOCK = 0x7A71_6F69


@dataclass(frozen=True, slots=True)
class WantedApplication:
    name: str
    organisation: int
    address: str


@dataclass(frozen=True, slots=True)
class NewApplication:
    """A connected system with its secret, which is shown once and kept as a hash."""

    application: Application
    secret: str


@transaction.atomic
def connect_application(wanted: WantedApplication, *, actor: Actor) -> NewApplication:
    """Register a system; its users are asked before it is told who they are."""
    require(can_connect_systems(actor))
    secret = secrets.token_urlsafe(32)
    client = Client(name=wanted.name, type=Client.Type.CONFIDENTIAL, redirect_uris=wanted.address)
    client.set_scopes([Shared.WHO, *SHARED])
    client.set_secret(secret)
    client.save()
    application = Application.objects.create(
        name=wanted.name,
        organisation_id=wanted.organisation,
        address=wanted.address,
        client=client,
        registered_by=actor if isinstance(actor, User) else None,
        registered_at=timezone.now(),
    )
    audit.record(
        actor=actor,
        verb="accounts.application.connected",
        subject=application,
        before=None,
        after=audit.snapshot(application, AUDITED),
    )
    return NewApplication(application, secret)


@transaction.atomic
def end_application(application: Application, *, actor: Actor, reason: str) -> Application:
    """Disconnect a system: its secret and everything that it was given is worth nothing at once."""
    require(can_connect_systems(actor))
    application = Application.objects.select_for_update().get(pk=application.pk)
    if application.ended_at is not None:
        raise RuleError("accounts.application_ended", name=application.name)
    before = audit.snapshot(application, AUDITED)
    client, application.client = application.client, None
    application.ended_at = timezone.now()
    application.save(update_fields=["client", "ended_at"])
    if client is not None:
        client.delete()
    audit.record(
        actor=actor,
        verb="accounts.application.ended",
        subject=application,
        before=before,
        after=audit.snapshot(application, AUDITED),
        reason=reason,
    )
    return application


@transaction.atomic
def note_consent(user: User, system: str, scopes: list[str]) -> None:
    """Write down, for the person's own log, which system may know what."""
    after = {"system": Client.objects.get(pk=system).name, "scopes": sorted(scopes)}
    audit.record(
        actor=user, verb="accounts.user.told_system", subject=user, before=None, after=after
    )


def end_grants(user: User) -> None:
    """End what connected systems were given for a person."""
    Token.objects.filter(user=user).delete()


@transaction.atomic
def current_signing_key() -> SigningKey:
    """Return the key that signs today; a new one is made where there is none or it signed for long."""
    latest = SigningKey.objects.first()
    if latest is not None and timezone.now() - latest.made_at < SIGNS:
        return latest
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    latest = SigningKey.objects.first()
    if latest is not None and timezone.now() - latest.made_at < SIGNS:
        return latest
    return SigningKey.objects.create(sealed=seal(_new_key()), made_at=timezone.now())


@transaction.atomic
def forget_applications_leftovers() -> int:
    """Remove expired grants and keys that neither sign nor verify any more."""
    Token.objects.filter(expires_at__lte=timezone.now()).delete()
    old = SigningKey.objects.filter(made_at__lt=timezone.now() - 2 * SIGNS)
    return old.exclude(pk=current_signing_key().pk).delete()[0]


def _new_key() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=3072)
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode("ascii")
