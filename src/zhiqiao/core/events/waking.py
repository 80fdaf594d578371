"""Asking the worker for a delivery; one waiting job is enough for any number of events."""

import contextlib

from django.db import DatabaseError, transaction
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from procrastinate.tasks import configure_task

from zhiqiao.core.jobs.kinds import queue_manager

DELIVER = "zhiqiao.core.events.deliver"
UPKEEP = "upkeep"
LOCK = "deliver"


def wake() -> None:
    """Queue a delivery unless one waits already; a second of the same moment is refused."""
    with (
        contextlib.suppress(AlreadyEnqueued, ConnectorException, DatabaseError),
        transaction.atomic(),
    ):
        if ProcrastinateJob.objects.filter(queueing_lock=LOCK, status="todo").exists():
            return
        configure_task(
            name=DELIVER, job_manager=queue_manager(), queue=UPKEEP, queueing_lock=LOCK
        ).defer()
