"""The processes that use the server: each holds the lock of a file of its own while it lives."""

import os
import secrets
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from zhiqiao.config.embedded import locks
from zhiqiao.config.embedded.folder import Folder


@dataclass(frozen=True, slots=True)
class Member:
    pid: int
    since: float
    program: str


@dataclass(frozen=True, slots=True)
class Membership:
    path: Path
    descriptor: int

    def end(self) -> None:
        locks.free(self.descriptor)
        # Gone already when the folder was moved; then the next one to look removes it.
        self.path.unlink(missing_ok=True)


def enter(folder: Folder) -> Membership:
    """Only with the gate held."""
    program = Path(sys.argv[0] or sys.executable).name
    path = folder.members / f"{os.getpid()}-{secrets.token_hex(4)}"
    descriptor = locks.hold(path)
    os.write(descriptor, f"{os.getpid()}\n{time.time():.3f}\n{program}\n".encode())
    return Membership(path, descriptor)


def has_members(folder: Folder) -> bool:
    return any(locks.is_held(path) for path in folder.members.iterdir())


def remove_dead(folder: Folder) -> None:
    """Only with the gate held: a file that is not locked belongs to a process that has ended."""
    for path in folder.members.iterdir():
        if not locks.is_held(path):
            path.unlink(missing_ok=True)


def list_members(folder: Folder) -> tuple[Member, ...]:
    found = (_read(path) for path in folder.members.iterdir() if locks.is_held(path))
    return tuple(sorted((m for m in found if m is not None), key=lambda m: (m.since, m.pid)))


def _read(path: Path) -> Member | None:
    try:
        pid, since, program = path.read_text(encoding="utf-8", errors="replace").splitlines()
        return Member(int(pid), float(since), program)
    except (FileNotFoundError, ValueError):
        return None
