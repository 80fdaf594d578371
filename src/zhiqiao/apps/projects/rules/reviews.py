"""Who reviews, what a sheet must hold, and the official score of one review and of several.

A review is worth the weighted share of its marks, from 0 to 100, in whole hundredths; the score of an
application is the mean of its reviews. Both are computed exactly and rounded once, half up, by the
scoring engine, so that the same marks give the same score on every machine.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from zhiqiao.apps.projects.choices import ReviewState
from zhiqiao.apps.projects.models import Application, Review
from zhiqiao.apps.projects.rules.visibility import HIDDEN
from zhiqiao.core.access import ALLOWED, Actor, Verdict, refused
from zhiqiao.core.policy import spoken
from zhiqiao.engines.scoring import half_up
from zhiqiao.packs import Move, Party, Phase, Sheet

OPEN = (ReviewState.ASKED, ReviewState.ACCEPTED)
FULL_MARK = 10_000


def is_reviewer(actor: Actor, review: Review) -> bool:
    """Say whether the review is the person's own."""
    account = review.expert.person.account_id
    return account is not None and getattr(actor, "pk", None) == account


def can_review(actor: Actor, review: Review) -> Verdict:
    own = is_reviewer(actor, review) and review.state != ReviewState.PROPOSED
    return ALLOWED if own else refused("projects.no-review")


def stands_as(review: Review, *states: ReviewState) -> Verdict:
    if review.state in states:
        return ALLOWED
    return refused("projects.review-not-open", state=review.get_state_display())


def is_under_review(application: Application) -> Verdict:
    """Judge the phase: what left the review is read and marked no more."""
    if application.phase == Phase.REVIEWING:
        return ALLOWED
    flow = application.call.rules.flow
    return refused("projects.not-under-review", state=spoken(flow.states[application.state].title))


def is_contested(review: Review) -> Verdict:
    """Judge whether the bureau may decide on a review in conflict: until the result is public."""
    if review.state != ReviewState.HANDED_IN or review.contested_at is None:
        return refused("projects.review-not-contested")
    application = review.application
    if application.phase in HIDDEN:
        return ALLOWED
    flow = application.call.rules.flow
    return refused("projects.result-settled", state=spoken(flow.states[application.state].title))


def signed_move_of(application: Application) -> Move | None:
    """Return a move of the flow that two persons take, a lead's first; other decisions follow it."""
    signed = [move for move in application.call.rules.flow.moves.values() if move.signed]
    return next((move for move in signed if move.by is Party.LEAD), signed[0] if signed else None)


def mark_problem(sheet: Sheet, marks: Mapping[str, Decimal]) -> Verdict:
    """Judge the marks that are there; a draft may have gaps."""
    for name, mark in marks.items():
        criterion = sheet.criteria.get(name)
        if criterion is None:
            continue
        if not 0 <= mark <= criterion.most or mark % sheet.step:
            return refused(
                "projects.mark-out-of-scale",
                criterion=spoken(criterion.title),
                most=f"{criterion.most.normalize():f}",
                step=f"{sheet.step.normalize():f}",
                given=mark,
            )
    return ALLOWED


def is_complete(
    sheet: Sheet, marks: Mapping[str, Decimal], *, eliminated: Mapping[str, bool], words: str
) -> Verdict:
    """Judge a sheet that is to be handed in."""
    fits = mark_problem(sheet, marks)
    if not fits:
        return fits
    for name, criterion in sheet.criteria.items():
        if name not in marks:
            return refused("projects.mark-missing", criterion=spoken(criterion.title))
    for name, question in sheet.eliminating.items():
        if name not in eliminated:
            return refused("projects.question-open", question=spoken(question))
    return _enough_words(words, sheet.words_least)


def _enough_words(words: str, least: int) -> Verdict:
    number = len("".join(words.split()))
    if number < least:
        return refused("projects.words-too-few", number=number, least=least)
    return ALLOWED


def total_of(sheet: Sheet, marks: Mapping[str, Decimal]) -> int:
    """Return the weighted share of the marks in hundredths of a point, from 0 to 10,000."""
    weights = sum((Fraction(one.weight) for one in sheet.criteria.values()), Fraction(0))
    share = sum(
        (
            Fraction(one.weight) * Fraction(marks[name]) / Fraction(one.most)
            for name, one in sheet.criteria.items()
        ),
        Fraction(0),
    )
    whole = share / weights * FULL_MARK
    return half_up(whole.numerator, whole.denominator)


def spread_of(totals: Sequence[int]) -> int:
    return max(totals) - min(totals) if totals else 0


def reviews_wanted(application: Application, totals: Sequence[int]) -> int:
    """Return how many reviews the lifecycle asks for: one more where they lie far apart."""
    review = application.call.rules.lifecycle.review
    if review is None:
        return 0
    is_far = review.spread_most is not None and spread_of(totals) > review.spread_most * 100
    return review.reviews + int(len(totals) >= review.reviews and is_far)
