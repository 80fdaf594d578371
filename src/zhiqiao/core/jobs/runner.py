"""Running one job so that its effect happens exactly once."""

import logging
from collections.abc import Callable, Mapping
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhiqiao.core import events
from zhiqiao.core.audit_digest import json_safe
from zhiqiao.core.choices import JobState
from zhiqiao.core.context import job_id
from zhiqiao.core.errors import (
    BUSY,
    DATABASE_AWAY,
    FAILED,
    UnavailableError,
    ZhiqiaoError,
    define,
    translated,
)
from zhiqiao.core.jobs.kinds import kind_of
from zhiqiao.core.jobs.progress import JobCancelled, JobProgress, WorkerStopping
from zhiqiao.core.models import Job

logger = logging.getLogger(__name__)

GAVE_UP = define(
    "core.job_gave_up",
    message=_("The job was started %(attempts)d times and its worker died each time."),
    remedy=_("Nothing was written. Tell the operator; a smaller file may help."),
)
LOST = define(
    "core.job_lost",
    message=_("The job disappeared from the queue before it ended."),
    remedy=_("Nothing was written. Start it again."),
)

MOST_ATTEMPTS = 4


class JobTakenError(Exception):
    """Another process still holds the job; it is tried again a little later."""


class JobEndedError(Exception):
    """The job was told as ended while its work still went on; the work must be undone."""


def run_job(job_uid: str, *, stopping: Callable[[], bool] = lambda: False) -> None:
    """Run a job if it still waits; ``stopping`` tells that the worker wants to leave."""
    job = Job.objects.filter(uid=job_uid).first()
    if job is None or job.is_ended:
        return
    token = job_id.set(str(job.uid))
    try:
        with JobProgress(job, stopping=stopping) as progress:
            _attempt(job, progress)
    finally:
        job_id.reset(token)


def _attempt(job: Job, progress: JobProgress) -> None:
    try:
        with transaction.atomic():
            # Only who holds the job may show it as running, or as waiting again.
            _claim(job)
            _work(job, progress)
    except JobCancelled:
        _end(job, JobState.CANCELLED)
    except WorkerStopping:
        progress.put_back()
        raise
    except JobTakenError:
        raise
    except JobEndedError:
        logger.warning("jobs.ended_meanwhile")
    except Exception as error:
        known = translated(error)
        if isinstance(known, UnavailableError) and known.code in {BUSY, DATABASE_AWAY}:
            progress.put_back()
            raise
        _end(job, JobState.FAILED, error=known or ZhiqiaoError(FAILED))
        if known is None:
            raise


def _work(job: Job, progress: JobProgress) -> None:
    attempts = progress.take_up()
    if attempts is None:
        return
    if attempts > MOST_ATTEMPTS:
        _end(job, JobState.FAILED, error=ZhiqiaoError(GAVE_UP, attempts=attempts - 1))
        return
    result = kind_of(job.kind).function(progress, **job.arguments)
    _end(job, JobState.SUCCEEDED, progress=progress, result=result)


def _claim(job: Job) -> None:
    """Hold the job until the transaction ends, without locking its row."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_try_advisory_xact_lock(hashtextextended('core.job', %s))", [job.pk]
        )
        row = cursor.fetchone()
    if not row or not row[0]:
        raise JobTakenError(job.pk)


@transaction.atomic
def _end(
    job: Job,
    state: JobState,
    *,
    progress: JobProgress | None = None,
    result: Mapping[str, Any] | None = None,
    error: ZhiqiaoError | None = None,
) -> None:
    job = Job.objects.select_for_update(no_key=True).get(pk=job.pk)
    if job.is_ended:
        if state == JobState.SUCCEEDED:
            raise JobEndedError(job.pk)
        return
    job.state, job.finished_at, job.seconds_left = state, timezone.now(), None
    job.result = json_safe(result) if result is not None else None
    if progress:
        job.total, job.done, job.message = progress.total, progress.done, progress.message[:300]
        job.result_file, job.error_file = progress.result_file, progress.error_file
    if error:
        job.error_code, job.error_parameters = error.code, json_safe(error.parameters)
    job.save()
    events.publish("core.job_ended", job=job)


def fail_lost_jobs() -> int:
    """End jobs whose place in the queue is gone, for example after a restored backup."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT job.id FROM core_job job"
            " LEFT JOIN procrastinate_jobs queued ON queued.id = job.queue_number"
            " AND queued.status IN ('todo', 'doing')"
            " WHERE job.state IN ('queued', 'running') AND queued.id IS NULL"
            " AND job.queued_at < now() - interval '1 minute'"
        )
        numbers = [number for (number,) in cursor.fetchall()]
    for job in Job.objects.filter(pk__in=numbers):
        _end(job, JobState.FAILED, error=ZhiqiaoError(LOST))
    return len(numbers)


def run_queued_jobs() -> int:
    """Run everything that waits in this process, one after another, without a worker."""
    ran = 0
    while job := Job.objects.filter(state=JobState.QUEUED).order_by("id").first():
        run_job(str(job.uid))
        ran += 1
    return ran
