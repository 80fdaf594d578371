"""Privileges: whole for the bureau and the school that asked, and on notice for everybody."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.utils.translation import get_language

from zhiqiao.apps.admissions.choices import Due, PrivilegeState, SeasonState
from zhiqiao.apps.admissions.models import Candidate, Objection, Privilege, Season
from zhiqiao.apps.admissions.queries.candidates import candidates_visible_to
from zhiqiao.apps.admissions.rules import is_own, is_staff, schools_of
from zhiqiao.apps.people.choices import Sex
from zhiqiao.core.access import Actor
from zhiqiao.core.errors import MissingError
from zhiqiao.core.reach import SYSTEM, reaching

SHOWN_ON_NOTICE = (PrivilegeState.PUBLISHED, PrivilegeState.GRANTED)


@dataclass(frozen=True, slots=True)
class PrivilegeRow:
    """A privilege with the title of its award and what is due; nothing is due while it is on notice."""

    privilege: Privilege
    title: str
    due: Due | None


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """Exactly what a public notice tells of a person: no number, no score, no evidence."""

    uid: UUID
    name: str
    sex: str
    school: str
    category: str
    award: str
    published_on: date
    objections_until: date
    is_open: bool


def privileges_visible_to(
    user: Actor, season: Season, *, today: date, due: str = ""
) -> QuerySet[Privilege]:
    """Return all for the bureau and a school's own for it; what is due stands first."""
    rows = Privilege.objects.filter(candidate__season=season)
    if not is_staff(user):
        rows = rows.filter(candidate__school__in=schools_of(user))
    waits, over = Q(state=PrivilegeState.ASKED), _is_over(today)
    if due in Due.values:
        rows = rows.filter(waits if due == Due.NOTICE else over)
    order = Case(
        When(over, then=Value(0)),
        When(waits, then=Value(1)),
        When(state=PrivilegeState.PUBLISHED, then=Value(2)),
        default=Value(3),
        output_field=IntegerField(),
    )
    listed = rows.select_related("candidate__person", "candidate__school", "candidate__season")
    return listed.order_by(order, "objections_until", "candidate__number", "id")


def privileges_in_order(user: Actor, season: Season, *, state: str = "") -> QuerySet[Privilege]:
    """Return the same as `privileges_visible_to` in the order in which they were asked for."""
    rows = Privilege.objects.filter(candidate__season=season)
    if not is_staff(user):
        rows = rows.filter(candidate__school__in=schools_of(user))
    return (rows.filter(state=state) if state else rows).order_by("id")


def _is_over(today: date) -> Q:
    return Q(state=PrivilegeState.PUBLISHED, objections_until__lt=today)


def privilege_rows(privileges: "list[Privilege]", *, today: date) -> list[PrivilegeRow]:
    return [PrivilegeRow(one, award_title(one), _due(one, today)) for one in privileges]


def _due(privilege: Privilege, today: date) -> Due | None:
    if privilege.state == PrivilegeState.ASKED:
        return Due.NOTICE
    until = privilege.objections_until
    is_over = until is not None and until < today
    return Due.DECISION if privilege.state == PrivilegeState.PUBLISHED and is_over else None


def award_title(privilege: Privilege) -> str:
    awards = privilege.candidate.season.rules.awards
    return awards[privilege.award].title.in_language(get_language() or "zh-hans")


def privilege_visible_to(user: Actor, uid: UUID) -> Privilege:
    rows = Privilege.objects.select_related(
        "candidate__season", "candidate__person", "candidate__school", "file", "decided_by"
    )
    found = rows.filter(uid=uid).first()
    if found is None or not candidates_visible_to(user, found.candidate.season).filter(
        pk=found.candidate_id
    ).exists():  # fmt: skip
        raise MissingError("admissions.missing")
    return found


def privileges_of(user: Actor, candidate: Candidate) -> list[PrivilegeRow]:
    """Return the privileges of a candidate, for the bureau, the school and the candidate."""
    is_known = candidates_visible_to(user, candidate.season).filter(pk=candidate.pk).exists()
    if not (is_own(user, candidate) or is_known):
        return []
    rows = Privilege.objects.filter(candidate=candidate).select_related("candidate__season")
    return [PrivilegeRow(one, award_title(one), None) for one in rows.order_by("id")]


def granted_awards(candidate: Candidate) -> list[str]:
    rows = Privilege.objects.filter(candidate=candidate, state=PrivilegeState.GRANTED)
    return list(rows.order_by("id").values_list("award", flat=True))


def objections_visible_to(user: Actor, privilege: Privilege) -> list[Objection]:
    """Return objections for the bureau alone: neither school nor candidate learns who objected."""
    if not is_staff(user):
        return []
    rows = Objection.objects.filter(privilege=privilege).select_related("filed_by")
    return list(rows.order_by("id"))


def notice_of(season: Season, *, today: date) -> list[NoticeRow]:
    """Return what is on public notice or was granted, until the season closes.

    The rules ask for the publication of exactly these words about people whom the policies hold
    back; nothing else of their rows leaves this function.
    """
    if season.state == SeasonState.CLOSED:
        return []
    rows = Privilege.objects.filter(candidate__season=season, state__in=SHOWN_ON_NOTICE)
    listed = rows.select_related("candidate__person", "candidate__school", "candidate__season")
    with reaching(SYSTEM):
        found = list(listed.order_by("-published_on", "candidate__person__name_key", "id"))
    return [_told(one, today) for one in found]


def noticed_privilege(uid: UUID, *, today: date) -> tuple[Privilege, NoticeRow]:
    """Return a privilege to which one may still object, with what the notice tells of it."""
    rows = Privilege.objects.filter(
        uid=uid, state=PrivilegeState.PUBLISHED, objections_until__gte=today
    )
    with reaching(SYSTEM):
        found = rows.select_related(
            "candidate__person", "candidate__school", "candidate__season"
        ).first()
    if found is None:
        raise MissingError("admissions.missing")
    return found, _told(found, today)


def _told(privilege: Privilege, today: date) -> NoticeRow:
    language = get_language() or "zh-hans"
    candidate, scheme = privilege.candidate, privilege.candidate.season.rules
    published, until = privilege.published_on, privilege.objections_until
    assert published is not None  # noqa: S101 - the notice wrote both
    assert until is not None  # noqa: S101 - the notice wrote both
    sex = candidate.person.sex
    return NoticeRow(
        uid=privilege.uid,
        name=candidate.person.name,
        sex=str(Sex(sex).label) if sex else "",
        school=candidate.school.name if candidate.school else "",
        category=scheme.categories[candidate.category].title.in_language(language),
        award=award_title(privilege),
        published_on=published,
        objections_until=until,
        is_open=privilege.state == PrivilegeState.PUBLISHED and today <= until,
    )
