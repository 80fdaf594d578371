"""Assignments of experts: computed by the worker as a proposal, confirmed or discarded by a person."""

import hashlib
import secrets
from dataclasses import asdict
from datetime import date

from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from zhiqiao.apps.projects.actions.asking import (
    ASKED,
    allow_expert,
    free_letters,
    free_letters_of,
    is_extra,
    locked_application,
    record_review,
    review_rule,
)
from zhiqiao.apps.projects.actions.calls import locked_call, worded
from zhiqiao.apps.projects.actions.conflicts import AUDITED_REVIEW, keep_conflict
from zhiqiao.apps.projects.choices import ConflictOrigin, DrawState, ReviewState
from zhiqiao.apps.projects.engine_io.assignment import Assigned, assign_experts
from zhiqiao.apps.projects.models import Application, Call, Draw, Review
from zhiqiao.apps.projects.queries.cautions import cautions_about
from zhiqiao.apps.projects.queries.conflicts import conflicts_of
from zhiqiao.apps.projects.queries.reviews import reviews_missing
from zhiqiao.apps.projects.rules import can_run_calls, is_under_review
from zhiqiao.core import audit
from zhiqiao.core.access import Actor, obey, require
from zhiqiao.core.dates import today
from zhiqiao.core.errors import MissingError, RuleError
from zhiqiao.core.events import emit_many
from zhiqiao.core.jobs import Progress, start_job
from zhiqiao.core.workdays import add_working_days

DRAW = "projects.draw"
AUDITED = ("state", "commitment", "figures")
CHUNK = 2_000


@transaction.atomic
def start_draw(call: Call, *, actor: Actor) -> Draw:
    """Begin an assignment; where chance decides, the digest of its seed stands from now on."""
    require(can_run_calls(actor))
    call = locked_call(call)
    rule = call.rules.lifecycle.review
    if rule is None:
        raise RuleError("projects.no-expert-review")
    if Draw.objects.filter(call=call, state=DrawState.PROPOSED).exists():
        raise RuleError("projects.draw-open")
    if not reviews_missing(call):
        raise RuleError("projects.nothing-to-assign")
    seed = secrets.token_hex(32) if rule.draw else ""
    draw = Draw.objects.create(
        call=call,
        seed=seed,
        commitment=hashlib.sha256(seed.encode()).hexdigest() if seed else "",
        made_by_id=getattr(actor, "pk", None),
        made_at=timezone.now(),
    )
    _record(draw, "made", actor=actor, before=None)
    start_job(DRAW, actor=actor, arguments={"draw": draw.pk}, subject_uid=draw.uid)
    return draw


@transaction.atomic
def fill_draw(draw: int, *, progress: Progress) -> Draw:
    """Compute and keep the proposal, or nothing of it; called by the worker, a second time without effect."""
    row = Draw.objects.select_for_update(of=("self",)).select_related("call__area").get(pk=draw)
    if row.figures:
        return row
    if row.state != DrawState.PROPOSED:
        raise RuleError("projects.draw-not-proposed")
    progress.begin(2)
    found = assign_experts(row.call, seed=row.seed, day=today())
    progress.advance()
    progress.check_cancelled()
    _keep(row, found)
    row.figures = dict(found.figures)
    row.shortages = [asdict(one) for one in found.shortages]
    row.save(update_fields=["figures", "shortages"])
    progress.advance()
    return row


def _keep(draw: Draw, found: Assigned) -> None:
    rule = draw.call.rules.lifecycle.review
    wanted = {one.application for one in found.pairs}
    letters = free_letters_of(wanted)
    handed_in = Review.objects.filter(application__in=wanted, state=ReviewState.HANDED_IN)
    counted = handed_in.order_by().values_list("application").annotate(number=Count("pk"))
    read = dict(counted)
    made_at, by = timezone.now(), "draw" if draw.seed else "fit"
    Review.objects.bulk_create(
        [
            Review(
                application_id=one.application,
                expert_id=one.expert,
                draw=draw,
                letter=next(letters[one.application]),
                state=ReviewState.PROPOSED,
                is_third=rule is not None and read.get(one.application, 0) >= rule.reviews,
                reason={"by": by, "fit": one.fit, **one.why},
                due_on=today(),
                asked_at=made_at,
            )
            for one in found.pairs
        ],
        batch_size=CHUNK,
    )


@transaction.atomic
def confirm_draw(draw: Draw, *, actor: Actor) -> int:
    """Ask everybody who is proposed; who came into conflict meanwhile is left out. How many are asked."""
    require(can_run_calls(actor))
    row = _proposed(draw)
    rule = row.call.rules.lifecycle.review
    rows = list(Review.objects.select_for_update().filter(draw=row, state=ReviewState.PROPOSED))
    found = conflicts_of(
        row.call,
        day=today(),
        applications=[one.application_id for one in rows],
        experts=list({one.expert_id for one in rows}),
    )
    barred = {(one.application, one.expert): one for one in found}
    left = [one for one in rows if (one.application_id, one.expert_id) in barred]
    for one in left:
        conflict = barred[one.application_id, one.expert_id]
        if conflict.origin == ConflictOrigin.FOUND:
            keep_conflict(conflict, actor=None)
        one.delete()
    asked = [one for one in rows if (one.application_id, one.expert_id) not in barred]
    due_on = add_working_days(today(), rule.within if rule else 0).day
    _ask(asked, due_on=due_on, actor=actor)
    before = audit.snapshot(row, AUDITED)
    row.state = DrawState.CONFIRMED
    row.save(update_fields=["state"])
    _record(row, "confirmed", actor=actor, before=before)
    return len(asked)


def _ask(reviews: list[Review], *, due_on: date, actor: Actor) -> None:
    for one in reviews:
        one.state, one.due_on, one.asked_at = ReviewState.ASKED, due_on, timezone.now()
    changed = ["state", "due_on", "asked_at"]
    Review.objects.bulk_update(reviews, changed, batch_size=CHUNK)
    told = [audit.Change(one, None, audit.snapshot(one, AUDITED_REVIEW)) for one in reviews]
    audit.record_many(told, actor=actor, verb="projects.review.asked")
    emit_many(ASKED, subjects=reviews, actor=actor)


@transaction.atomic
def add_expert(
    draw: Draw,
    application: Application,
    expert: int,
    *,
    reason: str,
    knows: bool,
    actor: Actor,
) -> Review:
    """Add an expert to an assignment that is not confirmed yet, for a reason.

    A conflict bars the expert. Whatever only speaks against it (load, quotas, reciprocal reviews) is
    named until ``knows`` says that the person adds the expert all the same.
    """
    require(can_run_calls(actor))
    words, row = worded(reason), _proposed(draw)
    application = locked_application(application)
    if application.call_id != row.call_id:
        raise MissingError("projects.missing")
    obey(is_under_review(application))
    facts = allow_expert(application, expert, day=today())
    against = cautions_about(application, facts)
    if against and not knows:
        raise RuleError("projects.expert-cautioned", against="; ".join(against))
    review = Review.objects.create(
        application=application,
        expert_id=expert,
        draw=row,
        letter=next(free_letters(application)),
        state=ReviewState.PROPOSED,
        is_third=is_extra(application, review_rule(application)),
        reason={"by": "hand", "words": words, "against": against},
        due_on=today(),
        asked_at=timezone.now(),
    )
    record_review(review, "proposed", actor=actor, before=None, reason=words)
    return review


@transaction.atomic
def discard_draw(draw: Draw, *, reason: str, actor: Actor) -> Draw:
    require(can_run_calls(actor))
    row, words = _proposed(draw, is_filled=False), worded(reason)
    Review.objects.filter(draw=row, state=ReviewState.PROPOSED).delete()
    before = audit.snapshot(row, AUDITED)
    row.state = DrawState.DISCARDED
    row.save(update_fields=["state"])
    _record(row, "discarded", actor=actor, before=before, reason=words)
    return row


def _proposed(draw: Draw, *, is_filled: bool = True) -> Draw:
    row = Draw.objects.select_for_update(of=("self",)).select_related("call").get(pk=draw.pk)
    if row.state != DrawState.PROPOSED or (is_filled and not row.figures):
        raise RuleError("projects.draw-not-proposed")
    return row


def _record(
    draw: Draw,
    verb: str,
    *,
    actor: Actor,
    before: dict[str, object] | None,
    reason: str = "",
) -> None:
    after = audit.snapshot(draw, AUDITED)
    verb = f"projects.draw.{verb}"
    audit.record(actor=actor, verb=verb, subject=draw, before=before, after=after, reason=reason)
