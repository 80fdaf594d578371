"""A real worker in a process of its own: ``python worker_process.py DATABASE FOLDER``.

Declares the kinds of jobs that the tests start: one that waits for a file to appear between two
writes, and one that only counts.
"""

import sys
import time
from pathlib import Path

import django


def declare_kinds():
    from zhiqiao.core import citations  # noqa: PLC0415 - needs loaded apps
    from zhiqiao.core.jobs import job_kind  # noqa: PLC0415 - needs loaded apps

    @job_kind("test.slow", title="slow")
    def slow(progress, *, folder, title):
        progress.begin(2, "waiting")
        citations.cite(f"{title} 1")
        (Path(folder) / "started").touch()
        while not (Path(folder) / "go").exists():
            time.sleep(0.02)
            progress.check_cancelled()
        progress.advance()
        citations.cite(f"{title} 2")
        return {"added": 2}


def main():
    from django.conf import settings  # noqa: PLC0415 - needs loaded apps

    settings.DATABASES["default"]["NAME"] = sys.argv[1]
    django.setup()
    declare_kinds()
    from zhiqiao.core.jobs import run_worker  # noqa: PLC0415 - needs loaded apps

    run_worker(
        wait=True,
        fetch_job_polling_interval=0.1,
        update_heartbeat_interval=0.2,
        stalled_worker_timeout=3600.0,
        shutdown_graceful_timeout=0.2,
    )


if __name__ == "__main__":
    main()
