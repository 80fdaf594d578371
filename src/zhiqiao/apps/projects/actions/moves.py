"""Taking the moves of an application: by one person, by two, for many at once, or by the clock."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db import transaction
from django.utils import timezone

from zhiqiao.apps.projects.actions.calls import worded
from zhiqiao.apps.projects.actions.phases import effect_of, enter_phase, leave_phase
from zhiqiao.apps.projects.models import Application, Call, Step
from zhiqiao.apps.projects.queries import Moment, step_that_waits, verdicts_on
from zhiqiao.apps.projects.rules import can_run_calls, is_staff, may_sign, may_take
from zhiqiao.core import audit
from zhiqiao.core.access import Actor, obey, require
from zhiqiao.core.dates import today
from zhiqiao.core.errors import InputError, MissingError, RefusedError, RuleError, ZhiqiaoError
from zhiqiao.core.events import define_event, emit
from zhiqiao.core.policy import spoken
from zhiqiao.core.revisions import bump
from zhiqiao.core.workdays import add_working_days
from zhiqiao.packs import Move

logger = logging.getLogger(__name__)

AUDITED = ("state", "phase", "number", "entered_on", "due_on", "publicity_until", "recognition")
MOVED = define_event("projects.moved")
STEP_ASKED = define_event("projects.step_asked")


@dataclass(frozen=True, slots=True)
class Moved:
    """What came of moving many: how many moved or wait for a signature, and why others did not."""

    done: int = 0
    refused: dict[str, str] = field(default_factory=dict)


@transaction.atomic
def take_move(application: Application, move: str, *, actor: Actor, reason: str = "") -> Step:
    """Take a move now, or ask a second person to sign it where the lifecycle wants two.

    Everything that the move needs is judged here once more, whatever a page showed.
    """
    row = locked_application(application)
    taken = _known(row, move)
    _allow(row, taken, actor)
    _refuse_waiting(row, actor)
    moment = Moment(timezone.now(), reason)
    for verdict in verdicts_on(row, taken, moment).values():
        obey(verdict)
    step = Step.objects.create(
        application=row,
        move=move,
        from_state=row.state,
        to_state=taken.to,
        party=taken.by,
        reason=reason.strip(),
        asked_by_id=getattr(actor, "pk", None),
        asked_at=moment.now,
    )
    if taken.signed and actor is not None:
        record_move(row, "asked", actor=actor, before=None, reason=step.reason, move=move)
        emit(STEP_ASKED, subject=step, actor=actor)
        return step
    return _go(row, step, taken, actor=actor)


@transaction.atomic
def sign_move(application: Application, *, actor: Actor) -> Step:
    """Sign, as the second person, what another one asked for; its needs are judged again."""
    row = locked_application(application)
    step = _waiting(row)
    move = _known(row, step.move)
    require(may_sign(actor, asked_by=step.asked_by, move=move))
    for verdict in verdicts_on(row, move, Moment(timezone.now(), step.reason)).values():
        obey(verdict)
    step.signed_by_id = getattr(actor, "pk", None)
    return _go(row, step, move, actor=actor)


@transaction.atomic
def refuse_move(application: Application, *, actor: Actor, reason: str) -> Step:
    """Take back or refuse a step that waits; nothing of the application changes."""
    require(can_run_calls(actor))
    row = locked_application(application)
    step = _waiting(row)
    step.ended_at = timezone.now()
    step.save(update_fields=["ended_at"])
    record_move(row, "step_refused", actor=actor, before=None, reason=worded(reason))
    return step


def move_many(
    call: Call, move: str, uids: Iterable[str], *, actor: Actor, reason: str = ""
) -> Moved:
    """Take one move for several applications, each in a transaction of its own.

    One that is refused stops nobody else; the answer says why by its number.
    """
    require(can_run_calls(actor))
    done, refusals = 0, {}
    for application in Application.objects.filter(call=call, uid__in=list(uids)).order_by("number"):
        try:
            take_move(application, move, actor=actor, reason=reason)
        except (RuleError, RefusedError) as error:
            refusals[str(application)] = _told(error)
        else:
            done += 1
    return Moved(done, refusals)


def sign_many(call: Call, uids: Iterable[str], *, actor: Actor) -> Moved:
    """Sign what waits for several applications, each in a transaction of its own."""
    require(can_run_calls(actor))
    done, refusals = 0, {}
    for application in Application.objects.filter(call=call, uid__in=list(uids)).order_by("number"):
        try:
            sign_move(application, actor=actor)
        except (RuleError, RefusedError) as error:
            refusals[str(application)] = _told(error)
        else:
            done += 1
    return Moved(done, refusals)


def lapse_overdue(day: date) -> int:
    """Take the moves of the clock for what was due before the day; called by the worker."""
    rows = Application.objects.filter(due_on__lt=day).select_related("call")
    lapsed = 0
    for application in rows.order_by("id"):
        state = application.call.rules.flow.states[application.state]
        lapsed += state.lapses is not None and _has_lapsed(application, state.lapses)
    return lapsed


def _has_lapsed(application: Application, move: str) -> bool:
    """Take one move of the clock; what hinders it is logged and hinders no other application."""
    try:
        take_move(application, move, actor=None)
    except (RuleError, RefusedError) as error:
        logger.warning(
            "projects.lapse_refused", extra={"application": application.pk, "code": error.code}
        )
        return False
    return True


@transaction.atomic
def put_off(application: Application, *, due_on: date, actor: Actor, reason: str) -> Application:
    """Give an application more time in its state, with the reason."""
    require(can_run_calls(actor))
    if due_on <= today():
        raise InputError("projects.term-past", due=due_on)
    row = locked_application(application)
    before = audit.snapshot(row, AUDITED)
    row.due_on, row.due_is_provisional = due_on, False
    row.save(update_fields=["due_on", "due_is_provisional"])
    record_move(row, "put_off", actor=actor, before=before, reason=worded(reason))
    return row


def locked_application(application: Application) -> Application:
    rows = Application.objects.select_for_update(of=("self",)).select_related("call", "applicant")
    return rows.get(pk=application.pk)


def record_move(
    application: Application,
    verb: str,
    *,
    actor: Actor,
    before: dict[str, object] | None,
    reason: str = "",
    move: str = "",
) -> None:
    """Write a change of an application into the audit; which move it was is data, not the reason."""
    after = audit.snapshot(application, AUDITED) | ({"move": move} if move else {})
    verb = f"projects.application.{verb}"
    audit.record(
        actor=actor, verb=verb, subject=application, before=before, after=after, reason=reason
    )


def _known(application: Application, move: str) -> Move:
    found = application.call.rules.flow.moves.get(move)
    if found is None:
        raise MissingError("projects.move-unknown", move=move)
    return found


def _allow(application: Application, move: Move, actor: Actor) -> None:
    verdict = may_take(actor, application, move)
    if verdict.code in {"projects.wrong-state", "projects.move-not-for-kind"}:
        obey(verdict)
    require(verdict)


def _refuse_waiting(application: Application, actor: Actor) -> None:
    """Refuse while a step waits; which one it is, only the bureau is told."""
    waiting = step_that_waits(application)
    if waiting is not None and not is_staff(actor):
        raise RuleError("projects.in-hand")
    if waiting is not None:
        flow = application.call.rules.flow
        raise RuleError("projects.step-waits", move=spoken(flow.moves[waiting.move].title))


def _waiting(application: Application) -> Step:
    rows = Step.objects.select_for_update(of=("self",)).select_related("asked_by")
    found = rows.filter(application=application, ended_at=None).first()
    if found is None:
        raise RuleError("projects.no-step-waits")
    return found


def _go(application: Application, step: Step, move: Move, *, actor: Actor) -> Step:
    """Leave the old phase, do what the move does, and enter the new one, all in one transaction."""
    before = audit.snapshot(application, AUDITED)
    flow, day = application.call.rules.flow, today()
    target = flow.states[move.to]
    leave_phase(application, step, actor=actor)
    application.state, application.phase = move.to, target.phase
    application.entered_on, application.version = day, application.version + 1
    due = add_working_days(day, target.within) if target.within is not None else None
    application.due_on = due.day if due else None
    application.due_is_provisional = bool(due and due.is_provisional)
    if move.does is not None:
        effect_of(move.does)(application, step, actor)
    enter_phase(application, step, actor=actor)
    application.save()
    step.is_taken, step.ended_at = True, timezone.now()
    step.save(update_fields=["is_taken", "ended_at", "signed_by", "digest"])
    record_move(
        application, "moved", actor=actor, before=before, reason=step.reason, move=step.move
    )
    emit(MOVED, subject=step, actor=actor)
    bump("plan")
    return step


def _told(error: ZhiqiaoError) -> str:
    return f"{error.message} {error.remedy}".strip()
