"""The first process of PostgreSQL: whether it runs, whether it is ready, how it is launched."""

import contextlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from zhiqiao.config.embedded import locks
from zhiqiao.config.embedded.binaries import Binaries
from zhiqiao.config.embedded.folder import Folder, make_socket_directory

SUPERUSER = "postgres"
PORT = 5432  # only a part of the socket's name: nothing listens on the network
LINGER_SECONDS = 60.0
READY_LINE = 7
SERVER_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"}
SERVER_SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "fsync": "on",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "log_checkpoints": "off",
    # A failed statement's message may hold what people typed; whoever sent it is told anyway.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
}


def is_running(folder: Folder) -> bool:
    return locks.is_held(folder.running)


def is_ready(folder: Folder) -> bool:
    """Ask the file and the process: the file stays behind when the process is killed."""
    lines = _pid_file_lines(folder)
    said = len(lines) > READY_LINE and lines[READY_LINE].strip() == "ready"
    return said and running_pid(folder) is not None


def has_socket(folder: Folder) -> bool:
    return (folder.socket_directory / f".s.PGSQL.{PORT}").is_socket()


def running_pid(folder: Folder) -> int | None:
    """None when it does not run, or runs where it has another number than the file says."""
    lines = _pid_file_lines(folder)
    if not lines or not lines[0].strip().isdigit() or not is_running(folder):
        return None
    pid = int(lines[0])
    return pid if _works_in(pid, folder.cluster) else None


def launch(folder: Folder, binaries: Binaries) -> None:
    """Every process of the server inherits the lock ``running`` and so holds it while it lives."""
    lock = locks.hold(folder.running, seconds=LINGER_SECONDS)
    try:
        sockets = make_socket_directory(folder)
        _remove_stale_files(folder, sockets)
        settings = {**SERVER_SETTINGS, "unix_socket_directories": str(sockets)}
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        subprocess.Popen(  # noqa: S603  the program of the wheel
            [str(binaries.postgres), "-D", str(folder.cluster), *options],
            stdin=subprocess.DEVNULL,
            stdout=sys.stderr,
            stderr=sys.stderr,
            pass_fds=(lock,),
            start_new_session=True,
            cwd="/",
            env=SERVER_ENVIRONMENT,
            **folder.account.run_as(),
        )
    finally:
        locks.hand_over(lock)


def _remove_stale_files(folder: Folder, sockets: Path) -> None:
    """With ``running`` held no server of ours lives, whatever process has its old number now.

    Left in place, the files would keep PostgreSQL from starting when that number is in use.
    """
    lines = _pid_file_lines(folder)
    if lines and lines[0].strip().isdigit() and _works_in(int(lines[0]), folder.cluster):
        return  # started by hand: PostgreSQL itself refuses a second one
    (folder.cluster / "postmaster.pid").unlink(missing_ok=True)
    for path in sockets.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


def _pid_file_lines(folder: Folder) -> list[str]:
    try:
        text = (folder.cluster / "postmaster.pid").read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return []
    return text.splitlines()


def _works_in(pid: int, cluster: Path) -> bool:
    """PostgreSQL's processes all work in the folder of their cluster."""
    if not Path("/proc/self").exists():
        return _exists(pid)
    try:
        return Path(f"/proc/{pid}/cwd").samefile(cluster)
    except OSError:
        return False


def _exists(pid: int) -> bool:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, 0)
        return True
    return False
