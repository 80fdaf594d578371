"""Scores from reviews: the official mean, other ways of counting beside it, and what to look at.

``solve(problem)`` gives `Scores`, ``verify(problem, scores)`` a list of violations found by other code,
``explain`` how one application came to its scores. Nothing here replaces an official score.
"""

from zhiqiao.engines.scoring.errors import ScoringError
from zhiqiao.engines.scoring.explain import Explanation, Mark, explain
from zhiqiao.engines.scoring.outcome import Flag, Model, Readers, Scores
from zhiqiao.engines.scoring.plain import half_up
from zhiqiao.engines.scoring.problem import (
    Reviews,
    ScoringProblem,
    review_order,
    sorted_reviews,
)
from zhiqiao.engines.scoring.solve import solve
from zhiqiao.engines.scoring.terms import FINE, UNKNOWN, Basis, FlagKind, Way
from zhiqiao.engines.scoring.thresholds import Thresholds
from zhiqiao.engines.scoring.verify import Violation, verify

__all__ = [
    "FINE",
    "UNKNOWN",
    "Basis",
    "Explanation",
    "Flag",
    "FlagKind",
    "Mark",
    "Model",
    "Readers",
    "Reviews",
    "Scores",
    "ScoringError",
    "ScoringProblem",
    "Thresholds",
    "Violation",
    "Way",
    "explain",
    "half_up",
    "review_order",
    "solve",
    "sorted_reviews",
    "verify",
]
