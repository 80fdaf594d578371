"""The reasons of all listed choices as tables: whole, or range by range of candidates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from zhiqiao.engines.matching.explain import Reasons, explain_all, explain_range
from zhiqiao.engines.matching.figures import Figures, LastAdmitted
from zhiqiao.engines.matching.report import NAMES, taken
from zhiqiao.engines.matching.settling import settle
from zhiqiao.engines.matching.terms import DEFERRED, Reason

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhiqiao.engines.matching.allocation import Allocation, Solved
    from zhiqiao.engines.matching.applications import Applications
    from zhiqiao.engines.matching.terms import Int8

COLUMNS = {
    "candidate": pl.String, "rank": pl.Int32, "programme": pl.String,
    "reason": pl.String, "own": pl.String, "cutoff": pl.String, "gap": pl.String,
}  # fmt: skip


def reasons_table(allocation: Allocation) -> pl.DataFrame:
    """Return ``candidate, rank, programme, reason, own, cutoff, gap``, one row for each listed choice.

    ``own`` and ``cutoff`` are the values of the first key in which the candidate and the last one
    admitted at the deciding line differ (or of the control line missed), ``gap`` is own minus cutoff.
    For a run too large to hold all of them at once, see `reason_ranges`.
    """
    return next(reason_ranges(allocation, size=max(allocation.programme.size, 1)))


def reason_ranges(allocation: Allocation, *, size: int) -> Iterator[pl.DataFrame]:
    """Yield the table of reasons in ranges of candidates, in their order.

    Parameters
    ----------
    allocation : Allocation
        With all its stages.
    size : int
        Candidates of a range, from 1.

    Yields
    ------
    frame
        As `reasons_table`, for the next ``size`` candidates; at least one frame.

    Notes
    -----
    Texts and figures stand in memory for one range at a time. For the whole run there are the lines
    of each stage, O(M + N), and for mechanisms of filing code and line of each choice, 5 bytes.
    Ranges together cost what the whole table costs, O(E groups depth).
    """
    stages = [_Stage(allocation.applications, solved) for solved in allocation.solved]
    for start in range(0, max(allocation.programme.size, 1), size):
        stop = min(start + size, allocation.programme.size)
        yield _reasons_of(allocation, stages, start, stop)


class _Stage:
    """A solved stage, settled once for all ranges."""

    def __init__(self, applications: Applications, solved: Solved) -> None:
        self.solved = solved
        problem, outcome = solved.assembled.problem, solved.outcome
        if solved.stage.only_reserved:
            return
        self.last_admitted = LastAdmitted(applications, solved)
        if problem.mechanism in DEFERRED:
            self.settled = settle(problem, outcome)
        else:
            self.whole = explain_all(problem, outcome)

    def reasons(self, start: int, stop: int) -> Reasons:
        problem, outcome = self.solved.assembled.problem, self.solved.outcome
        if problem.mechanism in DEFERRED:
            return explain_range(problem, outcome, self.settled, start=start, stop=stop)
        own = slice(problem.first[start], problem.first[stop])
        return Reasons(self.whole.code[own], self.whole.line[own])


def _reasons_of(
    allocation: Allocation, stages: list[_Stage], start: int, stop: int
) -> pl.DataFrame:
    applications = allocation.applications
    begin, end = np.searchsorted(applications.owner, [start, stop]).tolist()
    code = np.full(end - begin, int(Reason.PLACED_BEFORE), np.uint8)
    figures = Figures(applications, begin=begin, end=end)
    for stage in stages:
        if not stage.solved.stage.only_reserved:
            assembled, reasons = stage.solved.assembled, stage.reasons(start, stop)
            first = int(assembled.problem.first[start])
            code[assembled.choices[first : first + reasons.code.size] - begin] = reasons.code
            figures.add_cutoffs(stage.solved, stage.last_admitted, reasons, first)
            figures.add_control_lines(stage.solved, reasons.code, first)
    for stage in stages:
        if stage.solved.stage.only_reserved:
            _mark_reserved(stage.solved, code, (start, stop), begin)
    return pl.DataFrame(
        {
            "candidate": taken(applications.candidate_names, applications.owner[begin:end]),
            "rank": applications.rank[begin:end],
            "programme": taken(applications.programme_names, applications.programme[begin:end]),
            "reason": pl.Series(code).replace_strict(NAMES, return_dtype=pl.String),
            **figures.columns(),
        },
        schema=COLUMNS,
    )


def _mark_reserved(solved: Solved, code: Int8, candidates: tuple[int, int], begin: int) -> None:
    """Note what was won in the stage of the reserved places, and that the rest was not needed."""
    choices, problem = solved.assembled.choices, solved.assembled.problem
    start, stop = candidates
    for candidate in start + np.flatnonzero(solved.outcome.choice[start:stop] >= 0):
        met = solved.outcome.choice[candidate]
        code[choices[met] - begin] = int(Reason.ADMITTED)
        code[choices[met + 1 : problem.first[candidate + 1]] - begin] = int(Reason.BETTER_HELD)
