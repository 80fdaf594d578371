"""A stored run checked against what was signed of it: asked for on its page, done by the worker."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction

from zhiqiao.apps.admissions.actions.conditions import choices_digest
from zhiqiao.apps.admissions.actions.scores import scores_digest
from zhiqiao.apps.admissions.actions.seasons import key_of
from zhiqiao.apps.admissions.choices import RunFault, SeasonState
from zhiqiao.apps.admissions.engine_io.proof import Departure, departures_of
from zhiqiao.apps.admissions.models import Candidate, Run
from zhiqiao.apps.admissions.queries import CHECK
from zhiqiao.apps.admissions.rules import can_check_runs
from zhiqiao.core import audit
from zhiqiao.core.access import Actor, require
from zhiqiao.core.jobs import start_job
from zhiqiao.core.models import Job

# Enough to know where to look; the count tells of the others.
NAMED = 50


@transaction.atomic
def ask_check(run: Run, *, actor: Actor) -> Job:
    """Have the worker check a run; its page tells what came of it."""
    require(can_check_runs(actor))
    arguments = {"run": run.pk, "asked_by": key_of(actor)}
    return start_job(CHECK, actor=actor, arguments=arguments, subject_uid=run.uid)


@transaction.atomic
def check_run(run: Run, *, actor: Actor) -> list[Departure]:
    """Compare all that is stored of a run with what was signed; the audit keeps how much departs.

    Sealed scores and frozen choices are those of the season as it stands, so they are held against
    its newest run alone.
    """
    require(can_check_runs(actor))
    found = [*departures_of(run), *_of_inputs(run)]
    after = {"run": run.number, "departs": {one.fault.value: one.number for one in found}}
    verb = "admissions.run.checked"
    audit.record(actor=actor, verb=verb, subject=run.season, before=None, after=after)
    return found


def _of_inputs(run: Run) -> Iterator[Departure]:
    season = run.season
    if season.is_rehearsal:
        return
    if Run.objects.filter(season=season, number__gt=run.number).exists():
        return
    if season.scores_sealed_at is not None and scores_digest(season) != season.scores_digest:
        yield Departure(RunFault.SCORES)
    is_frozen = season.choices_digest and season.state != SeasonState.CHOOSING
    if is_frozen and choices_digest(season) != season.choices_digest:
        yield Departure(RunFault.CHOICES)


def check_job(*, run: int, asked_by: int | None) -> Mapping[str, Any]:
    """Carry out a check; candidates are kept by identifier, and their numbers stay out of the job."""
    checked = Run.objects.select_related("season", "leaves").get(pk=run)
    asker = get_user_model().objects.get(pk=asked_by) if asked_by else None
    found = check_run(checked, actor=asker)
    return {"departures": [_told(checked, one) for one in found]}


def _told(run: Run, one: Departure) -> dict[str, Any]:
    numbers = one.candidates[:NAMED]
    people = Candidate.objects.filter(season=run.season.source, number__in=numbers)
    return {
        "fault": one.fault.value,
        "number": one.number,
        "candidates": [str(uid) for uid in people.values_list("uid", flat=True)],
        "programmes": list(one.programmes[:NAMED]),
    }
