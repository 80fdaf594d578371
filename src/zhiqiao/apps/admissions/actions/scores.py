"""Scores: two entries that must agree, the sealing, control lines, and corrections after it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhiqiao.apps.admissions.actions.candidates import record as record_of_candidate
from zhiqiao.apps.admissions.actions.conditions import root_of_texts
from zhiqiao.apps.admissions.actions.seasons import AUDITED, locked, record, worded
from zhiqiao.apps.admissions.engine_io.marks import faults_of, standing_marks, sums_of
from zhiqiao.apps.admissions.models import (
    Appeal,
    Candidate,
    ControlLine,
    Recheck,
    ScoreSheet,
    Season,
)
from zhiqiao.apps.admissions.queries import score_differences
from zhiqiao.apps.admissions.rules import (
    BEFORE_RUNS,
    LINES_DRAWN_IN,
    NOT_CLOSED,
    can_run_season,
    is_no_rehearsal,
    lets_correct,
    stands_at,
)
from zhiqiao.core import audit
from zhiqiao.core.access import Actor, obey, require
from zhiqiao.core.copying import copy_new
from zhiqiao.core.errors import InputError, RuleError
from zhiqiao.packs import ExamType

FIRST, SECOND = "first", "second"
CHUNK = 2_000
SHOWN = 5
WRITTEN = (
    "first", "second", "first_by_id", "second_by_id", "reported", "marks", "sums", "changed_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Marked:
    """The marks of one candidate, by item."""

    number: str
    marks: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class Reported:
    """The results of one candidate in other examinations, as they were reported."""

    number: str
    results: Mapping[str, str]


@transaction.atomic
def enter_scores(season: Season, rows: Iterable[Marked], *, entry: str, actor: Actor) -> int:
    """Write the first or the second entry; where both agree the marks and their sums stand.

    Nobody gives both entries of a candidate.
    """
    require(can_run_season(actor))
    season = locked(season)
    obey(stands_at(season, BEFORE_RUNS))
    if season.scores_sealed_at is not None:
        raise RuleError("admissions.scores-sealed")
    given = {row.number: row.marks for row in rows}
    candidates = Candidate.objects.filter(season=season, number__in=list(given))
    held = {candidate.number: candidate for candidate in candidates.select_related("score_sheet")}
    kinds = season.rules.exam_types
    _refuse_own_entries(held.values(), entry, actor=actor)
    sheets = [
        _written(kinds[held[number].exam_type], held[number], marks, entry)
        for number, marks in given.items()
    ]
    for sheet in sheets:
        setattr(sheet, f"{entry}_by_id", getattr(actor, "pk", None))
    _write(sheets)
    return len(sheets)


def _refuse_own_entries(candidates: Iterable[Candidate], entry: str, *, actor: Actor) -> None:
    other = SECOND if entry == FIRST else FIRST
    sheets = [getattr(candidate, "score_sheet", None) for candidate in candidates]
    own = [
        sheet.candidate.number
        for sheet in sheets
        if sheet is not None and actor is not None and getattr(sheet, f"{other}_by_id") == actor.pk
    ]
    if own:
        shown = ", ".join(sorted(own)[:SHOWN])
        raise RuleError("admissions.entered-by-one", number=len(own), shown=shown)


def _write(sheets: Sequence[ScoreSheet]) -> None:
    changed = ", ".join(f"{name} = EXCLUDED.{name}" for name in WRITTEN)
    copy_new(sheets, conflict=f"ON CONFLICT (candidate_id) DO UPDATE SET {changed}")


def _written(
    kind: ExamType, candidate: Candidate, marks: Mapping[str, Decimal], entry: str
) -> ScoreSheet:
    for name, mark in faults_of(kind, marks):
        known = ", ".join(f"{item} 0–{one.most}" for item, one in kind.items.items())
        raise InputError(
            "admissions.line-word", given=f"{name}={mark}", what=_("score"), known=known
        )
    sheet = getattr(candidate, "score_sheet", None) or ScoreSheet(candidate=candidate)
    setattr(sheet, entry, {name: str(mark) for name, mark in sorted((marks or {}).items())})
    return settle(sheet, kind)


def settle(sheet: ScoreSheet, kind: ExamType) -> ScoreSheet:
    """Let the marks stand where both entries say the same, and only there; convert what was reported.

    Whoever sat nothing has no entry, and the converted marks alone.
    """
    sheet.changed_at = timezone.now()
    sheet.marks = sheet.sums = None
    if sheet.first == sheet.second and (sheet.first is not None or sheet.reported):
        entered = {name: Decimal(text) for name, text in dict(sheet.first or {}).items()}
        marks = standing_marks(kind, entered, sheet.reported or {})
        sheet.marks = {name: str(mark) for name, mark in sorted(marks.items())}
        sheet.sums = {name: str(value) for name, value in sums_of(kind, marks).items()}
    return sheet


@transaction.atomic
def enter_results(season: Season, rows: Iterable[Reported], *, actor: Actor) -> int:
    """Write the results that other examinations reported; a row replaces those of the candidate.

    They come from the records of those examinations, so there is no second entry.
    """
    require(can_run_season(actor))
    season = locked(season)
    obey(stands_at(season, BEFORE_RUNS))
    if season.scores_sealed_at is not None:
        raise RuleError("admissions.scores-sealed")
    given = {row.number: dict(sorted(row.results.items())) for row in rows}
    candidates = Candidate.objects.filter(season=season, number__in=list(given))
    kinds = season.rules.exam_types
    sheets = []
    for candidate in candidates.select_related("score_sheet"):
        sheet = getattr(candidate, "score_sheet", None)
        results = given[candidate.number] or None
        # A sheet without anything would stand in the way of the sealing.
        if sheet is None and results is None:
            continue
        sheet = sheet or ScoreSheet(candidate=candidate)
        sheet.reported = results
        sheets.append(settle(sheet, kinds[candidate.exam_type]))
    _write(sheets)
    return len(sheets)


@transaction.atomic
def seal_scores(season: Season, *, actor: Actor) -> Season:
    """Close the scores: from now on every run works on exactly these, named by a digest."""
    require(can_run_season(actor))
    season = locked(season)
    obey(stands_at(season, BEFORE_RUNS))
    if season.scores_sealed_at is not None:
        raise RuleError("admissions.scores-sealed")
    open_ = ScoreSheet.objects.filter(candidate__season=season, marks__isnull=True).count()
    if open_:
        raise RuleError("admissions.scores-differ", number=open_)
    before = audit.snapshot(season, AUDITED)
    season.scores_sealed_at = timezone.now()
    season.scores_digest = scores_digest(season)
    season.save(update_fields=["scores_sealed_at", "scores_digest"])
    record(season, "admissions.season.scores_sealed", actor=actor, before=before)
    return season


def scores_digest(season: Season) -> str:
    rows = ScoreSheet.objects.filter(candidate__season=season, marks__isnull=False)
    listed = rows.values_list("candidate__number", "marks", "reported").iterator()
    return root_of_texts(
        f"{number}:{_told(marks)}" + (f"|{_told(reported)}" if reported else "")
        for number, marks, reported in listed
    )


def _told(values: Mapping[str, str] | None) -> str:
    return ",".join(f"{name}={value}" for name, value in sorted((values or {}).items()))


@transaction.atomic
def correct_scores(
    upheld: Appeal | Recheck, marks: Mapping[str, Decimal], *, actor: Actor, reason: str
) -> ScoreSheet:
    """Replace sealed marks, once, by what an upheld re-check or appeal found; nothing else can.

    Marks that are not given stay. The season's digest follows.
    """
    require(can_run_season(actor))
    upheld = _locked_ground(upheld)
    candidate = upheld.candidate
    season = locked(candidate.season)
    obey(stands_at(season, NOT_CLOSED))
    if season.scores_sealed_at is None:
        raise RuleError("admissions.scores-open")
    obey(lets_correct(upheld))
    words, before = worded(reason), audit.snapshot(season, AUDITED)
    sheet = _replaced(season, candidate, marks)
    upheld.corrected_at = timezone.now()
    upheld.save(update_fields=["corrected_at"])
    season.scores_digest = scores_digest(season)
    season.save(update_fields=["scores_digest"])
    verb = "admissions.season.scores_sealed"
    record(season, verb, actor=actor, before=before, reason=words)
    verb = "admissions.candidate.scores_corrected"
    record_of_candidate(candidate, verb, actor=actor, before=None, reason=words)
    return sheet


def _replaced(season: Season, candidate: Candidate, marks: Mapping[str, Decimal]) -> ScoreSheet:
    held = ScoreSheet.objects.select_for_update().filter(candidate=candidate).first()
    was = {name: Decimal(mark) for name, mark in ((held.first if held else None) or {}).items()}
    corrected = was | dict(marks)
    if corrected == was:
        raise RuleError("admissions.scores-unchanged")
    kind = season.rules.exam_types[candidate.exam_type]
    sheet = _written(kind, candidate, corrected, FIRST)
    sheet.second = sheet.first
    settle(sheet, kind).save()
    return sheet


def _locked_ground(upheld: Appeal | Recheck) -> Appeal | Recheck:
    if isinstance(upheld, Recheck):
        rechecks = Recheck.objects.select_for_update(of=("self",))
        return rechecks.select_related("candidate__season").get(pk=upheld.pk)
    appeals = Appeal.objects.select_for_update(of=("self",))
    return appeals.select_related("candidate__season").get(pk=upheld.pk)


@transaction.atomic
def set_control_lines(
    season: Season, lines: Mapping[tuple[str, str, str, str], Decimal], *, actor: Actor
) -> int:
    """Draw control lines by (batch, exam type, category, score); all that were drawn are replaced."""
    require(can_run_season(actor))
    season = locked(season)
    obey(is_no_rehearsal(season))
    obey(stands_at(season, LINES_DRAWN_IN))
    scheme = season.rules
    rows = []
    for (batch, exam_type, category, score), least in lines.items():
        _refuse_unknown_line(scheme.exam_types.get(exam_type), score, exam_type)
        rows.append(
            ControlLine(season=season, batch=batch, exam_type=exam_type, category=category,
                        score=score, least=least)
        )  # fmt: skip
    before = {"lines": [str(line) for line in ControlLine.objects.filter(season=season)]}
    ControlLine.objects.filter(season=season).delete()
    ControlLine.objects.bulk_create(rows, batch_size=CHUNK)
    after = {"lines": [str(line) for line in rows]}
    verb = "admissions.season.lines_set"
    audit.record(actor=actor, verb=verb, subject=season, before=before, after=after)
    return len(rows)


def _refuse_unknown_line(kind: object, score: str, exam_type: str) -> None:
    columns = getattr(kind, "columns", ())
    if score not in columns:
        known = ", ".join(columns) or exam_type
        raise InputError("admissions.line-word", given=score, what=_("score"), known=known)


@transaction.atomic
def take_differences(season: Season, *, actor: Actor) -> list[tuple[object, ...]]:
    """Give what stands between the scores and their sealing; who takes it stands in the audit."""
    require(can_run_season(actor))
    rows = score_differences(season)
    record(season, "admissions.season.differences_seen", actor=actor, before=None)
    return rows


@transaction.atomic
def note_look(candidate: Candidate, *, actor: Actor, reason: str) -> None:
    """Write down that somebody other than the candidate looked at scores."""
    verb = "admissions.candidate.scores_seen"
    record_of_candidate(candidate, verb, actor=actor, before=None, reason=worded(reason))
