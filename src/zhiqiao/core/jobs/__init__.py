"""Work apart from the request, on PostgreSQL alone.

A job is queued in the transaction of the write that asks for it. Its function runs in one
transaction together with the state "succeeded", so its effect happens exactly once, however
often a worker is killed. How far it is goes out on a connection of its own.
"""

from zhiqiao.core.jobs.kinds import JobKind, job_kind, kind_of, request_cancel, start_job
from zhiqiao.core.jobs.progress import JobCancelled, Progress
from zhiqiao.core.jobs.queue import configure, run_worker, sweep_stalled_jobs
from zhiqiao.core.jobs.runner import run_job, run_queued_jobs
from zhiqiao.core.jobs.upkeep import MINUTE, MORNING, run_upkeep, upkeep

__all__ = [
    "MINUTE",
    "MORNING",
    "JobCancelled",
    "JobKind",
    "Progress",
    "configure",
    "job_kind",
    "kind_of",
    "request_cancel",
    "run_job",
    "run_queued_jobs",
    "run_upkeep",
    "run_worker",
    "start_job",
    "sweep_stalled_jobs",
    "upkeep",
]
