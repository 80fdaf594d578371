"""What came of the last check of a run against what was signed of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from zhiqiao.apps.admissions.choices import RunFault
from zhiqiao.apps.admissions.models import Candidate, Run
from zhiqiao.apps.admissions.rules import can_check_runs, is_staff
from zhiqiao.core.access import Actor
from zhiqiao.core.choices import JobState
from zhiqiao.core.models import Job

CHECK = "admissions.check"


@dataclass(frozen=True, slots=True)
class DepartureTold:
    """A departure in words; candidates are told to the bureau alone."""

    sentence: str
    number: int
    programmes: tuple[str, ...]
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class CheckTold:
    """A check that is over, or that still runs."""

    at: datetime | None
    is_over: bool
    is_failed: bool
    departures: tuple[DepartureTold, ...]


def last_check(user: Actor, run: Run) -> CheckTold | None:
    if not can_check_runs(user):
        return None
    job = Job.objects.filter(kind=CHECK, subject_uid=run.uid).order_by("-id").first()
    if job is None:
        return None
    return CheckTold(
        at=job.finished_at,
        is_over=job.state == JobState.SUCCEEDED,
        is_failed=job.is_ended and job.state != JobState.SUCCEEDED,
        departures=_told(user, (job.result or {}).get("departures", ())),
    )


def _told(user: Actor, departures: Sequence[Mapping[str, Any]]) -> tuple[DepartureTold, ...]:
    return tuple(
        DepartureTold(
            sentence=str(RunFault(one["fault"]).label),
            number=one["number"],
            programmes=tuple(one["programmes"]),
            candidates=_candidates(user, one["candidates"]),
        )
        for one in departures
    )


def _candidates(user: Actor, uids: Sequence[str]) -> tuple[Candidate, ...]:
    if not uids or not is_staff(user):
        return ()
    return tuple(Candidate.objects.filter(uid__in=uids).order_by("number"))
