"""The reasons of all listed choices as tables: whole, or range by range of candidates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from zhiqiao.engines.matching.applications import NOT_DECIDED
from zhiqiao.engines.matching.explain import Reasons, explain_all, explain_range
from zhiqiao.engines.matching.figures import Figures, LastAdmitted, positions_in
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
FURTHER = {"key": pl.String, "behind": pl.Int64}
DECIDED = "tied-by-decision"


def reasons_table(allocation: Allocation, *, further: bool = False) -> pl.DataFrame:
    """Return ``candidate, rank, programme, reason, own, cutoff, gap``, one row for each listed choice.

    ``own`` and ``cutoff`` are the values of the first key in which the candidate and the last one
    admitted at the deciding line differ (or of the control line missed), ``gap`` is own minus cutoff.
    Where places were left, or nobody is admitted, there is no cutoff.
    For a run too large to hold all of them at once, see `reason_ranges`.
    """
    size = max(allocation.programme.size, 1)
    return next(reason_ranges(allocation, size=size, further=further))


def reason_ranges(
    allocation: Allocation, *, size: int, further: bool = False
) -> Iterator[pl.DataFrame]:
    """Yield the table of reasons in ranges of candidates, in their order.

    Parameters
    ----------
    allocation : Allocation
        With all its stages.
    size : int
        Candidates of a range, from 1.
    further : bool
        Add ``key``, the column that decided (empty where all keys are equal), and ``behind``, how many
        places of the programme's ranking the candidate stands behind the last one admitted; negative
        before. Costs O(E log E) and 8 bytes a choice.

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
    stages = [
        _Stage(allocation.applications, solved, further=further) for solved in allocation.solved
    ]
    for start in range(0, max(allocation.programme.size, 1), size):
        stop = min(start + size, allocation.programme.size)
        yield _reasons_of(allocation, stages, (start, stop), further=further)


class _Stage:
    """A solved stage, settled once for all ranges."""

    def __init__(self, applications: Applications, solved: Solved, *, further: bool) -> None:
        self.solved = solved
        problem, outcome = solved.assembled.problem, solved.outcome
        if solved.stage.only_reserved:
            return
        self.last_admitted = LastAdmitted(applications, solved)
        self.positions = positions_in(solved, applications.owner) if further else None
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
    allocation: Allocation, stages: list[_Stage], candidates: tuple[int, int], *, further: bool
) -> pl.DataFrame:
    applications = allocation.applications
    start, stop = candidates
    begin, end = np.searchsorted(applications.owner, [start, stop]).tolist()
    code = np.full(end - begin, int(Reason.PLACED_BEFORE), np.uint8)
    figures = Figures(applications, begin=begin, end=end)
    for stage in stages:
        if not stage.solved.stage.only_reserved:
            assembled, reasons = stage.solved.assembled, stage.reasons(start, stop)
            first = int(assembled.problem.first[start])
            code[assembled.choices[first : first + reasons.code.size] - begin] = reasons.code
            figures.add_cutoffs(stage.solved, stage.last_admitted, reasons, first, stage.positions)
            figures.add_control_lines(stage.solved, reasons.code, first)
    for stage in stages:
        if stage.solved.stage.only_reserved:
            _mark_reserved(stage.solved, code, candidates, begin)
    told = pl.Series(code).replace_strict(NAMES, return_dtype=pl.String)
    return pl.DataFrame(
        {
            "candidate": taken(applications.candidate_names, applications.owner[begin:end]),
            "rank": applications.rank[begin:end],
            "programme": taken(applications.programme_names, applications.programme[begin:end]),
            "reason": _named_by_decision(applications, told, code, figures, begin),
            **figures.columns(),
            **(figures.further_columns() if further else {}),
        },
        schema={**COLUMNS, **(FURTHER if further else {})},
    )


def _named_by_decision(
    applications: Applications, told: pl.Series, code: Int8, figures: Figures, begin: int
) -> pl.Series:
    """Say that a decision refused whoever is level with the last one admitted in every key."""
    if applications.decided is None:
        return told
    decided = applications.decided[begin : begin + code.size] < NOT_DECIDED
    level = (code == Reason.BELOW_CUTOFF) & (figures.key == 0) & figures.has_cutoff & decided
    return told.to_frame("told").select(
        pl.when(pl.Series(level)).then(pl.lit(DECIDED)).otherwise("told")
    )["literal"]


def _mark_reserved(solved: Solved, code: Int8, candidates: tuple[int, int], begin: int) -> None:
    """Note what was won in the stage of the reserved places, and that the rest was not needed."""
    choices, problem = solved.assembled.choices, solved.assembled.problem
    start, stop = candidates
    for candidate in start + np.flatnonzero(solved.outcome.choice[start:stop] >= 0):
        met = solved.outcome.choice[candidate]
        code[choices[met] - begin] = int(Reason.ADMITTED)
        code[choices[met + 1 : problem.first[candidate + 1]] - begin] = int(Reason.BETTER_HELD)
