"""Who was admitted by the published result, who arrived, and who did not."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from zhiqiao.apps.admissions.choices import AnswerKind
from zhiqiao.apps.admissions.models import Answer, Candidate, Enrolment, Result, Run, Season
from zhiqiao.apps.admissions.rules import is_staff, schools_of
from zhiqiao.core.access import Actor
from zhiqiao.core.dates import end_of
from zhiqiao.core.errors import MissingError
from zhiqiao.core.exports import ExportColumn

ADMITTED = (
    ExportColumn(_("programme code"), 16),
    ExportColumn(_("major"), 26),
    ExportColumn(_("Candidate number"), 18),
    ExportColumn(_("full name"), 14),
    ExportColumn(_("School of origin"), 30),
    ExportColumn(_("Arrived on"), 14),
)


@dataclass(frozen=True, slots=True)
class EnrolmentFilter:
    """What a school asked its list of the admitted for."""

    text: str = ""
    arrived: str = ""


def last_published(season: Season) -> Run | None:
    """Return the run whose result holds: the last that was published."""
    rows = Run.objects.filter(season=season, published_at__isnull=False)
    return rows.order_by("-number").first()


def not_declined(rows: QuerySet[Result], *, by: date | None = None) -> QuerySet[Result]:
    """Leave out those who have no place, or declined the one they have, by a day if one is given."""
    declined = Answer.objects.filter(
        candidate=OuterRef("candidate"), line=OuterRef("line"), says=AnswerKind.DECLINED
    )
    if by is not None:
        declined = declined.filter(at__lt=end_of(by))
    return rows.filter(~Exists(declined), line__isnull=False)


def admitted_of(season: Season) -> QuerySet[Result]:
    """Return the admitted of a season, by its last published result, who did not decline."""
    run = last_published(season)
    return not_declined(Result.objects.filter(run=run)) if run else Result.objects.none()


def admitted_visible_to(
    user: Actor, season: Season, *, wanted: EnrolmentFilter | None = None
) -> QuerySet[Result]:
    """Return all for the bureau and the own admitted for a school."""
    rows = admitted_of(season)
    if not is_staff(user):
        rows = rows.filter(line__school__in=schools_of(user))
    asked = wanted or EnrolmentFilter()
    if asked.text:
        rows = rows.filter(
            Q(candidate__number__istartswith=asked.text)
            | Q(candidate__person__name__icontains=asked.text)
            | Q(line__code__istartswith=asked.text)
        )
    if asked.arrived:
        rows = rows.filter(candidate__enrolment__isnull=asked.arrived != "yes")
    rows = rows.select_related(
        "line__school", "candidate__person", "candidate__school", "candidate__enrolment"
    )
    return rows.order_by("line__code", "candidate__number")


def arrivals(user: Actor, season: Season) -> dict[str, int]:
    """Count the admitted, those who arrived and those who did not."""
    rows = admitted_visible_to(user, season).order_by()
    counted: dict[str, int] = rows.aggregate(
        admitted=Count("pk"),
        arrived=Count("pk", filter=Q(candidate__enrolment__isnull=False)),
    )
    return {**counted, "missing": counted["admitted"] - counted["arrived"]}


def admitted_candidate_visible_to(user: Actor, uid: UUID) -> Candidate:
    """Return an admitted candidate for the bureau and the admitting school."""
    found = Candidate.objects.select_related("season", "person").filter(uid=uid).first()
    if found is None or not admitted_visible_to(user, found.season).filter(
        candidate=found
    ).exists():  # fmt: skip
        raise MissingError("admissions.missing")
    return found


def enrolled_candidate_visible_to(user: Actor, uid: UUID) -> Candidate:
    """Return an enrolled candidate, admitted still or not, for the bureau."""
    rows = Enrolment.objects.select_related("candidate__season", "candidate__person")
    found = rows.filter(candidate__uid=uid).first()
    if found is None or not is_staff(user):
        raise MissingError("admissions.missing")
    return found.candidate


def admitted_rows(
    user: Actor, season: Season, wanted: EnrolmentFilter
) -> Iterator[tuple[object, ...]]:
    """Yield the list of the admitted for Excel."""
    for row in admitted_visible_to(user, season, wanted=wanted):
        arrived = getattr(row.candidate, "enrolment", None)
        yield (
            row.line.code if row.line else "",
            row.line.major if row.line else "",
            row.candidate.number,
            row.candidate.person.name,
            row.candidate.school.name if row.candidate.school else "",
            arrived.registered_on if arrived else None,
        )
