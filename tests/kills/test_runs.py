"""A worker that is killed in the middle of a final run, at three moments of its writing."""

import json
import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from zhiqiao.config.embedded.server import stop_server

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = Path(__file__).with_name("runs_program.py")


def test_killed_worker_leaves_nothing_of_a_final_run_and_the_next_makes_it_whole():
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
    assert came_of_it["before"] == {
        "runs": ["trial"],
        "results": {"trial": 5},
        "lines": {"trial": 3},
        "leaves": 1,
        "state": "review",
        "last_step": "open-review",
        "open_files": 4,
        "told": 5,
        "audited": 5,
    }
    run = ["admissions_run", "core_storedfile"]
    results = ["admissions_result", *run]
    assert came_of_it["written_at_kills"] == [
        ["core_storedfile"],
        results,
        sorted(["admissions_runline", *results]),
    ]
    assert came_of_it["left_by_kills"] == []
    assert came_of_it["job"] == ["succeeded", 4]
    assert came_of_it["after"] == {
        "runs": ["trial", "final"],
        "results": {"trial": 5, "final": 5},
        "lines": {"trial": 3, "final": 3},
        "leaves": 2,
        "state": "decided",
        "last_step": "run-final",
        "open_files": 0,
        "told": 6,
        "audited": 6,
    }
    placed = {"2601": "A1", "2602": "B1", "2603": "C1", "2604": None, "2605": "B1"}
    assert came_of_it["placed"] == placed
