"""The files of an allocation: read with every fault named, written whole or not at all."""

import codecs
import csv
import json
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polars as pl

from zhiqiao.config.rule_files import NOT_UTF8, RULES, read_rule_file
from zhiqiao.engines.matching import Fault, Rules, TableError, Tables

NEEDED = ("programmes", "candidates", "choices")
OPTIONAL = ("reserves", "strikeouts", "closures", "frozen", "decisions")
CHUNK = 2**20


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
            _refuse_other_encodings(name, text)
            _refuse_columns_twice(name, text)
            return pl.read_csv(text, infer_schema=False, encoding="utf8")
    except OSError as error:
        raise TableError([Fault(name, 0, "", f"cannot be read: {error.strerror}.")]) from error
    except pl.exceptions.PolarsError as error:
        message = f"cannot be read: {str(error).splitlines()[0]}"
        raise TableError([Fault(name, 0, "", message)]) from error
    return None


def read_object(folder: Path, name: str) -> dict[str, Any] | None:
    """Read a file of JSON with named parts; nothing where it is not there."""
    path = folder / name
    if not path.exists():
        return None
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise TableError([Fault(name, 0, "", f"cannot be read: {error.strerror}.")]) from error
    except UnicodeError as error:
        raise TableError([Fault(name, 0, "", NOT_UTF8)]) from error
    except ValueError as error:
        raise TableError([Fault(name, 0, "", f"cannot be read: {error}.")]) from error
    if not isinstance(found, dict):
        raise TableError([Fault(name, 0, "", "cannot be read: its parts have no names.")])
    return found


def needed_object(folder: Path, name: str) -> dict[str, Any]:
    """Read a file of JSON that must be there."""
    found = read_object(folder, name)
    if found is None:
        raise TableError([Fault(name, 0, "", "is missing in the folder of results.")])
    return found


def needed_table(folder: Path, name: str) -> pl.DataFrame:
    """Read a table of results that must be there."""
    table = read_table(folder, name)
    if table is None:
        raise TableError([Fault(name, 0, "", "is missing in the folder of results.")])
    return table


def _refuse_other_encodings(name: str, path: Path) -> None:
    """Look at every byte before: the reader of CSV takes any of them for text."""
    decoder, row = codecs.getincrementaldecoder("utf-8")(), 1
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            row = _next_row(name, decoder, chunk, row)
    _next_row(name, decoder, b"", row)


def _next_row(name: str, decoder: codecs.IncrementalDecoder, chunk: bytes, row: int) -> int:
    try:
        decoder.decode(chunk, final=not chunk)
    except UnicodeDecodeError as error:
        row += error.object[: error.start].count(b"\n")
        raise TableError([Fault(name, row, "", NOT_UTF8)]) from error
    return row + chunk.count(b"\n")


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
