"""What the properties look at: each fact derived once, plainly, from a problem and its scores."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import floor
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zhiqiao.engines.scoring.outcome import Scores
    from zhiqiao.engines.scoring.problem import ScoringProblem


@dataclass(frozen=True)
class Violation:
    """A property that does not hold, and what shows it: positions of applications and reviewers."""

    name: str
    sentence: str
    applications: tuple[int, ...] = ()
    reviewers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Given:
    """One review as it was given."""

    at: int
    application: int
    reviewer: int
    score: int
    seconds: int | None
    comment: str | None


@dataclass(frozen=True, eq=False)
class Facts:
    """A problem and scores of it, with what follows from them."""

    problem: ScoringProblem
    scores: Scores

    @cached_property
    def reviews(self) -> list[Given]:
        """Return every review with what is known of it."""
        problem, reviews = self.problem, self.problem.reviews
        seconds = [-1] * reviews.number if problem.seconds is None else problem.seconds.tolist()
        comments = [None] * reviews.number if problem.comments is None else problem.comments
        columns = reviews.application.tolist(), reviews.reviewer.tolist(), reviews.score.tolist()
        return [
            Given(at, a, r, score, None if time < 0 else time, words)
            for at, (a, r, score, time, words) in enumerate(
                zip(*columns, seconds, comments, strict=True)
            )
        ]

    @cached_property
    def of_application(self) -> list[list[Given]]:
        """Return the reviews of each application."""
        found: list[list[Given]] = [[] for _each in range(self.problem.applications)]
        for review in self.reviews:
            found[review.application].append(review)
        return found

    @cached_property
    def of_reviewer(self) -> list[list[Given]]:
        """Return the reviews of each reviewer."""
        found: list[list[Given]] = [[] for _each in range(self.problem.reviewers)]
        for review in self.reviews:
            found[review.reviewer].append(review)
        return found

    @cached_property
    def connected(self) -> list[list[int]]:
        """Return the applications of each connected group, the largest group first."""
        seen = [False] * self.problem.applications
        every = range(self.problem.applications)
        groups = [self._reached(start, seen) for start in every if not seen[start]]
        return sorted(groups, key=lambda own: (-len(own), own[0]))

    def _reached(self, start: int, seen: list[bool]) -> list[int]:
        asked: set[int] = set()
        seen[start], waiting, own = True, deque([start]), [start]
        while waiting:
            for review in self.of_application[waiting.popleft()]:
                if review.reviewer in asked:
                    continue
                asked.add(review.reviewer)
                for other in self.of_reviewer[review.reviewer]:
                    if not seen[other.application]:
                        seen[other.application] = True
                        waiting.append(other.application)
                        own.append(other.application)
        return sorted(own)

    @cached_property
    def deviations(self) -> dict[int, int]:
        """Return twice each mark less twice the median of its application, where there are three."""
        return {
            review.at: 2 * review.score - doubled_median([other.score for other in own])
            for own in self.of_application
            if len(own) > 2
            for review in own
        }


def rounded(value: Fraction) -> int:
    """Round to the nearest whole number, a half upwards."""
    return floor(value + Fraction(1, 2))


def doubled_median(values: Sequence[int]) -> int:
    """Return twice the median: of an even number the sum of the two middle ones."""
    rising = sorted(values)
    half = len(rising) // 2
    return 2 * rising[half] if len(rising) % 2 else rising[half - 1] + rising[half]
