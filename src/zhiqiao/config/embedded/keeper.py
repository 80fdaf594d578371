"""The process beside the server: it launches it and stops it when its last user is gone.

A user who leaves in good order stops the server himself. The keeper is for those who are killed,
whose terminal is closed or who end on a signal.
"""

import os
import shutil
import signal
import sys
import time
from pathlib import Path

from zhiqiao.config.embedded import cluster, keeper_command, locks, members
from zhiqiao.config.embedded.binaries import find_binaries
from zhiqiao.config.embedded.folder import Folder, prepare_folder
from zhiqiao.config.embedded.postmaster import is_ready, is_running, launch, running_pid

LOOK_SECONDS = 0.2
# A process that replaces itself by another program is gone for a moment and then joins again.
GRACE_SECONDS = 3.0
WAIT_SECONDS = 0.01


def main() -> None:
    # The parent that called waits for this half only; the other half lives as long as the server.
    if os.fork():
        os._exit(0)
    # Nobody waits for the server's first process; the kernel clears it away when it ends.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    os.umask(0o077)
    folder = prepare_folder(Path(sys.argv[1]))
    locks.hold(folder.watched)
    if not is_running(folder):
        launch(folder, find_binaries())
    ready = _wait_until_ready(folder)
    _report(ready=ready)
    if ready:
        _keep(folder)


def _wait_until_ready(folder: Folder) -> bool:
    while is_running(folder):
        if is_ready(folder):
            return True
        time.sleep(WAIT_SECONDS)
    return False


def _report(*, ready: bool) -> None:
    if ready:
        os.write(1, keeper_command.READY)
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 1)


def _keep(folder: Folder) -> None:
    pid, sockets = running_pid(folder), folder.socket_directory
    # Seen from inside, the folder can be moved while the server runs.
    os.chdir(folder.database)
    here = Folder(Path(".."), folder.account)
    last_used = time.monotonic()
    while here.members.is_dir():
        if not is_running(here):
            return
        if members.has_members(here):
            last_used = time.monotonic()
        elif time.monotonic() - last_used > GRACE_SECONDS:
            cluster.stop_if_unused(here)
        time.sleep(LOOK_SECONDS)
    if pid is not None:
        # The data folder was deleted under the server: there is nothing left to close.
        os.kill(pid, signal.SIGQUIT)
        shutil.rmtree(sockets, ignore_errors=True)


if __name__ == "__main__":
    main()
