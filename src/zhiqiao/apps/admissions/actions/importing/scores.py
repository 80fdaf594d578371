"""One of the two entries of scores that the bureau brings in as a table."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from zhiqiao.apps.admissions.actions.importing.held_against import season_of, text_of
from zhiqiao.apps.admissions.actions.importing.sheets import (
    counted,
    held,
    of_other_type,
    sheet_problems,
)
from zhiqiao.apps.admissions.actions.scores import Marked, enter_scores
from zhiqiao.core.access import Actor
from zhiqiao.core.imports import Problem, staging
from zhiqiao.core.imports.models import ImportBatch
from zhiqiao.core.jobs import Progress
from zhiqiao.packs import ExamType

# The column of an item is named by its name in the scheme behind this.
MARK = "mark_"


def score_problems(batch: ImportBatch) -> Iterator[Problem]:
    yield from sheet_problems(batch, _mark_problems)


def _mark_problems(row: int, values: Mapping[str, object], kind: ExamType) -> Iterator[Problem]:
    for name, mark in marks_of(values).items():
        column, given = f"{MARK}{name}", str(mark)
        if name not in kind.items:
            yield of_other_type(row, values, column, given, kind)
        elif not 0 <= mark <= kind.items[name].most:
            most = {"most": f"{kind.items[name].most:f}"}
            yield Problem(row, column, given, "admissions.mark-outside", most)


def marks_of(values: Mapping[str, object]) -> dict[str, Decimal]:
    """Return the marks that a row gives; an empty cell is a missing mark and never zero.

    Zeros at the end of the decimals are dropped, so that both entries write a mark alike.
    """
    return {
        name.removeprefix(MARK): Decimal(f"{Decimal(str(value)).normalize():f}")
        for name, value in values.items()
        if name.startswith(MARK) and value is not None
    }


def record_scores(batch: ImportBatch, actor: Actor, progress: Progress) -> Mapping[str, int]:
    """Write an entry; a row replaces all marks that the same entry had for the candidate."""
    season, entry = season_of(batch), str((batch.options or {})["entry"])
    rows = [
        Marked(text_of(values, "number"), marks_of(values))
        for _number, values in staging.rows(batch)
    ]
    before = held(season, [row.number for row in rows], entry)
    enter_scores(season, rows, entry=entry, actor=actor)
    progress.advance(len(rows))
    after = {row.number: {name: str(mark) for name, mark in row.marks.items()} for row in rows}
    return counted(before, after)
