"""Allocation of places by published rules: solved, verified by other code, and explained choice by choice.

A `Problem` is one batch; `solve` allocates it, `explain_all` gives every listed choice its reason.
"""

from zhiqiao.engines.matching.allocation import Allocation, allocate, differences_of_optima
from zhiqiao.engines.matching.applications import Applications, Tables
from zhiqiao.engines.matching.bundle import bundle_of, hash_of_results, leaf_ranges, leaves_of
from zhiqiao.engines.matching.checking import check_written
from zhiqiao.engines.matching.enough import enough_for
from zhiqiao.engines.matching.errors import MatchingError
from zhiqiao.engines.matching.explain import Reasons, explain_all, explain_range
from zhiqiao.engines.matching.faults import Fault, TableError
from zhiqiao.engines.matching.outcome import Lines, Outcome
from zhiqiao.engines.matching.problem import Caps, Groups, Problem, Reserves, Standing
from zhiqiao.engines.matching.ranking import (
    called_standing,
    commitment_of,
    dense_places,
    draw_lots,
)
from zhiqiao.engines.matching.reasons import reason_ranges, reasons_table
from zhiqiao.engines.matching.report import categories_table, cutoffs_table, results_table
from zhiqiao.engines.matching.rules import Rules
from zhiqiao.engines.matching.settling import Settled, settle, settle_filing
from zhiqiao.engines.matching.solve import solve, solve_for
from zhiqiao.engines.matching.terms import Mechanism, Reason, Ties
from zhiqiao.engines.matching.verify import Violation, verify, verify_reasons
from zhiqiao.engines.matching.words import processing_order

__all__ = [
    "Allocation",
    "Applications",
    "Caps",
    "Fault",
    "Groups",
    "Lines",
    "MatchingError",
    "Mechanism",
    "Outcome",
    "Problem",
    "Reason",
    "Reasons",
    "Reserves",
    "Rules",
    "Settled",
    "Standing",
    "TableError",
    "Tables",
    "Ties",
    "Violation",
    "allocate",
    "bundle_of",
    "called_standing",
    "categories_table",
    "check_written",
    "commitment_of",
    "cutoffs_table",
    "dense_places",
    "differences_of_optima",
    "draw_lots",
    "enough_for",
    "explain_all",
    "explain_range",
    "hash_of_results",
    "leaf_ranges",
    "leaves_of",
    "processing_order",
    "reason_ranges",
    "reasons_table",
    "results_table",
    "settle",
    "settle_filing",
    "solve",
    "solve_for",
    "verify",
    "verify_reasons",
]
