import os
import subprocess
import sys
from pathlib import Path

import pytest

from zhiqiao.config.embedded.tests.clients import is_running

PROGRAM = Path(__file__).parent / "django_program.py"


@pytest.fixture
def run(home):
    """Run one of the programs on the folder of this test and return the lines that it says."""

    def run_program(name, **variables):
        environ = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        environ |= {"ZHIQIAO_HOME": str(home), **variables}
        command = [sys.executable, "-W", "error", str(PROGRAM), name]
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=environ)  # noqa: S603  our own program
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()

    return run_program


def test_server_starts_with_the_first_query_and_not_with_the_settings(run, home):
    assert run("first_use") == ["False", "zhiqiao@zhiqiao", "True"]
    assert not is_running(home)


def test_killed_server_costs_the_next_request_nothing(run):
    assert run("killed_server") == ["42"]


def test_server_killed_again_and_again_fails_one_request_at_most_each_time(run):
    assert run("killed_at_any_moment") == ["True"]


def test_forked_child_has_connections_and_a_membership_of_its_own(run):
    assert run("forked") == ["True", "2", "True"]


def test_test_database_is_made_and_removed(run):
    assert run("test_database") == ["test_zhiqiao", "zhiqiao"]


def test_own_server_passes_the_system_check(run):
    assert run("checked") == ["System check identified no issues (0 silenced)."]


def test_server_that_was_away_is_used_again_when_it_is_back(run):
    assert run("away_and_back") == ["41", "away", "42 43"]


def test_database_shell_is_that_of_the_wheel(run):
    assert run("shell", PATH="/nowhere") == ["psql zhiqiao"]


def test_server_that_cannot_start_is_an_operational_error(run, home):
    (line,) = run("unusable")

    assert line.startswith(f"The data in {home}/database/cluster were written by PostgreSQL 17")
    assert line.endswith("DATABASE_URL=postgresql://user:password@host:5432/zhiqiao.")
