"""Runs: made whole by the worker, or not at all; and what follows from them."""

import time
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from zhiqiao.apps.admissions.actions.candidates import record as record_of_candidate
from zhiqiao.apps.admissions.actions.seasons import key_of, locked, take, worded
from zhiqiao.apps.admissions.choices import Arrow, RunKind, SeasonState
from zhiqiao.apps.admissions.engine_io.allocation import (
    Allocated,
    allocate_season,
    write_results,
)
from zhiqiao.apps.admissions.engine_io.policies import policies_of
from zhiqiao.apps.admissions.models import (
    Candidate,
    PlaceLine,
    Result,
    Run,
    Season,
    SeasonStep,
    SentFile,
    StrikeOut,
)
from zhiqiao.apps.admissions.queries import run_before
from zhiqiao.apps.admissions.rules import can_act_for_school, can_run_season, stands_at
from zhiqiao.core import files
from zhiqiao.core.access import Actor, obey, require
from zhiqiao.core.errors import InputError, MissingError, RuleError
from zhiqiao.core.jobs import Progress
from zhiqiao.core.sealing import seal
from zhiqiao.core.signing import sign
from zhiqiao.engines.matching.bundle import canonical

KINDS = {
    Arrow.RUN_TRIAL: RunKind.TRIAL,
    Arrow.RUN_FINAL: RunKind.FINAL,
    Arrow.CORRECT: RunKind.CORRECTION,
}
STAGES = 4


@transaction.atomic
def make_run(season: Season, step: SeasonStep, *, actor: Actor, progress: Progress) -> Run:
    """Allocate, verify, store and take the step, in one transaction.

    A worker that is killed leaves nothing of it, and the job starts anew. A correction is the exact
    one; what other policies would give is kept beside it, for those who confirm.
    """
    season = locked(season)
    step = SeasonStep.objects.select_for_update().get(pk=step.pk)
    if step.ended_at is not None or step.from_state != season.state:
        raise RuleError("admissions.no-step-waits")
    kind = KINDS[Arrow(step.arrow)]
    progress.begin(STAGES)
    started = time.monotonic()
    allocated = allocate_season(season, strike_outs=kind != RunKind.TRIAL)
    progress.advance()
    progress.check_cancelled()
    run = _stored(season, kind, allocated, seconds=time.monotonic() - started)
    progress.advance()
    write_results(run, allocated)
    progress.advance()
    before = run_before(run)
    run.moved = moved_between(before, run)
    if kind == RunKind.CORRECTION and before is not None:
        run.policies = policies_of(before, allocated)
    run.save(update_fields=["moved", "policies"])
    take(season, step, actor=actor)
    progress.advance()
    return run


def _stored(season: Season, kind: str, allocated: Allocated, *, seconds: float) -> Run:
    last = Run.objects.filter(season=season).aggregate(last=Max("number"))["last"] or 0
    counts = allocated.bundle["counts"]
    return Run.objects.create(
        season=season,
        round=season.round,
        kind=kind,
        number=last + 1,
        inputs_digest=allocated.inputs_digest,
        bundle=allocated.bundle,
        signature=sign(canonical(allocated.bundle)),
        leaves=files.store("leaves.txt", "\n".join(allocated.leaves).encode(), actor=None),
        secret_sealed=seal(allocated.secret.hex()),
        admitted=counts["admitted"],
        candidates=counts["candidates"],
        seconds=seconds,
        finished_at=timezone.now(),
    )


def moved_between(before: Run | None, after: Run) -> dict[str, int] | None:
    """Count who gained a place, lost one, or has another one now."""
    if before is None:
        return None
    held = dict(Result.objects.filter(run=before).values_list("candidate_id", "line_id"))
    gained = lost = other = 0
    rows = Result.objects.filter(run=after).values_list("candidate_id", "line_id")
    for candidate, line in rows.iterator():
        was = held.get(candidate)
        if was == line:
            continue
        gained += was is None
        lost += line is None
        other += was is not None and line is not None
    return {"gained": gained, "lost": lost, "other": other}


@transaction.atomic
def ask_strike_out(
    candidate: Candidate, line: PlaceLine, *, ground: str, note: str, actor: Actor
) -> StrikeOut:
    """Ask, as the school to which the file is open, to take a candidate out of a programme."""
    require(can_act_for_school(actor, line.school_id))
    season = locked(line.season)
    obey(stands_at(season, [SeasonState.REVIEW]))
    if ground not in season.rules.grounds:
        known = ", ".join(season.rules.grounds)
        raise InputError("admissions.ground-unknown", given=ground, known=known)
    if not SentFile.objects.filter(candidate=candidate, line=line, closed_at=None).exists():
        raise MissingError("admissions.missing")
    strike_out, is_new = StrikeOut.objects.get_or_create(
        candidate=candidate,
        line=line,
        round=season.round,
        defaults={
            "ground": ground,
            "note": worded(note),
            "asked_by_id": key_of(actor),
            "asked_at": timezone.now(),
        },
    )
    if is_new:
        verb = "admissions.candidate.struck_out"
        record_of_candidate(candidate, verb, actor=actor, before=None, reason=ground)
    return strike_out


@transaction.atomic
def decide_strike_out(
    strike_out: StrikeOut, *, approved: bool, reason: str, actor: Actor
) -> StrikeOut:
    require(can_run_season(actor))
    strike_out = StrikeOut.objects.select_for_update().select_related("candidate__season").get(
        pk=strike_out.pk
    )  # fmt: skip
    obey(stands_at(locked(strike_out.candidate.season), [SeasonState.REVIEW]))
    if strike_out.is_approved is not None:
        raise RuleError("admissions.no-step-waits")
    strike_out.is_approved, strike_out.decided_at = approved, timezone.now()
    strike_out.decided_by_id = key_of(actor)
    strike_out.save(update_fields=["is_approved", "decided_at", "decided_by"])
    verb = "admissions.candidate.strike_out_decided"
    record_of_candidate(strike_out.candidate, verb, actor=actor, before=None, reason=worded(reason))
    return strike_out


def run_job(
    progress: Progress, *, season: int, step: int, actor: Actor = None
) -> Mapping[str, Any]:
    """Carry out the run that a step asked for."""
    asked = SeasonStep.objects.select_related("season", "asked_by").get(pk=step, season=season)
    run = make_run(asked.season, asked, actor=actor or asked.asked_by, progress=progress)
    return {"run": str(run.uid), "admitted": run.admitted, "candidates": run.candidates}
