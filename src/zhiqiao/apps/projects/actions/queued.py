"""What is done at once in a small call, and by the worker where one request would take too long."""

from collections.abc import Mapping

from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from zhiqiao.apps.projects.actions.calls import locked_call
from zhiqiao.apps.projects.actions.draws import confirm_draw
from zhiqiao.apps.projects.actions.scores import compute_scores
from zhiqiao.apps.projects.choices import ReviewState
from zhiqiao.apps.projects.models import Call, Draw, Review
from zhiqiao.apps.projects.rules import can_run_calls
from zhiqiao.core.access import Actor, require
from zhiqiao.core.choices import JobState
from zhiqiao.core.errors import RuleError
from zhiqiao.core.jobs import start_job
from zhiqiao.core.models import Job

CONFIRM, COMPUTE = "projects.confirm", "projects.scores"
AT_ONCE = 1_000


@transaction.atomic
def confirm_or_queue(draw: Draw, *, actor: Actor) -> bool:
    """Ask the experts of an assignment; say whether that was done or waits for the worker."""
    require(can_run_calls(actor))
    if Review.objects.filter(draw=draw, state=ReviewState.PROPOSED).count() <= AT_ONCE:
        confirm_draw(draw, actor=actor)
        return True
    _queue(CONFIRM, draw.call, {"draw": draw.pk}, actor=actor)
    return False


@transaction.atomic
def compute_or_queue(call: Call, *, actor: Actor) -> bool:
    """Compute the scores of a call; say whether that was done or waits for the worker."""
    require(can_run_calls(actor))
    handed_in = Review.objects.filter(application__call=call, state=ReviewState.HANDED_IN)
    if handed_in.count() <= AT_ONCE:
        compute_scores(call, actor=actor)
        return True
    _queue(COMPUTE, call, {"call": call.pk}, actor=actor)
    return False


def _queue(kind: str, call: Call, arguments: Mapping[str, int], *, actor: Actor) -> None:
    call = locked_call(call)
    waiting = Job.objects.filter(kind=kind, subject_uid=call.uid, state__in=JobState.open())
    if waiting.exists():
        raise RuleError("projects.work-queued")
    asked_by = getattr(actor, "pk", None)
    start_job(
        kind, actor=actor, arguments={**arguments, "asked_by": asked_by}, subject_uid=call.uid
    )


def confirm_job(*, draw: int, asked_by: int | None) -> int:
    """Confirm for the person who asked, if the person may still."""
    return confirm_draw(Draw.objects.select_related("call").get(pk=draw), actor=_person(asked_by))


def compute_job(*, call: int, asked_by: int | None) -> int:
    """Compute for the person who asked, if the person may still."""
    return compute_scores(Call.objects.get(pk=call), actor=_person(asked_by))


def _person(key: int | None) -> AbstractBaseUser | None:
    return get_user_model().objects.get(pk=key) if key else None
