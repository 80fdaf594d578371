"""Read the sheets of an xlsx as tables of text."""

from dataclasses import dataclass
from pathlib import Path

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError

from zhiqiao.core.errors import InputError
from zhiqiao.core.imports import choices, problems
from zhiqiao.core.imports.problems import MERGED_CELLS
from zhiqiao.core.imports.reading.container import Package
from zhiqiao.core.imports.reading.shared_text import check_text, lengths_of
from zhiqiao.core.imports.reading.sheet_xml import SheetPart, scan, sheets_of
from zhiqiao.core.imports.reading.table import Cell, Mark, Table, text_rows

#: The hidden sheet by which a template is recognised: key in A1, version in B1.
VERSION_SHEET = "zhiqiao"


@dataclass(slots=True)
class _Reader:
    """An xlsx that was found safe, with what the reader of cells would hide."""

    workbook: CalamineWorkbook
    visible: list[SheetPart]
    template: tuple[str, str] | None

    def table(self, part: SheetPart, marks: list[Mark]) -> Table:
        sheet = self.workbook.get_sheet_by_name(part.name)
        rows, found = text_rows(_cells(sheet))
        # A formula that was never computed has no value, so its row may seem not to exist.
        last = max((mark.row for mark in marks if mark.code != MERGED_CELLS), default=0)
        rows += [[] for _row in range(len(rows), last)]
        others = tuple(other.name for other in self.visible if other.name != part.name)
        return Table(rows, part.name, others, (*marks, *found), self.template)


def read_workbook(path: Path, name: str, *, sheet: str = "") -> list[Table]:
    """Return the visible sheets that hold anything, or the one that is asked for."""
    package = Package(path, name)
    parts = sheets_of(package)
    visible = [part for part in parts if part.visible]
    wanted = [part for part in visible if sheet in ("", part.name)]
    extents = {part.name: scan(package, part.part) for part in wanted}
    hidden = [part for part in parts if part.name == VERSION_SHEET and not part.visible]
    for part in hidden:
        scan(package, part.part)
    lengths = lengths_of(package)
    for part in (*wanted, *hidden):
        check_text(package, part.part, lengths)
    try:
        with CalamineWorkbook.from_path(str(path)) as workbook:
            reader = _Reader(workbook, visible, _template(workbook, hidden))
            filled = [part for part in wanted if extents[part.name].last_row]
            return [reader.table(part, extents[part.name].marks) for part in filled]
    except PasswordError as error:
        raise InputError(problems.ENCRYPTED, name=name) from error
    except (CalamineError, OSError) as error:
        raise InputError(problems.DAMAGED, name=name) from error


def _template(workbook: CalamineWorkbook, hidden: list[SheetPart]) -> tuple[str, str] | None:
    for part in hidden:
        rows = workbook.get_sheet_by_name(part.name).to_python(skip_empty_area=False)
        if rows and len(rows[0]) >= 2:
            return str(rows[0][0]), str(rows[0][1])
    return None


def _cells(sheet: CalamineSheet) -> list[list[Cell]]:
    if sheet.total_width > choices.MAX_COLUMNS:
        raise InputError(
            problems.TOO_MANY_COLUMNS, columns=sheet.total_width, limit=choices.MAX_COLUMNS
        )
    rows: list[list[Cell]] = sheet.to_python(skip_empty_area=False)
    return rows
