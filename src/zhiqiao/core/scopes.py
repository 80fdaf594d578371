"""The doors of the API: what a token must be allowed to come in, and which doors are open to all.

Who may come in is judged by the keeper, which ``config`` puts here: the routers of apps below the
accounts have doors too.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from ninja.security import HttpBearer

from zhiqiao.core.errors import InputError, ZhiqiaoError, define
from zhiqiao.core.token_text import LENGTH, PREFIX

SCOPES: Mapping[str, Promise] = {
    "admissions:read": _("Read seasons of admission, places and published results"),
    "admissions:answers": _("Answer appeals and re-checks of scores"),
    "admissions:enrol": _("Confirm who arrived at your schools"),
    "admissions:own": _("Read your own candidacies, scores, choices and results"),
    "admissions:papers": _("Read letters of admission and privileges of your schools"),
    "admissions:people": _(
        "Read the candidates of your schools, who was admitted, and the appeals and re-checks"
    ),
    "admissions:places": _("Read requests for places and the ledger of places"),
    "admissions:requests": _("Write requests for places, hand them in and decide on them"),
    "admissions:season": _("Read how seasons of admission stand and which steps wait"),
    "admissions:steps": _("Ask for steps of seasons of admission and sign them"),
    "plan:read": _("Read the board, the articles and the history of targets"),
    "projects:read": _(
        "Read the registers of recognised items, calls and the applications of your bodies"
    ),
    "registry:read": _("Read schools, bodies and regions"),
    "tasks:read": _("Read the tasks of your bodies, what they report and what they are asked"),
    "tasks:report": _("Write progress reports for your bodies and hand them in"),
}
_SECRET_NAMES = frozenset({"token", "access_token", "api_key", "apikey", "key", "authorization"})

IN_ADDRESS = define(
    "core.token_in_address",
    message=_("A token does not belong in an address: addresses are kept in logs and histories."),
    remedy=_("Send it in the header Authorization: Bearer …, and revoke this one: it was shown."),
    status=400,
)
NEEDED = define(
    "core.token_needed",
    message=_("This part of the API is open to programs with a token only."),
    remedy=_("Make a token on your own page under API tokens, with the scope %(scope)s."),
    status=401,
)
UNREADABLE = define(
    "core.token_unreadable",
    message=_("The header Authorization holds no token of this site."),
    remedy=_("Write Authorization: Bearer zq_… with the whole token, or leave the header out."),
    status=401,
)


class UnknownCallerError(ZhiqiaoError):
    """Nobody is known by what was sent, or nothing was sent where somebody must be known."""

    default_status = 401


class TooManyError(ZhiqiaoError):
    """More was asked than is given in a minute; ``after`` is the number of seconds to wait."""

    default_status = 429


@dataclass(frozen=True, slots=True)
class Admitted:
    """Who came in, and through which token; without one it is everybody."""

    user: Any
    token: Any = None


Keeper = Callable[[HttpRequest, str, str], Admitted]
_keepers: list[Keeper] = []
EVERYBODY = Admitted(AnonymousUser())


def keep_doors(keeper: Keeper) -> None:
    """Say who judges a token: called with the request, the token and the scope of the door."""
    _keepers[:] = [keeper]


class Token(HttpBearer):
    """The door of an operation; its name is the one of the security scheme in the description."""

    openapi_bearerFormat = "zq_…"  # noqa: N815 - the name of OpenAPI

    def __init__(self, scope: str, *, public: bool) -> None:
        super().__init__()
        self.scope, self.public = scope, public

    def __call__(self, request: HttpRequest) -> Admitted:
        """Let in, or raise why not; a session of the site counts for nothing here."""
        _refuse_in_address(request)
        request.user = EVERYBODY.user
        given = request.headers.get("Authorization")
        if given is None:
            return self._without_token()
        kind, _space, token = given.partition(" ")
        if kind.lower() != "bearer" or not token.startswith(PREFIX):
            raise UnknownCallerError(UNREADABLE)
        return self.authenticate(request, token.strip())

    def authenticate(self, request: HttpRequest, token: str) -> Admitted:
        (keeper,) = _keepers
        admitted = keeper(request, token, self.scope)
        request.user = admitted.user
        return admitted

    def _without_token(self) -> Admitted:
        if self.public:
            return EVERYBODY
        raise UnknownCallerError(NEEDED, scope=self.scope)


def _refuse_in_address(request: HttpRequest) -> None:
    given = [str(value) for _name, values in request.GET.lists() for value in values]
    named = any(name.lower() in _SECRET_NAMES for name in request.GET)
    if named or any(PREFIX in text for text in (request.path, *given) if len(text) >= LENGTH):
        raise InputError(IN_ADDRESS)


def open_to_all(scope: str) -> Token:
    """Everybody may come in; a token that is sent all the same must be good and have the scope."""
    return Token(_known(scope), public=True)


def needs(scope: str) -> Token:
    """Only a token with the scope may come in."""
    return Token(_known(scope), public=False)


def _known(scope: str) -> str:
    if scope not in SCOPES:
        raise LookupError(f"There is no scope {scope}.")
    return scope


def keep_private(request: HttpRequest, response: HttpResponseBase) -> None:
    """Ask caches on the way to keep nothing that was given to a token."""
    if getattr(request, "auth", EVERYBODY).token is not None:
        response["Cache-Control"] = "no-store"
