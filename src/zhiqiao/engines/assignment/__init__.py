"""Reviewers to applications: fitted or drawn, verified by other code, explained pair by pair, repaired.

``solve(problem)`` gives an `Assignment`, ``verify(problem, assignment)`` a list of violations,
``explain`` the reason of a pair, ``shortages`` what is missing and why, and ``repair(problem,
assignment, refused=conflicts)`` the least change after a refusal.
"""

from zhiqiao.engines.assignment.codes import Codes, affinity_from_codes
from zhiqiao.engines.assignment.drawing import commitment_of, draw_keys
from zhiqiao.engines.assignment.errors import AssignmentError
from zhiqiao.engines.assignment.explain import Explanation, explain, explain_all
from zhiqiao.engines.assignment.identity import Links, all_conflicts, conflicts_that_meet
from zhiqiao.engines.assignment.outcome import Assignment, Prices
from zhiqiao.engines.assignment.problem import (
    AssignmentProblem,
    Conflicts,
    Pairs,
    Penalties,
    no_conflicts,
    no_penalties,
    sorted_pairs,
)
from zhiqiao.engines.assignment.quotas import LeastOf, MostPerValue
from zhiqiao.engines.assignment.repair import Change, Repaired, repair
from zhiqiao.engines.assignment.shortages import Scarcity, Shortage, shortages
from zhiqiao.engines.assignment.solve import solve
from zhiqiao.engines.assignment.terms import ConflictKind, Mode, Proof, Reason
from zhiqiao.engines.assignment.unproven import unproven
from zhiqiao.engines.assignment.verify import (
    Counted,
    Violation,
    bound_at_prices,
    counted_shortages,
    verify,
    verify_repair,
)

__all__ = [
    "Assignment",
    "AssignmentError",
    "AssignmentProblem",
    "Change",
    "Codes",
    "ConflictKind",
    "Conflicts",
    "Counted",
    "Explanation",
    "LeastOf",
    "Links",
    "Mode",
    "MostPerValue",
    "Pairs",
    "Penalties",
    "Prices",
    "Proof",
    "Reason",
    "Repaired",
    "Scarcity",
    "Shortage",
    "Violation",
    "affinity_from_codes",
    "all_conflicts",
    "bound_at_prices",
    "commitment_of",
    "conflicts_that_meet",
    "counted_shortages",
    "draw_keys",
    "explain",
    "explain_all",
    "no_conflicts",
    "no_penalties",
    "repair",
    "shortages",
    "solve",
    "sorted_pairs",
    "unproven",
    "verify",
    "verify_repair",
]
