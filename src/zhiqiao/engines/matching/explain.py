"""Why each choice was met or not: exactly one reason, and the line that decided."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from zhiqiao.engines.matching.filing import cut_classes, last_rounds, rank_of
from zhiqiao.engines.matching.kernels.lists import owners
from zhiqiao.engines.matching.kernels.reasons import (
    plain_reasons_of_all,
    reasons_of_deferred,
    reasons_of_groups,
    reasons_of_rounds,
)
from zhiqiao.engines.matching.settling import Settled, settle, settle_filing
from zhiqiao.engines.matching.terms import DEFERRED, Mechanism, Reason, Ties

if TYPE_CHECKING:
    from zhiqiao.engines.matching.outcome import Outcome
    from zhiqiao.engines.matching.problem import Problem
    from zhiqiao.engines.matching.terms import Int8, Int32

TIED = {
    Ties.STRICT: Reason.TIED_BY_LOT,
    Ties.LOTTERY: Reason.TIED_BY_LOT,
    Ties.ADMIT_ALL: Reason.BELOW_CUTOFF,
    Ties.REJECT_ALL: Reason.TIED_REJECTED,
    Ties.HOLD: Reason.TIED_HELD,
}


@dataclass(frozen=True, eq=False)
class Reasons:
    """One reason for every choice.

    Parameters
    ----------
    code : uint8 array of shape (E,)
        A `Reason`.
    line : int32 array of shape (E,)
        The line that decided, or -1 where none did.
    """

    code: Int8
    line: Int32


def explain_all(problem: Problem, outcome: Outcome) -> Reasons:
    """Give the reason of every listed choice. O(proposals depth).

    For a run too large to hold all reasons at once, see `explain_range`.
    """
    if problem.mechanism in DEFERRED:
        settled = settle(problem, outcome)
        return explain_range(problem, outcome, settled, start=0, stop=problem.candidates)
    code = np.zeros(problem.choices, np.uint8)
    line = np.zeros(problem.choices, np.int32)
    plain_reasons_of_all(problem.first, problem.bars, outcome.choice, code, line)
    settled = settle_filing(problem, outcome)
    if problem.mechanism is Mechanism.GROUPS:
        _explain_groups(problem, outcome, code, line)
    else:
        _explain_rounds(problem, outcome, settled, code, line)
    return Reasons(code, line)


def explain_range(
    problem: Problem, outcome: Outcome, settled: Settled, *, start: int, stop: int
) -> Reasons:
    """Give the reasons of the choices of candidates ``start`` to ``stop`` of a deferred mechanism."""
    size = int(problem.first[stop] - problem.first[start])
    code, line = np.zeros(size, np.uint8), np.zeros(size, np.int32)
    market = settled.market
    reasons_of_deferred(
        start, problem.first, problem.bars, market.first, market.group,
        market.origin if market.origin is not None else np.zeros(0, np.int64),
        market.places, market.by_choice, problem.standing.lots, outcome.choice,
        settled.parent, settled.limit, settled.lines.admitted, settled.lines.worst,
        outcome.shut if outcome.shut is not None else np.zeros(0, np.int64),
        market.seats.size, int(TIED[problem.ties]), code, line,
    )  # fmt: skip
    return Reasons(code, line)


def _explain_groups(problem: Problem, outcome: Outcome, code: Int8, line: Int32) -> None:
    assert problem.groups is not None  # noqa: S101 - checked when the problem was made
    assert outcome.filed is not None  # noqa: S101 - set by this mechanism
    reasons_of_groups(
        problem.first, problem.programme, problem.bars, problem.groups.group, outcome.choice, outcome.programme,
        outcome.filed, problem.programmes, code, line,
    )  # fmt: skip


def _explain_rounds(
    problem: Problem, outcome: Outcome, settled: Settled, code: Int8, line: Int32
) -> None:
    rank = rank_of(problem)
    reasons_of_rounds(
        problem.programme, problem.bars, owners(problem.first), rank, problem.standing.places,
        problem.standing.by_choice, problem.seats, last_rounds(problem, outcome),
        settled.lines.worst, int(TIED[problem.ties]), code, line,
    )  # fmt: skip
    if problem.ties in {Ties.REJECT_ALL, Ties.HOLD}:
        code[cut_classes(problem, outcome)] = TIED[problem.ties]
