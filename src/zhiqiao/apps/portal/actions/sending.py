"""Sending what is due. A mail server that hangs costs a time-out, never a lost notice.

A dispatch is marked as being sent, and that is committed, before anything leaves the site. One that
a killed worker left behind is sent again after a while with the same identity.
"""

import logging
from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from zhiqiao.apps.portal.actions.channels import CHANNELS, UndeliveredError
from zhiqiao.apps.portal.actions.notices import due_at
from zhiqiao.apps.portal.choices import DispatchState
from zhiqiao.apps.portal.models import Dispatch
from zhiqiao.apps.portal.queries.notices import hours_of
from zhiqiao.apps.portal.rules import can_retry_dispatch
from zhiqiao.core import audit
from zhiqiao.core.access import Actor, require
from zhiqiao.core.errors import RuleError

logger = logging.getLogger(__name__)

MOST_ATTEMPTS = 6
FIRST_PAUSE = timedelta(minutes=1)
# A dispatch that is "being sent" for longer was left behind by a worker that died.
LEFT_BEHIND = timedelta(minutes=10)
MOST_AT_ONCE = 500


def send_due() -> int:
    """Send every message that is due; how many messages were tried.

    A way out that fails once is left alone until the next minute: each attempt at a server that
    hangs costs its time-out.
    """
    tried, closed = 0, set[str]()
    while tried < MOST_AT_ONCE and (taken := _take(closed)):
        if not _send(taken):
            closed.add(taken[0].channel)
        tried += 1
    return tried


@transaction.atomic
def _take(closed: Collection[str]) -> list[Dispatch]:
    """Take the next message: one dispatch, or all of a person's digest that are due."""
    now = timezone.now()
    waiting = Q(state=DispatchState.WAITING, due_at__lte=now)
    left = Q(state=DispatchState.SENDING, due_at__lte=now - LEFT_BEHIND)
    rows = Dispatch.objects.select_for_update(skip_locked=True, of=("self",))
    due = rows.filter(waiting | left).exclude(channel__in=closed)
    first = due.order_by("due_at", "id").first()
    if first is None:
        return []
    together = Q(pk=first.pk)
    if first.batch is not None:
        together = Q(batch=first.batch)
    elif first.is_digest:
        recipient = Q(notice__recipient=first.notice.recipient_id, channel=first.channel)
        together = recipient & waiting & Q(is_digest=True, batch=None)
    taken = list(rows.filter(together).select_related("notice__recipient").order_by("id"))
    batch = first.batch or uuid4()
    for dispatch in taken:
        dispatch.state, dispatch.batch = DispatchState.SENDING, batch
        dispatch.attempts += 1
        dispatch.due_at = now
    Dispatch.objects.bulk_update(taken, ["state", "batch", "attempts", "due_at"])
    return taken


def _send(taken: list[Dispatch]) -> bool:
    notices = [dispatch.notice for dispatch in taken]
    batch: UUID = taken[0].batch or uuid4()
    try:
        CHANNELS[taken[0].channel](notices[0].recipient, notices, batch)
    except UndeliveredError as error:
        logger.warning("notices.undelivered", extra={"batch": str(batch)})
        _put_back(taken, str(error))
        return False
    Dispatch.objects.filter(pk__in=[one.pk for one in taken]).update(
        state=DispatchState.SENT, sent_at=timezone.now(), error=""
    )
    return True


def _put_back(taken: list[Dispatch], error: str) -> None:
    attempts = taken[0].attempts
    given_up = attempts >= MOST_ATTEMPTS
    Dispatch.objects.filter(pk__in=[one.pk for one in taken]).update(
        state=DispatchState.FAILED if given_up else DispatchState.WAITING,
        due_at=_again_at(taken[0], FIRST_PAUSE * 3 ** (attempts - 1)),
        error=error[:200],
    )


def _again_at(dispatch: Dispatch, pause: timedelta) -> datetime:
    """Try again after a pause, and never in the hours in which the person wants no message."""
    hours = hours_of(dispatch.notice.recipient)
    return due_at(timezone.now() + pause, hours, digest=False)


@transaction.atomic
def retry_dispatch(dispatch: Dispatch, *, actor: Actor) -> Dispatch:
    """Send a message that was given up again."""
    require(can_retry_dispatch(actor))
    dispatch = Dispatch.objects.select_for_update().get(pk=dispatch.pk)
    if dispatch.state != DispatchState.FAILED:
        raise RuleError("portal.dispatch-not-failed")
    before = audit.snapshot(dispatch, ["state", "attempts", "error"])
    dispatch.state, dispatch.attempts = DispatchState.WAITING, 0
    dispatch.due_at = _again_at(dispatch, timedelta(0))
    dispatch.save(update_fields=["state", "attempts", "due_at"])
    after = audit.snapshot(dispatch, ["state", "attempts", "error"])
    audit.record(
        actor=actor, verb="portal.dispatch.retried", subject=dispatch, before=before, after=after
    )
    return dispatch
