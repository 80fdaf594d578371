"""Stopping an import while its job runs, seen from two connections as in the real site."""

import dataclasses
import threading

import pytest
from django.db import connection

from zhiqiao.core.errors import RuleError
from zhiqiao.core.imports import actions, register
from zhiqiao.core.imports.models import ImportRow
from zhiqiao.core.imports.tests.citation_import import CITATIONS
from zhiqiao.core.imports.tests.factories import HEADINGS, ROW, clerk, pasted
from zhiqiao.core.jobs import run_job, run_queued_jobs
from zhiqiao.core.models import Citation, ImportBatch

PATIENCE = 30


@pytest.fixture
def running():
    """A checked import whose commit waits, in another thread, until somebody stops it."""
    started = threading.Event()

    def commit(batch, actor, progress):
        counts = CITATIONS.commit(batch, actor, progress)
        if batch.state == "committing":
            started.set()
            while True:
                progress.check_cancelled()
        return counts

    register(dataclasses.replace(CITATIONS, commit=commit))
    batch = actions.open_batch("tests.citations", actor=clerk(), text=pasted(HEADINGS, ROW))
    actions.request_check(batch, actor=batch.opened_by)
    run_queued_jobs()
    job = actions.request_commit(ImportBatch.objects.get(), actor=batch.opened_by)

    def work():
        run_job(str(job.uid))
        connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    started.wait(PATIENCE)
    yield batch, job, thread
    register(CITATIONS)


@pytest.mark.django_db(transaction=True)
def test_running_commit_is_stopped_and_the_import_stays(running):
    batch, job, thread = running

    seen = actions.cancel_batch(batch, actor=batch.opened_by)
    thread.join(PATIENCE)

    assert not thread.is_alive()
    assert seen.state == "committing"
    job.refresh_from_db()
    batch.refresh_from_db()
    assert (job.state, batch.state) == ("cancelled", "checked")
    assert (Citation.objects.count(), ImportRow.objects.count()) == (0, 1)


@pytest.mark.django_db(transaction=True)
def test_import_is_given_up_only_in_the_state_that_was_seen():
    batch = actions.open_batch("tests.citations", actor=clerk(), text=pasted(HEADINGS, ROW))
    actions.request_check(batch, actor=batch.opened_by)
    run_queued_jobs()
    actions.request_commit(ImportBatch.objects.get(), actor=batch.opened_by)
    run_queued_jobs()

    with pytest.raises(RuleError) as refused:
        actions.cancel_batch(batch, actor=batch.opened_by)

    assert refused.value.code == "imports.wrong_state"
