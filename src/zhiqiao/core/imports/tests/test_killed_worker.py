import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.db import connection

from zhiqiao.core.imports import actions
from zhiqiao.core.imports.tests.factories import HEADINGS, ROW, clerk, pasted
from zhiqiao.core.jobs import run_queued_jobs, run_worker, sweep_stalled_jobs
from zhiqiao.core.models import Citation

WORKER = Path(__file__).with_name("worker_process.py")
PATIENCE = 30


@pytest.fixture
def worker(tmp_path):
    command = [sys.executable, str(WORKER), connection.settings_dict["NAME"], str(tmp_path)]
    process = subprocess.Popen(command)  # noqa: S603 # our own file
    yield process
    process.kill()
    process.wait()


def wait_for(path):
    deadline = time.monotonic() + PATIENCE
    while not path.exists():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.05)


@pytest.mark.django_db(transaction=True)
def test_killed_worker_leaves_nothing_half_written_and_the_import_goes_on(tmp_path, request):
    rows = [[f"公报{number}", *ROW[1:]] for number in range(200)]
    batch = actions.open_batch("tests.citations", actor=clerk(), text=pasted(HEADINGS, *rows))
    actions.request_check(batch, actor=batch.opened_by)
    run_queued_jobs()
    batch.refresh_from_db()
    assert (batch.state, batch.counts["added"]) == ("checked", 200)
    job = actions.request_commit(batch, actor=batch.opened_by)
    process = request.getfixturevalue("worker")
    wait_for(tmp_path / "started")

    os.kill(process.pid, signal.SIGKILL)
    process.wait()

    batch.refresh_from_db()
    assert (batch.state, Citation.objects.count()) == ("committing", 0)
    time.sleep(1)
    assert sweep_stalled_jobs(seconds_since_heartbeat=0.5) == 1
    run_worker(wait=False, install_signal_handlers=False)
    batch.refresh_from_db()
    job.refresh_from_db()
    assert (batch.state, job.attempts, Citation.objects.count()) == ("committed", 2, 200)
