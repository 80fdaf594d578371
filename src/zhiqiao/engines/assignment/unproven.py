"""An assignment of which the pairs alone are known: nothing is claimed about the best one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from zhiqiao.engines.assignment.outcome import Assignment, Prices
from zhiqiao.engines.assignment.terms import Proof
from zhiqiao.engines.assignment.verify.facts import Facts
from zhiqiao.engines.assignment.verify.prices import bound_at_prices
from zhiqiao.engines.assignment.verify.properties import value_of

if TYPE_CHECKING:
    from zhiqiao.engines.assignment.problem import AssignmentProblem
    from zhiqiao.engines.assignment.terms import Int32, Int64


def unproven(
    problem: AssignmentProblem,
    *,
    application: Int32,
    expert: Int32,
    missing: Int64,
    idle: Int64 | None = None,
    proof: Proof = Proof.BOUNDED,
) -> Assignment:
    """Return pairs as an assignment: its value is reckoned, its bound is the one without any prices.

    Parameters
    ----------
    problem : AssignmentProblem
    application, expert : int32 arrays of shape (N,)
        Pairs, sorted by application, then by expert; they may break rules, which `verify` says.
    missing : int64 array of shape (A,)
        As it is told.
    idle : int64 array of shape (E,), optional
        As it is told; reckoned where nothing is.
    proof : Proof
        ``BOUNDED`` or ``REPAIRED``.
    """
    load = np.bincount(expert, minlength=problem.experts)
    none, nothing = np.zeros(0, np.int32), np.zeros(0, np.int64)
    prices = Prices(np.zeros(problem.experts, np.int64), none, none, none, nothing)
    given = Assignment(
        application=application,
        expert=expert,
        missing=missing,
        idle=np.maximum(problem.least_load - load, 0) if idle is None else idle,
        value=0,
        bound=0,
        proof=proof,
        prices=prices,
    )
    value = value_of(Facts(problem, given))
    return replace(given, value=value, bound=bound_at_prices(problem, given) or 0)
