"""The restore drill: a backup is only worth something when it was restored once.

A fresh data folder with a server of its own gets the dump and the files; then the inventory is taken
there and compared with that of the backup. The working installation is not touched.
"""

import json
import os
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from django.conf import settings
from django.db import connection

from zhiqiao.config.backup import DUMP, FILES, read_inventory, run_program
from zhiqiao.config.embedded.provision import RUNNING_ROLE
from zhiqiao.config.embedded.server import stop_server
from zhiqiao.config.inventory import BROKEN, take_inventory, take_plain_inventory

# The dump gives rights to this role, which belongs to the server and not to the database.
_ROLE = f"""
    DO $$ BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{RUNNING_ROLE}') THEN
            CREATE ROLE {RUNNING_ROLE} NOLOGIN;
        END IF;
    END $$;
"""
# What a sound installation says, whatever the backup says.
SOUND = {"seal_problems": "0", "files damaged": "[]", "files missing": "[]"}
COMPARED = ("tables", "latest_seal", "seal_problems", "freezes", "files", "rights")


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that was compared."""

    what: str
    backup: str
    copy: str

    @property
    def agrees(self) -> bool:
        """Whether the copy is as the backup says; what was broken before is no success either."""
        return self.backup == self.copy and self.is_sound

    @property
    def is_sound(self) -> bool:
        return SOUND.get(self.what, self.copy) == self.copy and BROKEN not in self.copy


def restore_drill(backup: Path) -> tuple[list[Line], float]:
    """Restore into a fresh folder in another process, compare, and clean up; seconds it took."""
    expected = read_inventory(backup)
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="zhiqiao-drill-") as home:
        found = _restored(backup.resolve(), Path(home))
    return list(_lines(expected, found)), time.monotonic() - began


def _restored(backup: Path, home: Path) -> dict[str, Any]:
    # The copy is on a server of its own, where the owner restores.
    left_out = {"DATABASE_URL", "ZHIQIAO_DATABASE_ROLE"}
    environment = {key: value for key, value in os.environ.items() if key not in left_out}
    environment |= {"ZHIQIAO_HOME": str(home)}
    command = [sys.executable, "-m", "zhiqiao", "restore-here", str(backup)]
    try:
        done = subprocess.run(  # noqa: S603 - this program itself
            command, env=environment, capture_output=True, text=True, check=False
        )
    finally:
        stop_server(home)
    if done.returncode:
        said = done.stderr.strip().splitlines() or ["no word"]
        raise click.ClickException(f"The backup could not be restored: {said[-1]}")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def restore_here(backup: Path) -> dict[str, Any]:
    """Fill the present, empty data folder from a backup and take its inventory."""
    home: Path = settings.ZHIQIAO_HOME
    if (home / "files").exists():
        raise click.ClickException(f"{home} is not empty; a backup is restored into a new folder.")
    with connection.cursor() as cursor:
        cursor.execute(_ROLE)
    run_program("pg_restore", "--no-owner", "--exit-on-error", "--dbname=", str(backup / DUMP))
    with tarfile.open(backup / FILES) as archive:
        archive.extractall(home, filter="data")
    # A backup made before an upgrade holds tables that the models of this release may not know.
    return take_plain_inventory() if read_inventory(backup).get("plain") else take_inventory()


def _lines(expected: dict[str, Any], found: dict[str, Any]) -> Iterator[Line]:
    # A server that somebody else runs may have no role to give rights to.
    compared = [part for part in COMPARED if part != "rights" or expected.get("rights")]
    if expected.get("plain"):
        compared = ["tables", "files"]
    for part in compared:
        theirs, ours = _named(part, expected.get(part)), _named(part, found.get(part))
        for what in sorted({*theirs, *ours}):
            yield Line(what, str(theirs.get(what)), str(ours.get(what)))


def _named(part: str, value: object) -> dict[str, object]:
    """Name each number of a part, so that a difference says where it is."""
    if isinstance(value, dict):
        return {f"{part} {key}": each for key, each in value.items()}
    return {part: value}
