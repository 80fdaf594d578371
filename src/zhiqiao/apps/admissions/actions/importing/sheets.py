"""What tables of scores and of results share: a row for a candidate, held against the exam type."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from django.utils.translation import get_language

from zhiqiao.apps.admissions.actions.importing.held_against import (
    season_of,
    text_of,
    types_of,
    wrong_state,
)
from zhiqiao.apps.admissions.models import ScoreSheet, Season
from zhiqiao.apps.admissions.rules import BEFORE_RUNS
from zhiqiao.core.imports import Problem, staging
from zhiqiao.core.imports.models import ImportBatch
from zhiqiao.packs import ExamType

RowProblems = Callable[[int, Mapping[str, object], ExamType], Iterator[Problem]]


def sheet_problems(batch: ImportBatch, of_row: RowProblems) -> Iterator[Problem]:
    """Find what no single row shows, in a fixed number of queries, and then what each row shows."""
    season, rows = season_of(batch), list(staging.rows(batch))
    yield from wrong_state(season, BEFORE_RUNS)
    if season.scores_sealed_at is not None:
        yield Problem(None, "", "", "admissions.scores-sealed")
    yield from staging.duplicates(batch, ["number"])
    types = types_of(season, rows)
    for row, values in rows:
        number = text_of(values, "number")
        if number not in types:
            yield Problem(row, "number", number, "admissions.candidate-unknown", {"given": number})
        else:
            yield from of_row(row, values, season.rules.exam_types[types[number]])


def of_other_type(
    row: int, values: Mapping[str, object], column: str, given: str, kind: ExamType
) -> Problem:
    title = kind.title.in_language(get_language() or "zh-hans")
    parameters = {"number": text_of(values, "number"), "type": title}
    return Problem(row, column, given, "admissions.item-of-other-type", parameters)


def held(season: Season, numbers: Iterable[str], column: str) -> dict[str, object]:
    """Return what a column of the sheets holds for candidates, where it holds anything."""
    sheets = ScoreSheet.objects.filter(candidate__season=season, candidate__number__in=numbers)
    filled = sheets.exclude(**{f"{column}__isnull": True})
    return dict(filled.values_list("candidate__number", column))


def counted(before: Mapping[str, object], after: Mapping[str, object]) -> dict[str, int]:
    unchanged = sum(before.get(number) == given for number, given in after.items())
    changed = sum(number in before for number in after) - unchanged
    return {"added": len(after) - changed - unchanged, "changed": changed, "unchanged": unchanged}
