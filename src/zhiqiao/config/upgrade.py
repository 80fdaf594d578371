"""From the release before to this one: backup, migrations that wait for nobody long, and a check.

The backup and the check of the rows ask the database and not the models, which already expect the new
tables. A migration that cannot get its lock in time gives up, so that people who are at work wait
seconds at most; it is tried again a few times, then the upgrade stops and says what to do.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import click
from django.core.management import call_command
from django.db import DatabaseError, OperationalError, connection
from django.db.migrations.executor import MigrationExecutor

from zhiqiao.apps.plan import queries
from zhiqiao.config.backup import make_backup
from zhiqiao.config.inventory import count_rows_there
from zhiqiao.core import marks
from zhiqiao.core.audit import verify_seals

LOCK_WAIT = "2s"
TRIES, PAUSE = 5, 3.0
LOCK_NOT_AVAILABLE = "55P03"
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Upgrade:
    """What was done; ``backup`` is None where nothing waited."""

    migrations: tuple[str, ...]
    backup: Path | None
    figures: int


def upgrade(backup: Path, *, say: Say, pause: float = PAUSE) -> Upgrade:
    """Bring the database to this release, or leave it usable and say how to go back."""
    waiting = waiting_migrations()
    if not waiting:
        return Upgrade((), None, _checked({}))
    make_backup(backup, plain=True)
    marks.note(marks.BACKUP)
    say(f"Backup: {backup}")
    before = count_rows_there()
    _migrate(backup, say=say, pause=pause)
    say(f"{len(waiting)} migrations applied.")
    try:
        figures = _checked(before)
    except (click.ClickException, DatabaseError) as error:
        raise click.ClickException(f"{_said(error)}\n{_way_back(backup)}") from error
    return Upgrade(waiting, backup, figures)


def waiting_migrations() -> tuple[str, ...]:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return tuple(f"{migration.app_label}.{migration.name}" for migration, _backwards in plan)


def _migrate(backup: Path, *, say: Say, pause: float) -> None:
    for attempt in range(1, TRIES + 1):
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('lock_timeout', %s, false)", [LOCK_WAIT])
            call_command("migrate", interactive=False, verbosity=0)
        except DatabaseError as error:
            busy = isinstance(error, OperationalError) and _state(error) == LOCK_NOT_AVAILABLE
            if not busy or attempt == TRIES:
                raise click.ClickException(f"{_said(error)}\n{_way_back(backup)}") from error
            say(f"A table is in use; tried again in {pause:.0f} s ({attempt} of {TRIES}).")
            time.sleep(pause)
        else:
            return


def _state(error: DatabaseError) -> str:
    return getattr(error.__cause__, "sqlstate", "") or ""


def _said(error: Exception) -> str:
    lines = str(getattr(error, "message", error)).strip().splitlines()
    return lines[0] if lines else type(error).__name__


def _way_back(backup: Path) -> str:
    done = waiting_migrations()
    head = (
        f"The upgrade stopped; {len(done)} migrations wait, beginning with {done[0]}. "
        "Each one is applied whole or not at all."
        if done
        else "All migrations are applied, but the check found the fault above."
    )
    return (
        f"{head}\n"
        "Either mend the cause and run `zhiqiao upgrade` again,\n"
        "or go back: stop web server and worker, install the release before, restore "
        f"{backup}\nas docs/howto/back-up-and-restore says, and start them."
    )


def _checked(before: dict[str, int]) -> int:
    """Look that no row was lost, every seal holds and the board can be drawn."""
    after = count_rows_there()
    lost = [name for name, rows in before.items() if name in after and after[name] < rows]
    gone = [name for name, rows in before.items() if name not in after and rows]
    if lost or gone:
        raise click.ClickException(f"Rows are missing in {', '.join(sorted({*lost, *gone}))}.")
    broken = verify_seals()
    if broken:
        raise click.ClickException(f"{len(broken)} seals of the audit trail do not hold.")
    return len(queries.board().figures)
