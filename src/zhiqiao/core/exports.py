"""Lists as Excel workbooks; what a person typed never becomes a formula."""

import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any

import xlsxwriter
from django.http import FileResponse
from django.utils.functional import Promise
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from zhiqiao.core.dates import local

LONGEST_CELL = 32_767
# Excel keeps 15 digits; a longer number is an identifier and stays text.
LARGEST_NUMBER = 10**15
# Above this many bytes the workbook is built on disk.
SPOOLED = 4 * 1024**2
_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n")
MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class ExportColumn:
    title: str | Promise
    width: int = 18


@dataclass(frozen=True, slots=True)
class Sheet:
    title: str
    columns: Sequence[ExportColumn | str | Promise]
    rows: Iterable[Sequence[Any]]


@dataclass(frozen=True, slots=True)
class _Formats:
    heading: Format
    risky: Format
    day: Format


def workbook_response(
    filename: str, columns: Sequence[ExportColumn | str | Promise], rows: Iterable[Sequence[Any]]
) -> FileResponse:
    """Answer with a workbook of one sheet, written row by row with constant memory."""
    return sheets_response(filename, [Sheet("", columns, rows)])


def sheets_response(filename: str, sheets: Iterable[Sheet]) -> FileResponse:
    """Answer with a workbook of several sheets."""
    content = tempfile.SpooledTemporaryFile(SPOOLED)  # noqa: SIM115 - the response closes it
    write_sheets(content, sheets)
    content.seek(0)
    return FileResponse(content, as_attachment=True, filename=filename, content_type=MEDIA_TYPE)


def write_workbook(
    target: IO[bytes],
    columns: Sequence[ExportColumn | str | Promise],
    rows: Iterable[Sequence[Any]],
) -> None:
    write_sheets(target, [Sheet("", columns, rows)])


def write_sheets(target: IO[bytes], sheets: Iterable[Sheet]) -> None:
    """Write a workbook sheet after sheet, each row by row; a sheet without a title gets Excel's."""
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(target, options) as workbook:
        formats = _Formats(
            heading=workbook.add_format({"bold": True, "bg_color": "#f4f6f8", "text_wrap": True}),
            risky=workbook.add_format({"quote_prefix": True}),
            day=workbook.add_format({"num_format": "yyyy-mm-dd"}),
        )
        for sheet in sheets:
            _write_sheet(workbook.add_worksheet(sheet.title or None), sheet, formats)


def _write_sheet(page: Worksheet, sheet: Sheet, formats: _Formats) -> None:
    page.freeze_panes(1, 0)
    for place, column in enumerate(sheet.columns):
        shown = column if isinstance(column, ExportColumn) else ExportColumn(column)
        page.set_column(place, place, shown.width)
        page.write_string(0, place, str(shown.title), formats.heading)
    for number, row in enumerate(sheet.rows, start=1):
        for place, value in enumerate(row):
            _write_cell(page, (number, place), value, formats)


def _write_cell(sheet: Worksheet, place: tuple[int, int], value: Any, formats: _Formats) -> None:
    match value:
        case None | "":
            pass
        case bool():
            sheet.write_boolean(*place, value)
        case int() | float() | Decimal():
            _write_number(sheet, place, value)
        case datetime():
            sheet.write_string(*place, f"{local(value):%Y-%m-%d %H:%M}")
        case date():
            sheet.write_datetime(*place, value, formats.day)
        case _:
            text = str(value)[:LONGEST_CELL]
            sheet.write_string(*place, text, formats.risky if text.startswith(_RISKY) else None)


def _write_number(sheet: Worksheet, place: tuple[int, int], value: float | Decimal) -> None:
    number = Decimal(value)
    if number.is_finite() and abs(number) < LARGEST_NUMBER:
        sheet.write_number(*place, value)
    else:
        sheet.write_string(*place, str(value))
