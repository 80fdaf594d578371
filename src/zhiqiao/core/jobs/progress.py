"""How far a job is, written beside its transaction so that others can see it at once."""

import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, LiteralString, Self

import psycopg
from django.db import connection, transaction
from procrastinate.contrib.django.utils import connector_params

from zhiqiao.core.errors import DATABASE_AWAY, UnavailableError
from zhiqiao.core.models import Job, StoredFile

SECONDS_BETWEEN_WRITES = 0.5


class JobCancelled(Exception):  # noqa: N818 - not an error: somebody asked for it
    pass


class WorkerStopping(Exception):  # noqa: N818 - not an error: the job goes back to the queue
    pass


def _never() -> bool:
    return False


class Progress:
    """Counts steps and estimates the rest; a subclass shows or stores it in ``changed``."""

    def __init__(self) -> None:
        self.total: int | None = None
        self.done = 0
        self.message = ""
        self.result_file: StoredFile | None = None
        self.error_file: StoredFile | None = None
        self._began = time.monotonic()

    def begin(self, total: int | None, message: str = "") -> None:
        """Start a stretch of work of ``total`` steps (None: how many is not known)."""
        self.total, self.done, self.message = total, 0, str(message)
        self._began = time.monotonic()
        self.changed(now=True)

    def advance(self, n: int = 1) -> None:
        self.done += n
        self.changed(now=False)

    def check_cancelled(self) -> None:
        """Raise JobCancelled when somebody asked the job to stop."""

    def attach_result(self, stored: StoredFile) -> None:
        self.result_file = stored

    def attach_errors(self, stored: StoredFile) -> None:
        self.error_file = stored

    def changed(self, *, now: bool) -> None:
        """Show or store the state; ``now`` when it should not wait."""

    @property
    def seconds_left(self) -> int | None:
        if not self.total or not self.done:
            return None
        spent = time.monotonic() - self._began
        return max(0, round(spent / self.done * (self.total - self.done)))


class JobProgress(Progress):
    """Writes to the row of the job on an autocommit connection, at most twice a second."""

    def __init__(self, job: Job, *, stopping: Callable[[], bool] = _never) -> None:
        super().__init__()
        self._stopping = stopping
        self._job_id = job.pk
        self._written_at = 0.0
        self._cancel_requested = False
        self._attempt: int | None = None
        self._own: psycopg.Connection[Any] | None = None

    def __enter__(self) -> Self:
        # Inside of a transaction the job is visible to this connection alone (tests).
        if not transaction.get_connection().in_atomic_block:
            parameters = connector_params()
            parameters.pop("autocommit", None)
            self._own = psycopg.connect(**parameters, autocommit=True)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._own is not None:
            self._own.close()

    def put_back(self) -> None:
        """Show the job as waiting again; its transaction was undone.

        A later attempt of somebody else is left alone.
        """
        self._execute(
            "UPDATE core_job SET state = 'queued', done = 0, total = NULL, message = '',"
            " seconds_left = NULL, attempts = greatest(attempts - 1, 0)"
            " WHERE id = %s AND state = 'running' AND attempts = %s RETURNING 1",
            [self._job_id, self._attempt],
        )

    def take_up(self) -> int | None:
        """Mark the job as running; the number of this attempt, or None when it has ended."""
        row = self._execute(
            "UPDATE core_job SET state = 'running', attempts = attempts + 1,"
            " started_at = clock_timestamp(), done = 0, total = NULL, seconds_left = NULL"
            " WHERE id = %s AND state IN ('queued', 'running') RETURNING attempts",
            [self._job_id],
        )
        self._attempt = row[0] if row else None
        return self._attempt

    def check_cancelled(self) -> None:
        self.changed(now=False)
        if self._cancel_requested:
            raise JobCancelled
        if self._stopping():
            raise WorkerStopping

    def changed(self, *, now: bool) -> None:
        if now or time.monotonic() - self._written_at >= SECONDS_BETWEEN_WRITES:
            self._written_at = time.monotonic()
            self._write()

    def _write(self) -> None:
        values = [self.total, self.done, self.message[:300], self.seconds_left, self._job_id]
        # A row that somebody holds is skipped: the next write tells it all again.
        row = self._execute(
            "UPDATE core_job SET total = %s, done = %s, message = %s, seconds_left = %s"
            " WHERE id = (SELECT id FROM core_job WHERE id = %s FOR NO KEY UPDATE SKIP LOCKED)"
            " RETURNING cancel_requested_at IS NOT NULL",
            values,
        )
        self._cancel_requested = self._cancel_requested or bool(row and row[0])

    def _execute(
        self, sql: LiteralString, parameters: list[int | str | None]
    ) -> tuple[Any, ...] | None:
        if self._own is not None:
            return _fetched(self._own, sql, parameters)
        with connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            row: tuple[Any, ...] | None = cursor.fetchone()
        return row


def _fetched(
    own: psycopg.Connection[Any], sql: LiteralString, parameters: list[int | str | None]
) -> tuple[Any, ...] | None:
    try:
        return own.execute(sql, parameters).fetchone()
    except psycopg.OperationalError as error:
        raise UnavailableError(DATABASE_AWAY) from error
