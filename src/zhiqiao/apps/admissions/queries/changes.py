"""How a run differs from the one before it; that of a rehearsal, from what was published."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, Q, Subquery

from zhiqiao.apps.admissions.models import PlaceLine, Result, Run, RunLine, Season

Figures = tuple[int, int, str, int | None]


@dataclass(frozen=True, slots=True)
class LineChange:
    """A programme with places, admitted, lowest score and position in either run."""

    line: PlaceLine
    was: Figures | None
    now: Figures | None


def result_to_rehearse(season: Season) -> Run | None:
    """Return the published result of the first round of the season that is rehearsed."""
    rows = Run.objects.filter(season=season.source, round=0, published_at__isnull=False)
    return rows.order_by("-number").first()


def run_before(run: Run) -> Run | None:
    """Return the run with which one is compared: the last of the same round before it."""
    if run.season.is_rehearsal:
        return result_to_rehearse(run.season)
    rows = Run.objects.filter(season=run.season_id, round=run.round, number__lt=run.number)
    return rows.select_related("season").order_by("-number").first()


def line_changes(before: Run, after: Run) -> Iterator[LineChange]:
    """Yield the programmes whose outcome differs, by their codes."""
    was, now = _figures(before), _figures(after)
    differing = [key for key in was.keys() | now.keys() if was.get(key) != now.get(key)]
    lines = PlaceLine.objects.filter(pk__in=differing).select_related("school")
    for line in lines.order_by("code"):
        yield LineChange(line, was.get(line.pk), now.get(line.pk))


def _figures(run: Run) -> dict[int, Figures]:
    rows = RunLine.objects.filter(run=run)
    return {row.line_id: (row.places, row.admitted, row.cutoff, row.position) for row in rows}


def changed_places(before: Run, after: Run) -> list[tuple[int, int | None, int | None]]:
    """Return candidate, programme before and programme after, by key, of whoever has another place.

    In the order of their numbers. Who stands in one of the runs alone had, or has, no place there.
    """
    earlier = Result.objects.filter(run=before, candidate=OuterRef("candidate"))
    rows = Result.objects.filter(run=after).annotate(was=Subquery(earlier.values("line")[:1]))
    gained, lost = Q(was=None, line__isnull=False), Q(was__isnull=False, line=None)
    moved = rows.filter(gained | lost | (Q(was__isnull=False) & ~Q(was=F("line"))))
    later = Result.objects.filter(run=after, candidate=OuterRef("candidate"))
    gone = Result.objects.filter(~Exists(later), run=before, line__isnull=False)
    found: list[tuple[str, int, int | None, int | None]] = [
        *moved.values_list("candidate__number", "candidate", "was", "line"),
        *((*row, None) for row in gone.values_list("candidate__number", "candidate", "line")),
    ]
    return [(candidate, was, now) for _number, candidate, was, now in sorted(found, key=_number_of)]


def _number_of(row: tuple[str, int, int | None, int | None]) -> str:
    return row[0]
