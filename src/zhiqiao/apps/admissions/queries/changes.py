"""How a run differs from the one before it; that of a rehearsal, from what was published."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from zhiqiao.apps.admissions.models import PlaceLine, Result, Run, RunLine, Season

Figures = tuple[int, int, str, int | None]


@dataclass(frozen=True, slots=True)
class LineChange:
    """A programme with places, admitted, lowest score and position in either run."""

    line: PlaceLine
    was: Figures | None
    now: Figures | None


@dataclass(frozen=True, slots=True)
class CandidateChange:
    """A candidate whose place is another one, and which it was and is."""

    result: Result
    was: PlaceLine | None


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


def changed_results(before: Run, after: Run) -> QuerySet[Result]:
    """Return the results that differ, each with the key of the programme it was in ``was``."""
    earlier = Result.objects.filter(run=before, candidate=OuterRef("candidate"))
    rows = Result.objects.filter(run=after).annotate(was=Subquery(earlier.values("line")[:1]))
    gained, lost = Q(was=None, line__isnull=False), Q(was__isnull=False, line=None)
    rows = rows.filter(gained | lost | (Q(was__isnull=False) & ~Q(was=F("line"))))
    return rows.select_related("candidate", "line__school").order_by("candidate__number")


def candidate_changes(results: list[Result]) -> list[CandidateChange]:
    keys = {getattr(result, "was", None) for result in results} - {None}
    lines = PlaceLine.objects.select_related("school").in_bulk(keys)
    return [CandidateChange(one, lines.get(getattr(one, "was", None))) for one in results]
