"""PostgreSQL in a data folder: made, started and stopped. Callers hold the folder's gate."""

import os
import re
import shutil
import signal
import subprocess
import time

from zhiqiao.config.embedded import accounts, keeper_command, locks, members
from zhiqiao.config.embedded.access import open_way
from zhiqiao.config.embedded.binaries import Binaries
from zhiqiao.config.embedded.errors import BusyError, EmbeddedServerError, FolderError, StartError
from zhiqiao.config.embedded.folder import Folder, disk_full
from zhiqiao.config.embedded.postmaster import (
    SERVER_ENVIRONMENT,
    SUPERUSER,
    has_socket,
    is_ready,
    is_running,
    running_pid,
)

STOP_SECONDS = 60.0
KILL_SECONDS = 10.0
PAUSE_SECONDS = 0.02
LARGEST_LOG = 5_000_000
FULL_DISK_WORDS = ("No space left on device", "Disk quota exceeded", "File too large")
LOCALE_OPTIONS = (
    "--encoding=UTF8",
    "--locale=C.UTF-8",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
)
# The socket lies in a directory that only the server's account and root can enter.
CLIENT_RULES = "local all all trust\n"


def ensure_started(folder: Folder, binaries: Binaries) -> None:
    _wait_while_starting(folder)
    if is_running(folder) and not has_socket(folder):
        # Something has tidied up the temporary directory; only a new start makes the socket.
        stop(folder)
    if is_running(folder) and locks.is_held(folder.watched):
        return
    _check_programs(folder, binaries)
    _initialise(folder, binaries)
    _start(folder)


def stop(folder: Folder) -> None:
    for number, seconds in ((signal.SIGINT, STOP_SECONDS), (signal.SIGQUIT, KILL_SECONDS)):
        if pid := running_pid(folder):
            os.kill(pid, number)
        if _wait_until_free(folder, seconds=seconds):
            _remove_socket_directory(folder)
            return
    msg = f"The server of {folder.home} does not stop; perhaps it runs in another container."
    raise BusyError(msg, remedy="Stop it there.")


def stop_if_unused(folder: Folder) -> None:
    with locks.exclusive(folder.gate):
        members.remove_dead(folder)
        if is_running(folder) and not members.has_members(folder):
            stop(folder)


def _wait_while_starting(folder: Folder) -> None:
    """Whoever began the start may have been killed; its server comes up all the same."""
    deadline = time.monotonic() + locks.PATIENCE_SECONDS
    while is_running(folder) and not is_ready(folder):
        if time.monotonic() > deadline:
            msg = f"The server of {folder.home} runs but is not ready, or runs in a container."
            raise StartError(msg, remedy=f"See {folder.log}.")
        time.sleep(PAUSE_SECONDS)


def _wait_until_free(folder: Folder, *, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while is_running(folder):
        if time.monotonic() > deadline:
            return False
        time.sleep(PAUSE_SECONDS)
    return True


def _remove_socket_directory(folder: Folder) -> None:
    shutil.rmtree(folder.socket_directory, ignore_errors=True)


def _check_programs(folder: Folder, binaries: Binaries) -> None:
    if not folder.account.is_caller:
        open_way(binaries.directory, uid=folder.account.uid)
    command = [str(binaries.postgres), "--version"]
    try:
        result = _run(folder, command)
    except OSError as error:
        msg = f"{binaries.postgres} cannot be run: {error.strerror}."
        raise StartError(msg, remedy=f"Run chmod -R o+rX {binaries.directory.parent}.") from error
    if result.returncode != 0:
        msg = f"{binaries.postgres} does not run on this machine: {result.stdout.strip()}"
        raise StartError(msg)


def _initialise(folder: Folder, binaries: Binaries) -> None:
    version_file = folder.cluster / "PG_VERSION"
    if version_file.is_file():
        _check_version(folder, int(version_file.read_text(encoding="ascii")), binaries)
        return
    # Made aside and then renamed: one that was killed half-way is never taken for a whole one.
    draft = folder.database / "cluster.new"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    folder.account.own(draft)
    command = [str(binaries.initdb), "-D", str(draft), "-U", SUPERUSER, "--no-instructions"]
    result = _run(folder, [*command, "--auth=trust", *LOCALE_OPTIONS])
    if result.returncode != 0:
        shutil.rmtree(draft, ignore_errors=True)
        with os.fdopen(_open_log(folder), "a", encoding="utf-8") as log:
            log.write(result.stdout)
        raise _failure(folder, f"The database in {folder.home} cannot be made", result.stdout)
    (draft / "pg_hba.conf").write_text(CLIENT_RULES, encoding="ascii")
    try:
        draft.rename(folder.cluster)
    except OSError as error:
        msg = f"{folder.cluster} holds files that are not a database."
        raise FolderError(msg, remedy="Move them away, or set another ZHIQIAO_HOME.") from error


def _check_version(folder: Folder, version: int, binaries: Binaries) -> None:
    if version != binaries.major_version:
        msg = (
            f"The data in {folder.cluster} were written by PostgreSQL {version}, "
            f"and this installation brings PostgreSQL {binaries.major_version}."
        )
        remedy = (
            "Dump them with the earlier installation (pg_dump), set a new ZHIQIAO_HOME "
            "and restore them there."
        )
        raise FolderError(msg, remedy=remedy)


def _start(folder: Folder) -> None:
    _begin_new_log(folder)
    log_size = folder.log.stat().st_size if folder.log.exists() else 0
    with (
        os.fdopen(_open_log(folder), "a", encoding="utf-8") as log,
        subprocess.Popen(  # noqa: S603  our own module, run by our own interpreter
            keeper_command.words(folder.home),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            env=keeper_command.environment(),
            cwd="/",
            start_new_session=True,
        ) as starter,
    ):
        report, _ = starter.communicate()
    if report.strip() == keeper_command.READY:
        return
    with folder.log.open("rb") as log_file:
        log_file.seek(log_size)
        output = log_file.read().decode("utf-8", "replace")
    raise _failure(folder, f"PostgreSQL did not start in {folder.home}", output)


def _open_log(folder: Folder) -> int:
    """Give it, like all files beside the data, to the owner of the folder."""
    descriptor = os.open(folder.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)
    if os.geteuid() == 0:
        owner = accounts.owner_of(folder.database)
        os.fchown(descriptor, owner.uid, owner.gid)
    return descriptor


def _begin_new_log(folder: Folder) -> None:
    if folder.log.exists() and folder.log.stat().st_size > LARGEST_LOG:
        folder.log.replace(folder.log.with_suffix(".log.1"))


def _failure(folder: Folder, message: str, output: str) -> EmbeddedServerError:
    if any(words in output for words in FULL_DISK_WORDS):
        return disk_full(folder.home)
    lines = output.strip().splitlines()
    telling = [line for line in lines if re.search(r"error|fatal|panic", line, re.IGNORECASE)]
    words = " / ".join((telling or lines)[-3:])
    return StartError(f"{message}: {words or 'it said nothing'}.", remedy=f"See {folder.log}.")


def _run(folder: Folder, command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603  the programs of the wheel
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        cwd="/",
        env=SERVER_ENVIRONMENT,
        **folder.account.run_as(),
    )
