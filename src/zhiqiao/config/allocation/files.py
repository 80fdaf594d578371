"""The files of an allocation: read with every fault named, written whole or not at all."""

import csv
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl

from zhiqiao.config.rule_files import RULES, read_rule_file
from zhiqiao.engines.matching import Fault, Rules, TableError, Tables

NEEDED = ("programmes", "candidates", "choices")
OPTIONAL = ("reserves", "strikeouts", "closures", "frozen", "decisions")


def read_folder(folder: Path) -> tuple[Tables, Rules]:
    """Read the tables and rules of a folder.

    Raises TableError with file, row and column of what cannot be read.
    """
    rules = read_rule_file(folder / RULES, Rules)
    needed = {name: read_table(folder, name) for name in NEEDED}
    absent = [name for name, table in needed.items() if table is None]
    if absent:
        message = f"is not there, neither as {absent[0]}.csv nor as {absent[0]}.parquet."
        raise TableError([Fault(absent[0], 0, "", message)])
    optional = {name: read_table(folder, name) for name in OPTIONAL}
    present = {name: table for name, table in {**needed, **optional}.items() if table is not None}
    return Tables(**present), rules


def read_table(folder: Path, name: str) -> pl.DataFrame | None:
    """Read a table as CSV or Parquet; nothing where neither is there."""
    parquet, text = folder / f"{name}.parquet", folder / f"{name}.csv"
    if parquet.exists() and text.exists():
        message = "is there twice, as CSV and as Parquet; keep one."
        raise TableError([Fault(name, 0, "", message)])
    try:
        if parquet.exists():
            return pl.read_parquet(parquet)
        if text.exists():
            _refuse_columns_twice(name, text)
            return pl.read_csv(text, infer_schema=False, encoding="utf8")
    except (pl.exceptions.PolarsError, OSError, UnicodeError) as error:
        message = f"cannot be read: {str(error).splitlines()[0]}"
        raise TableError([Fault(name, 0, "", message)]) from error
    return None


def _refuse_columns_twice(name: str, path: Path) -> None:
    with path.open(encoding="utf-8-sig", newline="") as file:
        columns = next(csv.reader(file), [])
    for column, number in Counter(columns).items():
        if number > 1:
            raise TableError([Fault(name, 1, column, "is the name of two columns; keep one.")])


@contextmanager
def written_whole(folder: Path) -> Iterator[Path]:
    """Give a new folder to write into, which takes its name only when everything is written."""
    if folder.exists() and any(folder.iterdir()):
        message = "is there and not empty; name a new folder, so that no result is overwritten."
        raise TableError([Fault(str(folder), 0, "", message)])
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        yield draft
        draft.chmod(0o755)
        if folder.exists():
            folder.rmdir()
        draft.rename(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
