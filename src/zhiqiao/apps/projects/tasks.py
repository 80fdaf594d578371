"""What the worker does for calls, applications and their reviews."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from zhiqiao.apps.projects.actions import lapse_overdue, scan_waiting
from zhiqiao.apps.projects.actions.blinding import BLIND, make_blind_copies
from zhiqiao.apps.projects.actions.conflicts import recheck_all, recheck_expert
from zhiqiao.apps.projects.actions.draws import DRAW, fill_draw
from zhiqiao.apps.projects.actions.queued import COMPUTE, CONFIRM, compute_job, confirm_job
from zhiqiao.core.dates import today
from zhiqiao.core.events import subscribe
from zhiqiao.core.jobs import MORNING, Progress, job_kind, upkeep


@upkeep("projects.lapse", cron=MORNING)
def lapse() -> int:
    """Let lapse what was due before today."""
    return lapse_overdue(today())


@upkeep("projects.scan")
def scan() -> int:
    """Ask the scanner about files that came in while it was away."""
    return scan_waiting()


@upkeep("projects.conflicts", cron=MORNING)
def look_for_conflicts() -> int:
    return recheck_all(today())


@subscribe("people.expert_changed")
def follow_expert(*, expert: int, **_more: object) -> None:
    recheck_expert(expert, day=today())


@job_kind(DRAW, title=_("Assignment of experts"))
def assign(progress: Progress, *, draw: int) -> Mapping[str, Any]:
    return {"proposed": fill_draw(draw, progress=progress).figures.get("proposed", 0)}


@job_kind(CONFIRM, title=_("Confirmation of an assignment"))
def confirm(progress: Progress, *, draw: int, asked_by: int | None) -> Mapping[str, Any]:
    progress.begin(1)
    asked = confirm_job(draw=draw, asked_by=asked_by)
    progress.advance()
    return {"asked": asked}


@job_kind(COMPUTE, title=_("Scores of a call"))
def compute(progress: Progress, *, call: int, asked_by: int | None) -> Mapping[str, Any]:
    progress.begin(1)
    scored = compute_job(call=call, asked_by=asked_by)
    progress.advance()
    return {"scored": scored}


@job_kind(BLIND, title=_("Copies without names"))
def blind(progress: Progress, *, application: int) -> Mapping[str, Any]:
    progress.begin(None)
    return make_blind_copies(application)
