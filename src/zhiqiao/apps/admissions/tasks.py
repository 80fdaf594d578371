"""What the worker does for admission."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from zhiqiao.apps.admissions.actions import (
    check_job,
    closures_job,
    move_candidacies,
    run_job,
    send_code,
)
from zhiqiao.apps.admissions.actions.messages import SEND_CODE
from zhiqiao.apps.admissions.actions.seasons import RUN
from zhiqiao.apps.admissions.queries import CHECK, CLOSURES
from zhiqiao.core.events import subscribe
from zhiqiao.core.jobs import Progress, job_kind


@job_kind(RUN, title=_("Allocation of places"))
def allocate_places(progress: Progress, *, season: int, step: int) -> Mapping[str, Any]:
    return run_job(progress, season=season, step=step)


@job_kind(CHECK, title=_("Check of a run against its bundle"))
def check_run(progress: Progress, *, run: int, asked_by: int | None) -> Mapping[str, Any]:
    progress.begin(1)
    found = check_job(run=run, asked_by=asked_by)
    progress.advance()
    return found


@job_kind(CLOSURES, title=_("Trial of closing small classes"))
def try_closures(
    progress: Progress, *, season: int, minimum: int | None, asked_by: int | None
) -> Mapping[str, Any]:
    return closures_job(progress, season=season, minimum=minimum, asked_by=asked_by)


@job_kind(SEND_CODE, title=_("A code by text message"))
def send_code_by_message(progress: Progress, *, candidate: int, sealed: str) -> None:
    progress.begin(1)
    send_code(candidate=candidate, sealed=sealed)
    progress.advance()


@subscribe("people.merged")
def follow_joined_files(*, kept: int, double: int, **_more: object) -> None:
    move_candidacies(kept=kept, double=double)
