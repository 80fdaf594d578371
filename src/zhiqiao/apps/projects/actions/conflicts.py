"""Conflicts of interest: entered, declared, found after the assignment, and what follows from them."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from zhiqiao.apps.people.queries import expert_visible_to
from zhiqiao.apps.projects.actions.calls import worded
from zhiqiao.apps.projects.choices import ConflictKind, ConflictOrigin, ReviewState
from zhiqiao.apps.projects.models import Application, Call, Conflict, Review
from zhiqiao.apps.projects.queries.conflicts import FoundConflict, conflict_between, conflicts_of
from zhiqiao.apps.projects.rules import HIDDEN, can_run_calls
from zhiqiao.core import audit
from zhiqiao.core.access import Actor, require
from zhiqiao.core.events import define_event, emit

AUDITED_REVIEW = ("state", "due_on", "is_third", "draw", "accepted_at", "names_shown_at")
OPEN_OR_READ = (ReviewState.ASKED, ReviewState.ACCEPTED)
CONTESTED_FIELDS = ("contested_at",)
GIVEN_BACK = define_event("projects.review_given_back")
CONTESTED = define_event("projects.review_contested")


@transaction.atomic
def enter_conflict(
    application: Application, expert_uid: UUID, *, kind: str, words: str, actor: Actor
) -> Conflict:
    """Enter a conflict that no record shows; an open review ends, one that is in waits for a decision."""
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
    handed_in = Review.objects.select_for_update(of=("self",)).filter(
        application=application, expert=expert.pk, state=ReviewState.HANDED_IN
    )
    for review in handed_in:
        contest_review(review, row.kind, actor=actor)
    Review.objects.filter(
        application=application, expert=expert.pk, state=ReviewState.PROPOSED
    ).delete()
    return row


def keep_conflict(found: FoundConflict, *, actor: Actor) -> Conflict:
    """Keep a conflict once; words of a later declaration are added to none."""
    return _kept(found, actor=actor)[0]


def _kept(found: FoundConflict, *, actor: Actor) -> tuple[Conflict, bool]:
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
    return row, is_new


def contest_review(review: Review, kind: str, *, actor: Actor) -> Review:
    """Note that a review was handed in before a conflict was known; the bureau decides whether it counts."""
    before = audit.snapshot(review, CONTESTED_FIELDS)
    review.contested_at, review.version = timezone.now(), review.version + 1
    review.save(update_fields=["contested_at", "version"])
    after = audit.snapshot(review, CONTESTED_FIELDS)
    verb = "projects.review.contested"
    audit.record(
        actor=actor, verb=verb, subject=review, before=before, after=after, reason=str(kind)
    )
    emit(CONTESTED, subject=review, actor=actor)
    return review


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
    """Look once more at the reviews of an expert of whom something became known."""
    calls = Call.objects.filter(
        pk__in=_looked_at().filter(expert=expert).values("application__call")
    )
    return sum(recheck_call(call, actor=None, day=day, expert=expert) for call in calls)


def recheck_all(day: date) -> int:
    """Look once more at every review: bodies may have been joined, terms may have passed."""
    calls = Call.objects.filter(pk__in=_looked_at().values("application__call")).order_by("id")
    return sum(recheck_call(call, actor=None, day=day) for call in calls)


@transaction.atomic
def recheck_call(call: Call, *, actor: Actor, day: date, expert: int | None = None) -> int:
    """Look once more at the reviews of a call, of all or one expert; how many ended or are contested."""
    require(can_run_calls(actor))
    rows = Review.objects.select_for_update(of=("self",)).select_related("application__call")
    rows = rows.filter(pk__in=_looked_at().filter(application__call=call))
    reviews = list(rows if expert is None else rows.filter(expert=expert))
    found = conflicts_of(
        call,
        day=day,
        applications=list({review.application_id for review in reviews}),
        experts=list({review.expert_id for review in reviews}),
    )
    by_pair: dict[tuple[int, int], list[FoundConflict]] = {}
    for one in found:
        by_pair.setdefault((one.application, one.expert), []).append(one)
    pairs = ((row, by_pair.get((row.application_id, row.expert_id))) for row in reviews)
    return sum(_acted_on(row, conflicts, actor=actor) for row, conflicts in pairs if conflicts)


def _looked_at() -> QuerySet[Review]:
    """Return the reviews that a conflict concerns: open ones, and those in whose result is not public."""
    is_open, is_in = Q(state__in=OPEN_OR_READ), Q(state=ReviewState.HANDED_IN)
    return Review.objects.filter(is_open | (is_in & Q(application__phase__in=HIDDEN)))


def _acted_on(review: Review, conflicts: Sequence[FoundConflict], *, actor: Actor) -> bool:
    """End an open review; contest one that is in, once for each conflict that is new."""
    if review.state != ReviewState.HANDED_IN:
        if conflicts[-1].origin == ConflictOrigin.FOUND:
            keep_conflict(conflicts[-1], actor=None)
        end_for_conflict(review, conflicts[-1].kind, actor=actor)
        return True
    new = [one for one in conflicts if _kept(one, actor=None)[1]]
    if review.contested_at is not None and not new:
        return False
    contest_review(review, (new or conflicts)[0].kind, actor=actor)
    return True
