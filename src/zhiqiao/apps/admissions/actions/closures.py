"""What if small classes were closed: asked for by the bureau, tried by the worker, decided by nobody."""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone

from zhiqiao.apps.admissions.actions.seasons import key_of
from zhiqiao.apps.admissions.choices import SeasonState
from zhiqiao.apps.admissions.engine_io.closures import without_small_classes
from zhiqiao.apps.admissions.models import ClosureTrial, Season
from zhiqiao.apps.admissions.queries import CLOSURES, closure_moves, minimum_by_code
from zhiqiao.apps.admissions.rules import BETWEEN_RUNS, can_run_season, stands_at
from zhiqiao.core import audit
from zhiqiao.core.access import Actor, obey, require
from zhiqiao.core.errors import RuleError
from zhiqiao.core.jobs import Progress, start_job
from zhiqiao.core.models import Job
from zhiqiao.engines.matching.closing import Closure


@transaction.atomic
def ask_closures(season: Season, *, minimum: int | None, actor: Actor) -> Job:
    """Have the worker try which classes would close; the page tells what came of it.

    ``minimum`` counts for programmes that state none of their own.
    """
    require(can_run_season(actor))
    obey(stands_at(season, BETWEEN_RUNS))
    if not minimum_by_code(season, minimum):
        raise RuleError("admissions.no-minimum")
    arguments = {"season": season.pk, "minimum": minimum, "asked_by": key_of(actor)}
    return start_job(CLOSURES, actor=actor, arguments=arguments, subject_uid=season.uid)


@transaction.atomic
def try_closures(
    season: Season, *, minimum: int | None, actor: Actor, progress: Progress
) -> ClosureTrial:
    """Close small classes one by one over the present round, as the next run would allocate it.

    The outcome is kept beside the season; places, programmes and results stay as they are.
    """
    require(can_run_season(actor))
    obey(stands_at(season, BETWEEN_RUNS))
    progress.begin(None)

    def closed(_step: Closure) -> None:
        progress.advance()
        progress.check_cancelled()

    tried = without_small_classes(
        season,
        minimum_by_code(season, minimum),
        strike_outs=season.state == SeasonState.REVIEW,
        closed=closed,
    )
    trial = ClosureTrial.objects.create(
        season=season,
        round=season.round,
        minimum=minimum,
        inputs_digest=tried.inputs_digest,
        steps=tried.steps,
        moves=tried.moves,
        admitted_before=tried.admitted_before,
        admitted_after=tried.admitted_after,
        asked_by_id=key_of(actor),
        made_at=timezone.now(),
    )
    after = {"minimum": minimum, "closed": len(tried.steps), "moved": len(tried.moves)}
    verb = "admissions.season.closures_tried"
    audit.record(actor=actor, verb=verb, subject=season, before=None, after=after)
    return trial


@transaction.atomic
def take_closure_moves(trial: ClosureTrial, *, actor: Actor) -> list[tuple[object, ...]]:
    """Give who would move where; who takes it stands in the audit."""
    require(can_run_season(actor))
    rows = list(closure_moves(trial))
    verb = "admissions.season.closures_seen"
    after = {"trial": str(trial.uid), "moves": len(rows)}
    audit.record(actor=actor, verb=verb, subject=trial.season, before=None, after=after)
    return rows


def closures_job(
    progress: Progress, *, season: int, minimum: int | None, asked_by: int | None
) -> Mapping[str, Any]:
    """Carry out a trial; who would move stays out of the job."""
    asker = get_user_model().objects.get(pk=asked_by) if asked_by else None
    found = Season.objects.select_related("rehearsal_of").get(pk=season)
    trial = try_closures(found, minimum=minimum, actor=asker, progress=progress)
    return {"trial": str(trial.uid), "closed": len(trial.steps)}
