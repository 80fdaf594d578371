"""What happens when a program comes with a token: who it is, whether it may come in, what is kept."""

import hashlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from ipaddress import ip_address, ip_network
from typing import Any, NoReturn

from django.db import connection, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhiqiao.apps.accounts.actions.tokens import end_expired
from zhiqiao.apps.accounts.choices import TokenEnd
from zhiqiao.apps.accounts.models import ApiToken, KeptAnswer, Program
from zhiqiao.core import errors
from zhiqiao.core.context import through
from zhiqiao.core.dates import today
from zhiqiao.core.errors import RefusedError, RuleError, UnavailableError, ZhiqiaoError
from zhiqiao.core.events import define_event, emit
from zhiqiao.core.scopes import Admitted, TooManyError, UnknownCallerError
from zhiqiao.core.token_text import digest_of_token, is_well_typed

NEW_NETWORK = define_event("accounts.token_new_network")
MINUTE = 60
# Beyond so many networks a token is in use everywhere, and one more tells nothing.
MOST_NETWORKS = 20
ANSWERS_KEPT = timedelta(days=2)

errors.define(
    "accounts.token-mistyped",
    message=_("The token is cut short or mistyped: its last letters do not fit the others."),
    remedy=_("Copy it whole, from zq_ to the last letter."),
    status=401,
)
errors.define(
    "accounts.token-unknown",
    message=_("Nobody has this token."),
    remedy=_("Make a new one on your own page under API tokens."),
    status=401,
)
errors.define(
    "accounts.token-revoked",
    message=_("The token was ended: %(why)s."),
    remedy=_("Make a new one, if the program is still to run."),
    status=401,
)
errors.define(
    "accounts.token-expired",
    message=_("The token was valid until %(day)s."),
    remedy=_("Make a new one on your own page under API tokens."),
    status=401,
)
errors.define(
    "accounts.token-rests",
    message=_("The account of the token's owner is closed or waits to be confirmed."),
    remedy=_("The owner signs in and follows what the page says."),
    status=401,
)
errors.define(
    "accounts.token-scope-missing",
    message=_("The token has no scope %(scope)s."),
    remedy=_("Make a token with this scope. What is open to all can be read without a token."),
    status=403,
)
errors.define(
    "accounts.token-too-fast",
    message=_("More than %(number)s requests came in one minute with this token."),
    remedy=_(
        "Wait as many seconds as the header Retry-After says; read lists as CSV or by cursor."
    ),
    status=429,
)
errors.define(
    "accounts.token-clock-behind",
    message=_("The computer's clock shows %(today)s, which is before the token was last used."),
    remedy=_("Ask the operator to set the clock; no token is judged by a wrong day."),
    status=503,
)
errors.define(
    "accounts.token-key-used",
    message=_("This Idempotency-Key was used before with another request."),
    remedy=_("Use a new key for each write; repeat a key only with the very same request."),
    status=409,
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a write answers, and whether it was answered before."""

    content: Mapping[str, Any]
    version: int
    is_kept: bool = False


def use_token(text: str, *, scope: str, address: str) -> Admitted:
    """Find whose token it is and judge it anew at every request; a refused use is counted."""
    if not is_well_typed(text):
        raise UnknownCallerError("accounts.token-mistyped")
    rows = ApiToken.objects.select_related("owner")
    token = rows.filter(digest=digest_of_token(text)).first()
    if token is None:
        raise UnknownCallerError("accounts.token-unknown")
    _slow_down(token)
    day = today()
    _judge(token, scope, day)
    _note(token, day, _network(address))
    through.set(str(token))
    return Admitted(_acting(token), token)


def _acting(token: ApiToken) -> Program:
    program = Program.objects.get(pk=token.owner_id)
    if not isinstance(program, Program):
        raise TypeError("The manager of a proxy gives rows of the proxy.")
    program.only_in = token.organisation_id
    return program


def _slow_down(token: ApiToken) -> None:
    """Count the requests of the running minute, in one statement that waits for no disk."""
    now = time.time()
    minute = int(now // MINUTE)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO accounts_tokenrate AS kept (token_id, minute, requests) VALUES (%s, %s, 1)"
            " ON CONFLICT (token_id) DO UPDATE SET minute = excluded.minute, requests ="
            " CASE WHEN kept.minute = excluded.minute THEN kept.requests + 1 ELSE 1 END"
            " RETURNING requests",
            [token.pk, minute],
        )
        (requests,) = cursor.fetchone()
    if requests > token.per_minute:
        after = max(1, int((minute + 1) * MINUTE - now) + 1)
        raise TooManyError("accounts.token-too-fast", number=token.per_minute, after=after)


def _judge(token: ApiToken, scope: str, day: date) -> None:
    if token.ended_at is not None:
        _refuse_ended(token)
    if day < max(token.made_on, token.last_used_on or token.made_on):
        raise UnavailableError("accounts.token-clock-behind", today=day)
    if day > token.expires_on:
        end_expired_once(token)
        _refuse_ended(token)
    if not token.owner.in_effect:
        _refuse(token, UnknownCallerError("accounts.token-rests"))
    if scope not in token.scopes:
        _refuse(token, RefusedError("accounts.token-scope-missing", scope=scope))


@transaction.atomic
def end_expired_once(token: ApiToken) -> None:
    kept = ApiToken.objects.select_for_update().get(pk=token.pk)
    if kept.ended_at is None:
        end_expired(kept)
    token.ended_why = TokenEnd.EXPIRED


def _refuse_ended(token: ApiToken) -> NoReturn:
    if token.ended_why == TokenEnd.EXPIRED:
        _refuse(token, UnknownCallerError("accounts.token-expired", day=token.expires_on))
    why = token.get_ended_why_display()
    _refuse(token, UnknownCallerError("accounts.token-revoked", why=why))


def _refuse(token: ApiToken, error: ZhiqiaoError) -> NoReturn:
    ApiToken.objects.filter(pk=token.pk).update(refusals=F("refusals") + 1)
    raise error


def _note(token: ApiToken, day: date, network: str) -> None:
    """Keep the day of the last use and a new network; on most days nothing is written."""
    if token.last_used_on != day:
        later = Q(last_used_on=None) | Q(last_used_on__lt=day)
        ApiToken.objects.filter(later, pk=token.pk).update(last_used_on=day)
    if network not in token.networks and len(token.networks) < MOST_NETWORKS:
        _note_network(token, day, network)


@transaction.atomic
def _note_network(token: ApiToken, day: date, network: str) -> None:
    """Keep a network once, and tell the owner of every one but the first."""
    kept = ApiToken.objects.select_for_update().get(pk=token.pk)
    if network in kept.networks:
        return
    is_first = not kept.networks
    kept.networks = {**kept.networks, network: day.isoformat()}
    kept.save(update_fields=["networks"])
    if not is_first:
        emit(NEW_NETWORK, subject=kept, actor=None)


def _network(address: str) -> str:
    """Give the network of an address: who is told needs the place, nobody needs the machine."""
    try:
        width = 24 if ip_address(address).version == 4 else 48
    except ValueError:
        return "unknown"
    return str(ip_network(f"{address}/{width}", strict=False))


def answer_once(token: ApiToken, key: str, request: bytes, write: Callable[[], Answer]) -> Answer:
    """Do a write, or give the answer that the same request with this key was given before.

    The key is taken first and in the transaction of the write: of two that come at once the second
    waits, and a write that is refused leaves the key free. Without a key nothing is kept.
    """
    if not key:
        return write()
    digest = hashlib.sha256(request).hexdigest()
    with transaction.atomic():
        kept, is_new = KeptAnswer.objects.get_or_create(
            token=token,
            key=key,
            defaults={"request_digest": digest, "made_at": timezone.now()},
        )
        if is_new:
            answer = write()
            kept.content, kept.version = dict(answer.content), answer.version
            kept.save(update_fields=["content", "version"])
            return answer
    if kept.request_digest != digest:
        raise RuleError("accounts.token-key-used")
    return Answer(kept.content or {}, kept.version, is_kept=True)


def forget_answers() -> int:
    """Delete answers that nobody will ask for again."""
    return KeptAnswer.objects.filter(made_at__lt=timezone.now() - ANSWERS_KEPT).delete()[0]
