"""Named events inside one transaction; every subscriber is called at once."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from django.db import transaction

Subscriber = Callable[..., None]

_SUBSCRIBERS: dict[str, list[Subscriber]] = defaultdict(list)


def subscribe(name: str) -> Callable[[Subscriber], Subscriber]:
    def kept(function: Subscriber) -> Subscriber:
        if function not in _SUBSCRIBERS[name]:
            _SUBSCRIBERS[name].append(function)
        return function

    return kept


def publish(name: str, **payload: Any) -> None:
    """Call every subscriber at once; one that fails undoes the whole transaction."""
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError(
            f"The event {name} must be published inside the transaction of its write."
        )
    for subscriber in _SUBSCRIBERS[name]:
        subscriber(**payload)
