import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from django.db import OperationalError, connection, transaction
from procrastinate.contrib.django.utils import connector_params

from zhiqiao.core import citations, events
from zhiqiao.core.errors import InputError, MissingError, RuleError
from zhiqiao.core.events import at_once
from zhiqiao.core.jobs import (
    job_kind,
    request_cancel,
    run_job,
    run_queued_jobs,
    run_worker,
    start_job,
    sweep_stalled_jobs,
)
from zhiqiao.core.jobs.kinds import queue_manager
from zhiqiao.core.jobs.runner import MOST_ATTEMPTS, JobTakenError, fail_lost_jobs
from zhiqiao.core.models import AuditEntry, Citation, Job
from zhiqiao.core.tests.worker_process import declare_kinds

declare_kinds()

WORKER = Path(__file__).with_name("worker_process.py")
PATIENCE = 120


@job_kind("test.cite", title="cite")
def cite(progress, *, titles, fail=False):
    progress.begin(len(titles), "writing")
    for title in titles:
        citations.cite(title)
        progress.advance()
        progress.check_cancelled()
    if fail:
        raise InputError("core.file_empty", name="x.csv")
    return {"added": len(titles)}


@job_kind("test.broken", title="broken")
def broken(progress):
    citations.cite("half")
    raise ZeroDivisionError


def titles():
    return sorted(Citation.objects.values_list("title", flat=True))


@pytest.mark.django_db
def test_job_runs_and_keeps_its_result():
    job = start_job("test.cite", actor=None, arguments={"titles": ["a", "b"]})
    assert job.state == "queued"

    assert run_queued_jobs() == 1

    job.refresh_from_db()
    assert (job.state, job.result, job.done, job.total) == ("succeeded", {"added": 2}, 2, 2)
    assert titles() == ["a", "b"]


@pytest.mark.django_db
def test_job_run_twice_has_its_effect_once():
    job = start_job("test.cite", actor=None, arguments={"titles": ["a"]})
    run_job(str(job.uid))
    Citation.objects.all().delete()
    run_job(str(job.uid))
    job.refresh_from_db()
    assert (titles(), job.attempts) == ([], 1)


@pytest.mark.django_db
def test_failed_job_writes_nothing_and_says_why():
    job = start_job("test.cite", actor=None, arguments={"titles": ["a"], "fail": True})
    run_job(str(job.uid))
    job.refresh_from_db()
    assert (job.state, job.error_code, titles()) == ("failed", "core.file_empty", [])
    assert "x.csv" in job.error_message


@pytest.mark.django_db
def test_programming_fault_fails_the_job_and_reaches_the_log():
    job = start_job("test.broken", actor=None, arguments={})
    with pytest.raises(ZeroDivisionError):
        run_job(str(job.uid))
    job.refresh_from_db()
    assert (job.state, job.error_code, titles()) == ("failed", "core.failed", [])


@pytest.mark.django_db
def test_end_of_a_job_is_told_in_its_transaction():
    told = []
    events.subscribe("core.job_ended")(remember := lambda job: told.append((job.uid, job.state)))
    job = start_job("test.cite", actor=None, arguments={"titles": []})
    run_job(str(job.uid))
    at_once._SUBSCRIBERS["core.job_ended"].remove(remember)
    assert told == [(job.uid, "succeeded")]


@pytest.mark.django_db
def test_unknown_kind_is_refused():
    with pytest.raises(MissingError):
        start_job("test.unheard", actor=None, arguments={})


@pytest.mark.django_db(transaction=True)
def test_job_of_a_transaction_that_is_undone_does_not_exist():
    with transaction.atomic():
        start_job("test.cite", actor=None, arguments={"titles": ["a"]})
        transaction.set_rollback(True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs")
        assert cursor.fetchone() == (0,)
    assert Job.objects.count() == 0


@pytest.mark.django_db
def test_waiting_job_is_cancelled_at_once():
    job = start_job("test.cite", actor=None, arguments={"titles": ["a"]})
    request_cancel(job, actor=None)
    job.refresh_from_db()
    assert job.state == "cancelled"
    assert run_queued_jobs() == 0
    assert AuditEntry.objects.get().verb == "core.job.cancel_requested"


@pytest.mark.django_db
def test_ended_job_cannot_be_cancelled():
    job = start_job("test.cite", actor=None, arguments={"titles": []})
    run_job(str(job.uid))
    with pytest.raises(RuleError):
        request_cancel(job, actor=None)


@pytest.mark.django_db
def test_job_that_kills_its_workers_is_given_up():
    job = start_job("test.cite", actor=None, arguments={"titles": ["a"]})
    Job.objects.filter(pk=job.pk).update(attempts=MOST_ATTEMPTS)
    run_job(str(job.uid))
    job.refresh_from_db()
    assert (job.state, job.error_code, titles()) == ("failed", "core.job_gave_up", [])


@pytest.mark.django_db
def test_job_lost_from_the_queue_is_ended():
    job = start_job("test.cite", actor=None, arguments={"titles": ["a"]})
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
        cursor.execute("UPDATE core_job SET queued_at = queued_at - interval '1 hour'")
    assert fail_lost_jobs() == 1
    job.refresh_from_db()
    assert (job.state, job.error_code) == ("failed", "core.job_lost")


@pytest.fixture
def worker():
    """Start real workers; whatever happens, they are gone afterwards."""
    processes = []

    def start():
        command = [sys.executable, str(WORKER), connection.settings_dict["NAME"]]
        processes.append(subprocess.Popen(command))  # noqa: S603 - our own file
        return processes[-1]

    yield start
    for process in processes:
        process.kill()
        process.wait()


def wait_until(condition):
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.05)


def state_of(job):
    return Job.objects.values_list("state", flat=True).get(pk=job.pk)


def status_in_queue(job):
    return queue_manager().get_job_status(job.queue_number).value


@pytest.mark.django_db(transaction=True)
def test_killed_worker_leaves_nothing_and_the_sweep_finishes_once(worker, tmp_path):
    job = start_job("test.slow", actor=None, arguments={"folder": str(tmp_path), "title": "slow"})
    process = worker()
    wait_until((tmp_path / "started").exists)
    assert state_of(job) == "running"

    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert titles() == []
    time.sleep(1)
    assert status_in_queue(job) == "doing"
    sweep_stalled_jobs(seconds_since_heartbeat=0.5)
    assert status_in_queue(job) == "todo"
    (tmp_path / "go").touch()
    run_worker(wait=False, install_signal_handlers=False)

    job.refresh_from_db()
    assert (job.state, job.attempts, job.result) == ("succeeded", 2, {"added": 2})
    assert titles() == ["slow 1", "slow 2"]


@pytest.mark.django_db(transaction=True)
def test_worker_that_is_told_to_stop_puts_its_job_back(worker, tmp_path):
    job = start_job("test.slow", actor=None, arguments={"folder": str(tmp_path), "title": "slow"})
    process = worker()
    wait_until((tmp_path / "started").exists)

    process.terminate()

    assert process.wait(PATIENCE) == 0
    assert (state_of(job), status_in_queue(job), titles()) == ("queued", "todo", [])


@pytest.mark.django_db(transaction=True)
def test_job_held_by_another_process_is_left_alone():
    job = start_job("test.cite", actor=None, arguments={"titles": ["a"]})
    other = psycopg.connect(**connector_params())
    other.execute("SELECT pg_advisory_xact_lock(hashtextextended('core.job', %s))", [job.pk])
    with pytest.raises(JobTakenError):
        run_job(str(job.uid))
    other.close()
    assert (state_of(job), titles()) == ("queued", [])
    run_job(str(job.uid))
    assert (state_of(job), titles()) == ("succeeded", ["a"])


@job_kind("test.deadlock", title="deadlock")
def deadlock(progress):
    citations.cite("half")
    raise OperationalError from psycopg.errors.DeadlockDetected()


@pytest.mark.django_db
def test_job_that_met_a_deadlock_waits_again():
    job = start_job("test.deadlock", actor=None, arguments={})
    with pytest.raises(OperationalError):
        run_job(str(job.uid))
    assert (state_of(job), titles()) == ("queued", [])


@pytest.mark.django_db(transaction=True)
def test_running_job_stops_when_asked(worker, tmp_path):
    job = start_job("test.slow", actor=None, arguments={"folder": str(tmp_path), "title": "slow"})
    worker()
    wait_until((tmp_path / "started").exists)
    wait_until(lambda: Job.objects.get(pk=job.pk).message == "waiting")

    request_cancel(job, actor=None)

    wait_until(lambda: state_of(job) == "cancelled")
    assert titles() == []


@job_kind("test.taken_twice", title="taken twice")
def taken_twice(progress, *, uid):
    citations.cite("kept")
    with ThreadPoolExecutor(1) as other:
        other.submit(take_up_elsewhere, uid).result()
    return {"added": 1}


def take_up_elsewhere(uid):
    try:
        with pytest.raises(JobTakenError):
            run_job(uid)
        request_cancel(Job.objects.get(uid=uid), actor=None)
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_running_job_that_another_worker_wants_is_still_told_as_running():
    job = start_job("test.cite", actor=None, arguments={"titles": []})
    Job.objects.filter(pk=job.pk).update(kind="test.taken_twice", arguments={"uid": str(job.uid)})

    run_job(str(job.uid))

    assert (state_of(job), titles()) == ("succeeded", ["kept"])


@job_kind("test.ended", title="ended")
def ended(progress, *, uid):
    citations.cite("must not stay")
    with psycopg.connect(**connector_params()) as other:
        other.execute(
            "UPDATE core_job SET state = 'cancelled', finished_at = now() WHERE uid = %s", [uid]
        )


@pytest.mark.django_db(transaction=True)
def test_job_that_was_told_as_cancelled_leaves_nothing():
    job = start_job("test.cite", actor=None, arguments={"titles": []})
    Job.objects.filter(pk=job.pk).update(kind="test.ended", arguments={"uid": str(job.uid)})

    run_job(str(job.uid))

    assert (state_of(job), titles()) == ("cancelled", [])
