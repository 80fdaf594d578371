"""Re-checks of scores: all for the bureau, the own one for the candidate."""

from decimal import Decimal
from uuid import UUID

from django.db.models import F, QuerySet

from zhiqiao.apps.admissions.choices import AppealState
from zhiqiao.apps.admissions.models import Candidate, Recheck, ScoreSheet, Season
from zhiqiao.apps.admissions.rules import is_own, is_staff
from zhiqiao.core.access import Actor
from zhiqiao.core.errors import MissingError


def rechecks_visible_to(user: Actor, season: Season, *, state: str = "") -> QuerySet[Recheck]:
    """Return what waits first, in the order in which it has to be answered; for the bureau alone."""
    rows = Recheck.objects.filter(candidate__season=season)
    if not is_staff(user):
        return rows.none()
    if state in AppealState.values:
        rows = rows.filter(state=state)
    listed = rows.select_related("candidate__person", "answered_by")
    return listed.order_by(F("answered_at").desc(nulls_first=True), "answer_by", "id")


def recheck_visible_to(user: Actor, uid: UUID) -> Recheck:
    rows = Recheck.objects.select_related("candidate__season", "candidate__person")
    found = rows.filter(uid=uid).first()
    if found is None or not is_staff(user):
        raise MissingError("admissions.missing")
    return found


def recheck_of(user: Actor, candidate: Candidate) -> Recheck | None:
    if not is_own(user, candidate):
        return None
    return Recheck.objects.filter(candidate=candidate).first()


def marks_of(user: Actor, candidate: Candidate) -> dict[str, Decimal]:
    """Return the sealed marks by item for the bureau, which answers for them."""
    sheet = ScoreSheet.objects.filter(candidate=candidate, marks__isnull=False).first()
    if sheet is None or not is_staff(user) or not candidate.season.scores_sealed_at:
        return {}
    return {name: Decimal(mark) for name, mark in (sheet.first or {}).items()}
