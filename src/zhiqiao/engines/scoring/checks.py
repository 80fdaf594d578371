"""Whether the parts of a problem fit each other; every breach names the first place of its kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from zhiqiao.engines.scoring.errors import ScoringError
from zhiqiao.engines.scoring.terms import (
    LEAST_RIDGE,
    MOST_REVIEWS,
    MOST_RIDGE,
    MOST_SCORE,
    NONE,
)

if TYPE_CHECKING:
    import numpy.typing as npt

    from zhiqiao.engines.scoring.problem import Reviews, ScoringProblem
    from zhiqiao.engines.scoring.terms import Truths


def check_problem(problem: ScoringProblem) -> None:
    """Raise `ScoringError` for the first part of a problem that does not fit."""
    reviews = problem.reviews
    if reviews.number > MOST_REVIEWS:
        raise ScoringError("too-many", given=reviews.number, limit=MOST_REVIEWS)
    for name, kind in (("application", np.int32), ("reviewer", np.int32), ("score", np.int64)):
        _has(getattr(reviews, name), name, kind, reviews.number)
    _check_pairs(problem, reviews)
    _check_reading(problem, reviews)
    _check_panels(problem)
    if problem.places is not None and problem.places < 0:
        raise ScoringError("places", given=problem.places)
    ridge = problem.ridge
    if ridge is not None and not LEAST_RIDGE <= ridge <= MOST_RIDGE:
        raise ScoringError("ridge", given=ridge, least=LEAST_RIDGE, most=MOST_RIDGE)


def _has(
    array: npt.NDArray[np.generic], name: str, kind: type, size: int, each: str = "review"
) -> None:
    if array.dtype != kind:
        raise ScoringError("kind", name=name, given=array.dtype, wanted=np.dtype(kind))
    if array.shape != (size,):
        raise ScoringError("length", name=name, given=array.size, wanted=size, each=each)


def _first(is_wrong: Truths) -> int:
    return int(np.argmax(is_wrong)) if is_wrong.any() else NONE


def _check_pairs(problem: ScoringProblem, reviews: Reviews) -> None:
    limits = {"application": problem.applications, "reviewer": problem.reviewers}
    for what, limit in limits.items():
        array = getattr(reviews, what)
        at = _first((array < 0) | (array >= limit))
        if at != NONE:
            raise ScoringError("index", at=at, what=what, given=array[at], number=limit)
        at = _first(np.bincount(array, minlength=limit) == 0)
        if at != NONE:
            raise ScoringError("unreviewed", what=what.capitalize(), at=at)
    key = reviews.application.astype(np.int64) * max(problem.reviewers, 1) + reviews.reviewer
    at = _first(key[1:] <= key[:-1]) + 1
    if at > 0:
        raise ScoringError("order", at=at, **_named(reviews, at))
    at = _first((reviews.score < 0) | (reviews.score > MOST_SCORE))
    if at != NONE:
        given = reviews.score[at]
        raise ScoringError("score", given=given, limit=MOST_SCORE, **_named(reviews, at))


def _named(reviews: Reviews, at: int) -> dict[str, object]:
    return {"application": reviews.application[at], "reviewer": reviews.reviewer[at]}


def _check_reading(problem: ScoringProblem, reviews: Reviews) -> None:
    if problem.seconds is not None:
        _has(problem.seconds, "seconds", np.int64, reviews.number)
        at = _first(problem.seconds < NONE)
        if at != NONE:
            raise ScoringError("seconds", given=problem.seconds[at], **_named(reviews, at))
    comments = problem.comments
    if comments is not None and len(comments) != reviews.number:
        raise ScoringError(
            "length", name="comments", given=len(comments), wanted=reviews.number, each="review"
        )


def _check_panels(problem: ScoringProblem) -> None:
    if problem.panel is None:
        return
    _has(problem.panel, "panel", np.int32, problem.applications, "application")
    at = _first((problem.panel < NONE) | (problem.panel >= max(problem.applications, 1)))
    if at != NONE:
        raise ScoringError("panel", at=at, given=problem.panel[at])
