"""Telling one receiver again what happened."""

from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from zhiqiao.core import audit
from zhiqiao.core.access import Actor
from zhiqiao.core.errors import MissingError, define
from zhiqiao.core.events.outbox import receivers, wake_worker
from zhiqiao.core.models import Event

RECEIVER_UNKNOWN = define(
    "core.receiver_unknown",
    message=_("No receiver of events is called %(name)s."),
    remedy=_("Choose one of: %(known)s."),
)

_AGAIN = """
    INSERT INTO core_delivery AS kept
        (uid, event_id, receiver, subject_uid, state, attempts, next_attempt_at, done_at, error)
    SELECT gen_random_uuid(), event.id, %s, event.subject_uid, 'waiting', 0, now(), NULL, ''
    FROM core_event event
    WHERE event.name = ANY(%s) AND event.at >= %s AND event.at < %s
    ON CONFLICT (event_id, receiver) DO UPDATE
        SET state = 'waiting', attempts = 0, next_attempt_at = now(), done_at = NULL, error = ''
"""


@transaction.atomic
def replay(key: str, *, since: datetime, until: datetime, actor: Actor, reason: str) -> int:
    """Deliver the events of a stretch of time to one receiver again; how many there are.

    The receiver decides what a second telling means: ``Received.key`` is the same as before.
    """
    known = receivers()
    if key not in known:
        raise MissingError(RECEIVER_UNKNOWN, name=key, known=", ".join(sorted(known)))
    with connection.cursor() as cursor:
        cursor.execute(_AGAIN, [key, list(known[key].names), since, until])
        number: int = cursor.rowcount
    latest = Event.objects.filter(name__in=known[key].names).last()
    if latest is not None:
        after = {"receiver": key, "since": since.isoformat(), "until": until.isoformat()}
        audit.record(
            actor=actor,
            verb="core.events.replayed",
            subject=latest,
            before=None,
            after={**after, "events": number},
            reason=reason,
        )
    transaction.on_commit(wake_worker)
    return number
