"""How reviewers agree with the others who marked the same applications."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from zhiqiao.engines.scoring.outcome import Readers
from zhiqiao.engines.scoring.plain import signed_root
from zhiqiao.engines.scoring.terms import MILLI, NONE, UNKNOWN

if TYPE_CHECKING:
    from zhiqiao.engines.scoring.problem import ScoringProblem
    from zhiqiao.engines.scoring.terms import Int64, Reals

LEAST_MARKS = 3  # of two marks none is nearer to their median


def readers_of(problem: ScoringProblem) -> Readers:
    """Return the figures of all reviewers. O(N log N)."""
    reviews, limits = problem.reviews, problem.thresholds
    at = reviews.application
    common = np.bincount(reviews.reviewer[problem.size[at] > 1], minlength=problem.reviewers)
    judged = deviations_of(problem) != UNKNOWN
    counted = judged & (int(judged.sum()) >= limits.outlying_least)
    return Readers(
        reviews=problem.load,
        marks=_different_marks(problem),
        common=common,
        agreement=_agreements(problem),
        timed=_per_reviewer(problem, times_known(problem) >= limits.times_least),
        commented=_per_reviewer(problem, np.full(reviews.number, problem.comments is not None)),
        judged=_per_reviewer(problem, counted),
    )


def _per_reviewer(
    problem: ScoringProblem, holds: np.ndarray[tuple[int], np.dtype[np.bool_]]
) -> Int64:
    return np.bincount(problem.reviews.reviewer[holds], minlength=problem.reviewers)


def _different_marks(problem: ScoringProblem) -> Int64:
    pairs = np.stack([problem.reviews.reviewer.astype(np.int64), problem.reviews.score])
    found = np.unique(pairs, axis=1)
    return np.bincount(found[0], minlength=problem.reviewers)


def times_known(problem: ScoringProblem) -> Int64:
    """Return for each review how many reading times of its application are known; 0 without the own."""
    if problem.seconds is None:
        return np.zeros(problem.reviews.number, np.int64)
    known = problem.seconds != NONE
    at = problem.reviews.application
    number = np.bincount(at[known], minlength=problem.applications)
    return np.where(known, number[at], 0)


def _agreements(problem: ScoringProblem) -> Int64:
    """Return Spearman's correlation with the mean of the others, in thousandths, or `UNKNOWN`.

    The sums are whole numbers of doubled average ranks; only the last root is rounded. Means of the
    others are compared as quotients of whole numbers, which are equal exactly when their floats are.
    """
    reviews = problem.reviews
    total = np.bincount(reviews.application, reviews.score, minlength=problem.applications)
    is_common = problem.size[reviews.application] > 1
    at, reviewer = reviews.application[is_common], reviews.reviewer[is_common].astype(np.int64)
    own = reviews.score[is_common].astype(np.float64)
    others = (total[at] - own) / (problem.size[at] - 1)
    left, right = _doubled_ranks(own, reviewer), _doubled_ranks(others, reviewer)
    number = np.bincount(reviewer, minlength=problem.reviewers)
    middle = number + 1  # twice the mean rank
    left, right = left - middle[reviewer], right - middle[reviewer]
    sums = [np.zeros(problem.reviewers, np.int64) for _each in range(3)]
    for target, values in zip(sums, (left * right, left**2, right**2), strict=True):
        np.add.at(target, reviewer, values)
    found = np.full(problem.reviewers, UNKNOWN, np.int64)
    can_say = (number >= problem.thresholds.agreement_least) & (sums[1] > 0) & (sums[2] > 0)
    for each in np.flatnonzero(can_say).tolist():
        both, one, other = (int(values[each]) for values in sums)
        found[each] = signed_root(both, MILLI * MILLI * both * both, one * other)
    return found


def _doubled_ranks(values: Reals, reviewer: Int64) -> Int64:
    """Return twice the average rank of each value among those of the same reviewer."""
    order = np.lexsort((values, reviewer))
    own, rising = reviewer[order], values[order]
    place = np.arange(order.size)
    is_new = np.ones(order.size, np.bool_)
    is_new[1:] = (own[1:] != own[:-1]) | (rising[1:] != rising[:-1])
    block = np.cumsum(is_new) - 1
    start = place[is_new]
    end = np.append(start[1:], order.size)
    begun = np.searchsorted(own, own)  # where the reviewer's values begin
    ranks = np.empty(order.size, np.int64)
    ranks[order] = start[block] + end[block] + 1 - 2 * begun
    return ranks


def deviations_of(problem: ScoringProblem) -> Int64:
    """Return twice the mark less twice the median of its application; `UNKNOWN` under three marks.

    O(N log N).
    """
    reviews, size, first = problem.reviews, problem.size, problem.first
    rising = reviews.score[np.lexsort((reviews.score, reviews.application))]
    middle = rising[first[:-1] + (size - 1) // 2] + rising[first[:-1] + size // 2]
    at = reviews.application
    return np.where(size[at] >= LEAST_MARKS, 2 * reviews.score - middle[at], UNKNOWN)
