"""A real worker that knows the test's table and waits in the middle of its commit.

``python worker_process.py DATABASE FOLDER``: the commit of ``tests.citations`` writes its rows,
touches FOLDER/started and waits until FOLDER/go exists. It leaves upkeep alone, so that a kill
finds it at that commit only.
"""

import dataclasses
import sys
import time
from pathlib import Path

import django


def wait_in_commit(folder):
    from zhiqiao.core.imports import register  # noqa: PLC0415 # needs loaded apps
    from zhiqiao.core.imports.tests.citation_import import CITATIONS  # noqa: PLC0415 # the same

    def commit(batch, actor, progress):
        counts = CITATIONS.commit(batch, actor, progress)
        if batch.state == "committing":
            (folder / "started").touch()
            while not (folder / "go").exists():
                time.sleep(0.02)
        return counts

    register(dataclasses.replace(CITATIONS, commit=commit))


def main():
    from django.conf import settings  # noqa: PLC0415 # before the apps are loaded

    settings.DATABASES["default"]["NAME"] = sys.argv[1]
    django.setup()
    wait_in_commit(Path(sys.argv[2]))
    from zhiqiao.core.jobs import run_worker  # noqa: PLC0415 # needs loaded apps

    run_worker(
        wait=True,
        queues=["jobs"],
        fetch_job_polling_interval=0.1,
        update_heartbeat_interval=0.2,
    )


if __name__ == "__main__":
    main()
