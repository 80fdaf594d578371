"""What a person should look at, each with its figure, threshold and basis."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from zhiqiao.engines.scoring.agreement import deviations_of, times_known
from zhiqiao.engines.scoring.copying import comment_flags
from zhiqiao.engines.scoring.outcome import Flag
from zhiqiao.engines.scoring.plain import half_up
from zhiqiao.engines.scoring.terms import NONE, UNKNOWN, FlagKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhiqiao.engines.scoring.outcome import Readers
    from zhiqiao.engines.scoring.problem import ScoringProblem
    from zhiqiao.engines.scoring.terms import Int32, Int64

# Iglewicz and Hoaglin (1993): 0.6745 makes the median deviation that of a normal distribution.
NORMAL, TEN_THOUSAND = 6745, 10_000


def all_flags(
    problem: ScoringProblem, readers: Readers, spread: Int64, group: Int32
) -> tuple[Flag, ...]:
    """Return the flags, sorted."""
    found = [
        *_short_readings(problem),
        *comment_flags(problem),
        *_of_reviewers(problem, readers),
        *_outlying_marks(problem),
        *_of_applications(problem, spread, group),
    ]
    return tuple(sorted(found))


def _short_readings(problem: ScoringProblem) -> Iterator[Flag]:
    """Yield readings under the bare least, or short both by themselves and beside the others'."""
    if problem.seconds is None:
        return
    limits, seconds, known = problem.thresholds, problem.seconds, times_known(problem)
    limit = np.minimum(-(-limits.read_share * _doubled_medians(problem) // 200), limits.read_floor)
    limit = np.where(known >= limits.times_least, limit, 0)
    limit = np.maximum(limit, limits.read_bare)
    for at in np.flatnonzero((seconds != NONE) & (seconds < limit)).tolist():
        application, reviewer = problem.reviews.application[at], problem.reviews.reviewer[at]
        figures = int(seconds[at]), int(limit[at]), int(known[at])
        yield Flag(FlagKind.HARDLY_READ, int(application), int(reviewer), at, NONE, *figures)


def _doubled_medians(problem: ScoringProblem) -> Int64:
    """Return twice the median of the known times of each review's application, 0 where there is none."""
    seconds = problem.seconds if problem.seconds is not None else np.zeros(0, np.int64)
    at = problem.reviews.application
    order = np.lexsort((seconds, at, seconds == NONE))
    number = np.bincount(at[seconds != NONE], minlength=problem.applications)
    start = np.cumsum(number) - number
    last = max(order.size - 1, 0)
    low = seconds[order][np.minimum(start + np.maximum(number - 1, 0) // 2, last)]
    high = seconds[order][np.minimum(start + number // 2, last)]
    return np.where(number > 0, low + high, 0)[at]


def _of_reviewers(problem: ScoringProblem, readers: Readers) -> Iterator[Flag]:
    limits = problem.thresholds
    agreement = readers.agreement
    lonely = (agreement != UNKNOWN) & (agreement <= limits.agreement_most)
    for at in np.flatnonzero(lonely).tolist():
        figures = int(agreement[at]), limits.agreement_most, int(readers.common[at])
        yield Flag(FlagKind.AGREES_WITH_NOBODY, NONE, at, NONE, NONE, *figures)
    mark = np.zeros(problem.reviewers, np.int64)
    mark[problem.reviews.reviewer] = problem.reviews.score
    same = (readers.marks == 1) & (readers.reviews >= limits.same_marks_least)
    for at in np.flatnonzero(same).tolist():
        figures = int(mark[at]), limits.same_marks_least, int(readers.reviews[at])
        yield Flag(FlagKind.NO_SPREAD, NONE, at, NONE, NONE, *figures)


def _outlying_marks(problem: ScoringProblem) -> Iterator[Flag]:
    """Yield marks far from the median of their application, by the median of all such distances."""
    limits, deviation = problem.thresholds, deviations_of(problem)
    judged = np.flatnonzero(deviation != UNKNOWN)
    if judged.size < limits.outlying_least:
        return
    values = deviation[judged]
    away = 2 * values - _doubled_median(values)
    scale = _doubled_median(np.abs(away))
    if scale == 0:
        return
    # z = 0.6745 * away / (scale / 2), here in hundredths.
    is_far = 2 * 100 * NORMAL * np.abs(away) > limits.outlying * TEN_THOUSAND * scale
    for at, distance in zip(judged[is_far].tolist(), away[is_far].tolist(), strict=True):
        application, reviewer = problem.reviews.application[at], problem.reviews.reviewer[at]
        z = half_up(2 * 100 * NORMAL * distance, TEN_THOUSAND * scale)
        figures = z, limits.outlying, int(judged.size)
        yield Flag(FlagKind.OUTLYING_MARK, int(application), int(reviewer), at, NONE, *figures)


def _doubled_median(values: Int64) -> int:
    rising = np.sort(values)
    return int(rising[(rising.size - 1) // 2]) + int(rising[rising.size // 2])


def _of_applications(problem: ScoringProblem, spread: Int64, group: Int32) -> Iterator[Flag]:
    most = problem.thresholds.spread_most
    if most is not None:
        for at in np.flatnonzero(spread > most).tolist():
            figures = int(spread[at]), most, int(problem.size[at])
            yield Flag(FlagKind.APART, at, NONE, NONE, NONE, *figures)
    members = np.bincount(group)
    for at in np.flatnonzero(group != 0).tolist():
        figures = int(members[group[at]]), problem.applications, members.size
        yield Flag(FlagKind.INCOMPARABLE, at, NONE, NONE, NONE, *figures)
