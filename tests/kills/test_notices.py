"""Twenty kills of the database server while people are told and mail leaves."""

import json
import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from zhiqiao.config.embedded.server import stop_server

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = Path(__file__).with_name("notices_program.py")


def test_twenty_kills_of_the_server_lose_no_notice_and_tell_nobody_twice():
    unset = {"DATABASE_URL", "ZHIQIAO_DATABASE_ROLE"}
    environment = {key: value for key, value in os.environ.items() if key not in unset}
    with TemporaryDirectory(prefix="zq-kills-") as folder:
        home = Path(folder) / "home"
        done = subprocess.run(
            [sys.executable, str(PROGRAM)],
            cwd=ROOT,
            env={**environment, "ZHIQIAO_HOME": str(home)},
            capture_output=True,
            text=True,
            check=False,
        )
        stop_server(home)
    assert done.returncode == 0, done.stderr[-4000:]
    came_of_it = json.loads(done.stdout.splitlines()[-1])
    # A mail that left just before a kill leaves again, and its reader knows it by its identity.
    again = came_of_it.pop("sent_again")
    assert came_of_it == {
        "notices": 600,
        "told_twice": 0,
        "states": {"sent": 600},
        "messages": 600,
        "shared_identities": 0,
        "never_received": 0,
        "received_of_nobody": 0,
    }
    assert again <= 2 * 20
