"""Reviews in conflict that were handed in already: set aside or kept, with a reason, by two where the flow wants two."""

from django.db import transaction
from django.utils import timezone

from zhiqiao.apps.projects.actions.calls import worded
from zhiqiao.apps.projects.actions.moves import locked_application
from zhiqiao.apps.projects.actions.scores import compute_scores
from zhiqiao.apps.projects.choices import ReviewState
from zhiqiao.apps.projects.models import Review, ReviewDecision, Standing
from zhiqiao.apps.projects.queries.contests import undecided
from zhiqiao.apps.projects.rules import can_run_calls, is_contested, may_sign, signed_move_of
from zhiqiao.core import audit
from zhiqiao.core.access import Actor, obey, refused, require
from zhiqiao.core.errors import RuleError
from zhiqiao.core.events import define_event, emit

DECISION_ASKED = define_event("projects.review_decision_asked")
AUDITED = ("state",)


@transaction.atomic
def decide_contest(
    review: Review, *, sets_aside: bool, reason: str, actor: Actor
) -> ReviewDecision:
    """Decide, or ask a second person to sign where the moves of the flow are signed by two."""
    require(can_run_calls(actor))
    row = _contested(review)
    if row.decisions.filter(ended_at=None).exists():
        raise RuleError("projects.decision-waits")
    if not undecided().filter(pk=row.pk).exists():
        obey(refused("projects.review-not-contested"))
    made = ReviewDecision.objects.create(
        review=row,
        sets_aside=sets_aside,
        reason=worded(reason),
        asked_by_id=getattr(actor, "pk", None),
        asked_at=timezone.now(),
    )
    if signed_move_of(row.application) is None or actor is None:
        return _take(made, row, actor=actor)
    _record(row, "decision_asked", actor=actor, decision=made)
    emit(DECISION_ASKED, subject=row, actor=actor)
    return made


@transaction.atomic
def sign_contest(review: Review, *, actor: Actor) -> ReviewDecision:
    """Sign, as the second person, what another one decided."""
    require(can_run_calls(actor))
    row = _contested(review)
    decision = _waiting(row)
    move = signed_move_of(row.application)
    if move is not None:
        require(may_sign(actor, asked_by=decision.asked_by, move=move))
    decision.signed_by_id = getattr(actor, "pk", None)
    return _take(decision, row, actor=actor)


@transaction.atomic
def refuse_contest(review: Review, *, reason: str, actor: Actor) -> ReviewDecision:
    """Take back or refuse a decision that waits; the review stays contested."""
    require(can_run_calls(actor))
    row = _locked(review)
    decision = _waiting(row)
    words = worded(reason)
    decision.ended_at = timezone.now()
    decision.save(update_fields=["ended_at"])
    _record(row, "decision_refused", actor=actor, decision=decision, reason=words)
    return decision


def _take(decision: ReviewDecision, review: Review, *, actor: Actor) -> ReviewDecision:
    """Let a decision hold; scores that were worked out are worked out anew, so that none is silently old."""
    decision.is_taken, decision.ended_at = True, timezone.now()
    decision.save(update_fields=["is_taken", "ended_at", "signed_by"])
    if decision.sets_aside:
        review.state = ReviewState.SET_ASIDE
    review.version += 1
    review.save(update_fields=["state", "version"])
    _record(review, "set_aside" if decision.sets_aside else "kept", actor=actor, decision=decision)
    call = review.application.call
    if Standing.objects.filter(application__call=call, computed_at__isnull=False).exists():
        compute_scores(call, actor=actor)
    return decision


def _contested(review: Review) -> Review:
    row = _locked(review)
    obey(is_contested(row))
    return row


def _locked(review: Review) -> Review:
    application = locked_application(review.application)
    row = Review.objects.select_for_update(of=("self",)).get(pk=review.pk)
    row.application = application
    return row


def _waiting(review: Review) -> ReviewDecision:
    rows = ReviewDecision.objects.select_for_update(of=("self",)).select_related("asked_by")
    found = rows.filter(review=review, ended_at=None).first()
    if found is None:
        raise RuleError("projects.no-decision-waits")
    return found


def _record(
    review: Review, verb: str, *, actor: Actor, decision: ReviewDecision, reason: str = ""
) -> None:
    after = audit.snapshot(review, AUDITED) | {"sets_aside": decision.sets_aside}
    audit.record(
        actor=actor,
        verb=f"projects.review.{verb}",
        subject=review,
        before=None,
        after=after,
        reason=reason or decision.reason,
    )
