"""Reviews for the bureau and for the expert who wrote them; nobody else learns that they exist."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from zhiqiao.apps.projects.choices import CallState, ReviewState
from zhiqiao.apps.projects.models import Application, ApplicationFile, Call, Draw, Review
from zhiqiao.apps.projects.queries.calls import call_visible_to
from zhiqiao.apps.projects.queries.conflicts import FoundConflict, conflicts_of
from zhiqiao.apps.projects.rules import is_staff, reviews_wanted
from zhiqiao.core.access import Actor
from zhiqiao.core.errors import MissingError
from zhiqiao.core.fields import Provenance
from zhiqiao.core.policy import spoken
from zhiqiao.core.reach import SYSTEM, reaching
from zhiqiao.packs import Phase

DRAWN = (_("Number"), _("Title"), _("Expert"), _("Employer"))
_NUMBERS = ("missing", "listed", "barred", "full")
#: What an expert finds among the own reviews: what was refused or ended is there no more.
SHOWN = (
    ReviewState.ASKED,
    ReviewState.ACCEPTED,
    ReviewState.HANDED_IN,
    ReviewState.SET_ASIDE,
)
COUNTED = (ReviewState.ASKED, ReviewState.ACCEPTED, ReviewState.HANDED_IN)
READ_IN = (Phase.REVIEWING, Phase.PANEL)


def own_reviews(user: Actor, *, day: date) -> list[Review]:
    """Return what the person is asked to read or has read, what is due first.

    Something with which the person is in conflict by now is not among them, nor in any count, before
    anybody has ended the review.
    """
    account = getattr(user, "pk", None)
    if account is None:
        return []
    rows = _rows().filter(expert__person__account=account, state__in=SHOWN)
    told = [as_told_to_expert(row) for row in rows]
    found = sorted(told, key=lambda row: (row.state, row.due_on, row.pk))
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
    account = getattr(user, "pk", None)
    rows = _rows().filter(state__in=SHOWN).exclude(expert__person__account=None)
    found = rows.filter(uid=uid, expert__person__account=account).first()
    if found is None:
        raise MissingError("projects.no-review")
    return as_told_to_expert(found)


def as_told_to_expert(review: Review) -> Review:
    """Show a review that was set aside as one that is in: what the bureau decides of it is not told."""
    if review.state == ReviewState.SET_ASIDE:
        review.state = ReviewState.HANDED_IN
    return review


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


def _lines() -> QuerySet[Review]:
    """Return reviews for a list, which tells nothing of the rules of each one's call."""
    return _rows().defer("application__call__kept_rules")


def is_content_open(review: Review) -> bool:
    """Say whether the expert may read the application now; who is found partial may not."""
    accepted = review.state in {ReviewState.ACCEPTED, ReviewState.HANDED_IN}
    is_partial = review.contested_at is not None
    return accepted and not is_partial and review.application.phase in READ_IN


def names_are_open(review: Review) -> bool:
    """Say whether the expert may know who applies: the review is open, or the bureau showed it."""
    rule = review.application.call.rules.lifecycle.review
    return review.names_shown_at is not None or rule is None or not rule.blind


def reviews_of(application: Application) -> QuerySet[Review]:
    """Return all reviews of an application, for the bureau."""
    return _lines().filter(application=application).order_by("letter")


def reviews_out(call: Call) -> QuerySet[Review]:
    """Return the reviews of a call that experts still owe, for the bureau, what is due first."""
    owed = (ReviewState.ASKED, ReviewState.ACCEPTED)
    return _lines().filter(application__call=call, state__in=owed).order_by("due_on", "id")


def reviews_missing(call: Call) -> dict[int, int]:
    """Count the reviews that each application under review still needs, proposals included."""
    held = Q(reviews__state__in=[*COUNTED, ReviewState.PROPOSED])
    rows = Application.objects.filter(call=call, phase=Phase.REVIEWING)
    totals: dict[int, list[int]] = {}
    kept = Review.objects.filter(application__in=rows, state=ReviewState.HANDED_IN)
    for key, total in kept.order_by().values_list("application", "total"):
        totals.setdefault(key, []).append(total or 0)
    missing = {}
    for row in rows.annotate(held=Count("reviews", filter=held)).order_by("id"):
        row.call = call
        missing[row.pk] = reviews_wanted(row, totals.get(row.pk, [])) - row.held
    return {key: number for key, number in missing.items() if number > 0}


def loads_in(
    call: Call, experts: Collection[int] | None = None, *, without: Draw | None = None
) -> dict[int, int]:
    """Count the reviews that each expert has in a call, proposals included."""
    rows = Review.objects.filter(
        application__call=call, state__in=[*COUNTED, ReviewState.PROPOSED]
    ).order_by()
    if experts is not None:
        rows = rows.filter(expert__in=experts)
    if without is not None:
        rows = rows.exclude(draw=without)
    return dict(rows.values_list("expert").annotate(number=Count("pk")))


def reviews_due(user: Actor, *, day: date) -> int:
    """Count what an expert still owes, for the workspace; never what is in conflict."""
    return sum(row.state != ReviewState.HANDED_IN for row in own_reviews(user, day=day))


def reviewed_call(user: Actor, uid: UUID) -> Call:
    """Return a call that was published; one in preparation has no rules to review by."""
    found = call_visible_to(user, uid)
    if found.state == CallState.DRAFT:
        raise MissingError("projects.missing")
    return found


def draws_of(call: Call) -> QuerySet[Draw]:
    rows = Draw.objects.filter(call=call).select_related("made_by").defer("shortages")
    return rows.order_by("-id")


def draw_visible_to(user: Actor, uid: UUID) -> Draw:
    """Return an assignment to the bureau; sample accounts see those of demonstration calls."""
    rows = Draw.objects.select_related("call", "made_by")
    found = rows.filter(uid=uid).first() if is_staff(user) else None
    is_sample = bool(getattr(user, "is_demonstration", False))
    if found is None or (is_sample and found.call.provenance != Provenance.DEMONSTRATION):
        raise MissingError("projects.missing")
    return found


def drawn_application(draw: Draw, uid: UUID) -> Application:
    """Return an application of the call of an assignment, once it was handed in."""
    rows = Application.objects.filter(call=draw.call_id).exclude(handed_in_at=None)
    found = rows.select_related("call", "applicant").filter(uid=uid).first()
    if found is None:
        raise MissingError("projects.missing")
    return found


def assigned_in(draw: Draw) -> QuerySet[Review]:
    """Return what an assignment proposes, or proposed and was confirmed, by the names of experts.

    The letters of reviews have another order and stand nowhere beside a name: looking behind one is kept.
    """
    order = ("application__number", "expert__person__name_key", "expert_id")
    return _lines().filter(draw=draw).order_by(*order)


@dataclass(frozen=True, slots=True)
class SheetLine:
    """A question of the sheet with what the expert gave."""

    title: str
    given: str
    most: str = ""


def sheet_of(review: Review) -> list[SheetLine]:
    """Return the sheet as it was handed in; a draft is the expert's alone."""
    sheet = review.application.call.rules.lifecycle.sheet
    if sheet is None or review.state not in {ReviewState.HANDED_IN, ReviewState.SET_ASIDE}:
        return []
    answers = {True: str(_("Yes")), False: str(_("No"))}
    return [
        *(
            SheetLine(spoken(one.title), review.marks.get(name, ""), f"{one.most.normalize():f}")
            for name, one in sheet.criteria.items()
        ),
        *(
            SheetLine(spoken(question), answers[bool(review.eliminated.get(name))])
            for name, question in sheet.eliminating.items()
        ),
        SheetLine(str(_("Opinion")), review.words),
    ]


def progress_of(call: Call) -> QuerySet[Application]:
    """Return the applications under review with how many reviews are proposed, out and there."""
    states = {
        "there": [ReviewState.HANDED_IN],
        "owed": [ReviewState.ASKED, ReviewState.ACCEPTED],
        "proposed": [ReviewState.PROPOSED],
        "lost": [
            ReviewState.REFUSED,
            ReviewState.CONFLICTED,
            ReviewState.ENDED,
            ReviewState.SET_ASIDE,
        ],
    }
    counts = {
        name: Count("reviews", filter=Q(reviews__state__in=held)) for name, held in states.items()
    }
    rows = Application.objects.filter(call=call, phase__in=READ_IN).select_related("applicant")
    return rows.annotate(**counts).order_by("number", "id")


def file_visible_to(user: Actor, uid: UUID) -> ApplicationFile:
    """Return a file of an application that was handed in, to the bureau."""
    rows = ApplicationFile.objects.select_related("application__call", "file")
    found = rows.filter(uid=uid).exclude(application__handed_in_at=None).first()
    if found is None or not is_staff(user):
        raise MissingError("projects.missing")
    return found


@dataclass(frozen=True, slots=True)
class ShortageTold:
    """What an application lacks, and from how many experts it could be had."""

    application: Application
    missing: int
    listed: int
    barred: int
    full: int


def shortages_of(draw: Draw, *, most: int | None = None) -> list[ShortageTold]:
    told = draw.shortages[:most]
    rows = Application.objects.filter(pk__in=[one["application"] for one in told])
    found = {row.pk: row for row in rows}
    return [
        ShortageTold(found[one["application"]], **{name: one[name] for name in _NUMBERS})
        for one in told
        if one["application"] in found
    ]


def drawn_rows(draw: Draw) -> Iterator[tuple[object, ...]]:
    """Give the rows of the workbook; it names experts and is for the bureau alone."""
    for row in assigned_in(draw).iterator(chunk_size=2_000):
        expert = row.expert
        employer = expert.employer.name if expert.employer else expert.employer_text
        yield (
            row.application.number, row.application.title, expert.person.name, employer,
        )  # fmt: skip
