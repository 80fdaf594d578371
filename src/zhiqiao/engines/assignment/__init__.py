"""Reviewers to applications: fitted or drawn, verified by other code, explained pair by pair, repaired.

``solve(problem)`` gives an `Assignment`, ``verify(problem, assignment)`` a list of violations,
``explain`` the reason of a pair, ``shortages`` what is missing and why, and ``repair(problem,
assignment, refused=conflicts)`` the least change after a refusal.
"""

from zhiqiao.engines.assignment.errors import AssignmentError
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
from zhiqiao.engines.assignment.solve import solve
from zhiqiao.engines.assignment.terms import ConflictKind, Mode, Proof, Reason
from zhiqiao.engines.assignment.verify import Violation, verify, verify_repair

__all__ = [
    "Assignment",
    "AssignmentError",
    "AssignmentProblem",
    "Change",
    "ConflictKind",
    "Conflicts",
    "LeastOf",
    "Mode",
    "MostPerValue",
    "Pairs",
    "Penalties",
    "Prices",
    "Proof",
    "Reason",
    "Repaired",
    "Violation",
    "no_conflicts",
    "no_penalties",
    "repair",
    "solve",
    "sorted_pairs",
    "verify",
    "verify_repair",
]
