"""Conflicts of interest: entered, declared, found after the assignment, and what follows from them."""

from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from zhiqiao.apps.people.queries import expert_visible_to
from zhiqiao.apps.projects.actions.calls import worded
from zhiqiao.apps.projects.choices import ConflictKind, ConflictOrigin, ReviewState
from zhiqiao.apps.projects.models import Application, Call, Conflict, Review
from zhiqiao.apps.projects.queries.conflicts import FoundConflict, conflict_between, conflicts_of
from zhiqiao.apps.projects.rules import can_run_calls
from zhiqiao.core import audit
from zhiqiao.core.access import Actor, require
from zhiqiao.core.events import define_event, emit

AUDITED_REVIEW = ("state", "due_on", "is_third", "draw", "accepted_at", "names_shown_at")
OPEN_OR_READ = (ReviewState.ASKED, ReviewState.ACCEPTED)
GIVEN_BACK = define_event("projects.review_given_back")


@transaction.atomic
def enter_conflict(
    application: Application, expert_uid: UUID, *, kind: str, words: str, actor: Actor
) -> Conflict:
    """Enter a conflict that no record shows; a review that is open ends at once."""
    require(can_run_calls(actor))
    expert = expert_visible_to(actor, expert_uid)
    row = keep_conflict(
        FoundConflict(
            application.pk,
            expert.pk,
            ConflictKind(kind),
            ConflictOrigin.BUREAU,
            words=worded(words),
        ),
        actor=actor,
    )
    rows = Review.objects.select_for_update(of=("self",))
    rows = rows.filter(application=application, expert=expert.pk, state__in=OPEN_OR_READ)
    for review in rows:
        end_for_conflict(review, row.kind, actor=actor)
    Review.objects.filter(
        application=application, expert=expert.pk, state=ReviewState.PROPOSED
    ).delete()
    return row


def keep_conflict(found: FoundConflict, *, actor: Actor) -> Conflict:
    """Keep a conflict once; words of a later declaration are added to none."""
    row, is_new = Conflict.objects.get_or_create(
        application_id=found.application,
        expert_id=found.expert,
        kind=found.kind,
        origin=found.origin,
        defaults={
            "words": found.words,
            "entered_by_id": getattr(actor, "pk", None),
            "entered_at": timezone.now(),
        },
    )
    if is_new:
        after = {"kind": found.kind, "origin": found.origin, "application": found.application}
        verb = "projects.conflict.entered"
        audit.record(actor=actor, verb=verb, subject=row, before=None, after=after)
    return row


def end_for_conflict(review: Review, kind: str, *, actor: Actor) -> Review:
    """End a review; the expert loses sight of the application and the bureau is told."""
    before = audit.snapshot(review, AUDITED_REVIEW)
    review.state, review.total, review.handed_in_at = ReviewState.CONFLICTED, None, None
    review.version += 1
    review.save(update_fields=["state", "total", "handed_in_at", "version"])
    after = audit.snapshot(review, AUDITED_REVIEW)
    verb = "projects.review.conflicted"
    audit.record(
        actor=actor, verb=verb, subject=review, before=before, after=after, reason=str(kind)
    )
    emit(GIVEN_BACK, subject=review, actor=actor)
    return review


def ended_by_conflict(review: Review, *, day: date) -> bool:
    """Look once more, and end the review where a conflict has come up since it was assigned.

    It is the system that ends it: in the log of the expert, who asked, there is no trace.
    """
    found = conflict_between(review.application, review.expert_id, day=day)
    if found is None:
        return False
    if found.origin == ConflictOrigin.FOUND:
        keep_conflict(found, actor=None)
    end_for_conflict(review, found.kind, actor=None)
    return True


def recheck_expert(expert: int, *, day: date) -> int:
    """Look once more at the open reviews of an expert of whom something became known."""
    held = Review.objects.filter(expert=expert, state__in=OPEN_OR_READ)
    calls = Call.objects.filter(pk__in=held.values("application__call"))
    return sum(recheck_call(call, actor=None, day=day, expert=expert) for call in calls)


def recheck_all(day: date) -> int:
    """Look once more at every open review: bodies may have been joined, terms may have passed."""
    held = Review.objects.filter(state__in=OPEN_OR_READ)
    calls = Call.objects.filter(pk__in=held.values("application__call")).order_by("id")
    return sum(recheck_call(call, actor=None, day=day) for call in calls)


@transaction.atomic
def recheck_call(call: Call, *, actor: Actor, day: date, expert: int | None = None) -> int:
    """Look once more at the open reviews of a call, of all or one expert; how many ended."""
    require(can_run_calls(actor))
    rows = Review.objects.select_for_update(of=("self",)).select_related("application__call")
    rows = rows.filter(application__call=call, state__in=OPEN_OR_READ)
    reviews = list(rows if expert is None else rows.filter(expert=expert))
    keys = [review.application_id for review in reviews]
    experts = list({review.expert_id for review in reviews})
    found = conflicts_of(call, day=day, applications=keys, experts=experts)
    by_pair = {(one.application, one.expert): one for one in found}
    ended = 0
    for review in reviews:
        one = by_pair.get((review.application_id, review.expert_id))
        if one is not None:
            if one.origin == ConflictOrigin.FOUND:
                keep_conflict(one, actor=None)
            end_for_conflict(review, one.kind, actor=actor)
            ended += 1
    return ended
