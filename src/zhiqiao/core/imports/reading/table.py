"""A table of cells as it was given, before anybody says what the columns mean."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from zhiqiao.core.imports.choices import MAX_CELL_LENGTH
from zhiqiao.core.imports.problems import CELL_TOO_LONG, CONTROL_CHARACTERS, LOST_DIGITS

Cell = int | float | str | bool | dt.time | dt.date | dt.datetime | dt.timedelta

#: Beyond this a spreadsheet's number no longer holds every digit.
EXACT_NUMBERS = 10**15
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x9f\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Mark:
    """A cell that could be read only with a doubt; ``code`` names the rule."""

    row: int
    column: int
    code: str
    parameters: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Table:
    """Cells as text. ``rows[i]`` is row ``i + 1`` of the sheet; columns count from 0."""

    rows: list[list[str]]
    sheet: str = ""
    other_sheets: tuple[str, ...] = ()
    marks: tuple[Mark, ...] = ()
    template: tuple[str, str] | None = None  # key and version of the hidden sheet


def address(row: int, column: int) -> str:
    """``address(5, 1)`` is ``B5``."""
    letters = ""
    number = column + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row}"


def shown(cell: Cell) -> str:
    """Write a cell as a person reads it in the spreadsheet, near enough to find it."""
    text = str(cell)
    match cell:
        case bool():
            text = text.upper()
        case float():
            text = str(int(cell)) if cell.is_integer() else format(cell, ".15g")
        case dt.datetime() if cell.time() == dt.time():
            text = cell.date().isoformat()
    return text


def visible(text: str) -> str:
    """Control characters as pictures: the database and the spreadsheet take no others."""
    return CONTROL.sub(lambda found: _picture(found.group()), text)


def _picture(character: str) -> str:
    number = ord(character)
    return chr(0x2400 + number) if number < 0x20 else "\N{REPLACEMENT CHARACTER}"


def cell_mark(cell: Cell, row: int, column: int) -> Mark | None:
    """Find what a cell shows of its past: lost digits, control characters, endless text."""
    if isinstance(cell, str):
        if len(cell) > MAX_CELL_LENGTH:
            parameters = {"length": len(cell), "limit": MAX_CELL_LENGTH}
            return Mark(row, column, CELL_TOO_LONG, parameters)
        return Mark(row, column, CONTROL_CHARACTERS) if CONTROL.search(cell) else None
    large = isinstance(cell, (int, float)) and abs(cell) >= EXACT_NUMBERS
    return Mark(row, column, LOST_DIGITS) if large else None


def text_rows(rows: list[list[Cell]]) -> tuple[list[list[str]], list[Mark]]:
    """Every cell as text without control characters, with the marks met on the way."""
    marks: list[Mark] = []
    texts: list[list[str]] = []
    for number, cells in enumerate(rows, start=1):
        line: list[str] = []
        for column, cell in enumerate(cells):
            if cell == "":
                line.append("")
                continue
            mark = cell_mark(cell, number, column)
            if mark is None:
                line.append(cell if type(cell) is str else shown(cell))
                continue
            marks.append(mark)
            line.append(visible(shown(cell))[:MAX_CELL_LENGTH])
        texts.append(line)
    return texts, marks
