"""The first start: everything loaded through the clerk's own import, then the board, then the site."""

import json
import os
import secrets
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import translation
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from zhiqiao import packs
from zhiqiao.apps.accounts.actions import create_sample_accounts
from zhiqiao.apps.accounts.queries import organisations_of
from zhiqiao.apps.accounts.rules import can_have_sample_accounts
from zhiqiao.apps.admissions.actions import Players, play_sample_season
from zhiqiao.apps.plan import queries
from zhiqiao.apps.plan.actions import record_figures, take_up_tasks
from zhiqiao.apps.projects.actions import CallPlayers, play_sample_call
from zhiqiao.apps.registry.actions import load_catalogues, load_successions
from zhiqiao.config import processes
from zhiqiao.config.embedded.server import stop_server
from zhiqiao.core.errors import message_of
from zhiqiao.core.imports.actions import import_file
from zhiqiao.core.jobs import Progress as JobProgress
from zhiqiao.core.values import rounded_down

PASSWORD_FILE = "sample-password"  # noqa: S105  # the name of the file, not the password
CANDIDATE_FILE = "sample-candidate"
EXPERT_FILE = "sample-expert"
ORIGIN_FILE = "sample-origin"
OWN_ENTRIES = (
    "database",
    "files",
    "static",
    "marks",
    "metrics",
    PASSWORD_FILE,
    CANDIDATE_FILE,
    EXPERT_FILE,
    ORIGIN_FILE,
)


def clear(console: Console) -> None:
    """Delete what this program keeps in the data folder, and nothing else that may lie there."""
    home: Path = settings.ZHIQIAO_HOME
    if not settings.ZHIQIAO_EMBEDDED:
        raise click.ClickException(
            "--fresh was given with DATABASE_URL: it only clears an embedded data folder. "
            "Empty the server's database yourself, or unset DATABASE_URL."
        )
    stop_server(home)
    for name in OWN_ENTRIES:
        entry = home / name
        if entry.is_dir():
            shutil.rmtree(entry)
        else:
            entry.unlink(missing_ok=True)
    console.print(f"Cleared {home}")


def prepare(console: Console, *, candidates: int = 0, applications: int = 0) -> None:
    """Bring the data folder to its full state; what is there already is left as it is.

    With candidates a demonstration season of that size is played, with applications a demonstration
    call, where sample accounts may be.
    """
    started = time.monotonic()
    home: Path = settings.ZHIQIAO_HOME
    home.mkdir(parents=True, exist_ok=True)
    console.print(f"Data folder: {home}")
    call_command("migrate", interactive=False, verbosity=0)
    _check_packs(console)
    with _bars(console) as bars:
        for title, load in _loads():
            _load(bars, title, load)
        if candidates and can_have_sample_accounts():
            _load(bars, "Demonstration season", lambda p: _play_season(candidates, p))
        if applications and can_have_sample_accounts():
            _load(bars, "Demonstration call", lambda p: _play_call(applications, p))
    console.print(f"Ready after {time.monotonic() - started:.1f} s")


def require_tables() -> None:
    """Refuse to read a database that was never prepared, with what to do about it."""
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        raise click.ClickException(
            f"The database lacks {len(waiting)} migrations, so there is nothing to read. "
            "Run `zhiqiao demo --no-serve` for the public records, or `zhiqiao manage migrate`."
        )


def _check_packs(console: Console) -> None:
    report = packs.check(settings.ZHIQIAO_PACK)
    for line in report.lines():
        console.print(line, highlight=False)
    if report.problems:
        raise click.ClickException("The pack has problems; nothing was loaded. Mend them first.")


def _bars(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
    )


class BarProgress(JobProgress):
    """Shows the progress of a load as one bar of the terminal."""

    def __init__(self, bars: Progress, title: str) -> None:
        super().__init__()
        self._bars = bars
        self._bar = bars.add_task(title, total=None)

    def changed(self, *, now: bool) -> None:  # noqa: ARG002  # the terminal limits its own rate
        self._bars.update(self._bar, total=self.total, completed=self.done)

    def finish(self) -> None:
        total = self.total or 1
        self._bars.update(self._bar, total=total, completed=total)


Load = Callable[[BarProgress], object]


def _load(bars: Progress, title: str, load: Load) -> None:
    progress = BarProgress(bars, title)
    load(progress)
    progress.finish()


def _loads() -> list[tuple[str, Load]]:
    """Name each load in order; imports take the same road as a clerk's upload."""
    folder = processes.data_directory()
    return [
        ("Regions and catalogues", lambda p: load_catalogues(folder, actor=None, progress=p)),
        ("Colleges", lambda p: _import("registry.organisations", folder / "colleges.csv", p)),
        ("Successions", lambda p: load_successions(folder, actor=None, progress=p)),
        (
            "Recognised items",
            lambda p: _import("projects.recognitions", folder / "recognitions.csv", p),
        ),
        (
            "Published figures",
            lambda p: _import("plan.reported_figures", folder / "reported_figures.csv", p),
        ),
        ("Tasks of the plan", lambda _p: take_up_tasks(actor=None)),
        ("Figures of the board", lambda _p: record_figures(None)),
    ]


def _import(key: str, path: Path, progress: BarProgress) -> None:
    """Import a file; what a clerk would say about the list stands beside it."""
    said = path.with_suffix(".import.json")
    options = json.loads(said.read_text(encoding="utf-8")) if said.exists() else None
    outcome = import_file(key, path, actor=None, options=options, progress=progress)
    if outcome.problems:
        first = outcome.problems[0]
        raise click.ClickException(
            f"{path.name}, row {first.row}, column {first.column}: "
            f"{message_of(first.code, first.parameters)}"
        )


def _play_call(applications: int, progress: BarProgress) -> None:
    password = _sample_password()
    users = {user.login: user for user in create_sample_accounts(password=password)}
    (school,) = organisations_of(users["school"])
    (district,) = organisations_of(users["body"])
    players = CallPlayers(users["clerk"], users["lead"], school=school, district=district)
    folder = processes.data_directory()
    reader = play_sample_call(
        applications, players=players, data=folder, password=password, progress=progress
    )
    if reader is not None:
        told = f"{reader.get_username()}\n"
        (settings.ZHIQIAO_HOME / EXPERT_FILE).write_text(told, encoding="utf-8")


def _play_season(candidates: int, progress: BarProgress) -> None:
    password = _sample_password()
    users = {user.login: user for user in create_sample_accounts(password=password)}
    (school,) = organisations_of(users["school"])
    players = Players(clerk=users["clerk"], lead=users["lead"], school=school)
    folder = processes.data_directory()
    guests = play_sample_season(
        candidates, players=players, data=folder, password=password, progress=progress
    )
    if guests is None:
        return
    _keep_login(ORIGIN_FILE, guests.origin)
    if guests.candidate is not None and guests.candidate.account is not None:
        _keep_login(CANDIDATE_FILE, guests.candidate.account)


def _keep_login(name: str, user: AbstractBaseUser) -> None:
    path: Path = settings.ZHIQIAO_HOME / name
    path.write_text(f"{user.get_username()}\n", encoding="utf-8")


def board_rows() -> list[dict[str, Any]]:
    board = queries.board()
    return [queries.figure_json(f, board.reported.get(f.target.id, ())) for f in board.figures]


def print_board(console: Console, *, language: str = "zh-hans") -> None:
    with translation.override(language):
        board = queries.board()
        title = f"{board.pack.title.in_language(language)} ({board.pack.document_number})"
        table = Table(title=title, title_justify="left")
        for heading in (
            "",
            translation.gettext("Target"),
            translation.gettext("Counted today"),
            translation.gettext("Goal"),
            translation.gettext("At the deadline"),
            translation.gettext("Waiting"),
            translation.gettext("Status"),
        ):
            table.add_column(heading, overflow="fold")
        for figure in board.figures:
            table.add_row(*_cells(figure, language))
        console.print(table)


def _cells(figure: Any, language: str) -> list[str]:
    goal = {">=": "≥ ", "=": "", "about": "≈ "}[figure.target.operator]
    return [
        figure.target.id,
        figure.target.title.in_language(language),
        _shown(figure.value, figure.bound),
        f"{goal}{figure.target.value:f} {figure.unit.in_language(language)}",
        _shown(figure.value_at_deadline, figure.bound_at_deadline),
        str(figure.pending or "—"),
        str(figure.status.label),
    ]


def _shown(value: Any, bound: str) -> str:
    if value is None:
        return "—"
    digits = f"{rounded_down(value).normalize():f}"
    return f"≥ {digits}" if bound == "at-least" else digits


def serve(console: Console, *, port: int | None, development: bool) -> None:
    """Run web server and worker until Ctrl-C; says where to look and how to sign in."""
    port = port or processes.environment().port
    _say_accounts(console)
    console.print(f"\n[bold]http://127.0.0.1:{port}/[/bold]   (Ctrl-C stops)")
    os.environ.update(processes.on_port(port))
    if development:
        web = processes.development_command(port)
    else:
        processes.collect_static_files()
        os.environ.update(processes.counting_together(port))
        web = processes.web_command(port, processes=2)
    raise SystemExit(processes.run_together([web, processes.worker_command()]))


def _say_accounts(console: Console) -> None:
    verdict = can_have_sample_accounts()
    if not verdict:
        console.print(str(message_of(verdict.code, verdict.parameters)))
        return
    password = _sample_password()
    table = Table(title="Sample accounts (demonstration)", title_justify="left")
    for heading in ("login", "who", "password"):
        table.add_column(heading)
    users = create_sample_accounts(password=password)
    take_up_tasks(actor=None, demonstration=True)
    for user in users:
        table.add_row(user.login, user.name, password)
    guests = {
        ORIGIN_FILE: translation.gettext("clerk of a school from which candidates come"),
        CANDIDATE_FILE: translation.gettext("candidate"),
        EXPERT_FILE: translation.gettext("expert who reviews"),
    }
    for name, who in guests.items():
        path: Path = settings.ZHIQIAO_HOME / name
        if path.exists():
            table.add_row(path.read_text(encoding="utf-8").strip(), str(who), password)
    console.print(table)


def _sample_password() -> str:
    """Give the password of this data folder's sample accounts; made once, readable by the owner."""
    path: Path = settings.ZHIQIAO_HOME / PASSWORD_FILE
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(f"bridge-{secrets.token_hex(4)}\n", encoding="utf-8")
    return path.read_text(encoding="utf-8").strip()
