"""Reviews for the bureau and for the expert who wrote them; nobody else learns that they exist."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from zhiqiao.apps.projects.choices import ReviewState
from zhiqiao.apps.projects.models import Application, Call, Draw, Review
from zhiqiao.apps.projects.queries.conflicts import FoundConflict, conflicts_of
from zhiqiao.apps.projects.rules import is_staff, reviews_wanted
from zhiqiao.core.access import Actor
from zhiqiao.core.errors import MissingError
from zhiqiao.core.fields import Provenance
from zhiqiao.core.reach import SYSTEM, reaching
from zhiqiao.packs import Phase

#: What an expert finds among the own reviews: what was refused or ended is there no more.
SHOWN = (ReviewState.ASKED, ReviewState.ACCEPTED, ReviewState.HANDED_IN)
COUNTED = (ReviewState.ASKED, ReviewState.ACCEPTED, ReviewState.HANDED_IN)
READ_IN = (Phase.REVIEWING, Phase.PANEL)


def own_reviews(user: Actor, *, day: date) -> list[Review]:
    """Return what the person is asked to read or has read, what is due first.

    Something with which the person is in conflict by now is not among them, nor in any count, before
    anybody has ended the review.
    """
    rows = _rows().filter(expert__person__account=getattr(user, "pk", None), state__in=SHOWN)
    found = list(rows.order_by("state", "due_on", "id"))
    open_ones = [row for row in found if row.state != ReviewState.HANDED_IN]
    hidden = {
        (one.application, one.expert)
        for call in {row.application.call for row in open_ones}
        for one in _conflicts_on(call, open_ones, day)
    }
    return [
        row
        for row in found
        if row.state == ReviewState.HANDED_IN or (row.application_id, row.expert_id) not in hidden
    ]


def _conflicts_on(call: Call, rows: Collection[Review], day: date) -> list[FoundConflict]:
    # What an expert may not see decides about what the expert may see.
    with reaching(SYSTEM):
        return conflicts_of(
            call,
            day=day,
            applications=[row.application_id for row in rows if row.application.call_id == call.pk],
            experts=list({row.expert_id for row in rows}),
        )


def own_review(user: Actor, uid: UUID) -> Review:
    """Return a review of the person; one that was refused or ended is missing."""
    rows = _rows().filter(state__in=SHOWN)
    found = rows.filter(uid=uid, expert__person__account=getattr(user, "pk", None)).first()
    if found is None:
        raise MissingError("projects.no-review")
    return found


def review_visible_to(user: Actor, uid: UUID) -> Review:
    """Return any review to the bureau; the expert has pages of the own."""
    found = _rows().filter(uid=uid).first() if is_staff(user) else None
    if found is None:
        raise MissingError("projects.no-review")
    return found


def _rows() -> QuerySet[Review]:
    return Review.objects.select_related(
        "application__call", "application__applicant", "expert__person", "expert__employer"
    )


def is_content_open(review: Review) -> bool:
    """Say whether the expert may read the application now."""
    accepted = review.state in {ReviewState.ACCEPTED, ReviewState.HANDED_IN}
    return accepted and review.application.phase in READ_IN


def names_are_open(review: Review) -> bool:
    """Say whether the expert may know who applies: the review is open, or the bureau showed it."""
    rule = review.application.call.rules.lifecycle.review
    return review.names_shown_at is not None or rule is None or not rule.blind


def reviews_of(application: Application) -> QuerySet[Review]:
    """Return all reviews of an application, for the bureau."""
    return _rows().filter(application=application).order_by("letter")


def reviews_out(call: Call) -> QuerySet[Review]:
    """Return the reviews of a call that experts still owe, for the bureau, what is due first."""
    owed = (ReviewState.ASKED, ReviewState.ACCEPTED)
    return _rows().filter(application__call=call, state__in=owed).order_by("due_on", "id")


def reviews_missing(call: Call) -> dict[int, int]:
    """Count the reviews that each application under review still needs, proposals included."""
    held = Q(reviews__state__in=[*COUNTED, ReviewState.PROPOSED])
    rows = Application.objects.filter(call=call, phase=Phase.REVIEWING)
    totals: dict[int, list[int]] = {}
    kept = Review.objects.filter(application__in=rows, state=ReviewState.HANDED_IN)
    for key, total in kept.order_by().values_list("application", "total"):
        totals.setdefault(key, []).append(total)
    missing = {}
    for row in rows.annotate(held=Count("reviews", filter=held)).order_by("id"):
        row.call = call
        missing[row.pk] = reviews_wanted(row, totals.get(row.pk, [])) - row.held
    return {key: number for key, number in missing.items() if number > 0}


def loads_in(call: Call, experts: Collection[int] | None = None) -> dict[int, int]:
    """Count the reviews that each expert has in a call, proposals included."""
    rows = Review.objects.filter(
        application__call=call, state__in=[*COUNTED, ReviewState.PROPOSED]
    ).order_by()
    if experts is not None:
        rows = rows.filter(expert__in=experts)
    return dict(rows.values_list("expert").annotate(number=Count("pk")))


def reviews_due(user: Actor, *, day: date) -> int:
    """Count what an expert still owes, for the workspace; never what is in conflict."""
    owed = own_reviews(user, day=day) if getattr(user, "pk", None) is not None else []
    return sum(row.state != ReviewState.HANDED_IN for row in owed)


def draws_of(call: Call) -> QuerySet[Draw]:
    return Draw.objects.filter(call=call).select_related("made_by").order_by("-id")


def draw_visible_to(user: Actor, uid: UUID) -> Draw:
    """Return an assignment to the bureau; sample accounts see those of demonstration calls."""
    rows = Draw.objects.select_related("call", "made_by")
    found = rows.filter(uid=uid).first() if is_staff(user) else None
    is_sample = bool(getattr(user, "is_demonstration", False))
    if found is None or (is_sample and found.call.provenance != Provenance.DEMONSTRATION):
        raise MissingError("projects.missing")
    return found


def assigned_in(draw: Draw) -> QuerySet[Review]:
    """Return what an assignment proposes, or proposed and was confirmed."""
    return _rows().filter(draw=draw).order_by("application__number", "letter")
