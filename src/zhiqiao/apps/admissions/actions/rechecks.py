"""Re-checks of scores: asked for by the candidate in time, and answered by people."""

from collections.abc import Mapping
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils import timezone

from zhiqiao.apps.admissions.actions.candidates import record
from zhiqiao.apps.admissions.actions.scores import correct_scores
from zhiqiao.apps.admissions.actions.seasons import key_of, locked, worded
from zhiqiao.apps.admissions.choices import AppealState
from zhiqiao.apps.admissions.models import Candidate, Recheck
from zhiqiao.apps.admissions.rules import (
    NOT_CLOSED,
    can_run_season,
    is_own,
    is_recheck_open,
    stands_at,
)
from zhiqiao.core.access import Actor, obey, require
from zhiqiao.core.dates import today
from zhiqiao.core.errors import RuleError
from zhiqiao.core.workdays import add_working_days


@transaction.atomic
def file_recheck(candidate: Candidate, *, text: str, actor: Actor) -> Recheck:
    """Ask for the own marks to be looked at again, once, within the term after the sealing."""
    require(is_own(actor, candidate))
    season = locked(candidate.season)
    obey(stands_at(season, NOT_CLOSED))
    obey(is_recheck_open(season, today=today()))
    recheck = Recheck(
        candidate=candidate,
        text=worded(text),
        filed_at=timezone.now(),
        answer_by=add_working_days(today(), season.rules.clocks.answer).day,
    )
    try:
        with transaction.atomic():
            recheck.save(force_insert=True)
    except IntegrityError as error:
        raise RuleError("admissions.recheck-known") from error
    record(candidate, "admissions.candidate.recheck_filed", actor=actor, before=None)
    return recheck


@transaction.atomic
def answer_recheck(
    recheck: Recheck,
    *,
    upheld: bool,
    answer: str,
    actor: Actor,
    marks: Mapping[str, Decimal] | None = None,
) -> Recheck:
    """Answer with what was found; upheld means that other marks stand from now on."""
    require(can_run_season(actor))
    rows = Recheck.objects.select_for_update(of=("self",)).select_related("candidate__season")
    recheck = rows.get(pk=recheck.pk)
    if recheck.state != AppealState.FILED:
        raise RuleError("admissions.recheck-answered")
    recheck.state = AppealState.UPHELD if upheld else AppealState.REJECTED
    recheck.answer, recheck.answered_at = worded(answer), timezone.now()
    recheck.answered_by_id = key_of(actor)
    recheck.save(update_fields=["state", "answer", "answered_at", "answered_by"])
    verb = "admissions.candidate.recheck_answered"
    record(recheck.candidate, verb, actor=actor, before=None, reason=recheck.state)
    if upheld:
        correct_scores(recheck, marks or {}, actor=actor, reason=answer)
        recheck.refresh_from_db()
    return recheck
