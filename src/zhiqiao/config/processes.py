"""The processes of an installation: web server and worker, each a child that is stopped with us."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from django.conf import settings
from django.core.management import call_command

from zhiqiao.config.embedded.provision import RUNNING_ROLE
from zhiqiao.config.env import Environment
from zhiqiao.core.metrics.folder import VARIABLE


def environment() -> Environment:
    found: Environment = settings.ENVIRONMENT
    return found


def collect_static_files() -> None:
    call_command("collectstatic", interactive=False, verbosity=0)


def run_web(*, port: int | None, processes: int) -> None:
    """Become the web server; gunicorn takes over this process."""
    collect_static_files()
    port = port or environment().port
    os.environ.update({**lesser_role(), **on_port(port), **counting_together(port)})
    os.execv(sys.executable, web_command(port, processes=processes))  # noqa: S606  # our own interpreter


def on_port(port: int) -> dict[str, str]:
    """Let the program know its own port, from which it writes its address where none is set."""
    return {"ZHIQIAO_PORT": str(port)}


def counting_together(port: int) -> dict[str, str]:
    """Make the empty folder through which the web processes on this port count together."""
    folder = environment().home / "metrics" / str(port)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return {VARIABLE: str(folder)}


def web_command(port: int, *, processes: int) -> list[str]:
    return [
        sys.executable,
        "-m",
        "gunicorn",
        "zhiqiao.config.wsgi:application",
        "--config=python:zhiqiao.config.web_hooks",
        f"--bind=127.0.0.1:{port}",
        "--worker-class=gthread",
        f"--workers={processes}",
        "--threads=4",
        "--max-requests=5000",
        "--max-requests-jitter=500",
        "--log-level=warning",
        "--no-control-socket",
    ]


def worker_command() -> list[str]:
    return [sys.executable, "-m", "zhiqiao", "worker"]


def development_command(port: int) -> list[str]:
    return [sys.executable, "-m", "zhiqiao", "manage", "runserver", str(port)]


def lesser_role() -> dict[str, str]:
    """Give the variable under which web server and worker run without the owner's rights.

    On a server that somebody else runs, its administrator makes the role and sets the variable.
    """
    return {"ZHIQIAO_DATABASE_ROLE": RUNNING_ROLE} if settings.ZHIQIAO_EMBEDDED else {}


def take_lesser_role(command: list[str]) -> None:
    """Start anew as ``command`` under the lesser role, unless a role is named already."""
    missing = {name: role for name, role in lesser_role().items() if not os.environ.get(name)}
    if missing:
        os.environ.update(missing)
        os.execv(sys.executable, command)  # noqa: S606  # our own interpreter


def run_together(commands: list[list[str]]) -> int:
    """Run children until one ends or we are told to stop; then stop them all."""
    given = {**os.environ, **lesser_role()}
    children = [subprocess.Popen(command, env=given) for command in commands]  # noqa: S603  # our own commands
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    try:
        while all(child.poll() is None for child in children):
            time.sleep(0.3)
    except KeyboardInterrupt:
        return 0
    finally:
        _stop(children)
    return next((child.returncode for child in children if child.returncode), 0)


def _interrupt(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt


def _stop(children: list[subprocess.Popen[bytes]]) -> None:
    for child in children:
        if child.poll() is None:
            child.terminate()
    for child in children:
        try:
            child.wait(timeout=15)
        except subprocess.TimeoutExpired:
            child.kill()


def data_directory() -> Path:
    """Give the folder of reference data: in the repository, or in the installed package."""
    here = Path(__file__).resolve()
    for folder in (here.parents[3] / "data", here.parents[1] / "shipped" / "data"):
        if folder.is_dir():
            return folder
    raise FileNotFoundError("the folder data/ with the reference catalogues is missing")
