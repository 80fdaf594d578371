"""The queue itself: tasks, workers, and the sweep after killed workers."""

import asyncio
import logging
import signal
import time
from functools import partial
from typing import Any

import psycopg
from asgiref.sync import async_to_sync
from django.db import InterfaceError, OperationalError
from django.utils import timezone
from procrastinate import App, JobContext, RetryStrategy
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.contrib.django.procrastinate_app import app as queue_app
from procrastinate.exceptions import ConnectorException

from zhiqiao.core.audit_seals import seal_audit
from zhiqiao.core.errors import UnavailableError
from zhiqiao.core.events.delivery import deliver_waiting, prune_deliveries
from zhiqiao.core.events.waking import DELIVER
from zhiqiao.core.jobs.kinds import QUEUE, TASK, queue_manager
from zhiqiao.core.jobs.progress import WorkerStopping
from zhiqiao.core.jobs.runner import JobTakenError, fail_lost_jobs, run_job
from zhiqiao.core.jobs.upkeep import MINUTE, MORNING, run_upkeep

logger = logging.getLogger(__name__)

UPKEEP = "upkeep"
SECONDS_TO_STALL = 30.0
LONGEST_PAUSE = 30.0
_INTERRUPTIONS = (OperationalError, psycopg.OperationalError, ConnectorException)
# A worker that is told to stop lets a job end; after this it puts the job back.
SECONDS_TO_FINISH = 10.0
HOURS_KEPT = 72

_RETRY = RetryStrategy(
    max_attempts=20,
    wait=15,
    retry_exceptions=[
        OperationalError,
        InterfaceError,
        UnavailableError,
        JobTakenError,
        WorkerStopping,
    ],
)


def configure(app: App) -> None:
    """Give the queue its tasks; called once when the apps are loaded."""
    app.task(name=TASK, queue=QUEUE, retry=_RETRY, pass_context=True)(_run)
    sweep = app.task(name="zhiqiao.core.jobs.sweep", queue=UPKEEP, queueing_lock="sweep")
    app.periodic(cron="* * * * *")(sweep(_sweep))
    seal = app.task(name="zhiqiao.core.audit.seal", queue=UPKEEP, queueing_lock="seal")
    app.periodic(cron="*/5 * * * *")(seal(_seal))
    # One job of this name waits at most, and the sweep of every minute asks for what was lost.
    app.task(name=DELIVER, queue=UPKEEP)(deliver_waiting)
    told = app.task(name="zhiqiao.core.events.sweep", queue=UPKEEP, queueing_lock="tell")
    app.periodic(cron="* * * * *")(told(_tell))
    for name, cron in (("minute", MINUTE), ("morning", MORNING)):
        beat = app.task(name=f"zhiqiao.core.upkeep.{name}", queue=UPKEEP, queueing_lock=name)
        app.periodic(cron=cron)(beat(partial(_beat, cron)))
    prune = app.task(name="zhiqiao.core.jobs.prune", queue=UPKEEP, queueing_lock="prune")
    app.periodic(cron="23 * * * *")(prune(_prune))


def _run(context: JobContext, job_uid: str) -> None:
    run_job(job_uid, stopping=context.should_abort)


def _sweep(timestamp: int) -> None:
    del timestamp
    sweep_stalled_jobs()


def _seal(timestamp: int) -> None:
    del timestamp
    seal_audit()


def _tell(timestamp: int) -> None:
    del timestamp
    deliver_waiting()


def _beat(cron: str, timestamp: int) -> None:
    del timestamp
    run_upkeep(cron)


def _prune(timestamp: int) -> None:
    """Forget places in the queue that ended; the jobs themselves and their results stay."""
    del timestamp
    prune_deliveries()
    async_to_sync(queue_manager().delete_old_jobs)(nb_hours=HOURS_KEPT, include_failed=True)


def sweep_stalled_jobs(*, seconds_since_heartbeat: float = SECONDS_TO_STALL) -> int:
    """Queue the jobs of workers that no longer show a heartbeat again; how many there were."""
    manager = queue_manager()
    stalled = async_to_sync(manager.get_stalled_jobs)(
        seconds_since_heartbeat=seconds_since_heartbeat
    )
    numbers = [job.id for job in stalled if job.id is not None]
    for number in numbers:
        manager.retry_job_by_id(number, retry_at=timezone.now())
    return len(numbers) + fail_lost_jobs()


def run_worker(*, wait: bool = True, concurrency: int = 2, **options: Any) -> None:
    """Work until a signal comes; a database that goes away is waited for."""
    pause = 1.0
    while True:
        began = time.monotonic()
        try:
            done = asyncio.run(_work(wait=wait, concurrency=concurrency, **options)) or not wait
        except _INTERRUPTIONS as error:
            logger.warning("jobs.worker_interrupted", exc_info=error)
            done = False
        if done:
            return
        pause = 1.0 if time.monotonic() - began > LONGEST_PAUSE else min(LONGEST_PAUSE, pause * 2)
        time.sleep(pause)


async def _work(*, install_signal_handlers: bool = True, **options: Any) -> bool:
    """Run one worker; True when a signal ended it.

    The queue's worker also returns, without an error, when its listening connection breaks.
    """
    working = asyncio.ensure_future(_session(**options))
    signalled = False

    def stop() -> None:
        nonlocal signalled
        signalled = True
        working.cancel()

    if install_signal_handlers:
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stop)
    try:
        await working
    except asyncio.CancelledError:
        if not signalled:
            raise
    return signalled


async def _session(**options: Any) -> None:
    options.setdefault("shutdown_graceful_timeout", SECONDS_TO_FINISH)
    connector = DjangoConnector().get_worker_connector()
    with queue_app.replace_connector(connector) as app:
        async with app.open_async():
            await app.run_worker_async(install_signal_handlers=False, **options)
