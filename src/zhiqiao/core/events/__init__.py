"""How a low app tells a high one without importing it.

*At once*: ``publish`` calls its subscribers inside the transaction of the write; one that fails
undoes it. For what must never be apart from the write, such as the history of figures.

*Kept*: ``emit`` writes an event into the outbox in the same transaction; the worker delivers it to
each receiver later, in a transaction of its own together with the mark that it is done, so the
receiver's effect happens exactly once however often a worker is killed. For everything else.
"""

from zhiqiao.core.events.at_once import publish, subscribe
from zhiqiao.core.events.delivery import deliver_waiting, prune_deliveries, retry_delivery
from zhiqiao.core.events.outbox import (
    Received,
    Receiver,
    define_event,
    emit,
    emit_many,
    receiver,
    receivers,
)
from zhiqiao.core.events.replay import replay

__all__ = [
    "Received",
    "Receiver",
    "define_event",
    "deliver_waiting",
    "emit",
    "emit_many",
    "prune_deliveries",
    "publish",
    "receiver",
    "receivers",
    "replay",
    "retry_delivery",
    "subscribe",
]
