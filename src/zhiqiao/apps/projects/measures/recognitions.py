"""Counts of recognised items for the plan's measures.

Seven queries at most serve every measure of the source, however many rows and measures there are. The
meaning of each count is in the README of this app.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum, auto
from uuid import UUID

from zhiqiao.apps.projects.models import Judgement
from zhiqiao.apps.projects.queries import SOURCE, counted_rows_under, in_force_on, list_states_under
from zhiqiao.apps.projects.rules import folded
from zhiqiao.apps.registry.queries import area_path, bodies_named, bodies_today
from zhiqiao.core.dates import today
from zhiqiao.core.measures import Bound, Count, ListState, measure_source
from zhiqiao.engines.trace import Record
from zhiqiao.packs import Measure


class Standing(Enum):
    """How a row stands towards one measure."""

    COUNTED = auto()
    PENDING = auto()
    OUTSIDE = auto()


@dataclass(frozen=True, slots=True)
class Row:
    """What the counts need of a recognition."""

    pk: int
    uid: UUID
    kind: str
    name: str
    name_filed: bool
    level: str
    holder_id: int | None
    holder_text: str
    announced_to: date | None


FIELDS = tuple(Row.__dataclass_fields__)
Answers = Mapping[tuple[int, str], bool]
Holders = Mapping[int, int]


@measure_source(SOURCE)
def count_recognitions(
    measures: Sequence[Measure], *, area: str, at: date | None
) -> Mapping[str, Count]:
    """Count real rows of the area; at a date, only rows surely announced and valid by then."""
    path = area_path(area)
    rows = _rows(measures, path=path, day=at or today())
    holders = _holders(rows)
    answers = _answers(measures, path=path)
    states = list_states_under(path, at=at)
    by_kind: dict[str, list[Row]] = {}
    for row in rows:
        by_kind.setdefault(row.kind, []).append(row)
    return {
        measure.name: _count(
            measure,
            [row for kind in measure.kinds for row in by_kind.get(kind, ())],
            holders=holders,
            answers=answers,
            list_state=_joined_state([states[kind] for kind in measure.kinds]),
            at=at,
        )
        for measure in measures
    }


def _rows(measures: Sequence[Measure], *, path: str, day: date) -> list[Row]:
    kinds = {kind for measure in measures for kind in measure.kinds}
    found = counted_rows_under(path).filter(in_force_on(day), kind__in=kinds)
    found = found.order_by("name_key", "id")
    return [Row(*values) for values in found.values_list(*FIELDS)]


def _holders(rows: Sequence[Row]) -> Holders:
    """Name each holder by the body that it is today, so that an upgraded school holds an item once.

    A text that no clerk matched yet stands for the one body of that name, present or former.
    """
    texts = {row.holder_text for row in rows if not row.holder_id and row.holder_text}
    named = bodies_named(texts) if texts else {}
    keys = {row.holder_id for row in rows if row.holder_id} | set(named.values())
    today_of = bodies_today(keys) if keys else {}
    known = {row.pk: row.holder_id or named.get(row.holder_text) for row in rows}
    return {pk: today_of.get(key, key) for pk, key in known.items() if key}


def _answers(measures: Sequence[Measure], *, path: str) -> Answers:
    asked = {judgement for measure in measures for judgement in measure.judgements}
    found = Judgement.objects.filter(
        judgement__in=asked, recognition__area__path__startswith=path
    ).order_by()
    return {
        (row, judgement): answer
        for row, judgement, answer in found.values_list("recognition_id", "judgement", "answer")
    }


def _joined_state(states: Sequence[ListState]) -> ListState:
    if all(state == ListState.NOT_LOADED for state in states):
        return ListState.NOT_LOADED
    if all(state == ListState.COMPLETE for state in states):
        return ListState.COMPLETE
    return ListState.PARTIAL


def _count(
    measure: Measure,
    rows: Sequence[Row],
    *,
    holders: Holders,
    answers: Answers,
    list_state: ListState,
    at: date | None,
) -> Count:
    """Sort the rows of one measure and say what may be said about their number."""
    standing: dict[Standing, list[Row]] = {place: [] for place in Standing}
    undated = 0
    for row in rows:
        place = _standing(measure, row, answers)
        if at is None or place is Standing.OUTSIDE:
            standing[place].append(row)
        elif row.announced_to is None:
            undated += 1
        elif row.announced_to <= at:
            standing[place].append(row)
    counted = standing[Standing.COUNTED]
    pending = len(standing[Standing.PENDING])
    value = len({_identity(measure, row, holders) for row in counted})
    certain = list_state == ListState.COMPLETE and not pending and not undated
    if list_state == ListState.NOT_LOADED or (not value and not certain):
        return Count(None, Bound.NONE, list_state, pending=pending, undated=undated)
    return Count(
        value,
        Bound.EXACT if certain else Bound.AT_LEAST,
        list_state,
        pending=pending,
        undated=undated,
        records=tuple(Record(kind="recognition", uid=str(r.uid), label=r.name) for r in counted),
    )


def _standing(measure: Measure, row: Row, answers: Answers) -> Standing:
    """Compare one row with the level and the answers that the measure requires."""
    given = [answers.get((row.pk, judgement)) for judgement in measure.judgements]
    if False in given or (measure.levels and row.level and row.level not in measure.levels):
        return Standing.OUTSIDE
    if None in given or (measure.levels and not row.level):
        return Standing.PENDING
    return Standing.COUNTED


def _identity(measure: Measure, row: Row, holders: Holders) -> tuple[str, ...]:
    """Return the key under which rows are one item; what is to be filed gives kind and holder."""
    key = holders.get(row.pk)
    holder = f"#{key}" if key else folded(row.holder_text)
    stand_in = f"{row.kind}\x1f{holder}"
    parts = {
        "name": folded(row.name) if row.name_filed else stand_in,
        "holder": holder or stand_in,
    }
    return tuple(parts[component] for component in measure.distinct_by)
