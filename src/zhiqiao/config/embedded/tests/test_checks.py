"""The system check, and the whole on a server that DATABASE_URL names.

The second part runs with ``DATABASE_URL=… pytest -m server``; see the how-to on database servers.
The role must be allowed to make databases.
"""

import os
import secrets
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from psycopg import sql

from zhiqiao.config.embedded.checks import describe_faults

PROGRAM = Path(__file__).parent / "django_program.py"


def run_checked(url):
    environ = {**os.environ, "DATABASE_URL": url}
    command = [sys.executable, str(PROGRAM), "checked"]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environ)  # noqa: S603  our own program


@pytest.mark.parametrize(
    ("version", "encoding", "character_type", "codes"),
    [
        (15, "UTF8", "C.UTF-8", []),
        (18, "UTF8", "zh_CN.UTF-8", []),
        (14, "UTF8", "C.UTF-8", ["zhiqiao.E003"]),
        (15, "LATIN1", "en_US", ["zhiqiao.E004"]),
        (15, "UTF8", "C", ["zhiqiao.E005"]),
        (15, "UTF8", "POSIX", ["zhiqiao.E005"]),
        (14, "SQL_ASCII", "C", ["zhiqiao.E003", "zhiqiao.E004", "zhiqiao.E005"]),
    ],
)
def test_unfit_servers_are_refused(version, encoding, character_type, codes):
    faults = describe_faults(
        "default", version=version, encoding=encoding, character_type=character_type
    )

    assert [fault.id for fault in faults] == codes


def test_server_that_does_not_answer_is_told(tmp_path):
    done = run_checked(f"postgresql:///zhiqiao?host={tmp_path}")

    assert done.returncode == 1
    assert "(zhiqiao.E002) The database default cannot be reached" in done.stderr


@pytest.fixture
def make_database():
    """Make databases with given properties on the server of DATABASE_URL."""
    url = os.environ.get("DATABASE_URL")
    if not url:
        pytest.skip("DATABASE_URL is not set")
    made = []

    def make(properties):
        name = f"zhiqiao_check_{secrets.token_hex(4)}"
        with psycopg.connect(url, autocommit=True) as connection:
            statement = sql.SQL("CREATE DATABASE {} TEMPLATE template0 " + properties)
            connection.execute(statement.format(sql.Identifier(name)))
        made.append(name)
        return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))

    yield make
    with psycopg.connect(url, autocommit=True) as connection:
        for name in made:
            connection.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(name)))


@pytest.mark.server
def test_fit_database_of_the_given_server_passes(make_database):
    done = run_checked(make_database("ENCODING 'UTF8' LOCALE 'C.UTF-8'"))

    assert done.stdout == "System check identified no issues (0 silenced).\n"


@pytest.mark.server
@pytest.mark.parametrize(
    ("properties", "codes"),
    [
        ("ENCODING 'UTF8' LOCALE 'C'", ["zhiqiao.E005"]),
        ("ENCODING 'LATIN1' LOCALE 'C'", ["zhiqiao.E004", "zhiqiao.E005"]),
    ],
)
def test_unfit_database_of_the_given_server_is_refused(make_database, properties, codes):
    done = run_checked(make_database(properties))

    assert done.returncode == 1
    assert [code for code in ("zhiqiao.E004", "zhiqiao.E005") if code in done.stderr] == codes


@pytest.mark.server
def test_test_databases_work_on_the_given_server():
    environ = {**os.environ}
    command = [sys.executable, str(PROGRAM), "first_use_of_given_server"]

    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environ)  # noqa: S603  our own program

    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["False", "test_zhiqiao", "False"]
