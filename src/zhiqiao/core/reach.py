"""For whom the database is asked: what row-level security lets through.

Outside a request it is the system itself. Inside one it is the person, with the bodies and roles in
effect; while an action runs (a transaction of the request), the action's own rule has judged and it
reaches everything. PostgreSQL is told before the next statement whenever this changes.
"""

from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.http import HttpRequest


@dataclass(frozen=True, slots=True)
class Reach:
    """What one connection may see; the default is nothing that is protected."""

    everything: bool = False
    person: int | None = None
    bodies: tuple[int, ...] = ()
    roles: tuple[str, ...] = ()

    def told(self) -> tuple[str, str, str, str]:
        """Return the four values as PostgreSQL keeps them."""
        return (
            "on" if self.everything else "",
            "" if self.person is None else str(self.person),
            ",".join(map(str, self.bodies)),
            f",{','.join(self.roles)}," if self.roles else "",
        )


SYSTEM = Reach(everything=True)
NOBODY = Reach()


class OfRequest:
    """The reach of whoever a request turns out to come from; asked again when that changes."""

    def __init__(self, request: HttpRequest, *, depth: int) -> None:
        self._request = request
        self._depth = depth
        self._user: object = None
        self._reach = NOBODY
        self._is_asking = False

    def at(self, depth: int) -> Reach:
        """Return the reach at a depth of transactions: an action reaches everything."""
        return SYSTEM if depth > self._depth else self._of_person()

    def ask(self) -> None:
        """Find out who it is."""
        self._of_person()

    def _of_person(self) -> Reach:
        user = getattr(self._request, "user", None)
        if user is self._user or self._is_asking:
            return self._reach
        # Finding out who it is asks the database, too: as nobody.
        self._reach, self._is_asking = NOBODY, True
        try:
            self._reach = reach_of(user)
            self._user = user
        finally:
            self._is_asking = False
        return self._reach


_current: ContextVar[Reach | OfRequest] = ContextVar("reach", default=SYSTEM)


def depth_of(connection: BaseDatabaseWrapper) -> int:
    """Count the transactions and savepoints that a connection is in."""
    return len(connection.savepoint_ids) + int(connection.in_atomic_block)


def reach_at(depth: int) -> Reach:
    """Return what the next statement may reach, at this depth of transactions."""
    current = _current.get()
    return current if isinstance(current, Reach) else current.at(depth)


def reach_of(user: Any) -> Reach:
    """Return the reach of a person: the bodies and roles in effect, or nothing for a stranger."""
    if user is None or not user.is_authenticated:
        return NOBODY
    held = getattr(user, "roles_held", ())
    bodies = sorted({organisation for _role, organisation in held})
    roles = sorted({role for role, _organisation in held})
    return Reach(person=user.pk, bodies=tuple(bodies), roles=tuple(roles))


class reaching:  # noqa: N801 - reads as a word where it is used: with reaching(NOBODY)
    """Ask the database for somebody else for a while."""

    def __init__(self, reach: Reach | OfRequest) -> None:
        self._reach = reach

    def __enter__(self) -> None:
        self._token = _current.set(self._reach)

    def __exit__(self, *_error: object) -> None:
        _current.reset(self._token)


def in_reach(reach: Reach | OfRequest, parts: Any) -> Iterator[Any]:
    """Yield the parts of an answer that is sent while it is read, each in its own reach."""
    rest = iter(parts)
    while True:
        with reaching(reach):
            try:
                part = next(rest)
            except StopIteration:
                return
        yield part
