"""From the first state of this repository, with its records, to the present one; and when it fails."""

import json
import lzma
import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from zhiqiao.config.embedded.server import stop_server

ROOT = Path(__file__).resolve().parents[2]
DUMP = Path(__file__).with_name("first-state.dump.xz")
START = "import django; django.setup(); from django.db import connection; c = connection.cursor();"
RESTORE = (
    "from zhiqiao.config.backup import run_program; c.execute('SELECT 1');"
    "run_program('pg_restore', '--no-owner', '--exit-on-error', '--dbname=', '{dump}')"
)
# What the board said on that day, from the records of that day.
FIGURES = {"T05": 2, "T09": 5, "T13": 4}


class Installation:
    def __init__(self, home):
        self.home = home
        unset = {"DATABASE_URL", "ZHIQIAO_DATABASE_ROLE"}
        self.environment = {k: v for k, v in os.environ.items() if k not in unset}
        self.environment |= {
            "ZHIQIAO_HOME": str(home),
            "DJANGO_SETTINGS_MODULE": "zhiqiao.config.settings",
        }

    def run(self, *arguments, **more):
        command = [sys.executable, *arguments]
        given = {**self.environment, **more}
        return subprocess.run(
            command, cwd=ROOT, env=given, capture_output=True, text=True, check=False
        )

    def python(self, code):
        done = self.run("-c", START + code)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def zhiqiao(self, *arguments):
        return self.run("-m", "zhiqiao", *arguments)

    def sql(self, statement):
        return self.python(f"c.execute({statement!r}); print(c.fetchall() if c.description else 0)")


@pytest.fixture
def old():
    with TemporaryDirectory(prefix="zhiqiao-upgrade-") as name:
        home = Path(name, "home")
        dump = Path(name, "first.dump")
        dump.write_bytes(lzma.decompress(DUMP.read_bytes()))
        installation = Installation(home)
        try:
            installation.python(RESTORE.format(dump=dump))
            yield installation
        finally:
            stop_server(home)


def test_first_state_is_brought_to_the_present_one_with_all_its_records(old):
    done = old.zhiqiao("upgrade", "--backup", str(old.home / "before"))

    assert done.returncode == 0, done.stdout + done.stderr
    assert "17 figures of the board are in order" in done.stdout
    board = json.loads(old.zhiqiao("board", "--format", "json").stdout)
    found = {row["id"]: float(row["value"]) for row in board if row["id"] in FIGURES}
    assert found == FIGURES
    counts = old.sql(
        "SELECT (SELECT count(*) FROM core_auditentry), (SELECT count(*) FROM core_auditseal),"
        " (SELECT count(*) FROM projects_recognition), (SELECT count(*) FROM plan_boardfreeze)"
    )
    assert counts.strip() == "[(327, 2, 128, 2)]"

    again = old.zhiqiao("upgrade")
    assert (again.returncode, "of this release already" in again.stdout) == (0, True)
    drill = old.zhiqiao("drill", "restore", str(old.home / "before"))
    assert (drill.returncode, "can be restored" in drill.stdout) == (0, True), drill.stdout
    health = json.loads(old.zhiqiao("health").stdout)
    assert (health["migrations"], health["backup"], health["drill"]) == ("ok", "ok", "ok")


def test_failed_upgrade_says_how_to_go_on_and_how_to_go_back(old):
    old.sql("CREATE TABLE core_event (taken int)")
    before = old.home / "before"

    failed = old.zhiqiao("upgrade", "--backup", str(before))

    assert failed.returncode == 1
    said = failed.stderr
    assert 'relation "core_event" already exists' in said
    assert "beginning with core.0005_outbox" in said
    assert f"restore {before}" in said
    assert (before / "database.dump").is_file()

    old.sql("DROP TABLE core_event")
    mended = old.zhiqiao("upgrade", "--backup", str(old.home / "again"))
    assert mended.returncode == 0, mended.stderr


def test_upgrade_waits_for_nobody_who_holds_a_table(old):
    code = (
        "from pathlib import Path; import zhiqiao.config.upgrade as module;"
        "from django.db import transaction; from concurrent.futures import ThreadPoolExecutor;"
        "module.LOCK_WAIT, module.TRIES = '100ms', 2; said = [];\n"
        f"def work(): module.upgrade(Path(r'{old.home}/before'), say=said.append, pause=0.1)\n"
        "with transaction.atomic():\n"
        "    c.execute('LOCK TABLE accounts_membership IN ACCESS SHARE MODE')\n"
        "    c.execute('LOCK TABLE core_importbatch IN ACCESS SHARE MODE')\n"
        "    fault = ThreadPoolExecutor().submit(work).exception()\n"
        "print(fault.message if fault else 'no fault'); print(said)\n"
    )

    told = old.python("\n" + code)

    assert "lock timeout" in told
    assert "A table is in use; tried again in 0 s (1 of 2)." in told
    assert "run `zhiqiao upgrade` again" in told
    assert old.zhiqiao("upgrade").returncode == 0
