"""A backup is one folder: a dump of the database, the stored files, and the inventory of both.

It is written beside its place and renamed when it is whole. The dump and the inventory see the same
moment, by one snapshot of the database; nobody has to wait. Files are only ever added, so those that
the snapshot names are there.
"""

import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
import psycopg
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from zhiqiao.config.embedded.binaries import find_binaries
from zhiqiao.config.inventory import take_inventory, take_plain_inventory

DUMP, FILES, INVENTORY = "database.dump", "files.tar", "inventory.json"
FORMAT = 1


def make_backup(target: Path, *, plain: bool = False) -> dict[str, Any]:
    """Write a backup into a folder that does not exist yet; give its inventory.

    A plain one only counts: before an upgrade the tables are not yet those of the models.
    """
    if target.exists():
        raise click.ClickException(f"{target} exists already. Name a folder that does not.")
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        inventory = _fill(unfinished, plain=plain)
        unfinished.rename(target)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
    return inventory


def _fill(folder: Path, *, plain: bool) -> dict[str, Any]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("SELECT pg_export_snapshot()")
        (snapshot,) = cursor.fetchone() or ("",)
        run_program(
            "pg_dump",
            "--format=custom",
            "--no-owner",
            f"--snapshot={snapshot}",
            f"--file={folder / DUMP}",
        )
        inventory = {
            "format": FORMAT,
            "taken_at": timezone.now().isoformat(),
            **(take_plain_inventory() if plain else take_inventory()),
        }
    with tarfile.open(folder / FILES, "w") as archive:
        stored = Path(settings.MEDIA_ROOT)
        if stored.is_dir():
            archive.add(stored, arcname="files")
    text = json.dumps(inventory, ensure_ascii=False, indent=1)
    (folder / INVENTORY).write_text(text + "\n", encoding="utf-8")
    return inventory


def read_inventory(backup: Path) -> dict[str, Any]:
    """Read the inventory of a backup, or say what is wrong with the folder."""
    missing = [name for name in (DUMP, FILES, INVENTORY) if not (backup / name).is_file()]
    if missing:
        raise click.ClickException(f"{backup} is no backup: it has no {', '.join(missing)}.")
    inventory: dict[str, Any] = json.loads((backup / INVENTORY).read_text(encoding="utf-8"))
    if inventory.get("format") != FORMAT:
        given = inventory.get("format")
        raise click.ClickException(f"{backup} has format {given}; this release reads {FORMAT}.")
    return inventory


def named_for_programs(parameters: Mapping[str, Any]) -> dict[str, str]:
    """Give the words of a connection, those of TLS too, as the variables that programs read.

    The lesser role is left out: only the owner may read everything.
    """
    known = {
        option.keyword.decode(): option.envvar.decode()
        for option in psycopg.pq.Conninfo.get_defaults()
        if option.envvar and option.keyword != b"options"
    }
    given = {name: value for name, value in parameters.items() if value not in (None, "")}
    return {known[name]: str(value) for name, value in given.items() if name in known}


def run_program(name: str, *arguments: str) -> None:
    """Run one of PostgreSQL's programs on the database of the settings."""
    environment = {**os.environ, **named_for_programs(connection.get_connection_params())}
    command = [str(find_binaries().directory / name), *arguments]
    done = subprocess.run(  # noqa: S603 - a program of the wheel with our own arguments
        command,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        said = done.stderr.strip().splitlines() or ["no word"]
        raise click.ClickException(f"{name} stopped: {said[-1]}")
