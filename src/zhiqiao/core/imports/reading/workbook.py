"""Read the sheets of an xlsx as tables of text."""

from pathlib import Path

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError

from zhiqiao.core.errors import InputError
from zhiqiao.core.imports import choices, problems
from zhiqiao.core.imports.reading.container import Package
from zhiqiao.core.imports.reading.sheet_xml import SheetPart, scan, sheets_of
from zhiqiao.core.imports.reading.table import Cell, Mark, Table, text_rows

#: The hidden sheet by which a template is recognised: key in A1, version in B1.
VERSION_SHEET = "zhiqiao"


def read_workbook(path: Path, name: str, *, sheet: str = "") -> list[Table]:
    """Return the visible sheets that hold anything, or the one that is asked for."""
    package = Package(path, name)
    parts = sheets_of(package)
    wanted = [part for part in parts if part.visible and sheet in ("", part.name)]
    extents = {part.name: scan(package, part.part) for part in wanted}
    hidden = [part for part in parts if part.name == VERSION_SHEET and not part.visible]
    for part in hidden:
        scan(package, part.part)
    try:
        with CalamineWorkbook.from_path(str(path)) as workbook:
            template = _template(workbook, hidden)
            return [
                _table(workbook, part, extents[part.name].marks, template)
                for part in wanted
                if extents[part.name].last_row
            ]
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


def _table(
    workbook: CalamineWorkbook,
    part: SheetPart,
    marks: list[Mark],
    template: tuple[str, str] | None,
) -> Table:
    sheet = workbook.get_sheet_by_name(part.name)
    rows, found = text_rows(_cells(sheet))
    others = tuple(name for name in workbook.sheet_names if name != part.name)
    return Table(rows, part.name, others, (*marks, *found), template)


def _cells(sheet: CalamineSheet) -> list[list[Cell]]:
    if sheet.total_width > choices.MAX_COLUMNS:
        raise InputError(
            problems.TOO_MANY_COLUMNS, columns=sheet.total_width, limit=choices.MAX_COLUMNS
        )
    rows: list[list[Cell]] = sheet.to_python(skip_empty_area=False)
    return rows
