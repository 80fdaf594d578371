"""Joining and leaving the server of a data folder."""

import atexit
import os
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg

from zhiqiao.config.embedded import cluster, locks, members, provision
from zhiqiao.config.embedded.binaries import check_platform, find_binaries
from zhiqiao.config.embedded.errors import FolderError, StartError
from zhiqiao.config.embedded.folder import (
    Folder,
    existing_folder,
    explain_os_error,
    prepare_folder,
)
from zhiqiao.config.embedded.members import Member, Membership
from zhiqiao.config.embedded.postmaster import is_running, running_pid


@dataclass(frozen=True, slots=True)
class Server:
    folder: Folder
    socket_directory: Path
    membership: Membership
    running: int

    def is_running(self) -> bool:
        # Asked before each new connection, by a descriptor that is valid in a moved folder too.
        return locks.is_locked(self.running)

    def ends_within(self, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while self.is_running():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.01)
        return True

    def connection_parameters(self) -> dict[str, str]:
        return {
            "host": str(self.socket_directory),
            "user": provision.ROLE,
            "dbname": provision.DATABASE,
        }


@dataclass(frozen=True, slots=True)
class ServerStatus:
    home: Path
    running: bool
    pid: int | None = None
    socket_directory: Path | None = None
    members: tuple[Member, ...] = ()


_joined: dict[Path, Server] = {}
_turn = threading.RLock()


def join_server(home: Path) -> Server:
    """Start the server of the folder if need be, and count this process among its users.

    It leaves when it ends. A forked child is not counted until it joins itself.
    """
    key = home.expanduser().absolute()
    server = _joined.get(key)
    if server is not None and server.is_running():
        return server
    with _turn:
        server = _joined.get(key)
        if server is not None and server.is_running():
            return server
        if server is not None:
            _check_still_there(server)
        try:
            _joined[key] = _join(key, server)
        except OSError as error:
            raise explain_os_error(error, home) from error
        return _joined[key]


def stop_server(home: Path) -> bool:
    """Stop it whoever uses it; their next connection starts it again. False if it did not run."""
    key = home.expanduser().absolute()
    folder = existing_folder(home)
    with _turn:
        _forget(_joined.pop(key, None))
    if folder is None:
        return False
    with locks.exclusive(folder.gate):
        was_running = is_running(folder)
        if was_running:
            cluster.stop(folder)
        members.remove_dead(folder)
    return was_running


def server_status(home: Path) -> ServerStatus:
    folder = existing_folder(home)
    if folder is None or not is_running(folder):
        return ServerStatus(home=home, running=False)
    return ServerStatus(
        home=folder.home,
        running=True,
        pid=running_pid(folder),
        socket_directory=folder.socket_directory,
        members=members.list_members(folder),
    )


def leave_servers() -> None:
    with _turn:
        while _joined:
            _, server = _joined.popitem()
            _forget(server)
            # A moved folder is left to its keeper, which sees it from inside.
            with suppress(FileNotFoundError):
                cluster.stop_if_unused(server.folder)


def _join(home: Path, earlier: Server | None) -> Server:
    check_platform()
    binaries = find_binaries()
    folder = prepare_folder(home)
    with locks.exclusive(folder.gate):
        membership = earlier.membership if earlier else members.enter(folder)
        try:
            cluster.ensure_started(folder, binaries)
            _ensure_database(folder)
        except BaseException:
            if earlier is None:
                membership.end()
            raise
        running = earlier.running if earlier else locks.open_lock_file(folder.running)
    return Server(folder, folder.socket_directory, membership, running)


def _ensure_database(folder: Folder) -> None:
    try:
        provision.ensure_database(folder)
    except psycopg.Error as error:
        msg = f"The server of {folder.home} runs but cannot be used: {error}."
        raise StartError(msg, remedy=f"See {folder.log}.") from error


def _check_still_there(server: Server) -> None:
    path = server.folder.running
    if not path.exists() or not os.path.samestat(os.fstat(server.running), path.stat()):
        msg = f"The data folder {server.folder.home} was moved or deleted while it was in use."
        raise FolderError(msg, remedy="Start again with ZHIQIAO_HOME set to where it is now.")


def _forget(server: Server | None) -> None:
    if server is not None:
        server.membership.end()
        os.close(server.running)


def _start_afresh_in_child() -> None:
    global _turn  # noqa: PLW0603  a lock that a thread of the parent held would never be free
    _turn = threading.RLock()
    _joined.clear()


os.register_at_fork(after_in_child=_start_afresh_in_child)
atexit.register(leave_servers)
