# ruff: noqa: S603  the programs that are run are our own
"""Clients of the server as processes of their own, and how a test sees the server's end."""

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from zhiqiao.config.embedded import locks

CLIENT = Path(__file__).parent / "client.py"
NOBODY = 65534


@dataclass(frozen=True)
class OtherUser:
    """Another user of the machine, with an interpreter that this user can run."""

    uid: int
    python: str

    def options(self):
        path = os.pathsep.join(entry for entry in sys.path if entry)
        environ = {"PATH": os.environ["PATH"], "PYTHONPATH": path}
        return {"user": self.uid, "group": self.uid, "extra_groups": [], "env": environ}

    def can_run(self):
        command = [self.python, "-c", "import psycopg, zhiqiao"]
        try:
            done = subprocess.run(command, check=False, cwd="/", timeout=60, **self.options())
        except OSError:
            return False
        return done.returncode == 0


class Client:
    """One running process of ``client.py``."""

    def __init__(self, home, *statements, stay=False, user=None):
        python = user.python if user else sys.executable
        words = [python, str(CLIENT), str(home), *statements, *(["--stay"] if stay else [])]
        self.process = subprocess.Popen(
            words,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd="/",
            text=True,
            **(user.options() if user else {}),
        )

    @property
    def pid(self):
        return self.process.pid

    def answer(self):
        return json.loads(self.process.stdout.readline())

    def leave(self):
        self.process.communicate(timeout=60)
        return self.process.returncode

    def kill(self):
        self.process.kill()
        self.process.communicate(timeout=60)


def is_running(home):
    return locks.is_held(Path(home) / "database" / "running.lock")


def wait_until_stopped(home, *, seconds=20):
    deadline = time.monotonic() + seconds
    while is_running(home) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not is_running(home)
