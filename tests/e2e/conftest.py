"""The real platform, started as a person starts it, and the system's Chromium."""

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from playwright.sync_api import BrowserContext

from tests.e2e.steps import Site

ROOT = Path(__file__).parents[2]
START_SECONDS = 240
SIZES = ("--candidates", "300", "--applications", "40")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.e2e)
            item.add_marker(pytest.mark.enable_socket)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    """Run `zhiqiao demo` on a data folder of its own for the whole session.

    The folder is not pytest's: a second run of pytest closes that one to the server's user.
    """
    with tempfile.TemporaryDirectory(prefix="zhiqiao-e2e-") as folder:
        yield from running_site(Path(folder))


def running_site(folder: Path) -> Iterator[Site]:
    home, log, port = folder / "home", folder / "demo.log", free_port()
    environment = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
    environment |= {"ZHIQIAO_HOME": str(home), "COLUMNS": "200"}
    with log.open("wb") as output:
        server = subprocess.Popen(
            [sys.executable, "-m", "zhiqiao", "demo", "--port", str(port), *SIZES],
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        address = f"http://127.0.0.1:{port}"
        _wait(server, address, log)
        yield Site(address, (home / "sample-password").read_text().strip(), home)
    finally:
        server.terminate()
        server.wait(timeout=30)


def _wait(server: "subprocess.Popen[bytes]", address: str, log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if server.poll() is not None:
            break
        try:
            with urlopen(f"{address}/healthz", timeout=2) as answer:  # noqa: S310  # our own address
                if answer.status == 200:
                    return
        except (URLError, OSError):
            time.sleep(0.5)
    pytest.fail(f"the site did not start:\n{log.read_text(errors='replace')[-4000:]}")


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, object]:
    executable = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if executable is None:
        pytest.fail("Chromium is missing: sudo apt-get install chromium (or make test E2E=0)")
    quiet = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
    return {"executable_path": executable, "args": quiet}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, object]) -> dict[str, object]:
    """An English browser: the site must still speak Chinese until the person chooses."""
    return {**browser_context_args, "locale": "en-US", "viewport": {"width": 1440, "height": 900}}


@pytest.fixture(autouse=True)
def complaints(context: BrowserContext) -> Iterator[list[str]]:
    """Every page is watched: a script error or a breach of the content policy fails the test."""
    heard: list[str] = []
    pattern = re.compile(r"Content.Security.Policy|violates|Refused to|Uncaught", re.IGNORECASE)
    context.on(
        "console",
        lambda message: heard.append(message.text) if pattern.search(message.text) else None,
    )
    context.on("weberror", lambda error: heard.append(str(error.error)))
    yield heard
    assert heard == []
