"""Counts of what went through calls: recognised, under construction, promised and reached.

Four queries serve every measure of the source. What was recognised without a call is not among them:
the register counts that. Before the first call nothing may be said.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import ROUND_FLOOR, Decimal
from uuid import UUID

from django.db.models import Q

from zhiqiao.apps.projects.choices import ChangeState, RecognitionState, ReportState
from zhiqiao.apps.projects.models import Application, BuildChange, BuildReport, Call, Step
from zhiqiao.apps.projects.queries.building import numbers_of
from zhiqiao.apps.registry.queries import area_path
from zhiqiao.core.counted import counted_rows
from zhiqiao.core.dates import region_zone, today
from zhiqiao.core.measures import Bound, Count, ListState, measure_source
from zhiqiao.engines.trace import Record
from zhiqiao.packs import Measure, Phase, ProjectCount

NOTHING = Count(None, Bound.NONE, ListState.NOT_LOADED)
CONSTRUCTION = frozenset({Phase.BUILDING, Phase.ACCEPTING})
Numbers = Mapping[str, Decimal]


@dataclass(slots=True)
class Project:
    """An application as it stood on a day."""

    uid: UUID
    item: UUID | None
    title: str
    kind: str
    level: str
    phase: Phase
    is_recognised: bool
    promised: dict[str, Decimal] = field(default_factory=dict)
    reached: dict[str, Decimal] = field(default_factory=dict)

    def record(self, words: str = "") -> Record:
        """Name the row of the register, which opens from the board; before there is one, the application."""
        label = f"{self.title}: {words}" if words else self.title
        kind = "application" if self.item is None else "recognition"
        return Record(kind=kind, uid=str(self.item or self.uid), label=label)


@measure_source("projects.applications")
def count_applications(
    measures: Sequence[Measure], *, area: str, at: date | None
) -> Mapping[str, Count]:
    """Count what the measures name in an area; at a date, as it stood at the end of that day."""
    day = at or today()
    published = Call.objects.filter(counted_rows())
    if not published.filter(published_at__lt=_end_of(day)).exists():
        return {measure.name: NOTHING for measure in measures}
    projects = _projects(area_path(area), day=day)
    return {measure.name: _count(measure, projects) for measure in measures}


def _projects(path: str, *, day: date) -> list[Project]:
    """Read the applications that were moved at all by the end of the day, with their numbers."""
    steps = Step.objects.filter(
        counted_rows("application__call__"),
        is_taken=True,
        ended_at__lt=_end_of(day),
        application__area__path__startswith=path,
    )
    states = dict(steps.order_by("id").values_list("application", "to_state"))
    rows = Application.objects.filter(pk__in=states).select_related(
        "call", "content", "recognition"
    )
    found = {row.pk: _project(row, states[row.pk], day=day) for row in rows.order_by("id")}
    known = Q(application__in=found)
    changes = BuildChange.objects.filter(known, state=ChangeState.APPROVED)
    for key, after in changes.filter(decided_at__lt=_end_of(day)).order_by("decided_at", "id").values_list("application", "after"):  # fmt: skip
        found[key].promised |= numbers_of(after.get("indicators", {}))
    reports = BuildReport.objects.filter(known, state=ReportState.ACCEPTED)
    for key, reached in reports.filter(judged_at__lt=_end_of(day)).order_by("due_on", "id").values_list("application", "reached"):  # fmt: skip
        found[key].reached |= numbers_of(reached)
    return list(found.values())


def _project(row: Application, state: str, *, day: date) -> Project:
    item, content = row.recognition, getattr(row, "content", None)
    return Project(
        uid=row.uid,
        item=item.uid if item else None,
        title=row.title,
        kind=row.call.kind,
        level=row.call.level,
        phase=row.call.rules.flow.states[state].phase,
        is_recognised=item is not None and _in_force(item.state, item.valid_from, item.valid_to, item.ended_on, day),
        promised=numbers_of(content.indicators) if content else {},
    )  # fmt: skip


def _in_force(
    state: str, start: date | None, end: date | None, ended_on: date | None, day: date
) -> bool:
    if state == RecognitionState.WITHDRAWN or (start is not None and start > day):
        return False
    over = min((one for one in (end, ended_on) if one is not None), default=None)
    return over is None or (day <= over if over != ended_on else day < over)


def _count(measure: Measure, projects: Iterable[Project]) -> Count:
    rows = [
        one
        for one in projects
        if (not measure.kinds or one.kind in measure.kinds)
        and (not measure.levels or one.level in measure.levels)
    ]
    match measure.projects:
        case ProjectCount.RECOGNISED:
            return _number([one for one in rows if one.is_recognised])
        case ProjectCount.BUILDING:
            return _number([one for one in rows if one.phase in CONSTRUCTION])
        case ProjectCount.PROMISED:
            return _promised(measure, [one for one in rows if one.is_recognised])
        case _:
            return _reached(measure, [one for one in rows if one.is_recognised])


def _number(rows: Sequence[Project]) -> Count:
    records = tuple(one.record() for one in rows)
    return Count(len(rows), Bound.EXACT, ListState.COMPLETE, records=records)


def _promised(measure: Measure, rows: Sequence[Project]) -> Count:
    parts = [(one, _total(one.promised, measure.indicators)) for one in rows]
    known = [(one, number) for one, number in parts if number is not None]
    records = tuple(one.record(str(number)) for one, number in known)
    return Count(_whole(number for _one, number in known), Bound.EXACT, ListState.COMPLETE, records=records)  # fmt: skip


def _reached(measure: Measure, rows: Sequence[Project]) -> Count:
    """Add up what accepted reports say; who promised and has not reported makes it a lower bound."""
    asked = [one for one in rows if _total(one.promised, measure.indicators) is not None]
    parts = [(one, _total(one.reached, measure.indicators)) for one in rows]
    told = [(one, number) for one, number in parts if number is not None]
    missing = [one for one in asked if not _told_all(one, measure.indicators)]
    coverage = (len(asked) - len(missing), len(asked))
    if not told and missing:
        return Count(None, Bound.NONE, ListState.PARTIAL, coverage=coverage)
    return Count(
        _whole(number for _one, number in told),
        Bound.AT_LEAST if missing else Bound.EXACT,
        ListState.PARTIAL if missing else ListState.COMPLETE,
        records=tuple(one.record(str(number)) for one, number in told),
        coverage=coverage,
    )


def _told_all(one: Project, indicators: Iterable[str]) -> bool:
    return all(name in one.reached for name in indicators if name in one.promised)


def _total(numbers: Numbers, indicators: Iterable[str]) -> Decimal | None:
    parts = [numbers[name] for name in indicators if name in numbers]
    return sum(parts, Decimal(0)) if parts else None


def _whole(numbers: Iterable[Decimal]) -> int:
    """Return the sum without its fraction: measures are whole numbers and never too large."""
    return int(sum(numbers, Decimal(0)).to_integral_value(ROUND_FLOOR))


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time.min, region_zone())
