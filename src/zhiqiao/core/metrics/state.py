"""What the kit says about jobs, events, imports, the audit trail, the database and backups."""

from collections.abc import Iterator
from typing import LiteralString

from django.db import connection
from prometheus_client import Metric

from zhiqiao.core import health, marks
from zhiqiao.core.choices import DeliveryState, JobState
from zhiqiao.core.imports.choices import BatchState
from zhiqiao.core.metrics.sources import by_state, gauge, source

_JOBS: LiteralString = "SELECT state, count(*) FROM core_job GROUP BY state"
_OLDEST_JOB: LiteralString = (
    "SELECT extract(epoch FROM now() - min(queued_at)) FROM core_job WHERE state = 'queued'"
)
_DELIVERIES: LiteralString = (
    "SELECT state, count(*) FROM core_delivery WHERE state <> 'done' GROUP BY state"
)
_OLDEST_DELIVERY: LiteralString = (
    "SELECT extract(epoch FROM now() - min(event.at)) FROM core_delivery delivery"
    " JOIN core_event event ON event.id = delivery.event_id WHERE delivery.state = 'waiting'"
)
_IMPORTS: LiteralString = "SELECT state, count(*) FROM core_importbatch GROUP BY state"
_UNSEALED: LiteralString = (
    "SELECT coalesce(extract(epoch FROM now() - min(at)), 0) FROM core_auditentry"
    " WHERE id > (SELECT coalesce(max(last_entry), 0) FROM core_auditseal)"
)
_CONNECTIONS: LiteralString = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
)
_LIMIT: LiteralString = "SELECT current_setting('max_connections')::int"


@source("jobs")
def _jobs() -> Iterator[Metric]:
    counts = dict.fromkeys(map(str, JobState.values), 0.0) | counted(_JOBS)
    yield by_state("jobs", "Jobs by state.", counts)
    seconds = asked(_OLDEST_JOB) or 0
    yield from gauge("job_oldest_waiting_seconds", "Age of the oldest waiting job.", seconds)
    yield from gauge(
        "worker_heartbeat_age_seconds",
        "Since the last word of any worker.",
        health.seconds_since_heartbeat(),
    )


@source("outbox")
def _outbox() -> Iterator[Metric]:
    states = [DeliveryState.WAITING.value, DeliveryState.FAILED.value]
    counts = dict.fromkeys(states, 0.0) | counted(_DELIVERIES)
    yield by_state("deliveries", "Events not yet told to a receiver.", counts)
    seconds = asked(_OLDEST_DELIVERY) or 0
    yield from gauge("delivery_oldest_waiting_seconds", "Age of the oldest of them.", seconds)


@source("imports")
def _imports() -> Iterator[Metric]:
    counts = dict.fromkeys(map(str, BatchState.values), 0.0) | counted(_IMPORTS)
    yield by_state("imports", "Imports by state.", counts)


@source("audit")
def _audit() -> Iterator[Metric]:
    seconds = asked(_UNSEALED)
    yield from gauge("audit_unsealed_seconds", "Age of the oldest unsealed entry.", seconds)


@source("database")
def _database() -> Iterator[Metric]:
    yield from gauge("database_connections", "Open connections.", asked(_CONNECTIONS))
    yield from gauge("database_connections_limit", "Limit of the server.", asked(_LIMIT))


@source("upkeep")
def _upkeep() -> Iterator[Metric]:
    backup, drill = marks.seconds_since(marks.BACKUP), marks.seconds_since(marks.DRILL)
    yield from gauge("backup_age_seconds", "Since the last good backup.", backup)
    yield from gauge("drill_age_seconds", "Since the last good restore drill.", drill)
    yield from gauge("disk_free_bytes", "Free where files are kept.", health.free_bytes())


def counted(sql: LiteralString) -> dict[str, float]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return {str(state): float(count) for state, count in cursor.fetchall()}


def asked(sql: LiteralString) -> float | None:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        (value,) = cursor.fetchone() or (None,)
    return None if value is None else float(value)
