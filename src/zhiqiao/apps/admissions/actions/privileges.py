"""Privileges: asked for with evidence, on public notice, open to objections, and only then decided."""

from django.db import IntegrityError, transaction
from django.utils import timezone

from zhiqiao.apps.admissions.actions.candidates import record
from zhiqiao.apps.admissions.actions.seasons import key_of, locked, worded
from zhiqiao.apps.admissions.choices import PrivilegeState, SeasonState
from zhiqiao.apps.admissions.models import Candidate, Objection, Privilege
from zhiqiao.apps.admissions.rules import (
    BEFORE_DECISION,
    can_act_for_school,
    can_object,
    can_run_season,
    stands_at,
)
from zhiqiao.core import audit
from zhiqiao.core.access import Actor, obey, require
from zhiqiao.core.dates import today
from zhiqiao.core.errors import InputError, RuleError
from zhiqiao.core.models import StoredFile
from zhiqiao.core.workdays import add_working_days

ASKING = (SeasonState.DRAFT, SeasonState.PLACES_FROZEN, SeasonState.CHOOSING)


@transaction.atomic
def ask_privilege(
    candidate: Candidate, *, award: str, evidence: str, actor: Actor, file: StoredFile | None = None
) -> Privilege:
    """Ask for the marks of a prize, with its evidence."""
    require(can_act_for_school(actor, candidate.school_id))
    season = locked(candidate.season)
    obey(stands_at(season, ASKING))
    if award not in season.rules.awards:
        known = ", ".join(season.rules.awards)
        raise InputError("admissions.line-word", given=award, what="award", known=known)
    privilege = Privilege(
        candidate=candidate,
        award=award,
        evidence=worded(evidence),
        file=file,
        asked_at=timezone.now(),
    )
    try:
        with transaction.atomic():
            privilege.save(force_insert=True)
    except IntegrityError as error:
        raise RuleError("admissions.privilege-known") from error
    record(candidate, "admissions.candidate.privilege", actor=actor, before=None, reason=award)
    return privilege


@transaction.atomic
def publish_privilege(privilege: Privilege, *, actor: Actor) -> Privilege:
    """Put a privilege on public notice for the working days of the scheme."""
    require(can_run_season(actor))
    privilege = _locked(privilege, PrivilegeState.ASKED)
    obey(stands_at(privilege.candidate.season, BEFORE_DECISION))
    term = privilege.candidate.season.rules.clocks.publicity
    privilege.state = PrivilegeState.PUBLISHED
    privilege.published_on = today()
    privilege.objections_until = add_working_days(today(), term).day
    privilege.save(update_fields=["state", "published_on", "objections_until"])
    verb = "admissions.candidate.privilege_published"
    record(privilege.candidate, verb, actor=actor, before=None, reason=privilege.award)
    return privilege


@transaction.atomic
def decide_privilege(
    privilege: Privilege, *, granted: bool, decision: str, actor: Actor
) -> Privilege:
    """Grant or refuse; nothing is granted while the notice runs, nor once the places are decided.

    What the evidence does not bear out is refused at any time, also before a notice.
    """
    require(can_run_season(actor))
    known = (PrivilegeState.PUBLISHED,) if granted else (PrivilegeState.ASKED, PrivilegeState.PUBLISHED)  # fmt: skip
    privilege = _locked(privilege, *known)
    until = privilege.objections_until
    if granted:
        obey(stands_at(privilege.candidate.season, BEFORE_DECISION))
    if granted and (until is None or today() <= until):
        raise RuleError("admissions.notice-runs", until=str(until))
    privilege.state = PrivilegeState.GRANTED if granted else PrivilegeState.REFUSED
    privilege.decision, privilege.decided_by_id = worded(decision), key_of(actor)
    privilege.decided_at = timezone.now()
    privilege.save(update_fields=["state", "decision", "decided_by", "decided_at"])
    verb = "admissions.candidate.privilege_decided"
    record(privilege.candidate, verb, actor=actor, before=None, reason=privilege.state)
    return privilege


@transaction.atomic
def object_to_privilege(privilege: Privilege, *, text: str, actor: Actor) -> Objection:
    """Object, as anybody who signed in, while the notice runs.

    The audit names the objection and not the candidate, whose history the school may read.
    """
    require(can_object(actor))
    privilege = _locked(privilege, PrivilegeState.PUBLISHED)
    until = privilege.objections_until
    if until is None or today() > until:
        raise RuleError("admissions.notice-over", until=str(until))
    objection = Objection(
        privilege=privilege, text=worded(text), filed_by_id=key_of(actor), filed_at=timezone.now()
    )
    try:
        with transaction.atomic():
            objection.save(force_insert=True)
    except IntegrityError as error:
        raise RuleError("admissions.objection-known") from error
    audit.record(
        actor=actor,
        verb="admissions.candidate.privilege_objected",
        subject=objection,
        before=None,
        after={"privilege": str(privilege.uid)},
    )
    return objection


def _locked(privilege: Privilege, *states: str) -> Privilege:
    rows = Privilege.objects.select_for_update(of=("self",))
    found = rows.select_related("candidate__season").get(pk=privilege.pk)
    if found.state not in states:
        raise RuleError("admissions.privilege-decided", state=found.get_state_display())
    return found
