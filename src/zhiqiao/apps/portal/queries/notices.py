"""A person's notices, the wishes about them, and the messages for the system administrator."""

from typing import Protocol
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Count, Min, Q, QuerySet
from django.utils import timezone

from zhiqiao.apps.accounts.choices import Role
from zhiqiao.apps.accounts.queries import people_by_keys, people_of, people_with
from zhiqiao.apps.portal.choices import DispatchState, NoticeKind, Sending
from zhiqiao.apps.portal.models import Dispatch, Notice, NoticeHours, NoticeWish
from zhiqiao.apps.portal.rules import can_see_dispatches
from zhiqiao.apps.projects.queries import ProjectTold
from zhiqiao.core.access import Actor
from zhiqiao.core.choices import DeliveryState
from zhiqiao.core.models import Delivery

STAFF = (Role.BUREAU_CLERK, Role.BUREAU_LEAD)


class Person(Protocol):
    """What a channel needs to know of a recipient."""

    uid: UUID
    email: str
    language: str


def notices_visible_to(user: Actor) -> QuerySet[Notice]:
    """Everybody reads their own notices and nobody else's."""
    rows = Notice.objects.prefetch_related("dispatches")
    return rows.filter(recipient=user.pk) if isinstance(user, AbstractBaseUser) else rows.none()


def unread_count(user: Actor) -> int:
    return notices_visible_to(user).filter(read_at=None).count()


def _key(user: Actor) -> int:
    """Give the key of a person; nobody's is 0."""
    return int(user.pk) if isinstance(user, AbstractBaseUser) else 0


def wishes_of(user: Actor) -> dict[str, str]:
    found = dict(NoticeWish.objects.filter(user_id=_key(user)).values_list("kind", "sending"))
    return {kind: found.get(kind, Sending.AT_ONCE) for kind in NoticeKind.values}


def hours_of(user: Actor) -> NoticeHours:
    return NoticeHours.objects.filter(user_id=_key(user)).first() or NoticeHours()


def dispatches_visible_to(user: Actor) -> QuerySet[Dispatch]:
    """Messages that wait or failed, for the system administrator; whom they are for stays hidden."""
    rows = Dispatch.objects.exclude(state=DispatchState.SENT).select_related("notice")
    return rows if can_see_dispatches(user) else rows.none()


def deliveries_visible_to(user: Actor) -> QuerySet[Delivery]:
    """Events that a receiver could not take, for the system administrator."""
    rows = Delivery.objects.filter(state=DeliveryState.FAILED).select_related("event")
    return rows.order_by("id") if can_see_dispatches(user) else rows.none()


def bureau_staff(*, sample: bool) -> QuerySet[AbstractBaseUser]:
    """Clerks and leads of the bureau; sample accounts and real people are told apart."""
    return people_with(STAFF).filter(Q(is_demonstration=sample))


def people_told(told: ProjectTold) -> list[AbstractBaseUser]:
    """Return whom a step of an application concerns, without the one who took it."""
    found: list[AbstractBaseUser] = list(people_by_keys(told.people))
    for body in sorted(told.bodies):
        found += people_of(body)
    found = [one for one in found if getattr(one, "is_demonstration", False) == told.is_sample]
    if told.to_bureau:
        found += bureau_staff(sample=told.is_sample)
    return [one for one in found if one.pk != told.actor]


def undelivered() -> tuple[dict[str, int], float]:
    """Count the messages that have not left, and the seconds the oldest of them is late."""
    waiting = Dispatch.objects.exclude(state=DispatchState.SENT)
    counts = {str(state): 0 for state in DispatchState.values if state != DispatchState.SENT}
    for row in waiting.order_by().values("state").annotate(number=Count("id")):
        counts[row["state"]] = row["number"]
    due = waiting.exclude(state=DispatchState.FAILED).aggregate(oldest=Min("due_at"))["oldest"]
    return counts, max(0.0, (timezone.now() - due).total_seconds()) if due else 0.0
