"""Counts for the board: intake, places and pathways of seasons.

The latest year counts. Each source asks the database a fixed number of times, whatever the number of
measures, programmes and people; what a figure rests on are programmes and contracts, not persons.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count as CountOf
from django.db.models import OuterRef, Q, QuerySet, Subquery, Sum

from zhiqiao.apps.admissions.choices import Arrow, ContractState, RequestState, SeasonState
from zhiqiao.apps.admissions.models import (
    Cohort,
    Enrolment,
    PlaceFlow,
    PlaceLine,
    Result,
    Run,
    Season,
    SeasonStep,
)
from zhiqiao.apps.admissions.queries.enrolments import not_declined
from zhiqiao.apps.registry.queries import area_path
from zhiqiao.core.counted import counted_rows
from zhiqiao.core.dates import end_of, local
from zhiqiao.core.measures import Bound, Count, ListState, measure_source, once
from zhiqiao.core.policy import current_pack
from zhiqiao.engines.trace import Record
from zhiqiao.packs import IntakeLevel, Measure, PlaceCount

NOTHING = Count(None, Bound.NONE, ListState.NOT_LOADED)
LINE = ("season", "batch", "exam_type", "school__kind", "school__region__path", "uid", "code",
        "major", "school__name")  # fmt: skip


@dataclass(frozen=True, slots=True)
class SeasonSeen:
    """A season as it stood on a day; ``run`` is the result that held then."""

    pk: int
    scheme: str
    year: int
    state: str
    complete_on: date | None
    closed_at: datetime | None
    run: int | None

    def is_closed(self, at: date | None) -> bool:
        if self.state != SeasonState.CLOSED or self.closed_at is None:
            return False
        return at is None or local(self.closed_at).date() <= at

    def is_complete(self, at: date | None) -> bool:
        declared = self.complete_on is not None and (at is None or self.complete_on <= at)
        return declared and self.is_closed(at)

    def level_of(self, batch: str) -> IntakeLevel:
        return current_pack().schemes[self.scheme].batch(batch).level

    def has_level(self, levels: Iterable[IntakeLevel]) -> bool:
        scheme = current_pack().schemes.get(self.scheme)
        return scheme is not None and any(batch.level in set(levels) for batch in scheme.batches)


@dataclass(frozen=True, slots=True)
class Row:
    """A programme with a number; the region is that of its school, where it is known."""

    season: int
    batch: str
    exam_type: str
    kind: str
    path: str | None
    uid: UUID
    code: str
    major: str
    school: str
    number: int

    def record(self) -> Record:
        label = f"{self.code} {self.major} · {self.school}: {self.number}"
        return Record(kind="place-line", uid=str(self.uid), label=label)


@measure_source("admissions.intake")
def count_intake(measures: Sequence[Measure], *, area: str, at: date | None) -> Mapping[str, Count]:
    """Count the enrolled of closed seasons whose enrolments are complete, else the admitted.

    Before its close a season gives a lower bound, and so does a measure of which the pack says that
    something is missing; without a published result nothing may be said.
    """
    seasons = [season for season in _seasons(at) if season.run is not None]
    complete = [season for season in seasons if season.is_complete(at)]
    open_ = [season for season in seasons if not season.is_complete(at)]
    rows = _enrolled(complete, at) + _admitted(open_, at)
    path = area_path(area)
    return {
        measure.name: _count(
            measure, _latest(seasons, measure), rows, path=path,
            certain=measure.missing is None
            and all(season.is_closed(at) for season in _latest(seasons, measure)),
        )
        for measure in measures
    }  # fmt: skip


@measure_source("admissions.places")
def count_places(measures: Sequence[Measure], *, area: str, at: date | None) -> Mapping[str, Count]:
    """Count places asked for, approved and filled; the first two are final once they are frozen."""
    seasons = _seasons(at)
    published = [season for season in seasons if season.run is not None]
    asked, approved = _places(seasons, at)
    rows = {
        PlaceCount.ASKED: asked,
        PlaceCount.APPROVED: approved,
        PlaceCount.FILLED: _admitted(published, at),
    }
    path = area_path(area)
    counts = {}
    for measure in measures:
        filled = measure.places is PlaceCount.FILLED
        chosen = _latest(published if filled else seasons, measure)
        counts[measure.name] = _count(
            measure, chosen, rows[measure.places or PlaceCount.ASKED], path=path,
            certain=all(_is_settled(season, at, filled=filled) for season in chosen),
        )  # fmt: skip
    return counts


@measure_source("admissions.pathways")
def count_pathways(
    measures: Sequence[Measure], *, area: str, at: date | None
) -> Mapping[str, Count]:
    """Count who entered the pathways of contracts that are or were in force, in one query.

    Nobody declares the contracts complete, so the number is a lower bound.
    """
    found = Cohort.objects.filter(counted_rows("contract__")).exclude(
        contract__state=ContractState.DRAFT
    )
    if at is not None:
        found = found.filter(entry_year__lte=at.year)
    found = found.filter(contract__school__region__path__startswith=area_path(area))
    rows = (
        found.order_by("contract_id")
        .values_list("contract__uid", "contract__major", "contract__school__name")
        .annotate(number=Sum("entered"))
    )
    records, total = [], 0
    for uid, major, school, number in rows:
        total += number
        label = f"{major} · {school}: {number}"
        records.append(Record(kind="pathway", uid=str(uid), label=label))
    if not total:
        return {measure.name: NOTHING for measure in measures}
    count = Count(total, Bound.AT_LEAST, ListState.PARTIAL, records=tuple(records))
    return {measure.name: count for measure in measures}


def _seasons(at: date | None) -> list[SeasonSeen]:
    return once(("admissions.seasons", at), lambda: _read_seasons(at))


def _read_seasons(at: date | None) -> list[SeasonSeen]:
    """Return the seasons, never a rehearsal, with the result that held on the day, in one query."""
    runs = Run.objects.filter(season=OuterRef("pk"), published_at__isnull=False)
    closes = SeasonStep.objects.filter(
        season=OuterRef("pk"), arrow=Arrow.CLOSE, is_taken=True
    ).order_by("-id")
    rows = Season.objects.filter(counted_rows(), rehearsal_of=None)
    if at is not None:
        runs = runs.filter(published_at__lt=end_of(at))
        rows = rows.filter(opened_at__lt=end_of(at))
    rows = rows.annotate(
        run=Subquery(runs.order_by("-number").values("pk")[:1]),
        closed=Subquery(closes.values("ended_at")[:1]),
    )
    names = ("pk", "scheme", "year", "state", "enrolments_complete_on", "closed", "run")
    return [SeasonSeen(*values) for values in rows.order_by("pk").values_list(*names)]


def _latest(seasons: Sequence[SeasonSeen], measure: Measure) -> list[SeasonSeen]:
    """Return the seasons of the latest year that admit to a level of the measure."""
    fitting = [season for season in seasons if season.has_level(measure.intake)]
    year = max((season.year for season in fitting), default=None)
    return [season for season in fitting if season.year == year]


def _is_settled(season: SeasonSeen, at: date | None, *, filled: bool) -> bool:
    if filled or at is not None:
        return season.is_closed(at)
    return season.state != SeasonState.DRAFT


def _admitted(seasons: Sequence[SeasonSeen], at: date | None) -> list[Row]:
    runs = tuple(season.run for season in seasons)
    if not runs:
        return []
    rows = not_declined(Result.objects.filter(run__in=runs), by=at)
    return once(("admissions.admitted", runs, at), lambda: _grouped(rows))


def _enrolled(seasons: Sequence[SeasonSeen], at: date | None) -> list[Row]:
    rows = Enrolment.objects.filter(candidate__season__in=[season.pk for season in seasons])
    if at is not None:
        rows = rows.filter(registered_on__lte=at)
    return _grouped(rows)


def _grouped(rows: QuerySet[Result] | QuerySet[Enrolment]) -> list[Row]:
    listed = rows.order_by("line__code", "line_id").values_list(*(f"line__{name}" for name in LINE))
    return [Row(*values) for values in listed.annotate(number=CountOf("pk"))]


def _places(seasons: Sequence[SeasonSeen], at: date | None) -> tuple[list[Row], list[Row]]:
    """Return what was asked for and what the ledger had approved by the day, by programme."""
    flows = PlaceFlow.objects.filter(season__in=[season.pk for season in seasons])
    if at is not None:
        flows = flows.filter(booked_at__lt=end_of(at))
    held: dict[UUID, int] = {}
    for sign, side in ((1, "to_line"), (-1, "from_line")):
        sums = flows.filter(**{f"{side}__isnull": False}).order_by().values_list(f"{side}__uid")
        for line, number in sums.annotate(number=Sum("number")):
            held[line] = held.get(line, 0) + sign * number
    lines = PlaceLine.objects.filter(season__in=[season.pk for season in seasons])
    lines = lines.filter(~Q(state__in=[RequestState.DRAFT, RequestState.RETURNED]))
    facts = lines.order_by("code", "pk").values_list(*LINE, "requested")
    asked = [Row(*values) for values in facts]
    return asked, [replace(row, number=held[row.uid]) for row in asked if held.get(row.uid)]


def _count(
    measure: Measure,
    seasons: Sequence[SeasonSeen],
    rows: Sequence[Row],
    *,
    path: str,
    certain: bool,
) -> Count:
    """Sum the programmes that a measure asks for; those of schools without a region wait."""
    if not seasons:
        return NOTHING
    by_key = {season.pk: season for season in seasons}
    fitting = [
        row
        for row in rows
        if row.season in by_key
        and by_key[row.season].level_of(row.batch) in measure.intake
        and (not measure.exam_types or row.exam_type in measure.exam_types)
        and (not measure.schools or row.kind in measure.schools)
    ]
    counted = [row for row in fitting if row.path is not None and row.path.startswith(path)]
    pending = sum(row.number for row in fitting if row.path is None)
    value = sum(row.number for row in counted)
    state = ListState.COMPLETE if certain else ListState.PARTIAL
    if not value and (pending or not certain):
        return Count(None, Bound.NONE, state, pending=pending)
    bound = Bound.EXACT if certain and not pending else Bound.AT_LEAST
    records = tuple(row.record() for row in counted)
    return Count(value, bound, state, pending=pending, records=records)
