# ruff: noqa: S603  the programs that are run are our own
import shutil
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path

import pytest

from zhiqiao.config.embedded.server import stop_server
from zhiqiao.config.embedded.tests.clients import Client


@pytest.fixture
def start():
    """Start clients; those that the test leaves behind are ended."""
    clients = []

    def start_client(*arguments, **options):
        client = Client(*arguments, **options)
        clients.append(client)
        return client

    yield start_client
    for client in clients:
        with suppress(ProcessLookupError, ValueError):
            client.kill()


@pytest.fixture
def ask(start):
    """Run one client to its end and return its answer."""

    def ask_once(*arguments, **options):
        client = start(*arguments, **options)
        answer = client.answer()
        assert client.leave() == 0
        return answer

    return ask_once


@pytest.fixture
def place():
    """A folder with a short path that other users of the machine can enter."""
    path = Path(tempfile.mkdtemp(prefix="zq-", dir="/tmp"))
    path.chmod(0o755)
    yield path
    for lock in path.rglob("running.lock"):
        stop_server(lock.parent.parent)
    shutil.rmtree(path)


@pytest.fixture(scope="session")
def seed():
    """A folder whose database has been made once; making it is the slow part.

    Not below pytest's own folder: every pytest closes that one again when it starts.
    """
    parent = Path(tempfile.mkdtemp(prefix="zq-seed-", dir="/tmp"))
    parent.chmod(0o755)
    client = Client(parent / "home")
    answer = client.answer()
    client.leave()
    assert "error" not in answer, answer["text"]
    yield parent / "home"
    shutil.rmtree(parent)


@pytest.fixture
def home(seed, place):
    """A data folder of this test, with a database on which no server runs."""
    folder = place / "home"
    subprocess.run(["/bin/cp", "-a", str(seed), str(folder)], check=True)
    return folder
