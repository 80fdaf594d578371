"""What the worker does for admission."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from zhiqiao.apps.admissions.actions import move_candidacies, run_job
from zhiqiao.apps.admissions.actions.seasons import RUN
from zhiqiao.core.events import subscribe
from zhiqiao.core.jobs import Progress, job_kind


@job_kind(RUN, title=_("Allocation of places"))
def allocate_places(progress: Progress, *, season: int, step: int) -> Mapping[str, Any]:
    return run_job(progress, season=season, step=step)


@subscribe("people.merged")
def follow_joined_files(*, kept: int, double: int, **_more: object) -> None:
    move_candidacies(kept=kept, double=double)
