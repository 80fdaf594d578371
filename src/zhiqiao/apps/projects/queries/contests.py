"""Reviews that were handed in before a conflict was known, for the bureau: what is known, what was decided."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from zhiqiao.apps.projects.choices import ReviewState
from zhiqiao.apps.projects.models import Application, Call, Conflict, Review, ReviewDecision
from zhiqiao.apps.projects.rules import HIDDEN, reviews_wanted


@dataclass(frozen=True, slots=True)
class Contest:
    """A review in conflict with the conflicts that are known, and the last decision if there is one."""

    review: Review
    conflicts: tuple[Conflict, ...]
    decision: ReviewDecision | None
    is_open: bool

    @property
    def waits(self) -> bool:
        return self.decision is not None and self.decision.ended_at is None


@dataclass(frozen=True, slots=True)
class ShortOfReviews:
    """An application that lost reviews to conflicts and has fewer than its lifecycle asks for."""

    application: Application
    there: int
    wanted: int


def undecided() -> QuerySet[Review]:
    """Return the reviews in conflict on which nobody decided since the conflict was known."""
    taken = ReviewDecision.objects.filter(
        review=OuterRef("pk"), is_taken=True, ended_at__gte=OuterRef("contested_at")
    )
    contested = Review.objects.filter(state=ReviewState.HANDED_IN, contested_at__isnull=False)
    return contested.exclude(Exists(taken))


def contests_of(call: Call) -> list[Contest]:
    """Return the reviews of a call that are or were in conflict after they were handed in."""
    rows = Review.objects.filter(application__call=call, contested_at__isnull=False)
    rows = rows.select_related("application").annotate(
        is_open=Exists(undecided().filter(pk=OuterRef("pk")))
    )
    found = list(rows.order_by("application__number", "letter"))
    keys = [row.application_id for row in found]
    conflicts: dict[tuple[int, int], list[Conflict]] = {}
    for one in Conflict.objects.filter(application__in=keys).order_by("id"):
        conflicts.setdefault((one.application_id, one.expert_id), []).append(one)
    decided = ReviewDecision.objects.filter(review__in=found).filter(
        Q(is_taken=True) | Q(ended_at=None)
    )
    last = {
        one.review_id: one for one in decided.select_related("asked_by", "signed_by").order_by("id")
    }
    return [
        Contest(
            row,
            tuple(conflicts.get((row.application_id, row.expert_id), ())),
            last.get(row.pk),
            row.is_open and row.application.phase in HIDDEN,
        )
        for row in found
    ]


def short_of_reviews(call: Call) -> Iterator[ShortOfReviews]:
    """Yield what has too few reviews since some were set aside."""
    aside = Q(reviews__state=ReviewState.SET_ASIDE)
    there = Count("reviews", filter=Q(reviews__state=ReviewState.HANDED_IN))
    rows = Application.objects.filter(call=call).annotate(aside=Count("reviews", filter=aside))
    for row in rows.filter(aside__gt=0).annotate(there=there).order_by("number", "id"):
        row.call = call
        wanted = reviews_wanted(row, [])
        if row.there < wanted:
            yield ShortOfReviews(row, row.there, wanted)
