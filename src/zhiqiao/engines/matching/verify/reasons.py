"""Whether each listed choice has its one true reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from zhiqiao.engines.matching.terms import BY_LOT, DEFERRED, Reason
from zhiqiao.engines.matching.verify.desks import LOTS, desks_of
from zhiqiao.engines.matching.verify.properties import MOST_SHOWN, Violation

if TYPE_CHECKING:
    from zhiqiao.engines.matching.outcome import Outcome
    from zhiqiao.engines.matching.problem import Problem
    from zhiqiao.engines.matching.terms import Int8, Truths
    from zhiqiao.engines.matching.verify.desks import Desks

REFUSED = 255
REFUSALS = {
    Reason.NO_PLACES, Reason.BELOW_CUTOFF, Reason.TIED_BY_LOT, Reason.TIED_REJECTED,
    Reason.TIED_HELD, Reason.CAP_FULL, Reason.NOT_FILED, Reason.FILED_ELSEWHERE, Reason.RETURNED,
    Reason.TAKEN_EARLIER,
}  # fmt: skip


def verify_reasons(problem: Problem, outcome: Outcome, code: Int8) -> list[Violation]:
    """Return the choices whose reason is not the true one. O(E groups).

    Barred, admitted, better held, not eligible for any place: exactly. Where a line refused, that it
    is a reason of refusal, and a tie exactly where the standing is that of the last admitted.
    """
    owner = np.repeat(np.arange(problem.candidates), np.diff(problem.first))
    expected = np.full(problem.choices, REFUSED, np.uint8)
    held = outcome.choice[owner]
    numbers = np.arange(problem.choices)
    expected[(held >= 0) & (numbers > held)] = Reason.BETTER_HELD
    expected[numbers == held] = Reason.ADMITTED
    if problem.bars.size:
        expected = np.where(problem.bars > 0, problem.bars, expected)
    given = np.where(np.isin(code, list(REFUSALS)), REFUSED, code)
    if problem.mechanism in DEFERRED:
        desks = desks_of(problem, outcome)
        has_desk = np.zeros(problem.choices, np.bool_)
        has_desk[desks.choice] = True
        expected[(expected == REFUSED) & ~has_desk] = Reason.NOT_ELIGIBLE
        wrong = (given != expected) | _ties_are_wrong(problem, desks, code)
    else:
        may_differ = (given == Reason.BETTER_HELD) & (outcome.programme[owner] >= 0)
        wrong = (given != expected) & ~may_differ
    return [
        Violation(
            "P11",
            "the reason given for this choice is not the true one",
            (int(owner[row]),),
            (int(problem.programme[row]),),
        )
        for row in np.flatnonzero(wrong)[:MOST_SHOWN]
    ]


def _ties_are_wrong(problem: Problem, desks: Desks, code: Int8) -> Truths:
    """Mark choices that are called tied and are not, or the other way round."""
    if problem.ties not in BY_LOT or problem.reserves is not None or problem.caps is not None:
        return np.zeros(code.size, np.bool_)
    worst = np.full(desks.seats.size, -1, np.int64)
    np.maximum.at(worst, desks.desk[desks.holds], desks.key[desks.holds])
    is_tied = np.zeros(code.size, np.bool_)
    rows = np.flatnonzero(desks.wants & (desks.seats[desks.desk] > 0))
    is_tied[desks.choice[rows]] = worst[desks.desk[rows]] >> LOTS == desks.key[rows] >> LOTS
    wrong: Truths = (code == Reason.TIED_BY_LOT) != is_tied
    return wrong
