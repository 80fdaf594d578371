"""Statistics of a run: counts of groups, without a count from which a person could be found out."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.core.cache import caches
from django.db import connection
from django.db.models import Count, Q, QuerySet, Sum
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from zhiqiao.apps.admissions.models import Result, Run, RunLine
from zhiqiao.apps.admissions.rules import SMALLEST_SHOWN
from zhiqiao.apps.registry.choices import OrganisationKind
from zhiqiao.core.reach import SYSTEM, reaching
from zhiqiao.packs import AdmissionScheme

KEPT_SECONDS = 3_600
# Who listed at least one programme of a batch or pathway; what is asked for is a column of ours.
LISTED = """
    SELECT line.{column}, count(DISTINCT result.candidate_id)
    FROM admissions_result result
    CROSS JOIN LATERAL jsonb_array_elements(result.reasons) AS reason
    JOIN admissions_placeline line ON line.id = (reason->>0)::bigint
    WHERE result.run_id = %s GROUP BY line.{column}
"""


@dataclass(frozen=True, slots=True)
class Group:
    """One group: its candidates, how many are admitted, and the places where it has some.

    ``share`` is the length of its bar in per cent: of the places, or else of the candidates.
    """

    key: str
    candidates: int
    admitted: int
    places: int | None = None
    title: str = ""
    is_hidden: bool = False

    @property
    def share(self) -> int:
        whole = self.candidates if self.places is None else self.places
        return min(100, round(100 * self.admitted / whole)) if whole else 0

    @property
    def counts(self) -> tuple[int, ...]:
        """Return what must not be small: also those who were not admitted, which anybody can subtract."""
        rest = (self.candidates - self.admitted,) if self.places is None else ()
        return (self.candidates, self.admitted, *rest)


@dataclass(frozen=True, slots=True)
class Breakdown:
    """The groups by one property of candidates or of programmes."""

    name: str
    title: Promise
    groups: tuple[Group, ...]
    has_places: bool


def statistics_of(run: Run) -> list[Breakdown]:
    """Count a run by region, school of origin, category, batch and pathway, small counts kept back.

    The counts of a published run never change, so they are kept for an hour.
    """
    key = f"admissions-statistics-{run.uid}"
    counted = caches["process"].get(key) if run.published_at else None
    if counted is None:
        with reaching(SYSTEM):
            counted = {name: protected(count(run)) for name, count in COUNTS.items()}
        if run.published_at:
            caches["process"].set(key, counted, KEPT_SECONDS)
    return [
        Breakdown(
            name=name,
            title=TITLES[name],
            groups=tuple(_titled(name, groups, run.season.rules)),
            has_places=any(group.places is not None for group in groups),
        )
        for name, groups in counted.items()
    ]


def protected(groups: Iterable[Group]) -> list[Group]:
    """Keep back groups with a small count, and as many others that no total gives them away.

    The totals are public: what is kept back together must itself not be small.
    """
    rows = sorted(groups, key=lambda group: (-group.candidates, -group.admitted, group.key))
    hidden = [row for row in rows if any(0 < count < SMALLEST_SHOWN for count in row.counts)]
    rest = [row for row in rows if row not in hidden]
    while hidden and rest and _gives_away(hidden):
        hidden.append(rest.pop())
    return [replace(row, is_hidden=True) if row in hidden else row for row in rows]


def _gives_away(hidden: list[Group]) -> bool:
    sums = (sum(counts) for counts in zip(*(group.counts for group in hidden), strict=True))
    return len(hidden) == 1 or any(0 < total < SMALLEST_SHOWN for total in sums)


def _of_candidates(column: str) -> Callable[[Run], list[Group]]:
    def count(run: Run) -> list[Group]:
        rows: QuerySet[Any] = Result.objects.filter(run=run).order_by().values_list(column)
        counted = rows.annotate(
            number=Count("pk"), admitted=Count("pk", filter=Q(line__isnull=False))
        )
        return [Group(str(key or ""), number, admitted) for key, number, admitted in counted]

    return count


def _of_programmes(column: str) -> Callable[[Run], list[Group]]:
    def count(run: Run) -> list[Group]:
        with connection.cursor() as cursor:
            cursor.execute(LISTED.format(column=column), [run.pk])
            listed: dict[str, int] = dict(cursor.fetchall())
        rows: QuerySet[Any] = RunLine.objects.filter(run=run).order_by().values_list(f"line__{column}")  # fmt: skip
        counted = rows.annotate(places=Sum("places"), admitted=Sum("admitted"))
        return [Group(key, listed.get(key, 0), admitted, places) for key, places, admitted in counted]  # fmt: skip

    return count


COUNTS: dict[str, Callable[[Run], list[Group]]] = {
    "region": _of_candidates("candidate__region__name"),
    "origin": _of_candidates("candidate__school__kind"),
    "category": _of_programmes("category"),
    "batch": _of_programmes("batch"),
    "pathway": _of_programmes("pathway"),
}
TITLES: dict[str, Promise] = {
    "region": gettext_lazy("Districts of the candidates"),
    "origin": gettext_lazy("Kinds of schools from which candidates come"),
    "category": gettext_lazy("Categories of majors"),
    "batch": gettext_lazy("Batches"),
    "pathway": gettext_lazy("Pathways"),
}


def _titled(name: str, groups: Iterable[Group], scheme: AdmissionScheme) -> list[Group]:
    language = get_language() or "zh-hans"
    entries: dict[str, dict[str, Any]] = {
        "category": dict(scheme.categories),
        "batch": {batch.id: batch for batch in scheme.batches},
        "pathway": dict(scheme.pathways),
    }
    packed = entries.get(name, {})
    kinds = dict(OrganisationKind.choices) if name == "origin" else {}
    titled = []
    for group in groups:
        entry = packed.get(group.key)
        title = entry.title.in_language(language) if entry else str(kinds.get(group.key, group.key))
        titled.append(replace(group, title=title or _("Not known")))
    return titled
