"""Locks of the operating system on files.

The kernel frees a lock when its last holder ends, however it ends, so a lock is never stale and
a process number that is used again fools nobody. What a file contains does not matter.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from zhiqiao.config.embedded.accounts import Account, owner_of
from zhiqiao.config.embedded.errors import BusyError

PATIENCE_SECONDS = 180.0
PAUSE_SECONDS = 0.02

_held: set[int] = set()


def open_lock_file(path: Path) -> int:
    """Give the file to the owner of its folder, also when root makes it."""
    flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
    descriptor = os.open(path, flags, 0o600)
    if os.geteuid() == 0:
        owner: Account = owner_of(path.parent)
        os.fchown(descriptor, owner.uid, owner.gid)
    return descriptor


def hold(path: Path, *, seconds: float = PATIENCE_SECONDS) -> int:
    descriptor = open_lock_file(path)
    deadline = time.monotonic() + seconds
    while not _try_lock(descriptor):
        if time.monotonic() > deadline:
            os.close(descriptor)
            msg = f"Another process has kept {path} locked for {seconds:.0f} seconds."
            remedy = f"See who it is with fuser {path}, end it and start again."
            raise BusyError(msg, remedy=remedy)
        time.sleep(PAUSE_SECONDS)
    _held.add(descriptor)
    return descriptor


def free(descriptor: int) -> None:
    if descriptor in _held:
        _held.discard(descriptor)
        # Freed by name, because a child forked in between has a copy of the descriptor.
        fcntl.flock(descriptor, fcntl.LOCK_UN)
        os.close(descriptor)


def hand_over(descriptor: int) -> None:
    """Leave the lock to the child processes that have inherited the descriptor."""
    _held.discard(descriptor)
    os.close(descriptor)


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    descriptor = hold(path)
    try:
        yield
    finally:
        free(descriptor)


def is_held(path: Path) -> bool:
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
    except FileNotFoundError:
        return False
    try:
        return is_locked(descriptor)
    finally:
        os.close(descriptor)


def is_locked(descriptor: int) -> bool:
    # Shared, so that two who ask at the same moment do not take each other for a holder.
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    fcntl.flock(descriptor, fcntl.LOCK_UN)
    return False


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _close_inherited() -> None:
    # A child is not the holder: were its copies open, the lock would outlive the parent.
    for descriptor in _held:
        with suppress(OSError):
            os.close(descriptor)
    _held.clear()


os.register_at_fork(after_in_child=_close_inherited)
