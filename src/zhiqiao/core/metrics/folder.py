"""The folder through which several web processes count together.

Each process writes files of its own there. A process that ended leaves its counts; they are added
to those of all that ended before, so that the folder does not grow with every restart of a worker.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from prometheus_client import multiprocess
from prometheus_client.mmap_dict import MmapedDict

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
ENDED = "ended"
ADDED = ("counter", "histogram")


def folder() -> Path | None:
    given = os.environ.get(VARIABLE)
    return Path(given) if given else None


@contextmanager
def alone(where: Path) -> Iterator[None]:
    """Keep a reader from seeing a count twice, or not at all, while it moves."""
    with (where / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def take_over(pid: int) -> None:
    """Add what an ended process counted to the counts of the ended, and forget its files."""
    where = folder()
    if where is None:
        return
    with alone(where):
        multiprocess.mark_process_dead(pid, str(where))  # type: ignore[no-untyped-call] # prometheus_client has no types here
        for kind in ADDED:
            left = where / f"{kind}_{pid}.db"
            if left.exists():
                _add(left, where / f"{kind}_{ENDED}.db")
                left.unlink()


def _add(left: Path, total: Path) -> None:
    ended = MmapedDict(str(total))  # type: ignore[no-untyped-call] # prometheus_client has no types here
    for key, value, _at, _position in MmapedDict.read_all_values_from_file(str(left)):  # type: ignore[no-untyped-call] # prometheus_client has no types here
        before, _when = ended.read_value(key)  # type: ignore[no-untyped-call] # prometheus_client has no types here
        ended.write_value(key, before + value, 0.0)  # type: ignore[no-untyped-call] # prometheus_client has no types here
    ended.close()  # type: ignore[no-untyped-call] # prometheus_client has no types here
