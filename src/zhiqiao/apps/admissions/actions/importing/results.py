"""Results of academic-level examinations and skill tests that the bureau brings in as a table."""

from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation

from zhiqiao.apps.admissions.actions.importing.held_against import season_of, text_of
from zhiqiao.apps.admissions.actions.importing.sheets import (
    counted,
    held,
    of_other_type,
    sheet_problems,
)
from zhiqiao.apps.admissions.actions.scores import Reported, enter_results
from zhiqiao.core.access import Actor
from zhiqiao.core.imports import Problem, staging
from zhiqiao.core.imports.models import ImportBatch
from zhiqiao.core.jobs import Progress
from zhiqiao.packs import ExamType, ReportedResult

# The column of a result is named by its name in the scheme behind this.
RESULT = "result_"


def result_problems(batch: ImportBatch) -> Iterator[Problem]:
    yield from sheet_problems(batch, _problems)


def _problems(row: int, values: Mapping[str, object], kind: ExamType) -> Iterator[Problem]:
    for name, given in results_of(values).items():
        column = f"{RESULT}{name}"
        if name not in kind.results:
            yield of_other_type(row, values, column, given, kind)
        elif kind.results[name].most is not None:
            yield from _number_problems(row, column, given, kind.results[name])
        elif given not in kind.results[name].grades and _is_checked(kind, name):
            known = {"given": given, "known": ", ".join(kind.results[name].grades)}
            yield Problem(row, column, given, "admissions.grade-unknown", known)


def _number_problems(
    row: int, column: str, given: str, result: ReportedResult
) -> Iterator[Problem]:
    most = result.most or Decimal(0)
    try:
        is_within = 0 <= Decimal(given) <= most
    except InvalidOperation:
        is_within = False
    if not is_within:
        yield Problem(row, column, given, "admissions.mark-outside", {"most": f"{most:f}"})


def _is_checked(kind: ExamType, name: str) -> bool:
    """Say whether somebody compared every conversion of a result with its source.

    What was only recalled refuses nothing: a grade that it does not know is kept and gives no mark.
    """
    using = [one for one in kind.conversions if name in one.of]
    return bool(using) and all(one.checked_by for one in using)


def results_of(values: Mapping[str, object]) -> dict[str, str]:
    """Return the results that a row gives; an empty cell is none."""
    return {
        name.removeprefix(RESULT): str(value).strip().upper()
        for name, value in values.items()
        if name.startswith(RESULT) and value not in {None, ""}
    }


def record_results(batch: ImportBatch, actor: Actor, progress: Progress) -> Mapping[str, int]:
    """Write the results; a row replaces all that the candidate had."""
    season = season_of(batch)
    rows = [
        Reported(text_of(values, "number"), results_of(values))
        for _number, values in staging.rows(batch)
    ]
    before = held(season, [row.number for row in rows], "reported")
    enter_results(season, rows, actor=actor)
    progress.advance(len(rows))
    return counted(before, {row.number: row.results for row in rows})
