"""After publication: what candidates answer, and what they hold against the result."""

from django.db import IntegrityError, transaction
from django.utils import timezone

from zhiqiao.apps.admissions.actions.candidates import record
from zhiqiao.apps.admissions.actions.seasons import key_of, locked, worded
from zhiqiao.apps.admissions.actions.withdrawals import withdraw_letters_of
from zhiqiao.apps.admissions.choices import AnswerKind, AppealState, SeasonState
from zhiqiao.apps.admissions.models import Answer, Appeal, Candidate, Result, Run
from zhiqiao.apps.admissions.rules import can_run_season, is_own, stands_at
from zhiqiao.core.access import Actor, obey, require
from zhiqiao.core.dates import today
from zhiqiao.core.errors import RuleError
from zhiqiao.core.workdays import add_working_days


def published_run(candidate: Candidate) -> Run | None:
    """Return the run whose result holds for the candidate: the last that was published."""
    rows = Run.objects.filter(season=candidate.season_id, published_at__isnull=False)
    return rows.order_by("-number").first()


@transaction.atomic
def answer_offer(candidate: Candidate, *, says: str, actor: Actor) -> Answer:
    """Accept or decline the place, once; a declined place goes to the next round, and its letter falls."""
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
    if says == AnswerKind.DECLINED:
        withdraw_letters_of(candidate, actor=actor)
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
