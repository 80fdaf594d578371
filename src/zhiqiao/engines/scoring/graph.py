"""Which applications chains of common reviewers connect."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from zhiqiao.engines.scoring.problem import ScoringProblem
    from zhiqiao.engines.scoring.terms import Int32


def groups_of(problem: ScoringProblem) -> Int32:
    """Return the connected group of each application, the largest first, then by first application.

    Union by halving paths over applications and reviewers; O(N) but for the inverse of Ackermann.
    """
    above = list(range(problem.applications + problem.reviewers))

    def top(node: int) -> int:
        while above[node] != node:
            above[node] = above[above[node]]
            node = above[node]
        return node

    reviews = problem.reviews
    reviewer = reviews.reviewer.astype(np.int64) + problem.applications
    for one, other in zip(reviews.application.tolist(), reviewer.tolist(), strict=True):
        left, right = top(one), top(other)
        if left != right:
            above[max(left, right)] = min(left, right)
    tops = np.array([top(at) for at in range(problem.applications)], np.int64)
    found, group, size = np.unique(tops, return_inverse=True, return_counts=True)
    place = np.empty(found.size, np.int32)
    place[np.lexsort((found, -size))] = np.arange(found.size, dtype=np.int32)
    return place[group].astype(np.int32)
