"""Allocation of places by published rules: solved, verified by other code, and explained choice by choice.

A `Problem` is one batch; `solve` allocates it, `explain_all` gives every listed choice its reason.
"""

from zhiqiao.engines.matching.errors import MatchingError
from zhiqiao.engines.matching.explain import Reasons, explain_all, explain_range
from zhiqiao.engines.matching.outcome import Lines, Outcome
from zhiqiao.engines.matching.problem import Caps, Groups, Problem, Reserves, Standing
from zhiqiao.engines.matching.ranking import (
    called_standing,
    commitment_of,
    dense_places,
    draw_lots,
)
from zhiqiao.engines.matching.settling import Settled, settle, settle_filing
from zhiqiao.engines.matching.solve import solve, solve_for
from zhiqiao.engines.matching.terms import Mechanism, Reason, Ties

__all__ = [
    "Caps",
    "Groups",
    "Lines",
    "MatchingError",
    "Mechanism",
    "Outcome",
    "Problem",
    "Reason",
    "Reasons",
    "Reserves",
    "Settled",
    "Standing",
    "Ties",
    "called_standing",
    "commitment_of",
    "dense_places",
    "draw_lots",
    "explain_all",
    "explain_range",
    "settle",
    "settle_filing",
    "solve",
    "solve_for",
]
