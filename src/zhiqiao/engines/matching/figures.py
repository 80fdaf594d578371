"""Own value, cutoff and gap of each choice that a line refused, in the key that decided."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from zhiqiao.engines.matching.assembly import lines_for
from zhiqiao.engines.matching.rules import CHOICE_SCORE, columns_of
from zhiqiao.engines.matching.settling import lines_of
from zhiqiao.engines.matching.stages import rate_of
from zhiqiao.engines.matching.terms import Reason

if TYPE_CHECKING:
    from zhiqiao.engines.matching.allocation import Solved
    from zhiqiao.engines.matching.applications import Applications
    from zhiqiao.engines.matching.explain import Reasons
    from zhiqiao.engines.matching.terms import Int8, Int32, Int64, Truths

BY_LINE = [
    Reason.BELOW_CUTOFF, Reason.TIED_BY_LOT, Reason.TIED_REJECTED, Reason.TIED_HELD,
    Reason.CAP_FULL, Reason.NOT_FILED, Reason.RETURNED, Reason.TAKEN_EARLIER,
]  # fmt: skip


class LastAdmitted:
    """Finds the last one admitted at each line of a stage. O(M log M) once.

    Under a rate in every prefix each kind has a line of its own.
    """

    def __init__(self, applications: Applications, solved: Solved) -> None:
        problem, outcome = solved.assembled.problem, solved.outcome
        self.outcome = outcome
        self.owner = applications.owner[solved.assembled.choices]
        rate = rate_of(solved.stage)
        self.is_of_kind = None if rate is None else rate.codes == rate.code
        if self.is_of_kind is None:
            self.lines = lines_of(problem, outcome)
            return
        self.last = np.full((2, problem.programmes), -1, np.int64)
        met = outcome.choice[outcome.choice >= 0]
        met = met[np.argsort(problem.standing.places[met], kind="stable")]
        who = self.owner[met]
        self.last[self.is_of_kind[who].astype(np.int64), problem.programme[met]] = who

    def at(self, rows: Int64, line: Int32) -> tuple[Int64, Int64]:
        """Return the last admitted at the line of each choice, and that one's choice; -1 where none is."""
        if self.is_of_kind is None:
            return self.lines.last_candidate[line], self.lines.last_choice[line]
        found = self.last[self.is_of_kind[self.owner[rows]].astype(np.int64), line]
        return found, np.where(found >= 0, self.outcome.choice[found], -1)


class Figures:
    """The figures of a stretch of choices, as integers of one unit: that of the finest score.

    ``begin`` and ``end`` are the stretch in the choices of the whole allocation, by default all.
    """

    def __init__(
        self, applications: Applications, *, begin: int = 0, end: int | None = None
    ) -> None:
        self.applications = applications
        scores = [*applications.scores.values()]
        scores += [applications.choice_scores] if applications.choice_scores else []
        self.decimals = max((each.decimals for each in scores), default=0)
        self.begin = begin
        size = (applications.owner.size if end is None else end) - begin
        self.own = np.zeros(size, np.int64)
        self.cutoff = np.zeros(size, np.int64)
        self.is_given = np.zeros(size, np.bool_)

    def add_cutoffs(
        self, solved: Solved, last_admitted: LastAdmitted, reasons: Reasons, start: int
    ) -> None:
        """Compare each choice that a line refused with the last one admitted there.

        ``start`` is the choice of the stage at which the reasons begin.
        """
        assembled = solved.assembled
        is_refused = np.isin(reasons.code, BY_LINE) & (reasons.line >= 0)
        rows, line = start + np.flatnonzero(is_refused), reasons.line[is_refused]
        last, last_choice = last_admitted.at(rows, line)
        rows, last, last_choice = rows[last >= 0], last[last >= 0], last_choice[last >= 0]
        choices = assembled.choices[rows]
        met = np.where(last_choice >= 0, assembled.choices[np.maximum(last_choice, 0)], -1)
        of_class = assembled.class_of[self.applications.programme[choices]]
        for code, name in enumerate(assembled.classes):
            is_own = of_class == code
            keys = [column for column, _ in columns_of(solved.stage.rules.keys_of(name))]
            self._compare(keys, choices[is_own], met[is_own], last[is_own])

    def _compare(self, keys: list[str], choices: Int64, met: Int64, last: Int64) -> None:
        undecided = np.ones(choices.size, np.bool_)
        for column in keys:
            own = self.values(column, self.applications.owner[choices], choices)
            cutoff = self.values(column, last, met)
            decides = undecided & ((own != cutoff) | (column == keys[0]))
            self._set(choices[decides], own[decides], cutoff[decides])
            undecided &= own == cutoff

    def add_control_lines(self, solved: Solved, code: Int8, start: int) -> None:
        """Name the first control line that a choice missed."""
        assembled = solved.assembled
        below = assembled.choices[start + np.flatnonzero(code == Reason.BELOW_LINE)]
        of_class = assembled.class_of[self.applications.programme[below]]
        for number, name in enumerate(assembled.classes):
            choices = below[of_class == number]
            for column, line in lines_for(solved.stage.rules, name).items():
                own = self.values(column, self.applications.owner[choices], choices)
                limit = np.full(own.size, int(line * 10**self.decimals), np.int64)
                is_missed = (own < limit) & ~self.is_given[choices - self.begin]
                self._set(choices[is_missed], own[is_missed], limit[is_missed])

    def _set(self, choices: Int64, own: Int64, cutoff: Int64) -> None:
        rows = choices - self.begin
        self.own[rows], self.cutoff[rows], self.is_given[rows] = own, cutoff, True

    def values(self, column: str, owner: Int32 | Int64, choices: Int64) -> Int64:
        """Return the values of a key, in the common unit."""
        if column == CHOICE_SCORE:
            assert self.applications.choice_scores is not None  # noqa: S101 - read because a key names it
            scores, at = self.applications.choice_scores, choices
        else:
            scores, at = self.applications.scores[column], owner.astype(np.int64)
        unit = np.int64(10 ** (self.decimals - scores.decimals))
        found: Int64 = scores.values[at] * unit
        return found

    def columns(self) -> dict[str, pl.Series]:
        """Return ``own``, ``cutoff`` and ``gap`` as they are written."""
        return {
            "own": written(self.own, self.is_given, self.decimals),
            "cutoff": written(self.cutoff, self.is_given, self.decimals),
            "gap": written(self.own - self.cutoff, self.is_given, self.decimals),
        }


def written(values: Int64, is_given: Truths, decimals: int) -> pl.Series:
    """Return integers of a unit as exact decimal numbers; nothing where none is given."""
    column = pl.Series("v", values).to_frame().with_columns(pl.Series("given", is_given))
    size = pl.col("v").abs()
    number = pl.col("v").cast(pl.String)
    if decimals:
        whole = (size // 10**decimals).cast(pl.String)
        part = (size % 10**decimals).cast(pl.String).str.pad_start(decimals, "0")
        sign = pl.when(pl.col("v") < 0).then(pl.lit("-")).otherwise(pl.lit(""))
        number = pl.concat_str(sign, whole, pl.lit("."), part).str.replace(r"\.?0+$", "")
    return column.select(pl.when("given").then(number)).to_series()
