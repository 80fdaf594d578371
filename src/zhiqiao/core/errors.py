"""The one tree of errors that a person may meet.

::

    ZhiqiaoError                 code, parameters, message, remedy, status
    ├── RuleError        409     a rule of the domain says no; a person can change the situation
    ├── InputError       422     what was given cannot be read (optionally: row, column)
    ├── RefusedError     403     this person may not do this
    ├── MissingError     404     there is no such thing, or it may not be seen
    ├── TooLargeError    413     more was sent than is accepted
    ├── UnavailableError 503     the database or the disk is away or full; try again
    └── of the API (core.scopes): UnknownCallerError 401, TooManyError 429

Programming faults stay outside of the tree and end as a plain 500.
"""

import errno
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from django.core.exceptions import (
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.db import InterfaceError, OperationalError
from django.http import Http404
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Definition:
    message: str | Promise
    remedy: str | Promise
    status: int | None


_DEFINITIONS: dict[str, Definition] = {}


def define(
    code: str,
    *,
    message: str | Promise,
    remedy: str | Promise = "",
    status: int | None = None,
) -> str:
    """Give a code its words; returns the code, so that it can be kept as a constant."""
    if code in _DEFINITIONS:
        raise ValueError(f"the code {code} has its words already")
    _DEFINITIONS[code] = Definition(message, remedy, status)
    return code


def message_of(code: str, parameters: Mapping[str, object]) -> str:
    definition = _DEFINITIONS.get(code)
    return _filled(definition.message, parameters) if definition else code


def remedy_of(code: str, parameters: Mapping[str, object]) -> str:
    definition = _DEFINITIONS.get(code)
    return _filled(definition.remedy, parameters) if definition else ""


def _filled(text: str | Promise, parameters: Mapping[str, object]) -> str:
    try:
        return str(text % dict(parameters)) if parameters else str(text)
    except (KeyError, TypeError, ValueError):
        # A badly filled sentence is still better than no error page.
        return str(text)


class ZhiqiaoError(Exception):
    default_status: ClassVar[int] = 500

    def __init__(self, code: str, **parameters: Any) -> None:
        super().__init__(code, parameters)
        self.code = code
        self.parameters = parameters

    @property
    def message(self) -> str:
        return message_of(self.code, self.parameters)

    @property
    def remedy(self) -> str:
        return remedy_of(self.code, self.parameters)

    @property
    def status(self) -> int:
        definition = _DEFINITIONS.get(self.code)
        return (definition and definition.status) or self.default_status

    def __str__(self) -> str:
        return f"{self.message} [{self.code}]"

    def __reduce__(self) -> tuple[Any, ...]:
        return (_rebuilt, (type(self), self.code, self.parameters))


def _rebuilt(kind: type[ZhiqiaoError], code: str, parameters: dict[str, Any]) -> ZhiqiaoError:
    return kind(code, **parameters)


class RuleError(ZhiqiaoError):
    default_status = 409


class InputError(ZhiqiaoError):
    default_status = 422

    @property
    def row(self) -> int | None:
        return self.parameters.get("row")

    @property
    def column(self) -> str | None:
        return self.parameters.get("column")


class RefusedError(ZhiqiaoError):
    default_status = 403


class MissingError(ZhiqiaoError):
    default_status = 404


class TooLargeError(ZhiqiaoError):
    default_status = 413


class UnavailableError(ZhiqiaoError):
    default_status = 503


BAD_REQUEST = define(
    "core.bad_request",
    message=_("The server could not read this request."),
    remedy=_("Go back, reload the page and try again."),
    status=400,
)
FORGED = define(
    "core.forged",
    message=_("This form was not sent from a page of this site, or the page is too old."),
    remedy=_("Reload the page, check what you typed and send it again. Cookies must be allowed."),
)
REFUSED = define(
    "core.refused",
    message=_("Your account may not do this."),
    remedy=_("Sign in with an account that has the role, or ask an administrator for it."),
)
MISSING = define(
    "core.missing",
    message=_("There is no such page or record, or you may not see it."),
    remedy=_("Check the address, or look for the record with the search."),
)
TOO_LARGE = define(
    "core.too_large",
    message=_("More was sent than this site accepts at once."),
    remedy=_("Send a smaller file, or split it into several."),
)
DATABASE_AWAY = define(
    "core.database_away",
    message=_("The database cannot be reached right now."),
    remedy=_("Nothing was saved. Wait a minute and try again; the operator sees it in the log."),
)
BUSY = define(
    "core.busy",
    message=_("Somebody else is changing the same records at this moment."),
    remedy=_("Nothing was saved. Try again."),
)
DISK_FULL = define(
    "core.disk_full",
    message=_("The disk of the server is full, so nothing could be saved."),
    remedy=_("Ask the operator to free space, then try again. What was saved before is safe."),
)
FAILED = define(
    "core.failed",
    message=_("Something in the system went wrong; the fault is ours."),
    remedy=_("Nothing was saved. Try again later and tell the operator the number of the request."),
    status=500,
)

_FULL = {errno.ENOSPC, errno.EFBIG, errno.EDQUOT}
_BUSY_STATES = {"40001", "40P01", "55P03", "57014"}


def _database_error(error: OperationalError | InterfaceError) -> UnavailableError:
    state = str(getattr(error.__cause__, "sqlstate", None) or "")
    if state == "53100":
        return UnavailableError(DISK_FULL)
    return UnavailableError(BUSY if state in _BUSY_STATES else DATABASE_AWAY)


def translated(error: BaseException) -> ZhiqiaoError | None:
    """Say the same as ``error`` in the tree; None for a programming fault."""
    found: ZhiqiaoError | None = None
    match error:
        case ZhiqiaoError():
            found = error
        case OperationalError() | InterfaceError():
            found = _database_error(error)
        case OSError() if error.errno in _FULL:
            found = UnavailableError(DISK_FULL)
        case PermissionDenied():
            found = RefusedError(REFUSED)
        case Http404():
            found = MissingError(MISSING)
        case RequestDataTooBig() | TooManyFieldsSent() | TooManyFilesSent():
            found = TooLargeError(TOO_LARGE)
        case SuspiciousOperation():
            found = InputError(BAD_REQUEST)
        case _:
            found = None
    return found
