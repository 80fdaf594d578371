"""What scores are made of: reviews, and beside them reading times, comments and panels.

Applications are numbered 0 to A-1, reviewers 0 to R-1, reviews 0 to N-1. Each application and each
reviewer has a review: who has none is left out, and gets no score rather than one of zero.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from zhiqiao.engines.scoring.checks import check_problem
from zhiqiao.engines.scoring.thresholds import Thresholds

if TYPE_CHECKING:
    from zhiqiao.engines.scoring.terms import Int32, Int64


@dataclass(frozen=True, eq=False)
class Reviews:
    """Marks, sorted by application, then by reviewer, each pair once.

    Parameters
    ----------
    application, reviewer : int32 arrays of shape (N,)
    score : int64 array of shape (N,)
        Whole hundredths of a point, from 0 to 1,000,000.
    """

    application: Int32
    reviewer: Int32
    score: Int64

    @property
    def number(self) -> int:
        """Return N."""
        return int(self.application.size)


def review_order(application: Int32, reviewer: Int32) -> Int64:
    """Return the order that a problem needs, as positions. O(N log N)."""
    return np.lexsort((reviewer, application))


def sorted_reviews(application: Int32, reviewer: Int32, score: Int64) -> Reviews:
    """Return reviews in the order that a problem needs. O(N log N)."""
    order = review_order(application, reviewer)
    return Reviews(application[order], reviewer[order], score[order])


@dataclass(frozen=True, eq=False)
class ScoringProblem:
    """Reviews from which scores, and figures beside them, are to be made.

    Parameters
    ----------
    applications, reviewers : int
        A and R.
    reviews : Reviews
    seconds : int64 array of shape (N,), optional
        Reading time of each review; -1 where it is not known.
    comments : tuple of N str, optional
        Words of each review; empty where there are none.
    panel : int32 array of shape (A,), optional
        Panel in which an application is compared; -1 for none. Without it all are in one panel.
    places : int, optional
        Applications that can be taken: where the cut line is.
    ridge : int, optional
        Ridge of the model of reviewers in thousandths; estimated where it is not given.
    thresholds : Thresholds

    Raises
    ------
    ScoringError
        When a part does not fit.
    """

    applications: int
    reviewers: int
    reviews: Reviews
    seconds: Int64 | None = None
    comments: tuple[str, ...] | None = None
    panel: Int32 | None = None
    places: int | None = None
    ridge: int | None = None
    thresholds: Thresholds = field(default_factory=Thresholds)

    def __post_init__(self) -> None:
        check_problem(self)

    @cached_property
    def size(self) -> Int64:
        """Return the reviews of each application, of shape (A,)."""
        return np.bincount(self.reviews.application, minlength=self.applications)

    @cached_property
    def load(self) -> Int64:
        """Return the reviews of each reviewer, of shape (R,)."""
        return np.bincount(self.reviews.reviewer, minlength=self.reviewers)

    @cached_property
    def first(self) -> Int64:
        """Return where the reviews of each application begin, of shape (A + 1,)."""
        return np.concatenate([[0], np.cumsum(self.size)])
