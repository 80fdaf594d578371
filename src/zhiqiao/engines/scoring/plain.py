"""Plain figures in whole hundredths: mean, trimmed mean, median, spread; exact, rounded once."""

from __future__ import annotations

from dataclasses import dataclass
from math import isqrt
from typing import TYPE_CHECKING, TypeVar

import numpy as np

if TYPE_CHECKING:
    from zhiqiao.engines.scoring.problem import ScoringProblem
    from zhiqiao.engines.scoring.terms import Int64

Whole = TypeVar("Whole", int, "Int64")


def half_up(numerator: Whole, denominator: Whole) -> Whole:
    """Divide whole numbers and round once, a half upwards (towards plus infinity).

    >>> half_up(5, 2), half_up(-5, 2), half_up(7, 3)
    (3, -2, 2)
    """
    return (2 * numerator + denominator) // (2 * denominator)


def signed_root(sign: int, numerator: int, denominator: int) -> int:
    """Return the root of a ratio, rounded to a whole number, with a sign. Exact.

    >>> signed_root(-1, 9, 4), signed_root(1, 2, 1)
    (-2, 1)
    """
    root = (isqrt(4 * numerator // denominator) + 1) // 2
    return root if sign > 0 else -root if sign < 0 else 0


@dataclass(frozen=True, eq=False)
class Plain:
    """Plain figures, int64 arrays of shape (A,) in whole hundredths of a point."""

    official: Int64
    trimmed: Int64
    median: Int64
    spread: Int64


def plain_figures(problem: ScoringProblem) -> Plain:
    """Return the plain figures of each application. O(N log N)."""
    score, size, first = problem.reviews.score, problem.size, problem.first
    rising = score[np.lexsort((score, problem.reviews.application))]
    total = np.add.reduceat(rising, first[:-1]) if rising.size else size
    last = first[1:] - 1
    low, high = rising[first[:-1]], rising[last]
    is_trimmed = size >= problem.thresholds.trimmed_from
    inner = np.where(is_trimmed, total - low - high, total)
    middle = rising[first[:-1] + (size - 1) // 2] + rising[first[:-1] + size // 2]
    return Plain(
        official=half_up(total, size),
        trimmed=half_up(inner, np.where(is_trimmed, size - 2, size)),
        median=half_up(middle, np.full_like(middle, 2)),
        spread=high - low,
    )


def standard_scores(problem: ScoringProblem, official: Int64) -> list[int | None]:
    """Return deviations from the mean of the panel, in thousandths of the panel's own deviation.

    Of a panel of n official scores x the sample deviation is the root of V / (n (n - 1)) with
    V = n sum(x^2) - sum(x)^2, and a deviation d / n with d = n x - sum(x): all whole numbers, so that
    only the last root is rounded. Nothing where the panel is too small or its scores are all equal.
    """
    panel = problem.panel if problem.panel is not None else np.zeros(problem.applications, np.int32)
    members: dict[int, list[int]] = {}
    for at, number in enumerate(panel.tolist()):
        members.setdefault(number, []).append(at)
    found: list[int | None] = [None] * problem.applications
    for number, own in members.items():
        scores = [int(official[at]) for at in own]
        n, total = len(own), sum(scores)
        spread = n * sum(score * score for score in scores) - total * total
        if number < 0 or n < problem.thresholds.panel_least or spread == 0:
            continue
        for at, score in zip(own, scores, strict=True):
            d = n * score - total
            found[at] = signed_root(d, 1_000_000 * d * d * (n - 1), n * spread)
    return found
