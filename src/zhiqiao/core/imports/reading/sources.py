"""The two doors of the reader: a file, or text from the clipboard."""

from pathlib import Path

from zhiqiao.core.imports.reading.container import check_size, kind_of
from zhiqiao.core.imports.reading.delimited import read_csv, read_paste_text
from zhiqiao.core.imports.reading.table import Table
from zhiqiao.core.imports.reading.workbook import read_workbook


def read_file(path: Path, name: str, *, sheet: str = "") -> list[Table]:
    """Return the tables of an uploaded file; ``name`` is what the person called it."""
    if kind_of(path, name) == "xlsx":
        return read_workbook(path, name, sheet=sheet)
    return [read_csv(path.read_bytes())]


def read_paste(text: str) -> list[Table]:
    check_size(len(text.encode()))
    return [read_paste_text(text)]
