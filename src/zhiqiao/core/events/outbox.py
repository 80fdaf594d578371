"""Writing events into the outbox, and naming who receives them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models, transaction
from django.utils import timezone

from zhiqiao.core.access import Actor
from zhiqiao.core.audit_digest import json_safe
from zhiqiao.core.models import Delivery, Event


@dataclass(frozen=True, slots=True)
class Received:
    """An event as a receiver gets it; ``key`` is the same at every attempt and in every replay."""

    name: str
    key: UUID
    at: datetime
    subject_uid: UUID
    actor_id: int | None
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Receiver:
    key: str
    names: tuple[str, ...]
    function: Callable[[Received], None]


AT_ONCE = 2_000

_EVENTS: dict[str, frozenset[str]] = {}
_RECEIVERS: dict[str, Receiver] = {}


def define_event(name: str, fields: Iterable[str] = ()) -> str:
    """Declare an event and the names of its data; whatever is not declared is refused."""
    _EVENTS[name] = frozenset(fields)
    return name


def receiver(*names: str, key: str) -> Callable[[Callable[[Received], None]], Callable[..., None]]:
    """Declare a function that is told of events; its database effect must be all it does.

    ``key`` names it for ever: an event is told once to each key.
    """

    def kept(function: Callable[[Received], None]) -> Callable[..., None]:
        _RECEIVERS[key] = Receiver(key, names, function)
        return function

    return kept


def receivers() -> Mapping[str, Receiver]:
    return dict(_RECEIVERS)


def emit(name: str, /, *, subject: models.Model, actor: Actor, **data: Any) -> Event:
    """Write an event in the transaction of the change that it tells of."""
    return emit_many(name, subjects=[subject], actor=actor, **data)[0]


def emit_many(
    name: str, /, *, subjects: Iterable[models.Model], actor: Actor, **data: Any
) -> list[Event]:
    """Write the same event of many subjects, in few statements."""
    connection = transaction.get_connection()
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError(
            f"The event {name} must be written inside the transaction of its change."
        )
    if name not in _EVENTS or not data.keys() <= _EVENTS[name]:
        unknown = sorted(data.keys() - _EVENTS.get(name, frozenset()))
        raise LookupError(f"The event {name} with {unknown} was not declared by define_event.")
    told = json_safe(data)
    made = [
        Event(
            name=name,
            at=timezone.now(),
            actor_id=actor.pk if isinstance(actor, AbstractBaseUser) else None,
            subject_type=subject._meta.label_lower,  # noqa: SLF001 - Django's documented name
            subject_uid=subject.uid,  # type: ignore[attr-defined] # every model of ours is Identified
            data=told,
        )
        for subject in subjects
    ]
    events = Event.objects.bulk_create(made, batch_size=AT_ONCE)
    _send(events)
    transaction.on_commit(wake_worker)
    return events


def _send(events: Iterable[Event]) -> None:
    waiting = [
        Delivery(
            event=event,
            receiver=one.key,
            subject_uid=event.subject_uid,
            next_attempt_at=event.at,
        )
        for event in events
        for one in _RECEIVERS.values()
        if event.name in one.names
    ]
    Delivery.objects.bulk_create(waiting, batch_size=AT_ONCE)


def wake_worker() -> None:
    """Ask for a delivery soon; when this is lost, the sweep of every minute does it."""
    from zhiqiao.core.events.waking import wake  # noqa: PLC0415 - the queue needs loaded apps

    wake()
