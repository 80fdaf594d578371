"""Telling people, marking as read, and what each person wants to be told outside of the site."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID, uuid5

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from zhiqiao.apps.accounts.queries import people_of
from zhiqiao.apps.plan.queries import Told, open_obligations
from zhiqiao.apps.portal.choices import Channel, NoticeKind, Sending
from zhiqiao.apps.portal.models import Dispatch, Notice, NoticeHours, NoticeWish
from zhiqiao.apps.portal.queries.notices import people_told
from zhiqiao.apps.projects.queries import ProjectTold, Term, open_terms
from zhiqiao.core.access import Actor
from zhiqiao.core.dates import local, region_zone, today
from zhiqiao.core.errors import RefusedError
from zhiqiao.core.workdays import working_days_between

# A reminder goes out this many working days before a deadline, and again on the first day after.
DAYS_BEFORE = 3
DEADLINES = UUID("6f1f5f0a-6f0b-4c2e-9d0e-2f7f0a3a9c11")
REMINDERS = {
    (Term.ACT, False): NoticeKind.DEADLINE_NEAR,
    (Term.ACT, True): NoticeKind.DEADLINE_PASSED,
    (Term.REVIEW, False): NoticeKind.REVIEW_DUE,
    (Term.REVIEW, True): NoticeKind.REVIEW_OVERDUE,
    (Term.VALIDITY, False): NoticeKind.RECOGNITION_ENDING,
    (Term.VALIDITY, True): NoticeKind.RECOGNITION_OVER,
}


@dataclass(frozen=True, slots=True)
class Hours:
    """The hours of one person."""

    quiet_from: time = time(22)
    quiet_to: time = time(7)
    digest_at: time = time(8)


@transaction.atomic
def notify(
    people: Iterable[AbstractBaseUser], kind: NoticeKind, told: Told, *, key: UUID
) -> list[Notice]:
    """Tell each person once; told again for the same cause, nothing more happens."""
    now = timezone.now()
    recipients = {person.pk: person for person in people}
    known = set(
        Notice.objects.filter(kind=kind, key=key, recipient__in=recipients).values_list(
            "recipient_id", flat=True
        )
    )
    notices = Notice.objects.bulk_create(
        Notice(
            recipient_id=pk,
            kind=kind,
            key=key,
            code=told.code,
            day=told.day,
            address=told.address,
            created_at=now,
        )
        for pk in sorted(recipients)
        if pk not in known
    )
    _plan_dispatches(notices, recipients, now)
    return notices


def _plan_dispatches(
    notices: list[Notice], recipients: Mapping[int, AbstractBaseUser], now: datetime
) -> None:
    """Decide for each person when a notice leaves the site, if at all."""
    keys = [notice.recipient_id for notice in notices]
    kinds = {notice.kind for notice in notices}
    wishes = dict(
        NoticeWish.objects.filter(user__in=keys, kind__in=kinds).values_list("user_id", "sending")
    )
    hours = {row.user_id: row for row in NoticeHours.objects.filter(user__in=keys)}
    Dispatch.objects.bulk_create(
        Dispatch(
            notice=notice,
            channel=channel,
            is_digest=wishes.get(notice.recipient_id) == Sending.DIGEST,
            due_at=due_at(
                now,
                hours.get(notice.recipient_id) or Hours(),
                digest=wishes.get(notice.recipient_id) == Sending.DIGEST,
            ),
        )
        for notice in notices
        if wishes.get(notice.recipient_id) != Sending.OFF
        for channel in channels_of(recipients[notice.recipient_id])
    )


def channels_of(person: AbstractBaseUser) -> list[Channel]:
    """Name the ways that are open: those of the installation, and a mail needs an address."""
    if getattr(person, "is_demonstration", False):
        return []
    found = [Channel.EMAIL] if settings.EMAIL_HOST and getattr(person, "email", "") else []
    return found + ([Channel.HOOK] if settings.ZHIQIAO_HOOK_URL else [])


def due_at(now: datetime, hours: "Hours | NoticeHours", *, digest: bool) -> datetime:
    """Give the moment from which a notice may leave: the next digest, and never in quiet hours."""
    moment = local(now)
    if digest:
        moment = _next(moment, hours.digest_at)
    if is_quiet(moment.time(), hours):
        moment = _next(moment, hours.quiet_to)
    return moment


def is_quiet(clock: time, hours: "Hours | NoticeHours") -> bool:
    if hours.quiet_from <= hours.quiet_to:
        return hours.quiet_from <= clock < hours.quiet_to
    return clock >= hours.quiet_from or clock < hours.quiet_to


def _next(moment: datetime, clock: time) -> datetime:
    found = datetime.combine(moment.date(), clock, tzinfo=region_zone())
    return found if found >= moment else found + timedelta(days=1)


def remind_of_deadlines() -> int:
    """Tell bodies of deadlines that are near and of those that passed; once for each."""
    day = today()
    told = 0
    for facts, one in open_obligations(day):
        kind = _kind_of_reminder(one.due, day)
        if kind is None:
            continue
        cause = one.supervision.uid if one.supervision else one.part.uid
        key = _key_of(f"{cause} {one.due}")
        told += len(notify(people_of(facts.organisation), kind, facts, key=key))
    return told


def remind_of_terms() -> int:
    """Tell whoever has to act of terms of applications that are near and of those that passed; once."""
    return sum(
        len(tell(one.told, REMINDERS[one.term, one.has_passed], key=_key_of(one.told.cause)))
        for one in open_terms(today())
    )


def tell(told: ProjectTold, kind: NoticeKind, *, key: UUID) -> list[Notice]:
    """Tell whom something of an application concerns, without the one who did it."""
    facts = Told(0, told.is_sample, told.code, told.address, told.day)
    return notify(people_told(told), kind, facts, key=key)


def _key_of(cause: str) -> UUID:
    return uuid5(DEADLINES, cause)


def _kind_of_reminder(due: date, day: date) -> NoticeKind | None:
    if day > due:
        return NoticeKind.DEADLINE_PASSED
    if working_days_between(day, due) <= DAYS_BEFORE:
        return NoticeKind.DEADLINE_NEAR
    return None


def mark_all_read(*, actor: Actor) -> int:
    return Notice.objects.filter(recipient=_person(actor), read_at=None).update(
        read_at=timezone.now()
    )


@transaction.atomic
def choose_notices(wishes: Mapping[str, str], hours: Hours, *, actor: Actor) -> None:
    """Keep how a person wants each kind of notice, and the hours; for notices from now on."""
    person = _person(actor)
    for kind in NoticeKind:
        sending = wishes.get(kind, Sending.AT_ONCE)
        NoticeWish.objects.update_or_create(
            user_id=person, kind=kind, defaults={"sending": sending}
        )
    NoticeHours.objects.update_or_create(
        user_id=person,
        defaults={
            "quiet_from": hours.quiet_from,
            "quiet_to": hours.quiet_to,
            "digest_at": hours.digest_at,
        },
    )


def _person(actor: Actor) -> int:
    if not isinstance(actor, AbstractBaseUser):
        raise RefusedError("portal.notices-of-a-person")
    return int(actor.pk)
