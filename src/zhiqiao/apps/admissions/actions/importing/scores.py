"""One of the two entries of scores that the bureau brings in as a table."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from django.utils.translation import get_language

from zhiqiao.apps.admissions.actions.importing.held_against import (
    season_of,
    text_of,
    types_of,
    wrong_state,
)
from zhiqiao.apps.admissions.actions.scores import Marked, enter_scores
from zhiqiao.apps.admissions.models import ScoreSheet, Season
from zhiqiao.apps.admissions.rules import BEFORE_RUNS
from zhiqiao.core.access import Actor
from zhiqiao.core.imports import Problem, staging
from zhiqiao.core.imports.models import ImportBatch
from zhiqiao.core.jobs import Progress
from zhiqiao.packs import ExamType

# The column of an item is named by its name in the scheme behind this.
MARK = "mark_"


def score_problems(batch: ImportBatch) -> Iterator[Problem]:
    """Find what no single row shows, in a fixed number of queries."""
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
            kind = season.rules.exam_types[types[number]]
            yield from _mark_problems(row, number, marks_of(values), kind)


def _mark_problems(
    row: int, number: str, marks: Mapping[str, Decimal], kind: ExamType
) -> Iterator[Problem]:
    for name, mark in marks.items():
        column, given = f"{MARK}{name}", str(mark)
        if name not in kind.items:
            title = kind.title.in_language(get_language() or "zh-hans")
            parameters = {"number": number, "type": title}
            yield Problem(row, column, given, "admissions.item-of-other-type", parameters)
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
    before = _entered(season, [row.number for row in rows], entry)
    enter_scores(season, rows, entry=entry, actor=actor)
    progress.advance(len(rows))
    after = {row.number: {name: str(mark) for name, mark in row.marks.items()} for row in rows}
    unchanged = sum(before.get(number) == marks for number, marks in after.items())
    changed = sum(number in before for number in after) - unchanged
    return {"added": len(after) - changed - unchanged, "changed": changed, "unchanged": unchanged}


def _entered(season: Season, numbers: Sequence[str], entry: str) -> dict[str, object]:
    held = ScoreSheet.objects.filter(candidate__season=season, candidate__number__in=numbers)
    entered = held.exclude(**{f"{entry}__isnull": True})
    return dict(entered.values_list("candidate__number", entry))
