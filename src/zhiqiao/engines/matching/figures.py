"""Own value, cutoff and gap of each choice that competed, in the key that decided, and its place."""

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
    from collections.abc import Iterator

    from zhiqiao.engines.matching.allocation import Solved
    from zhiqiao.engines.matching.applications import Applications
    from zhiqiao.engines.matching.explain import Reasons
    from zhiqiao.engines.matching.terms import Int8, Int32, Int64, Truths

BY_LINE = [
    Reason.BELOW_CUTOFF, Reason.TIED_BY_LOT, Reason.TIED_REJECTED, Reason.TIED_HELD,
    Reason.CAP_FULL, Reason.NOT_FILED, Reason.RETURNED, Reason.TAKEN_EARLIER,
]  # fmt: skip
TIED_AS_A_CLASS = [Reason.TIED_REJECTED, Reason.TIED_HELD]


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

    def is_full(self, line: Int32) -> Truths:
        """Say of which lines the last place is taken; with places left nobody was compared."""
        if self.is_of_kind is not None:
            return np.ones(line.size, np.bool_)
        full: Truths = self.lines.admitted[line] >= self.lines.seats[line]
        return full


def positions_in(solved: Solved, owner: Int32) -> Int64:
    """Return the place of each choice among those that compete for its programme, from 1; 0 outside.

    O(E log E). With one ranking for all, that ranking is the programme's.
    """
    problem = solved.assembled.problem
    standing = problem.standing
    who = owner[solved.assembled.choices]
    places = standing.places if standing.by_choice else standing.places[who]
    competes = problem.bars == 0 if problem.bars.size else np.ones(who.size, np.bool_)
    rows = np.flatnonzero(competes)
    order = rows[np.lexsort((standing.lots[who[rows]], places[rows], problem.programme[rows]))]
    ends = np.cumsum(np.bincount(problem.programme[rows], minlength=problem.programmes))
    begins = np.append(0, ends)[problem.programme[order]]
    found = np.zeros(who.size, np.int64)
    found[order] = np.arange(1, rows.size + 1) - begins
    return found


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
        self.has_own = np.zeros(size, np.bool_)
        self.has_cutoff = np.zeros(size, np.bool_)
        self.keys = ["", *sorted({*applications.scores, CHOICE_SCORE})]
        self.key = np.zeros(size, np.int8)
        self.behind = np.zeros(size, np.int64)
        self.has_place = np.zeros(size, np.bool_)

    def add_cutoffs(
        self,
        solved: Solved,
        last_admitted: LastAdmitted,
        reasons: Reasons,
        start: int,
        positions: Int64 | None = None,
    ) -> None:
        """Compare each choice that a line refused or admitted with the last one admitted there.

        ``start`` is the choice of the stage at which the reasons begin; with ``positions`` of the
        stage it is also said how many places lie between.
        """
        line = _deciding_lines(solved, reasons, start)
        decided = np.flatnonzero(line >= 0)
        self._add_own(solved, start + decided)
        tied = np.isin(reasons.code[decided], TIED_AS_A_CLASS)
        self._tie(solved.assembled.choices[start + decided[tied]])
        decided = decided[~tied]
        met = reasons.code[decided] == Reason.ADMITTED
        decided = decided[~met | last_admitted.is_full(line[decided])]
        rows = start + decided
        last, last_choice = last_admitted.at(rows, line[decided])
        rows, last, last_choice = rows[last >= 0], last[last >= 0], last_choice[last >= 0]
        self._compare_all(solved, rows, last, last_choice)
        if positions is not None:
            self._place(solved, rows, last_choice, positions)

    def _add_own(self, solved: Solved, rows: Int64) -> None:
        """Note the first key of each choice; what is compared later takes its place."""
        for keys, is_own in _by_class(self.applications, solved, rows):
            choices = solved.assembled.choices[rows[is_own]]
            at = choices - self.begin
            self.own[at] = self.values(keys[0], self.applications.owner[choices], choices)
            self.has_own[at] = True

    def _tie(self, choices: Int64) -> None:
        at = choices - self.begin
        self.cutoff[at], self.has_cutoff[at] = self.own[at], True

    def _compare_all(self, solved: Solved, rows: Int64, last: Int64, last_choice: Int64) -> None:
        choices = solved.assembled.choices
        met = np.where(last_choice >= 0, choices[np.maximum(last_choice, 0)], -1)
        for keys, is_own in _by_class(self.applications, solved, rows):
            self._compare(keys, choices[rows[is_own]], met[is_own], last[is_own])

    def _compare(self, keys: list[str], choices: Int64, met: Int64, last: Int64) -> None:
        undecided = np.ones(choices.size, np.bool_)
        for column in keys:
            own = self.values(column, self.applications.owner[choices], choices)
            cutoff = self.values(column, last, met)
            differs = own != cutoff
            decides = undecided & (differs | (column == keys[0]))
            self._set(choices[decides], own[decides], cutoff[decides])
            at = choices[undecided & differs] - self.begin
            self.key[at] = self.keys.index(column)
            undecided &= ~differs

    def _place(self, solved: Solved, rows: Int64, last_choice: Int64, positions: Int64) -> None:
        """Count the places from the last one admitted to a programme down to each choice."""
        programme = solved.assembled.problem.programme
        is_here = (last_choice >= 0) & (programme[rows] == programme[np.maximum(last_choice, 0)])
        rows, last_choice = rows[is_here], last_choice[is_here]
        at = solved.assembled.choices[rows] - self.begin
        self.behind[at] = positions[rows] - positions[last_choice]
        self.has_place[at] = True

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
                is_missed = (own < limit) & ~self.has_cutoff[choices - self.begin]
                self._set(choices[is_missed], own[is_missed], limit[is_missed])
                self.key[choices[is_missed] - self.begin] = self.keys.index(column)

    def _set(self, choices: Int64, own: Int64, cutoff: Int64) -> None:
        rows = choices - self.begin
        self.own[rows], self.cutoff[rows] = own, cutoff
        self.has_own[rows] = self.has_cutoff[rows] = True

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
        has_both = self.has_own & self.has_cutoff
        return {
            "own": written(self.own, self.has_own, self.decimals),
            "cutoff": written(self.cutoff, self.has_cutoff, self.decimals),
            "gap": written(self.own - self.cutoff, has_both, self.decimals),
        }

    def further_columns(self) -> dict[str, pl.Series]:
        """Return ``key``, the column that decided, and ``behind``, the places to the last one admitted."""
        behind = pl.Series("behind", self.behind).to_frame()
        given = behind.select(pl.when(pl.Series(self.has_place)).then("behind")).to_series()
        names = pl.Series(self.keys).gather(pl.Series(self.key).cast(pl.Int64))
        return {"key": names, "behind": given}


def _deciding_lines(solved: Solved, reasons: Reasons, start: int) -> Int32:
    """Return the line that refused or admitted each choice, -1 where none did."""
    line = np.where(np.isin(reasons.code, BY_LINE), reasons.line, -1)
    met = np.flatnonzero(reasons.code == Reason.ADMITTED)
    problem, outcome = solved.assembled.problem, solved.outcome
    who = np.searchsorted(problem.first, start + met, side="right") - 1
    own = problem.programme[start + met] if problem.reserves is None else outcome.group[who]
    line[met] = own
    return line.astype(np.int32)


def _by_class(
    applications: Applications, solved: Solved, rows: Int64
) -> Iterator[tuple[list[str], Truths]]:
    """Yield the keys of each class of programmes with the rows that it decides."""
    assembled = solved.assembled
    of_class = assembled.class_of[applications.programme[assembled.choices[rows]]]
    for code, name in enumerate(assembled.classes):
        keys = [column for column, _ in columns_of(solved.stage.rules.keys_of(name))]
        yield keys, of_class == code


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
