"""After publication: what candidates answer, what they hold against the result, and privileges."""

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhiqiao.apps.admissions.actions.candidates import record
from zhiqiao.apps.admissions.actions.seasons import key_of, locked, worded
from zhiqiao.apps.admissions.choices import (
    AnswerKind,
    AppealState,
    PrivilegeState,
    SeasonState,
)
from zhiqiao.apps.admissions.models import Answer, Appeal, Candidate, Privilege, Result, Run
from zhiqiao.apps.admissions.rules import can_act_for_school, can_run_season, is_own, stands_at
from zhiqiao.core.access import Actor, obey, require
from zhiqiao.core.dates import today
from zhiqiao.core.errors import InputError, RuleError
from zhiqiao.core.workdays import add_working_days


def published_run(candidate: Candidate) -> Run | None:
    """Return the run whose result holds for the candidate: the last that was published."""
    rows = Run.objects.filter(season=candidate.season_id, published_at__isnull=False)
    return rows.order_by("-number").first()


@transaction.atomic
def answer_offer(candidate: Candidate, *, says: str, actor: Actor) -> Answer:
    """Accept or decline the place, once; a declined place goes to the next round."""
    require(is_own(actor, candidate))
    obey(stands_at(locked(candidate.season), [SeasonState.PUBLISHED]))
    run = published_run(candidate)
    result = Result.objects.filter(run=run, candidate=candidate).first() if run else None
    if result is None or result.line_id is None or says not in AnswerKind.values:
        raise RuleError("admissions.no-offer")
    try:
        with transaction.atomic():
            answer = Answer.objects.create(
                candidate=candidate, line_id=result.line_id, says=says, at=timezone.now()
            )
    except IntegrityError as error:
        raise RuleError("admissions.no-offer") from error
    record(candidate, "admissions.candidate.answered", actor=actor, before=None, reason=says)
    return answer


@transaction.atomic
def file_appeal(candidate: Candidate, *, text: str, actor: Actor) -> Appeal:
    """Hold something against the published result, while appeals may be filed."""
    require(is_own(actor, candidate))
    season, run = locked(candidate.season), published_run(candidate)
    obey(stands_at(season, [SeasonState.PUBLISHED]))
    until = season.appeals_until
    if run is None or until is None or today() > until:
        raise RuleError("admissions.appeals-over", until=str(until or "—"))
    appeal = Appeal.objects.create(
        candidate=candidate,
        run=run,
        text=worded(text),
        filed_at=timezone.now(),
        answer_by=add_working_days(today(), season.rules.clocks.answer).day,
    )
    record(candidate, "admissions.candidate.appealed", actor=actor, before=None)
    return appeal


@transaction.atomic
def answer_appeal(appeal: Appeal, *, upheld: bool, answer: str, actor: Actor) -> Appeal:
    """Answer with a human decision and its reasons; an upheld appeal leads to a correction."""
    require(can_run_season(actor))
    appeal = Appeal.objects.select_for_update(of=("self",)).select_related("candidate").get(
        pk=appeal.pk
    )  # fmt: skip
    if appeal.state != AppealState.FILED:
        raise RuleError("admissions.no-step-waits")
    appeal.state = AppealState.UPHELD if upheld else AppealState.REJECTED
    appeal.answer, appeal.answered_at = worded(answer), timezone.now()
    appeal.answered_by_id = key_of(actor)
    appeal.save(update_fields=["state", "answer", "answered_at", "answered_by"])
    verb = "admissions.candidate.appeal_answered"
    record(appeal.candidate, verb, actor=actor, before=None, reason=appeal.state)
    return appeal


@transaction.atomic
def ask_privilege(candidate: Candidate, *, award: str, evidence: str, actor: Actor) -> Privilege:
    """Ask for the marks of a prize, with its evidence."""
    require(can_act_for_school(actor, candidate.school_id))
    season = locked(candidate.season)
    obey(stands_at(season, [SeasonState.DRAFT, SeasonState.PLACES_FROZEN, SeasonState.CHOOSING]))
    if award not in season.rules.awards:
        known = ", ".join(season.rules.awards)
        raise InputError("admissions.line-word", given=award, what=_("award"), known=known)
    privilege, is_new = Privilege.objects.get_or_create(
        candidate=candidate,
        award=award,
        defaults={"evidence": worded(evidence), "asked_at": timezone.now()},
    )
    if is_new:
        record(candidate, "admissions.candidate.privilege", actor=actor, before=None, reason=award)
    return privilege


@transaction.atomic
def publish_privilege(privilege: Privilege, *, actor: Actor) -> Privilege:
    """Put a privilege on public notice for the working days of the scheme."""
    require(can_run_season(actor))
    privilege = _locked(privilege, PrivilegeState.ASKED)
    term = privilege.candidate.season.rules.clocks.publicity
    privilege.state = PrivilegeState.PUBLISHED
    privilege.published_on = today()
    privilege.objections_until = add_working_days(today(), term).day
    privilege.save(update_fields=["state", "published_on", "objections_until"])
    return privilege


@transaction.atomic
def decide_privilege(
    privilege: Privilege, *, granted: bool, decision: str, actor: Actor
) -> Privilege:
    """Grant or refuse after the notice; nothing is granted while it runs."""
    require(can_run_season(actor))
    privilege = _locked(privilege, PrivilegeState.PUBLISHED)
    until = privilege.objections_until
    if granted and until is not None and today() <= until:
        raise RuleError("admissions.notice-runs", until=str(until))
    privilege.state = PrivilegeState.GRANTED if granted else PrivilegeState.REFUSED
    privilege.decision, privilege.decided_by_id = worded(decision), key_of(actor)
    privilege.save(update_fields=["state", "decision", "decided_by"])
    verb = "admissions.candidate.privilege"
    record(privilege.candidate, verb, actor=actor, before=None, reason=privilege.state)
    return privilege


@transaction.atomic
def object_to_privilege(privilege: Privilege, *, text: str, actor: Actor) -> Privilege:
    """Write an objection down; it is decided with the privilege."""
    privilege = _locked(privilege, PrivilegeState.PUBLISHED)
    privilege.objection = f"{privilege.objection}\n{worded(text)}".strip()
    privilege.save(update_fields=["objection"])
    verb = "admissions.candidate.privilege"
    record(privilege.candidate, verb, actor=actor, before=None, reason="objection")
    return privilege


def _locked(privilege: Privilege, state: str) -> Privilege:
    rows = Privilege.objects.select_for_update(of=("self",))
    found = rows.select_related("candidate__season").get(pk=privilege.pk)
    if found.state != state:
        raise RuleError("admissions.no-step-waits")
    return found
