"""Enrolments: the admitting school says who arrived, and the file goes with the person."""

from collections.abc import Sequence

from django.db import transaction

from zhiqiao.apps.admissions.actions.candidates import record
from zhiqiao.apps.admissions.actions.seasons import key_of, locked, worded
from zhiqiao.apps.admissions.actions.seasons import record as record_of_season
from zhiqiao.apps.admissions.choices import SeasonState
from zhiqiao.apps.admissions.models import Candidate, Enrolment, PlaceLine, Season
from zhiqiao.apps.admissions.queries.enrolments import admitted_of
from zhiqiao.apps.admissions.rules import (
    can_enrol,
    can_run_season,
    stands_at,
    takes_enrolments,
)
from zhiqiao.apps.people.actions import move_file
from zhiqiao.core import audit
from zhiqiao.core.access import Actor, obey, require
from zhiqiao.core.dates import today
from zhiqiao.core.errors import RuleError
from zhiqiao.core.events import define_event, emit
from zhiqiao.core.revisions import bump

ENROLLED = define_event("admissions.enrolled")
AUDITED = ("state", "enrolments_complete_on")


@transaction.atomic
def enrol(candidate: Candidate, *, actor: Actor) -> Enrolment:
    """Confirm that an admitted candidate who did not decline has arrived."""
    (made,) = enrol_all(candidate.season, [candidate], actor=actor)
    return made


@transaction.atomic
def enrol_all(season: Season, candidates: Sequence[Candidate], *, actor: Actor) -> list[Enrolment]:
    """Confirm the arrival of several, all or none; who is not admitted here is refused by number."""
    season = locked(season)
    obey(takes_enrolments(season))
    admitted = dict(admitted_of(season).values_list("candidate_id", "line_id"))
    there = set(
        Enrolment.objects.filter(candidate__in=candidates).values_list("candidate_id", flat=True)
    )
    lines = PlaceLine.objects.in_bulk([admitted[c.pk] for c in candidates if c.pk in admitted])
    made = []
    for candidate in candidates:
        if candidate.pk not in admitted:
            raise RuleError("admissions.not-admitted", number=candidate.number)
        line = lines[admitted[candidate.pk]]
        require(can_enrol(actor, line))
        if candidate.pk in there:
            raise RuleError("admissions.enrolled-already", number=candidate.number)
        made.append(_enrolled(candidate, line, actor))
    bump("plan")
    return made


def _enrolled(candidate: Candidate, line: PlaceLine, actor: Actor) -> Enrolment:
    enrolment = Enrolment.objects.create(
        candidate=candidate, line=line, registered_on=today(), registered_by_id=key_of(actor)
    )
    move_file(candidate.person, line.school_id, actor=actor)
    record(candidate, "admissions.candidate.enrolled", actor=actor, before=None, reason=line.code)
    emit(ENROLLED, subject=enrolment, actor=actor)
    return enrolment


@transaction.atomic
def unenrol(candidate: Candidate, *, reason: str, actor: Actor) -> None:
    """Take an enrolment back; the file returns to the school from which the person came."""
    require(can_run_season(actor))
    obey(takes_enrolments(locked(candidate.season)))
    words = worded(reason)
    held = Enrolment.objects.select_for_update().filter(candidate=candidate).first()
    if held is None:
        raise RuleError("admissions.not-enrolled", number=candidate.number)
    held.delete()
    move_file(candidate.person, candidate.school_id, actor=actor)
    verb = "admissions.candidate.unenrolled"
    record(candidate, verb, actor=actor, before=None, reason=words)
    bump("plan")


@transaction.atomic
def declare_enrolments(season: Season, *, complete: bool, actor: Actor, reason: str = "") -> Season:
    """Say that all who arrived are enrolled, or reopen the enrolments with a reason."""
    require(can_run_season(actor))
    season = locked(season)
    obey(stands_at(season, [SeasonState.CLOSED]))
    words = reason.strip() if complete else worded(reason)
    before = audit.snapshot(season, AUDITED)
    season.enrolments_complete_on = today() if complete else None
    season.save(update_fields=["enrolments_complete_on"])
    verb = "admissions.season.enrolments_declared"
    record_of_season(season, verb, actor=actor, before=before, reason=words)
    bump("plan")
    return season
