"""Lists of calls and applications: for everybody, the bureau, an applicant and a recommending body."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Greatest

from zhiqiao.apps.accounts.queries import organisations_of
from zhiqiao.apps.projects.choices import CallStage, CallState
from zhiqiao.apps.projects.models import Application, Call, CallExtension, Standing, Step
from zhiqiao.apps.projects.queries.calls import (
    applications_visible_to,
    calls_visible_to,
    own_applications,
    quota_of,
)
from zhiqiao.apps.projects.queries.needs import recommended_by
from zhiqiao.apps.projects.rules import is_staff
from zhiqiao.apps.registry.queries import organisations_visible_to
from zhiqiao.core.access import Actor
from zhiqiao.core.errors import MissingError
from zhiqiao.core.reach import SYSTEM, reaching
from zhiqiao.core.search import filter_by_text
from zhiqiao.packs import Phase

SORTS = {
    "number": ("number", "id"),
    "title": ("name_key", "id"),
    "applicant": ("applicant__name_key", "number", "id"),
    "state": ("state", "number", "id"),
    "due": (F("due_on").asc(nulls_last=True), "number", "id"),
}


@dataclass(frozen=True, slots=True)
class CallFilter:
    """How the list of calls is narrowed."""

    text: str = ""
    kind: str = ""
    level: str = ""
    year: str = ""
    stage: str = ""

    @property
    def restricts(self) -> bool:
        return any((self.text, self.kind, self.level, self.year, self.stage))


@dataclass(frozen=True, slots=True)
class ApplicationFilter:
    """How the list of the applications of a call is narrowed and ordered."""

    text: str = ""
    state: str = ""
    phase: str = ""
    applicant: str = ""
    area: str = ""
    only: str = ""
    sort: str = ""

    @property
    def restricts(self) -> bool:
        return any((self.text, self.state, self.phase, self.applicant, self.area, self.only))


OVERDUE, WAITING = "overdue", "waiting"


@dataclass(frozen=True, slots=True)
class RecommendingBody:
    key: int
    uid: UUID
    name: str


@dataclass(frozen=True, slots=True)
class Places:
    """The recommendations of a body in a call: how many it has, and how many it has used."""

    most: int
    used: int

    @property
    def left(self) -> int:
        return max(self.most - self.used, 0)


def calls_listed(
    user: Actor, wanted: CallFilter, *, now: datetime, sample: bool = False
) -> QuerySet[Call]:
    """Return the calls with the end in force (``ends_at``), the latest first."""
    for_all = CallExtension.objects.filter(call=OuterRef("pk"), organisation=None)
    latest = Subquery(for_all.order_by("-until").values("until")[:1])
    rows = calls_visible_to(user, sample=sample).annotate(ends_at=Greatest("closes_at", latest))
    chosen = {
        name: value for name, value in (("kind", wanted.kind), ("level", wanted.level)) if value
    }
    if wanted.year.isascii() and wanted.year.isdigit() and len(wanted.year) <= 4:
        chosen["year"] = wanted.year
    rows = filter_by_text(rows.filter(**chosen), wanted.text)
    if wanted.stage in CallStage.values:
        rows = rows.filter(_at_stage(CallStage(wanted.stage), now))
    return rows.order_by("-ends_at", "-id")


def _at_stage(stage: CallStage, now: datetime) -> Q:
    published = Q(state=CallState.PUBLISHED)
    return {
        CallStage.DRAFT: Q(state=CallState.DRAFT),
        CallStage.SOON: published & Q(opens_at__gt=now),
        CallStage.OPEN: published & Q(opens_at__lte=now, ends_at__gte=now),
        CallStage.CLOSED: Q(state=CallState.CLOSED) | (published & Q(ends_at__lt=now)),
    }[stage]


def years_of_calls(user: Actor) -> list[int]:
    rows = calls_visible_to(user).order_by("-year")
    return list(rows.values_list("year", flat=True).distinct())


def applications_of_call(
    user: Actor, call: Call, wanted: ApplicationFilter, *, day: date
) -> QuerySet[Application]:
    """Return for the bureau what was handed in, with whether a step waits; for others nothing."""
    if not is_staff(user):
        return Application.objects.none()
    waits = Exists(Step.objects.filter(application=OuterRef("pk"), ended_at=None))
    rows = Application.objects.filter(call=call, handed_in_at__isnull=False)
    rows = rows.select_related("applicant", "area", "recommender").annotate(waits=waits)
    chosen = {
        name: value
        for name, value in (
            ("state", wanted.state),
            ("phase", wanted.phase),
            ("area__code", wanted.area),
        )
        if value
    }
    rows = filter_by_text(rows.filter(**chosen), wanted.text)
    if wanted.applicant:
        bodies = filter_by_text(organisations_visible_to(user), wanted.applicant)
        rows = rows.filter(applicant__in=bodies.order_by().values("pk"))
    if wanted.only == OVERDUE:
        rows = rows.filter(due_on__lt=day)
    if wanted.only == WAITING:
        rows = rows.filter(waits)
    return _sorted(rows, wanted.sort)


def _sorted(rows: QuerySet[Application], sort: str) -> QuerySet[Application]:
    order = SORTS.get(sort.removeprefix("-"), SORTS["number"])
    rows = rows.order_by(*order)
    return rows.reverse() if sort.startswith("-") else rows


def state_counts(user: Actor, call: Call) -> Mapping[str, int]:
    """Count for the bureau what was handed in, by state."""
    if not is_staff(user):
        return {}
    rows = Application.objects.filter(call=call, handed_in_at__isnull=False)
    counted = rows.order_by().values("state").annotate(number=Count("id"))
    return {row["state"]: row["number"] for row in counted}


def work_in_call(user: Actor, call: Call, *, day: date) -> Mapping[str, int]:
    """Count for the bureau what waits in a call: checks of form, steps to sign, terms that passed."""
    if not is_staff(user):
        return {}
    rows = Application.objects.filter(call=call, handed_in_at__isnull=False)
    steps = Step.objects.filter(application__call=call, ended_at=None)
    return {
        "check": rows.filter(phase=Phase.CHECKING).count(),
        "sign": steps.exclude(asked_by=getattr(user, "pk", None)).count(),
        "overdue": rows.filter(due_on__lt=day).count(),
    }


def areas_of_call(user: Actor, call: Call) -> list[tuple[str, str]]:
    if not is_staff(user):
        return []
    rows = Application.objects.filter(call=call, area__isnull=False).order_by("area__path")
    found = rows.values_list("area__code", "area__name").distinct()
    return [(code, name) for code, name in found if code]


def next_to_check(
    user: Actor, call: Call, *, after: Application | None = None
) -> Application | None:
    """Return the next application whose form waits to be checked and for which no step waits.

    Behind the last one the stack begins again, without the application that one comes from.
    """
    wanted = ApplicationFilter(phase=Phase.CHECKING)
    waits = Step.objects.filter(application=OuterRef("pk"), ended_at=None)
    rows = applications_of_call(user, call, wanted, day=date.min).exclude(Exists(waits))
    if after is None:
        return rows.first()
    behind = Q(number__gt=after.number) | Q(number=after.number, id__gt=after.pk)
    first = Case(When(behind, then=0), default=1)
    return rows.exclude(pk=after.pk).order_by(first, "number", "id").first()


def applications_of_own(user: Actor) -> QuerySet[Application]:
    """Return what the person's bodies applied for or the person writes along, the latest first."""
    return own_applications(user).select_related("call", "applicant", "area")


def applications_to_recommend(user: Actor, call: Call, body: int) -> QuerySet[Application]:
    """Return what a body of the person recommends in a call; for another body nothing."""
    rows = applications_visible_to(user, call).filter(handed_in_at__isnull=False)
    own = body in organisations_of(user)
    return rows.filter(recommender=body).order_by("number", "id") if own else rows.none()


def recommending_bodies(user: Actor, call: Call) -> list[RecommendingBody]:
    """Name the bodies for which the person may recommend in a call, with a quota or without."""
    own = organisations_of(user)
    asked = Application.objects.filter(call=call, handed_in_at__isnull=False, recommender__in=own)
    named = {
        *asked.order_by().values_list(*_of_body("recommender")).distinct(),
        *call.quotas.filter(organisation__in=own).values_list(*_of_body("organisation")),
    }
    return sorted((RecommendingBody(*one) for one in named), key=lambda one: one.name)


def _of_body(field: str) -> tuple[str, str, str]:
    return f"{field}_id", f"{field}__uid", f"{field}__name"


def recommending_body(user: Actor, call: Call, uid: str) -> RecommendingBody:
    """Return the body that is named, or the only one for which the person may recommend."""
    bodies = recommending_bodies(user, call)
    chosen = [one for one in bodies if uid in ("", str(one.uid))]
    if not chosen:
        raise MissingError("projects.missing")
    return chosen[0]


def application_named(user: Actor, call: Call, uid: str) -> Application | None:
    """Return an application of the list of the bureau by what an address says; nothing otherwise."""
    try:
        key = UUID(uid)
    except ValueError:
        return None
    rows = applications_of_call(user, call, ApplicationFilter(), day=date.min)
    return rows.filter(uid=key).first()


def places_of(call: Call, body: int) -> Places:
    return Places(quota_of(call, body) or 0, len(recommended_by(call, body)))


def ranks_given(user: Actor, call: Call, body: int) -> Mapping[int, int]:
    """Return the order that a body of the person set.

    It stands beside scores that only the bureau may read, so the policies are passed for the ranks alone.
    """
    if body not in organisations_of(user):
        return {}
    with reaching(SYSTEM):
        rows = Standing.objects.filter(application__call=call, application__recommender=body)
        given = rows.values_list("application", "recommended_rank")
        return {key: rank for key, rank in given if rank is not None}
