"""Requests and places: all for the bureau, their own for schools, the approved ones for everybody."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import Case, Count, Q, QuerySet, Sum, Value, When
from django.db.models.functions import NullIf
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from zhiqiao.apps.admissions.choices import FlowKind, RequestState
from zhiqiao.apps.admissions.models import PlaceFlow, PlaceLine, RunLine, Season
from zhiqiao.apps.admissions.rules import is_staff, schools_of
from zhiqiao.core import audit
from zhiqiao.core.access import Actor
from zhiqiao.core.errors import MissingError
from zhiqiao.core.exports import ExportColumn
from zhiqiao.core.models import AuditEntry

LEDGER = (
    ExportColumn(_("programme code"), 16),
    ExportColumn(_("School"), 30),
    ExportColumn(_("major"), 26),
    ExportColumn(_("batch"), 12),
    ExportColumn(_("category of majors"), 18),
    ExportColumn(_("pathway"), 14),
    ExportColumn(_("places asked for"), 14),
    ExportColumn(_("places"), 10),
    ExportColumn(_("state"), 12),
    ExportColumn(_("approval"), 30),
)


EXACT = ("batch", "category", "state", "exam_type", "pathway")


@dataclass(frozen=True, slots=True)
class LineFilter:
    """What a person asked the list of programmes for."""

    text: str = ""
    batch: str = ""
    category: str = ""
    state: str = ""
    exam_type: str = ""
    pathway: str = ""

    @property
    def restricts(self) -> bool:
        return any((self.text, *(getattr(self, name) for name in EXACT)))


def lines_visible_to(
    user: Actor, season: Season, *, wanted: LineFilter | None = None
) -> QuerySet[PlaceLine]:
    rows = PlaceLine.objects.filter(season=season).select_related("school", "region")
    if not is_staff(user):
        own = Q(school__in=schools_of(user))
        rows = rows.filter(Q(state=RequestState.APPROVED) | own)
    asked = wanted or LineFilter()
    if asked.text:
        rows = rows.filter(
            Q(code__istartswith=asked.text)
            | Q(major__icontains=asked.text)
            | Q(school__name__icontains=asked.text)
        )
    for name in EXACT:
        if getattr(asked, name):
            rows = rows.filter(**{name: getattr(asked, name)})
    return rows.order_by("code")


def open_lines(season: Season, *, wanted: LineFilter) -> QuerySet[PlaceLine]:
    """Return the approved programmes as open data; a major without a code has none, which is null."""
    rows = lines_visible_to(AnonymousUser(), season, wanted=wanted)
    return rows.annotate(shown_major_code=NullIf("major_code", Value("")))


def requests_visible_to(user: Actor, season: Season, *, wanted: LineFilter) -> QuerySet[PlaceLine]:
    """Return the same rows as the page; places that are not approved yet are null, not 0."""
    return lines_visible_to(user, season, wanted=wanted).annotate(
        shown_major_code=NullIf("major_code", Value("")),
        shown_places=Case(When(state=RequestState.APPROVED, then="places"), default=None),
    )


def line_visible_to(user: Actor, uid: UUID) -> PlaceLine:
    found = PlaceLine.objects.select_related("season", "school", "region").filter(uid=uid).first()
    if found is None:
        raise MissingError("admissions.missing")
    if not lines_visible_to(user, found.season).filter(pk=found.pk).exists():
        raise MissingError("admissions.missing")
    return found


def place_totals(user: Actor, season: Season) -> list[dict[str, object]]:
    """Return asked for, approved and programmes of each batch."""
    rows = lines_visible_to(user, season).order_by().values("batch")
    found = {
        row["batch"]: row
        for row in rows.annotate(
            asked=Sum("requested"), approved=Sum("places"), programmes=Count("pk")
        )
    }
    language = get_language() or "zh-hans"
    return [
        {"title": batch.title.in_language(language), **found[batch.id]}
        for batch in season.rules.batches
        if batch.id in found
    ]


def granted_places(season: Season) -> dict[int, int]:
    """Return the places of the first approval, by programme."""
    rows = PlaceFlow.objects.filter(season=season, kind=FlowKind.GRANT).order_by()
    return dict(rows.values_list("to_line").annotate(number=Sum("number")))


def admitted_by_line(season: Season) -> dict[int, int]:
    """Return how many were admitted by the published result, by programme; nothing before it."""
    run = season.runs.filter(published_at__isnull=False).order_by("-number").first()
    if run is None:
        return {}
    return dict(RunLine.objects.filter(run=run).values_list("line", "admitted"))


def flows_visible_to(_user: Actor, season: Season) -> QuerySet[PlaceFlow]:
    """Return the ledger: approved places and how they moved are public."""
    rows = PlaceFlow.objects.filter(season=season)
    return rows.select_related("from_line", "to_line", "approved_by").order_by("-id")


def flows_of_line(user: Actor, line: PlaceLine) -> QuerySet[PlaceFlow]:
    """Return the flows that came to a programme or left it, the latest first."""
    return flows_visible_to(user, line.season).filter(Q(from_line=line) | Q(to_line=line))


def line_rows(lines: Sequence[PlaceLine], season: Season) -> list[dict[str, object]]:
    """Return programmes with the words of the scheme."""
    language = get_language() or "zh-hans"
    scheme = season.rules
    return [
        {
            "line": line,
            "batch": scheme.batch(line.batch).title.in_language(language),
            "exam_type": scheme.exam_types[line.exam_type].title.in_language(language),
            "category": scheme.categories[line.category].title.in_language(language),
            "pathway": scheme.pathways[line.pathway].title.in_language(language),
        }
        for line in lines
    ]


def ledger_rows(user: Actor, season: Season, wanted: LineFilter) -> Iterator[tuple[object, ...]]:
    """Yield every programme with its words, places and approvals, for Excel."""
    approvals: dict[int, str] = dict(
        PlaceFlow.objects.filter(season=season, kind=FlowKind.GRANT).values_list(
            "to_line", "approval"
        )
    )
    lines = list(lines_visible_to(user, season, wanted=wanted))
    for row in line_rows(lines, season):
        line: PlaceLine = row["line"]  # type: ignore[assignment]  # the row holds it
        yield (
            line.code,
            line.school.name,
            line.major,
            row["batch"],
            row["category"],
            row["pathway"],
            line.requested,
            line.places if line.state == RequestState.APPROVED else None,
            line.get_state_display(),
            approvals.get(line.pk, ""),
        )


def history_of_line(line: PlaceLine) -> list[AuditEntry]:
    return list(audit.history_of(line)[:50])
