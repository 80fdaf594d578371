"""Reminding a body, and what follows when it does not answer in time."""

from datetime import date

from django.db import transaction
from django.utils import timezone

from zhiqiao.apps.plan.actions.tasks import locked, written
from zhiqiao.apps.plan.models import Supervision, TaskPart
from zhiqiao.apps.plan.queries.periods import days_within
from zhiqiao.apps.plan.rules import can_supervise, can_write_for, is_in_force, step_follows
from zhiqiao.core import audit
from zhiqiao.core.access import Actor, obey, refused, require
from zhiqiao.core.dates import today
from zhiqiao.core.errors import UnavailableError
from zhiqiao.core.events import define_event, emit
from zhiqiao.core.workdays import add_working_days

ISSUED = define_event("plan.supervision_issued")
ANSWERED = define_event("plan.supervision_answered")
RECORDED = ("step", "text", "issued_on", "working_days", "answer_by", "answer", "answered_on")


@transaction.atomic
def take_step(part: TaskPart, step: str, *, text: str, actor: Actor) -> Supervision:
    """Send a reminder, a supervision note or an escalation, to be answered as the pack says."""
    require(can_supervise(actor, step))
    part = locked(part)
    obey(is_in_force(part))
    day = today()
    latest = part.supervisions.order_by("-id").first()
    _require_forward_clock(latest, day)
    obey(step_follows(step, latest, today=day))
    days = days_within("answer_within", day, key=(step,))
    deadline = add_working_days(day, days)
    taken = Supervision.objects.create(
        part=part,
        step=step,
        text=written(text),
        issued_by_id=actor.pk if actor else None,
        issued_at=timezone.now(),
        issued_on=day,
        working_days=days,
        answer_by=deadline.day,
        is_provisional=deadline.is_provisional,
    )
    _record(taken, "plan.supervision.issued", actor=actor, before=None)
    emit(ISSUED, subject=taken, actor=actor)
    return taken


@transaction.atomic
def answer_supervision(taken: Supervision, *, text: str, actor: Actor) -> Supervision:
    """Answer for the body; a late answer is kept with its day and ends the ladder as well."""
    rows = Supervision.objects.select_related("part__task", "part__organisation")
    taken = rows.select_for_update(of=("self",)).get(pk=taken.pk)
    require(can_write_for(actor, taken.part))
    obey(is_in_force(taken.part))
    if taken.answered_at is not None:
        obey(refused("plan.answered-already"))
    day = today()
    _require_forward_clock(taken, day)
    before = audit.snapshot(taken, RECORDED)
    taken.answer = written(text)
    taken.answered_by_id = actor.pk if actor else None
    taken.answered_at, taken.answered_on = timezone.now(), day
    taken.save(update_fields=["answer", "answered_by", "answered_at", "answered_on"])
    _record(taken, "plan.supervision.answered", actor=actor, before=before)
    emit(ANSWERED, subject=taken, actor=actor)
    return taken


def _require_forward_clock(latest: Supervision | None, day: date) -> None:
    """Refuse a day before the last entry: a clock that was set back would give false deadlines."""
    last = latest and (latest.answered_on or latest.issued_on)
    if last and day < last:
        raise UnavailableError("plan.clock-behind", today=day, last=last)


def _record(
    taken: Supervision, verb: str, *, actor: Actor, before: dict[str, object] | None
) -> None:
    after = audit.snapshot(taken, RECORDED)
    audit.record(actor=actor, verb=verb, subject=taken, before=before, after=after)
