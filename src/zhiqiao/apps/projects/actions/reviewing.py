"""What an expert does with a review: declare, undertake, read, mark, refuse, hand in.

Whether the expert is partial by now is looked at anew at every step; a conflict ends the review in the
same transaction and nothing of the application is told.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from zhiqiao.apps.projects.actions.calls import worded
from zhiqiao.apps.projects.actions.conflicts import (
    AUDITED_REVIEW,
    GIVEN_BACK,
    contest_review,
    end_for_conflict,
    ended_by_conflict,
    keep_conflict,
)
from zhiqiao.apps.projects.choices import ConflictKind, ConflictOrigin, ReviewState
from zhiqiao.apps.projects.models import Review
from zhiqiao.apps.projects.queries.conflicts import FoundConflict
from zhiqiao.apps.projects.queries.reviews import as_told_to_expert
from zhiqiao.apps.projects.rules import (
    can_review,
    is_complete,
    is_under_review,
    mark_problem,
    stands_as,
    total_of,
)
from zhiqiao.core import audit
from zhiqiao.core.access import Actor, obey, require
from zhiqiao.core.dates import local
from zhiqiao.core.errors import InputError, RuleError
from zhiqiao.core.events import emit
from zhiqiao.packs import Sheet as ScoringSheet

# Between two signs of life nobody counts more; the page gives one every half minute.
LONGEST_PAUSE_SECONDS = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetGiven:
    """What an expert filled in, complete or not, and the version of the sheet that was in view."""

    marks: Mapping[str, Decimal] = field(default_factory=dict)
    eliminated: Mapping[str, bool] = field(default_factory=dict)
    words: str = ""
    version: int | None = None


def accept_review(review: Review, *, undertaking: bool, actor: Actor) -> bool:
    """Take a review on, with the declaration and the undertaking; False where a conflict ended it."""
    if not undertaking:
        raise InputError("projects.undertaking-missing")
    with transaction.atomic():
        row, now = _opened(review, actor, ReviewState.ASKED)
        if ended_by_conflict(row, day=_day(now)):
            return False
        before = audit.snapshot(row, AUDITED_REVIEW)
        row.state, row.accepted_at, row.version = ReviewState.ACCEPTED, now, row.version + 1
        row.save(update_fields=["state", "accepted_at", "version"])
        _record(row, "accepted", actor=actor, before=before)
    return True


@transaction.atomic
def look_again(review: Review, *, actor: Actor) -> bool:
    """Look for a conflict before anything of the application is told; False where one ended the review."""
    row = _locked(review)
    require(can_review(actor, row))
    obey(stands_as(row, ReviewState.ASKED, ReviewState.ACCEPTED))
    return not ended_by_conflict(row, day=_day(timezone.now()))


@transaction.atomic
def declare_conflict(review: Review, *, kind: str, words: str, actor: Actor) -> Review:
    """Say that one is partial; an open review ends, and of one that is in the bureau decides."""
    row = _locked(review)
    require(can_review(actor, row))
    obey(stands_as(row, ReviewState.ASKED, ReviewState.ACCEPTED, ReviewState.HANDED_IN))
    if row.state != ReviewState.HANDED_IN:
        obey(is_under_review(row.application))
    found = FoundConflict(
        row.application_id,
        row.expert_id,
        ConflictKind(kind),
        ConflictOrigin.DECLARED,
        words=worded(words),
    )
    keep_conflict(found, actor=actor)
    if row.state == ReviewState.HANDED_IN:
        return contest_review(row, found.kind, actor=actor)
    return end_for_conflict(row, found.kind, actor=actor)


@transaction.atomic
def refuse_review(review: Review, *, reason: str, actor: Actor) -> Review:
    row, _now = _opened(review, actor, ReviewState.ASKED, ReviewState.ACCEPTED)
    before = audit.snapshot(row, AUDITED_REVIEW)
    row.state, row.refusal, row.version = ReviewState.REFUSED, worded(reason), row.version + 1
    row.save(update_fields=["state", "refusal", "version"])
    _record(row, "refused", actor=actor, before=before, reason=row.refusal)
    emit(GIVEN_BACK, subject=row, actor=actor)
    return row


@transaction.atomic
def note_reading(review: Review, *, actor: Actor) -> bool:
    """Count the time since the last sign of life; False where a conflict has ended the review.

    The server counts: an expert who leaves the page open is counted for a few minutes at most.
    """
    row = _locked(review)
    require(can_review(actor, row))
    obey(stands_as(row, ReviewState.ACCEPTED))
    now = timezone.now()
    if ended_by_conflict(row, day=_day(now)):
        return False
    row.opened_at = row.opened_at or now
    row.seconds_read += _seconds_since(row.seen_at, now)
    row.seen_at = now
    row.save(update_fields=["opened_at", "seconds_read", "seen_at"])
    return True


@transaction.atomic
def save_sheet(review: Review, given: SheetGiven, *, actor: Actor) -> Review:
    """Keep a draft, which may have gaps but no mark out of scale."""
    row, now = _opened(review, actor, ReviewState.ACCEPTED)
    obey(mark_problem(_sheet(row), given.marks))
    _fill(row, given, now)
    row.save()
    return row


def hand_in_review(review: Review, given: SheetGiven, *, actor: Actor) -> bool:
    """Hand in for good, with the official score; False where a conflict has ended the review."""
    with transaction.atomic():
        row, now = _opened(review, actor, ReviewState.ACCEPTED)
        if ended_by_conflict(row, day=_day(now)):
            return False
        sheet = _sheet(row)
        verdict = is_complete(sheet, given.marks, eliminated=given.eliminated, words=given.words)
        obey(verdict)
        before = audit.snapshot(row, AUDITED_REVIEW)
        _fill(row, given, now)
        row.total, row.state, row.handed_in_at = (
            total_of(sheet, given.marks),
            ReviewState.HANDED_IN,
            now,
        )
        row.save()
        _record(row, "handed_in", actor=actor, before=before)
    return True


def _opened(review: Review, actor: Actor, *states: ReviewState) -> tuple[Review, datetime]:
    row = _locked(review)
    require(can_review(actor, row))
    obey(stands_as(row, *states))
    obey(is_under_review(row.application))
    return row, timezone.now()


def _locked(review: Review) -> Review:
    rows = Review.objects.select_for_update(of=("self",))
    return as_told_to_expert(
        rows.select_related("application__call", "expert__person").get(pk=review.pk)
    )


def _fill(row: Review, given: SheetGiven, now: datetime) -> None:
    if given.version is not None and given.version != row.version:
        raise RuleError("projects.sheet-changed")
    sheet = _sheet(row)
    row.marks = {name: str(mark) for name, mark in given.marks.items() if name in sheet.criteria}
    row.eliminated = {
        name: bool(answer) for name, answer in given.eliminated.items() if name in sheet.eliminating
    }
    row.words = given.words.strip()
    row.seconds_read += _seconds_since(row.seen_at, now)
    row.seen_at, row.version = now, row.version + 1


def _seconds_since(seen_at: datetime | None, now: datetime) -> int:
    if seen_at is None:
        return 0
    return max(0, min(LONGEST_PAUSE_SECONDS, int((now - seen_at).total_seconds())))


def _sheet(review: Review) -> ScoringSheet:
    sheet = review.application.call.rules.lifecycle.sheet
    if sheet is None:
        raise RuleError("projects.no-expert-review")
    return sheet


def _day(now: datetime) -> date:
    return local(now).date()


def _record(
    review: Review, verb: str, *, actor: Actor, before: dict[str, object], reason: str = ""
) -> None:
    """Keep that it happened and when; marks and words are nobody's but the bureau's."""
    after = audit.snapshot(review, AUDITED_REVIEW)
    verb = f"projects.review.{verb}"
    audit.record(actor=actor, verb=verb, subject=review, before=before, after=after, reason=reason)
