"""Kinds of jobs, starting one, and asking one to stop."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.manager import JobManager
from procrastinate.tasks import configure_task

from zhiqiao.core import audit, events
from zhiqiao.core.access import Actor
from zhiqiao.core.choices import JobState
from zhiqiao.core.errors import MissingError, RuleError, define
from zhiqiao.core.models import Job

JOB_KIND_UNKNOWN = define(
    "core.job_kind_unknown",
    message=_("This version of the program knows no job of the kind %(kind)s."),
    remedy=_("Start the worker from the same version as the web server."),
)
JOB_ENDED = define(
    "core.job_ended",
    message=_("The job has already ended, so it cannot be stopped."),
    remedy=_("Open its result."),
)

TASK = "zhiqiao.core.jobs.run"
QUEUE = "jobs"

JobFunction = Callable[..., Mapping[str, Any] | None]


@dataclass(frozen=True, slots=True)
class JobKind:
    name: str
    title: str | Promise
    function: JobFunction


_KINDS: dict[str, JobKind] = {}


def job_kind(name: str, *, title: str | Promise) -> Callable[[JobFunction], JobFunction]:
    """Declare ``function(progress, **arguments)``; it must do all of its work or nothing."""

    def kept(function: JobFunction) -> JobFunction:
        _KINDS[name] = JobKind(name, title, function)
        return function

    return kept


def kind_of(name: str) -> JobKind:
    if name not in _KINDS:
        raise MissingError(JOB_KIND_UNKNOWN, kind=name)
    return _KINDS[name]


def queue_manager() -> JobManager:
    """Procrastinate on Django's own connection, also inside of a worker."""
    return JobManager(DjangoConnector())


@transaction.atomic
def start_job(
    kind: str,
    *,
    actor: Actor,
    arguments: Mapping[str, Any],
    subject_uid: UUID | None = None,
) -> Job:
    """Queue a job; it exists, and runs, only if the surrounding transaction commits."""
    kind_of(kind)
    job = Job.objects.create(
        kind=kind,
        arguments=dict(arguments),
        subject_uid=subject_uid,
        started_by_id=actor.pk if isinstance(actor, AbstractBaseUser) else None,
        queued_at=timezone.now(),
    )
    deferrer = configure_task(name=TASK, job_manager=queue_manager(), queue=QUEUE)
    job.queue_number = deferrer.defer(job_uid=str(job.uid))
    job.save(update_fields=["queue_number"])
    return job


@transaction.atomic
def request_cancel(job: Job, *, actor: Actor) -> Job:
    """Stop a waiting job at once; ask a running one to stop at its next step."""
    job = Job.objects.select_for_update().get(pk=job.pk)
    if job.is_ended:
        raise RuleError(JOB_ENDED)
    before = audit.snapshot(job, ["state"])
    job.cancel_requested_at = timezone.now()
    waiting = job.state == JobState.QUEUED
    if waiting:
        job.state, job.finished_at = JobState.CANCELLED, job.cancel_requested_at
        if job.queue_number is not None:
            queue_manager().cancel_job_by_id(job.queue_number)
    job.save(update_fields=["state", "finished_at", "cancel_requested_at"])
    after = audit.snapshot(job, ["state", "cancel_requested_at"])
    audit.record(
        actor=actor, verb="core.job.cancel_requested", subject=job, before=before, after=after
    )
    if waiting:
        events.publish("core.job_ended", job=job)
    return job
