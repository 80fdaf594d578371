"""Control lines that the bureau brings in as a table, in place of all that were drawn before."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from zhiqiao.apps.admissions.actions.importing.held_against import (
    SchemeWords,
    Staged,
    Words,
    season_of,
    text_of,
    wrong_state,
)
from zhiqiao.apps.admissions.actions.scores import set_control_lines
from zhiqiao.apps.admissions.models import ControlLine, Season
from zhiqiao.apps.admissions.rules import LINES_DRAWN_IN
from zhiqiao.core.access import Actor
from zhiqiao.core.imports import Change, Problem, staging
from zhiqiao.core.imports.models import ImportBatch
from zhiqiao.core.imports.problems import DUPLICATE_ROW
from zhiqiao.core.jobs import Progress
from zhiqiao.packs import AdmissionScheme

WORDS = ("batch", "exam_type", "category")
Key = tuple[str, str, str, str]


class _Lines:
    """The rows of a table as control lines; only scores that may bear a line are found."""

    def __init__(self, scheme: AdmissionScheme) -> None:
        self._scheme = scheme
        self._words = Words(scheme)
        self._scores = {
            name: SchemeWords({k: one.title for k, one in kind.sums.items() if one.is_line})
            for name, kind in scheme.exam_types.items()
        }

    def key(self, values: Mapping[str, object]) -> Key:
        batch, exam_type, category = (self._words.of(values, column) for column in WORDS)
        words = self._scores.get(exam_type)
        score = words.find(text_of(values, "score")) if words else None
        return batch, exam_type, category, score or ""

    def problems(self, rows: Sequence[Staged]) -> Iterator[Problem]:
        yield from self._words.problems(rows, WORDS)
        first: dict[Key, int] = {}
        for number, values in rows:
            key = self.key(values)
            if all(key) and first.setdefault(key, number) != number:
                given, earlier = text_of(values, "score"), {"first": first[key]}
                yield Problem(number, "score", given, DUPLICATE_ROW, earlier)
            yield from self._of_score(number, values, key)

    def _of_score(self, number: int, values: Mapping[str, object], key: Key) -> Iterator[Problem]:
        _batch, exam_type, _category, score = key
        if not exam_type:
            return
        if not score:
            yield self._scores[exam_type].problem(number, "score", text_of(values, "score"))
            return
        kind = self._scheme.exam_types[exam_type]
        most = sum((kind.items[item].most for item in kind.sums[score].of), Decimal(0))
        if not 0 <= _least(values) <= most:
            given, parameters = text_of(values, "least"), {"most": f"{most:f}"}
            yield Problem(number, "least", given, "admissions.mark-outside", parameters)


def _least(values: Mapping[str, object]) -> Decimal:
    return Decimal(str(values["least"]))


def control_line_problems(batch: ImportBatch) -> Iterator[Problem]:
    season, rows = season_of(batch), list(staging.rows(batch))
    yield from wrong_state(season, LINES_DRAWN_IN)
    yield from _Lines(season.rules).problems(rows)


def control_line_changes(batch: ImportBatch) -> Iterator[Change]:
    """Show the lines that the table would move."""
    season = season_of(batch)
    lines, held = _Lines(season.rules), _held(season)
    for number, values in staging.rows(batch):
        key = lines.key(values)
        if key in held and held[key] != _least(values):
            label = " · ".join(text_of(values, column) for column in (*WORDS, "score"))
            yield Change(number, label, "least", f"{held[key]:f}", f"{_least(values):f}")


def record_control_lines(batch: ImportBatch, actor: Actor, progress: Progress) -> Mapping[str, int]:
    """Draw the lines of the table; the lines that it does not name are gone."""
    season = season_of(batch)
    lines, before = _Lines(season.rules), _held(season)
    drawn = {lines.key(values): _least(values) for _number, values in staging.rows(batch)}
    written = set_control_lines(season, drawn, actor=actor)
    progress.advance(written)
    unchanged = sum(before.get(key) == least for key, least in drawn.items())
    changed = sum(key in before for key in drawn) - unchanged
    return {"added": written - changed - unchanged, "changed": changed, "unchanged": unchanged}


def _held(season: Season) -> dict[Key, Decimal]:
    rows = ControlLine.objects.filter(season=season)
    return {(line.batch, line.exam_type, line.category, line.score): line.least for line in rows}
