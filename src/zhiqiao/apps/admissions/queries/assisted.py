"""Assisted choices, for the bureau that writes them in and for the candidate whom they concern."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import F, QuerySet

from zhiqiao.apps.admissions.choices import RequestState
from zhiqiao.apps.admissions.models import AssistedChoices, Candidate, PlaceLine, Season
from zhiqiao.apps.admissions.queries.candidates import candidates_visible_to
from zhiqiao.apps.admissions.rules import is_own, is_staff
from zhiqiao.core.access import Actor
from zhiqiao.core.errors import InputError, MissingError


def assistance_visible_to(user: Actor, season: Season) -> QuerySet[AssistedChoices]:
    """Return what waits first, then the latest; for the bureau alone."""
    rows = AssistedChoices.objects.filter(candidate__season=season)
    if not is_staff(user):
        return rows.none()
    listed = rows.select_related("candidate__person", "asked_by", "confirmed_by", "refused_by")
    return listed.order_by(F("ended_at").desc(nulls_first=True), "-id")


def assisted_choices_visible_to(user: Actor, uid: UUID) -> AssistedChoices:
    rows = AssistedChoices.objects.select_related(
        "candidate__season", "candidate__person", "asked_by", "confirmed_by", "refused_by", "scan"
    )
    found = rows.filter(uid=uid).first()
    if found is None or not (is_staff(user) or is_own(user, found.candidate)):
        raise MissingError("admissions.missing")
    return found


def assisted_of(user: Actor, candidate: Candidate) -> list[AssistedChoices]:
    """Return every assistance of a candidate with the names of all who took part, for the candidate."""
    if not is_own(user, candidate):
        return []
    rows = AssistedChoices.objects.filter(candidate=candidate)
    listed = rows.select_related("asked_by", "confirmed_by", "refused_by", "scan")
    return list(listed.order_by("-id"))


def candidate_with_number(user: Actor, season: Season, number: str) -> Candidate:
    found = candidates_visible_to(user, season).filter(number=number.strip()).first()
    if found is None:
        raise InputError("admissions.candidate-not-there", number=number.strip())
    return found


def lines_with_codes(season: Season, codes: Sequence[str]) -> list[int]:
    """Return programmes in the order of their codes."""
    rows = PlaceLine.objects.filter(season=season, state=RequestState.APPROVED, code__in=codes)
    found = dict(rows.values_list("code", "pk"))
    missing = [code for code in codes if code not in found]
    if missing:
        raise InputError("admissions.programmes-unknown", codes=", ".join(missing))
    return [found[code] for code in codes]
