"""Make a final run while its worker is killed again and again in the middle of writing.

Run as a process of its own on a data folder of its own; what came of it is printed as JSON. Each
time another table is held shut, so the worker waits there with everything before it written; then
it is killed, and only then is the table let go.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter

PATIENCE = 120
# Nothing of the run is written yet; its results are; all of it is, and its step as well.
MOMENTS = ("admissions_run", "admissions_runline", "core_auditentry")
WAITS = """
    SELECT pid FROM pg_locks
    WHERE relation = %s::regclass AND NOT granted AND mode = 'RowExclusiveLock'
"""
WRITTEN = """
    SELECT relation::regclass::text FROM pg_locks
    WHERE pid = %s AND granted AND mode = 'RowExclusiveLock' AND relation IN (
        SELECT to_regclass(name) FROM unnest(%s::text[]) AS told (name)
    ) ORDER BY 1
"""
TABLES = ["core_storedfile", "admissions_run", "admissions_result", "admissions_runline"]


def until(condition) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(0.05)


def kill_a_worker_at(table: str) -> list[str]:
    """Kill the worker once it waits for the table held shut here; tells what it had written."""
    with psycopg.connect(**connector_params() | {"autocommit": False}) as held:
        held.execute(f"LOCK TABLE {table} IN SHARE MODE")
        worker = subprocess.Popen(processes.worker_command())
        try:
            until(lambda: held.execute(WAITS, [table]).fetchone())
            (pid,) = held.execute(WAITS, [table]).fetchone()
            written = [name for (name,) in held.execute(WRITTEN, [pid, TABLES])]
            os.kill(worker.pid, signal.SIGKILL)
        finally:
            worker.kill()
            worker.wait()
    until(lambda: not is_worked_on())
    sweep_stalled_jobs(seconds_since_heartbeat=0.1)
    return written


def is_worked_on() -> bool:
    """Say whether the server still holds a session of the killed worker in its transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE state LIKE '%%in transaction%%'"
            " OR (state = 'active' AND pid <> pg_backend_pid() AND backend_type = 'client backend')"
        )
        return bool(cursor.fetchone()[0])


def let_it_end() -> None:
    """Let a worker live until the job has ended."""
    worker = subprocess.Popen(processes.worker_command())
    try:
        until(lambda: Job.objects.order_by("-id").first().is_ended)
    finally:
        worker.terminate()
        worker.wait()


def stored(world) -> dict[str, object]:
    """Tell all that a run writes, and where its season stands."""
    steps = SeasonStep.objects.filter(season=world.season, is_taken=True)
    return {
        "runs": list(Run.objects.values_list("kind", flat=True)),
        "results": dict(Counter(Result.objects.values_list("run__kind", flat=True))),
        "lines": dict(Counter(RunLine.objects.values_list("run__kind", flat=True))),
        "leaves": StoredFile.objects.filter(name="leaves.txt").count(),
        "state": world.again().state,
        "last_step": steps.order_by("-id").first().arrow,
        "open_files": SentFile.objects.filter(closed_at=None).count(),
        "told": Event.objects.filter(name="admissions.stepped").count(),
        "audited": AuditEntry.objects.filter(verb="admissions.season.stepped").count(),
    }


def run() -> dict[str, object]:
    call_command("migrate", verbosity=0)
    world = play_until(make_season_world(), Arrow.OPEN_REVIEW)
    before = stored(world)
    ask_step(world.again(), Arrow.RUN_FINAL, actor=world.clerk)
    written, after_kills = [], []
    for table in MOMENTS:
        written.append(kill_a_worker_at(table))
        after_kills.append(stored(world))
    let_it_end()
    job = Job.objects.order_by("-id").first()
    final = Run.objects.order_by("-number").first()
    placed = Result.objects.filter(run=final).values_list("candidate__number", "line__code")
    return {
        "written_at_kills": written,
        "left_by_kills": [after for after in after_kills if after != before],
        "before": before,
        "after": stored(world),
        "job": [job.state, job.attempts],
        "placed": dict(placed),
    }


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "zhiqiao.config.settings"
    import django

    django.setup()
    import psycopg
    from django.core.management import call_command
    from django.db import connection
    from procrastinate.contrib.django.utils import connector_params

    from zhiqiao.apps.admissions.actions import ask_step
    from zhiqiao.apps.admissions.choices import Arrow
    from zhiqiao.apps.admissions.models import Result, Run, RunLine, SeasonStep, SentFile
    from zhiqiao.apps.admissions.tests.factories import make_season_world, play_until
    from zhiqiao.config import processes
    from zhiqiao.core.jobs import sweep_stalled_jobs
    from zhiqiao.core.models import AuditEntry, Event, Job, StoredFile

    sys.stdout.write(json.dumps(run()) + "\n")
