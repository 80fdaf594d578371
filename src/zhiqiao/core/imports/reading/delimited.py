"""Read CSV files and tables that were copied from a spreadsheet."""

import csv
import re
import unicodedata
from collections.abc import Iterator
from io import StringIO

from zhiqiao.core.errors import InputError
from zhiqiao.core.imports import choices, problems
from zhiqiao.core.imports.reading.table import Cell, Table, text_rows

DELIMITERS = ",\t;"
#: Text that is really GB18030 consists mostly of the 6,763 everyday characters of GB 2312.
EVERYDAY_SHARE = 0.8
FOREIGN_ROWS = range(0xA4, 0xB0)
UTF16 = (b"\xff\xfe", b"\xfe\xff")
FIELD = re.compile(r'"((?:[^"]|"")*)"(?=\t|\r?\n|\r|$(?!.))|[^\t\r\n]*', re.DOTALL)
BREAK = re.compile(r"\t|\r?\n|\r")


def decoded(content: bytes) -> str:
    """UTF-8 or GB18030, each strictly; anything else is refused rather than guessed."""
    if content.startswith(UTF16):
        raise InputError(problems.WRONG_ENCODING)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _decoded_gb18030(content)


def _decoded_gb18030(content: bytes) -> str:
    try:
        text = content.decode("gb18030")
    except UnicodeDecodeError as error:
        raise InputError(problems.WRONG_ENCODING) from error
    sample = [character for character in text if character > "\x7f"]
    everyday = sum(1 for character in sample if _is_everyday(character))
    strange = any(unicodedata.category(character) in ("Cn", "Co") for character in set(sample))
    if strange or everyday < EVERYDAY_SHARE * len(sample):
        raise InputError(problems.WRONG_ENCODING)
    return text


def _is_everyday(character: str) -> bool:
    """Tell Chinese characters and punctuation of GB 2312 from its kana, Greek and Cyrillic."""
    try:
        row = character.encode("gb2312")[0]
    except UnicodeEncodeError:
        return False
    return row not in FOREIGN_ROWS


def read_csv(content: bytes) -> Table:
    text = decoded(content)
    if not text.strip():
        raise InputError(problems.EMPTY_FILE)
    return _table(_csv_rows(text))


def _csv_rows(text: str) -> Iterator[list[str]]:
    first = next(line for line in text.splitlines() if line.strip())
    delimiter = max(DELIMITERS, key=first.count)
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 0
    try:
        for cells in reader:
            number += 1
            yield cells
    except csv.Error as error:
        raise InputError(problems.TORN_QUOTES, row=number + 1) from error


def read_paste_text(text: str) -> Table:
    """Cells separated by tabs, as spreadsheets put them on the clipboard; else CSV."""
    if not text.strip():
        raise InputError(problems.EMPTY_FILE)
    return _table(_pasted_rows(text) if "\t" in text else _csv_rows(text))


def _pasted_rows(text: str) -> Iterator[list[str]]:
    """Split at tabs and line ends.

    A field is in quotes only when it had to be: spreadsheets put quotes around a cell that
    contains a tab, a line end or a quotation mark, and copy every other quotation mark as it is.
    """
    row: list[str] = []
    position = 0
    while position <= len(text):
        found = FIELD.match(text, position)
        if found is None:  # pragma: no cover # the pattern matches the empty text
            break
        row.append(_unquoted(found))
        position = found.end()
        separator = BREAK.match(text, position)
        if separator is None or separator.group() != "\t":
            yield row
            row = []
        position = separator.end() if separator else len(text) + 1


def _unquoted(found: re.Match[str]) -> str:
    quoted = found.group(1)
    if quoted is None or not re.search(r'[\t\r\n]|""', quoted):
        return found.group()
    return quoted.replace('""', '"')


def _table(lines: Iterator[list[str]]) -> Table:
    rows: list[list[Cell]] = []
    limit = choices.MAX_ROWS + choices.HEADING_SEARCH_ROWS
    for cells in lines:
        rows.append(list(cells))
        if len(rows) > limit + 1:
            raise InputError(problems.TOO_MANY_ROWS, rows=f"> {limit}", limit=choices.MAX_ROWS)
        if len(cells) > choices.MAX_COLUMNS:
            raise InputError(
                problems.TOO_MANY_COLUMNS, columns=len(cells), limit=choices.MAX_COLUMNS
            )
    texts, marks = text_rows(rows)
    return Table(texts, marks=tuple(marks))
