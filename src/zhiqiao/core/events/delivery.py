"""Telling receivers what waits, each in one transaction with the mark that it is done."""

import logging
from datetime import timedelta

from django.db import DatabaseError, connection, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhiqiao.core import audit
from zhiqiao.core.access import Actor
from zhiqiao.core.choices import DeliveryState
from zhiqiao.core.errors import RuleError, define, translated
from zhiqiao.core.events.outbox import Received, receivers
from zhiqiao.core.models import Delivery

logger = logging.getLogger(__name__)

DELIVERY_NOT_FAILED = define(
    "core.delivery_not_failed",
    message=_("This delivery has not failed."),
    remedy=_("Reload the page to see its present state."),
)

MOST_ATTEMPTS = 8
FIRST_PAUSE = timedelta(seconds=5)
KEPT = timedelta(days=90)
BATCH = 200


def deliver_waiting() -> int:
    """Deliver what is due, in rounds until none brings anything; how many attempts were made."""
    tried = 0
    while round_ := _deliver_round():
        tried += round_
    return tried


def _deliver_round() -> int:
    tried, last = 0, 0
    while due := _due(last):
        tried += sum(map(_deliver, (pk for _event, pk in due)))
        last = due[-1][0]
    return tried


def _due(last: int) -> list[tuple[int, int]]:
    """Give the next due deliveries behind an event, all of an event or none of it."""
    rows = Delivery.objects.filter(
        state=DeliveryState.WAITING,
        next_attempt_at__lte=timezone.now(),
        receiver__in=list(receivers()),
        event__gt=last,
    )
    found = list(rows.order_by("event_id").values_list("event_id", "pk")[:BATCH])
    if len(found) < BATCH:
        return found
    whole = [pair for pair in found if pair[0] != found[-1][0]]
    return whole or found


def _deliver(key: int) -> bool:
    """Deliver one if it is its turn: earlier ones about the same record go first.

    What another worker holds is passed over.
    """
    earlier = Delivery.objects.filter(
        receiver=OuterRef("receiver"),
        subject_uid=OuterRef("subject_uid"),
        event__lt=OuterRef("event"),
    ).exclude(state=DeliveryState.DONE)
    rows = Delivery.objects.filter(~Exists(earlier), pk=key, state=DeliveryState.WAITING)
    rows = rows.select_related("event").select_for_update(of=("self",), skip_locked=True)
    with transaction.atomic():
        delivery = rows.first()
        if delivery is None:
            return False
        _attempt(delivery)
    return True


def _attempt(delivery: Delivery) -> None:
    delivery.attempts += 1
    event = delivery.event
    given = Received(event.name, event.uid, event.at, event.subject_uid, event.actor_id, event.data)
    try:
        with transaction.atomic():
            receivers()[delivery.receiver].function(given)
    except DatabaseError:
        # The connection may be gone: nothing is written, and the next sweep tries again.
        if not connection.is_usable():
            raise
        _fail(delivery, "database")
    except Exception as error:
        logger.warning("events.delivery_failed", extra={"delivery": delivery.pk}, exc_info=error)
        known = translated(error)
        _fail(delivery, known.code if known else type(error).__name__)
    else:
        delivery.state, delivery.done_at, delivery.error = DeliveryState.DONE, timezone.now(), ""
        delivery.save(update_fields=["state", "done_at", "attempts", "error"])


def _fail(delivery: Delivery, error: str) -> None:
    given_up = delivery.attempts >= MOST_ATTEMPTS
    delivery.state = DeliveryState.FAILED if given_up else DeliveryState.WAITING
    delivery.next_attempt_at = timezone.now() + FIRST_PAUSE * 3 ** (delivery.attempts - 1)
    delivery.error = error[:200]
    delivery.save(update_fields=["state", "attempts", "next_attempt_at", "error"])


@transaction.atomic
def retry_delivery(delivery: Delivery, *, actor: Actor, reason: str) -> Delivery:
    """Try a failed delivery again; those behind it about the same record follow."""
    delivery = Delivery.objects.select_for_update().get(pk=delivery.pk)
    if delivery.state != DeliveryState.FAILED:
        raise RuleError(DELIVERY_NOT_FAILED)
    before = audit.snapshot(delivery, ["state", "attempts", "error"])
    delivery.state, delivery.attempts = DeliveryState.WAITING, 0
    delivery.next_attempt_at = timezone.now()
    delivery.save(update_fields=["state", "attempts", "next_attempt_at"])
    after = audit.snapshot(delivery, ["state", "attempts", "error"])
    audit.record(
        actor=actor,
        verb="core.delivery.retried",
        subject=delivery,
        before=before,
        after=after,
        reason=reason,
    )
    return delivery


def prune_deliveries() -> int:
    """Forget deliveries that were done long ago; the events stay, so a replay makes them again."""
    old = Delivery.objects.filter(state=DeliveryState.DONE, done_at__lt=timezone.now() - KEPT)
    number, _kinds = old.delete()
    return number
