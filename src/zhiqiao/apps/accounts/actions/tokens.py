"""Making, offering, drawing and ending tokens of the API."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhiqiao.apps.accounts.choices import TokenEnd
from zhiqiao.apps.accounts.models import ApiToken, User
from zhiqiao.apps.accounts.models.tokens import LONGEST
from zhiqiao.apps.accounts.rules import can_draw_token, can_end_token, can_make_token
from zhiqiao.core import audit, errors
from zhiqiao.core.access import Actor, obey, refused, require
from zhiqiao.core.dates import today
from zhiqiao.core.errors import InputError, RefusedError, RuleError
from zhiqiao.core.scopes import SCOPES
from zhiqiao.core.token_text import digest_of_token, fresh_token, hint_of

MOST_TOKENS = 20
# Never the digest: who has it can tell whether a text that was found is this token.
RECORDED = (
    "owner",
    "organisation",
    "name",
    "scopes",
    "hint",
    "expires_on",
    "per_minute",
    "ended_at",
    "ended_why",
)

errors.define(
    "accounts.token-drawn",
    message=_("This token was drawn before or has ended; it is shown once only."),
    remedy=_("Make a new token, and revoke this one if its text was lost."),
    status=409,
)
errors.define(
    "accounts.token-ended-already",
    message=_("This token has ended before."),
    remedy=_("Nothing is to be done."),
    status=409,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedToken:
    """What a token is to be called and to allow, and until when."""

    name: str
    scopes: Sequence[str]
    expires_on: date
    organisation: int | None = None
    per_minute: int = 120


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token with its text, which is shown once and kept nowhere."""

    token: ApiToken
    text: str

    def __repr__(self) -> str:
        return f"NewToken({self.token.hint})"


@transaction.atomic
def make_token(wanted: WantedToken, *, actor: Actor) -> NewToken:
    """Make a token for oneself."""
    if not isinstance(actor, User):
        raise RefusedError("accounts.token-of-another")
    token = _added(wanted, owner=actor, actor=actor, verb="accounts.token.made")
    return _drawn(token)


@transaction.atomic
def offer_token(wanted: WantedToken, *, owner: User, actor: Actor) -> ApiToken:
    """Offer a token for the program of an organisation; the person who answers for it draws it."""
    if wanted.organisation is None:
        raise RefusedError("accounts.token-needs-role", name=owner.name)
    return _added(wanted, owner=owner, actor=actor, verb="accounts.token.offered")


@transaction.atomic
def draw_token(token: ApiToken, *, actor: Actor) -> NewToken:
    """Give the text of an offered token to its owner, once."""
    token = _locked(token)
    require(can_draw_token(actor, token))
    require(can_make_token(actor, token.owner, organisation=token.organisation_id))
    if token.is_drawn or token.ended_at is not None or token.expires_on < today():
        obey(refused("accounts.token-drawn"))
    before = audit.snapshot(token, RECORDED)
    new = _drawn(token)
    _record(new.token, "accounts.token.drawn", actor=actor, before=before)
    return new


@transaction.atomic
def end_token(token: ApiToken, *, actor: Actor, reason: str = "") -> ApiToken:
    """Revoke a token; the next request with it is refused."""
    token = _locked(token)
    require(can_end_token(actor, token))
    if token.ended_at is not None:
        obey(refused("accounts.token-ended-already"))
    return _ended(token, TokenEnd.REVOKED, actor=actor, reason=reason)


def end_tokens_of(owner: User, why: str, *, actor: Actor) -> None:
    """End all tokens of a person for good, in the transaction of what ends them."""
    for token in ApiToken.objects.select_for_update().filter(owner=owner, ended_at=None):
        _ended(token, why, actor=actor)


def end_expired(token: ApiToken) -> None:
    """Keep that the day has passed, so that a clock that is set back revives nothing."""
    _ended(token, TokenEnd.EXPIRED, actor=None)


@transaction.atomic
def end_expired_tokens() -> int:
    """End what has expired, also where no program asks any more."""
    rows = ApiToken.objects.select_for_update(skip_locked=True)
    past = list(rows.filter(ended_at=None, expires_on__lt=today()))
    for token in past:
        end_expired(token)
    return len(past)


def _added(wanted: WantedToken, *, owner: User, actor: Actor, verb: str) -> ApiToken:
    owner = User.objects.select_for_update().get(pk=owner.pk)
    require(can_make_token(actor, owner, organisation=wanted.organisation))
    _check(wanted)
    number = owner.api_tokens.filter(ended_at=None).count()
    if number >= MOST_TOKENS:
        raise RuleError("accounts.token-too-many", name=owner.name, number=number)
    token = ApiToken.objects.create(
        owner=owner,
        organisation_id=wanted.organisation,
        name=wanted.name.strip(),
        scopes=sorted(set(wanted.scopes)),
        made_by_id=int(actor.pk) if actor and actor.pk else owner.pk,
        made_on=today(),
        expires_on=wanted.expires_on,
        per_minute=wanted.per_minute,
    )
    _record(token, verb, actor=actor, before=None)
    return token


def _check(wanted: WantedToken) -> None:
    unknown = [scope for scope in wanted.scopes if scope not in SCOPES]
    if unknown or not wanted.scopes:
        raise InputError("accounts.token-scope-unknown", scope=", ".join(unknown) or "—")
    day = today()
    if not day <= wanted.expires_on <= day + LONGEST:
        raise InputError("accounts.token-too-long", day=wanted.expires_on)


def _drawn(token: ApiToken) -> NewToken:
    text = fresh_token()
    token.digest, token.hint = digest_of_token(text), hint_of(text)
    token.save(update_fields=["digest", "hint"])
    return NewToken(token, text)


def _ended(token: ApiToken, why: str, *, actor: Actor, reason: str = "") -> ApiToken:
    before = audit.snapshot(token, RECORDED)
    token.ended_at, token.ended_why = timezone.now(), why
    token.save(update_fields=["ended_at", "ended_why"])
    _record(token, "accounts.token.ended", actor=actor, before=before, reason=reason)
    return token


def _locked(token: ApiToken) -> ApiToken:
    rows = ApiToken.objects.select_related("owner").select_for_update(of=("self",))
    return rows.get(pk=token.pk)


def _record(
    token: ApiToken,
    verb: str,
    *,
    actor: Actor,
    before: dict[str, object] | None,
    reason: str = "",
) -> None:
    after = audit.snapshot(token, RECORDED)
    audit.record(actor=actor, verb=verb, subject=token, before=before, after=after, reason=reason)
