"""The workbook to fill in: headings, drop-downs, explanations, and a hidden mark of its version."""

import re
from typing import IO

import xlsxwriter
from django.utils.translation import gettext as _
from xlsxwriter.worksheet import Worksheet

from zhiqiao.core.imports.reading.workbook import VERSION_SHEET
from zhiqiao.core.imports.spec import Choice, Column, ImportSpec

#: Nothing that a person typed may become a formula, a link or a number.
OPTIONS = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
FORBIDDEN_IN_SHEET_NAMES = re.compile(r"[\[\]:*?/\\]")
LIST_SHEET = "lists"
ROWS_WITH_LISTS = 20_000
HEADING = {"bold": True, "bg_color": "#e8f0f8", "border": 1, "border_color": "#dde3ea"}
WRAPPED = {"text_wrap": True, "valign": "top"}


def sheet_name(text: str) -> str:
    """Make a name that a spreadsheet accepts for a sheet."""
    return FORBIDDEN_IN_SHEET_NAMES.sub(" ", text).strip(" '")[:31] or "1"


def write_template(target: IO[bytes], spec: ImportSpec) -> None:
    with xlsxwriter.Workbook(target, OPTIONS) as workbook:
        table = workbook.add_worksheet(sheet_name(str(spec.title)))
        explanations = workbook.add_worksheet(sheet_name(_("Explanations")))
        lists = workbook.add_worksheet(LIST_SHEET)
        lists.very_hidden()
        choices = {column.name: _choices(column) for column in spec.columns}
        _write_headings(workbook, table, spec)
        _write_explanations(workbook, explanations, spec, choices)
        for place, column in enumerate(spec.columns):
            _write_list(table, lists, place, choices[column.name])
        mark_version(workbook, spec.key, spec.version)


def _choices(column: Column) -> list[Choice]:
    return list(column.choices()) if column.choices else []


def mark_version(workbook: xlsxwriter.Workbook, key: str, version: str) -> None:
    sheet = workbook.add_worksheet(VERSION_SHEET)
    sheet.write_row(0, 0, [key, version])
    sheet.very_hidden()


def _write_headings(workbook: xlsxwriter.Workbook, table: Worksheet, spec: ImportSpec) -> None:
    heading = workbook.add_format(HEADING)
    required = workbook.add_format(HEADING | {"font_color": "#b3261e"})
    text = workbook.add_format({"num_format": "@"})
    for place, column in enumerate(spec.columns):
        title = f"{column.title} *" if column.required else str(column.title)
        table.set_column(place, place, max(14, min(40, 2 * len(title) + 4)), text)
        table.write_string(0, place, title, required if column.required else heading)
        if column.help:
            table.write_comment(0, place, str(column.help), {"x_scale": 2})
    table.freeze_panes(1, 0)


def _write_explanations(
    workbook: xlsxwriter.Workbook,
    sheet: Worksheet,
    spec: ImportSpec,
    choices: dict[str, list[Choice]],
) -> None:
    heading, wrapped = workbook.add_format(HEADING), workbook.add_format(WRAPPED)
    titles = [_("Column"), _("Required"), _("What to write"), _("Permitted values"), _("Example")]
    sheet.write_row(0, 0, titles, heading)
    sheet.set_column(0, 1, 16)
    sheet.set_column(2, 3, 50)
    sheet.set_column(4, 4, 30)
    for row, column in enumerate(spec.columns, start=1):
        permitted = "\n".join(str(choice.title) for choice in choices[column.name])
        texts = [
            str(column.title),
            _("yes") if column.required else _("no"),
            str(column.help),
            permitted[:32_000],
            column.example,
        ]
        for place, text in enumerate(texts):
            sheet.write(row, place, text, wrapped)
    sheet.write_string(len(spec.columns) + 2, 0, _advice())
    sheet.freeze_panes(1, 0)


def _advice() -> str:
    return _(
        "One row for each entry. Do not merge cells and do not use formulas. Columns with * must"
        " be filled in."
    )


def _write_list(table: Worksheet, lists: Worksheet, place: int, choices: list[Choice]) -> None:
    if not choices:
        return
    lists.write_column(0, place, [str(choice.title) for choice in choices])
    column = xlsxwriter.utility.xl_col_to_name(place)
    table.data_validation(
        1,
        place,
        ROWS_WITH_LISTS,
        place,
        {
            "validate": "list",
            "source": f"={LIST_SHEET}!${column}$1:${column}${len(choices)}",
            "error_title": _("Not in the list"),
            "error_message": _("Choose a value from the list of this cell."),
        },
    )
