"""What can be wrong with a table, each with its rule and its remedy."""

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext_lazy as _

from zhiqiao.core.errors import define, message_of, remedy_of
from zhiqiao.core.imports.spec import Problem

SAVE_AS_XLSX = _(
    "Open it in Excel or WPS, choose “Save as”, take the type “Excel workbook (.xlsx)” and"
    " upload the new file."
)
USE_TEMPLATE = _("Download the template, copy your rows into it and upload it.")

EMPTY_FILE = define(
    "imports.empty_file",
    message=_("The file is empty."),
    remedy=_("Check that the right file was chosen and that it was saved after typing."),
)
FILE_TOO_LARGE = define(
    "imports.file_too_large",
    message=_("The file has %(size)s MB; at most %(limit)s MB are accepted."),
    remedy=_("Remove pictures and unused sheets, or split the table into several files."),
    status=413,
)
TOO_MANY_ROWS = define(
    "imports.too_many_rows",
    message=_("The sheet reaches down to row %(rows)s; at most %(limit)s rows are accepted."),
    remedy=_(
        "Split the table into several files. If it looks shorter, delete the empty rows below"
        " it and save it again."
    ),
)
TOO_MANY_COLUMNS = define(
    "imports.too_many_columns",
    message=_("The sheet has %(columns)s columns; at most %(limit)s are accepted."),
    remedy=_("Delete the columns that this table does not need, also empty ones on the right."),
)
NOT_ITS_NAME = define(
    "imports.not_its_name",
    message=_("The file is called %(name)s, but it is not a file of that kind."),
    remedy=SAVE_AS_XLSX,
)
UNKNOWN_KIND = define(
    "imports.unknown_kind",
    message=_("A file called %(name)s cannot be read; .xlsx and .csv can."),
    remedy=SAVE_AS_XLSX,
)
OLD_EXCEL = define(
    "imports.old_excel",
    message=_("%(name)s is a workbook of Excel 97–2003 (.xls), which is not read."),
    remedy=SAVE_AS_XLSX,
)
ENCRYPTED = define(
    "imports.encrypted",
    message=_("%(name)s is protected by a password, so it cannot be read."),
    remedy=_("Open it in Excel or WPS, remove the password, save it and upload it again."),
)
MACROS = define(
    "imports.macros",
    message=_("%(name)s contains macros (programs), which are not accepted."),
    remedy=SAVE_AS_XLSX,
)
SWOLLEN = define(
    "imports.swollen",
    message=_("%(name)s unpacks to far more than a table needs, so it was not opened."),
    remedy=_("Copy the rows into a new, empty workbook or into the template and upload that."),
)
DAMAGED = define(
    "imports.damaged",
    message=_("%(name)s is damaged or was not written by a spreadsheet program."),
    remedy=SAVE_AS_XLSX,
)
WRONG_ENCODING = define(
    "imports.wrong_encoding",
    message=_("The text of the file is neither UTF-8 nor GB18030 (GBK)."),
    remedy=_("Open it in Excel or WPS and save it as .xlsx or as “CSV UTF-8”."),
)
TORN_QUOTES = define(
    "imports.torn_quotes",
    message=_("A quotation mark that opens before row %(row)s is never closed."),
    remedy=_("Close or remove the quotation mark, or save the table as .xlsx."),
)
NO_HEADINGS = define(
    "imports.no_headings",
    message=_("No row of headings was found in the first %(rows)s rows. Looked for: %(wanted)s."),
    remedy=USE_TEMPLATE,
)
NO_ROWS = define(
    "imports.no_rows",
    message=_("There are headings, but no row below them."),
    remedy=_("Fill in at least one row and upload the file again."),
)
FOREIGN_TEMPLATE = define(
    "imports.foreign_template",
    message=_("This is the template of another table."),
    remedy=_(
        "Choose the table that the template belongs to, or download the template of this one."
    ),
)
STALE_TEMPLATE = define(
    "imports.stale_template",
    message=_("The template is of an older version; its columns have changed since."),
    remedy=_("Download the template again, copy your rows into it and upload it."),
)
MISSING_COLUMNS = define(
    "imports.missing_columns",
    message=_("The table lacks required columns: %(columns)s."),
    remedy=_("Add the columns, or say which of your columns holds them."),
)
UNKNOWN_COLUMNS = define(
    "imports.unknown_columns",
    message=_("These columns are not known: %(columns)s."),
    remedy=_("Say for each what it holds, or that it is not to be imported."),
)
COLUMN_TWICE = define(
    "imports.column_twice",
    message=_("Two columns are both to be read as “%(title)s”: %(columns)s."),
    remedy=_("Choose one of them and leave the other out."),
)
MERGED_CELLS = define(
    "imports.merged_cells",
    message=_("The cells %(range)s are merged, so it is not certain which rows the text is for."),
    remedy=_("Undo the merging in the spreadsheet and fill in every row."),
)
FORMULA = define(
    "imports.formula",
    message=_("Cell %(cell)s holds a formula; its last result may be out of date."),
    remedy=_("Copy the column and paste it as values, then upload the file again."),
)
ERROR_CELL = define(
    "imports.error_cell",
    message=_("Cell %(cell)s shows an error of the spreadsheet instead of a value."),
    remedy=_("Type the value that belongs there."),
)
LOST_DIGITS = define(
    "imports.lost_digits",
    message=_("The number has more than 15 digits; the spreadsheet has lost the last ones."),
    remedy=_("Format the column as text and type the number again."),
)
CONTROL_CHARACTERS = define(
    "imports.control_characters",
    message=_("The cell contains invisible control characters."),
    remedy=_("Delete the content of the cell and type it again."),
)
CELL_TOO_LONG = define(
    "imports.cell_too_long",
    message=_("The text has %(length)s characters; at most %(limit)s are accepted."),
    remedy=_("Shorten the text."),
)
NO_HEADING_ABOVE = define(
    "imports.no_heading_above",
    message=_("There is something in cell %(cell)s, but its column has no heading."),
    remedy=_("Delete it, or give the column a heading."),
)
MISSING_VALUE = define(
    "imports.missing_value",
    message=_("This column must be filled in for every row."),
    remedy=_("Fill in the value."),
)
UNKNOWN_CHOICE = define(
    "imports.unknown_choice",
    message=_("The value is not in the list of this column."),
    remedy=_("Choose one of: %(choices)s."),
)
NOT_WHOLE = define(
    "imports.not_whole",
    message=_("A whole number is needed."),
    remedy=_("Write only digits, for example 2023."),
)
NOT_NUMBER = define(
    "imports.not_number",
    message=_("A number is needed."),
    remedy=_("Write only digits and at most one decimal point, for example 12.5."),
)
NOT_DAY = define(
    "imports.not_day",
    message=_("A day of the calendar is needed."),
    remedy=_("Write it like 2023-05-16."),
)
NOT_PARTIAL_DAY = define(
    "imports.not_partial_day",
    message=_("A year, a month or a day is needed."),
    remedy=_("Write it like 2023, 2023-05 or 2023-05-16."),
)
NOT_ADDRESS = define(
    "imports.not_address",
    message=_("The address of a web page is needed."),
    remedy=_("Copy it from the browser; it begins with https:// or http://."),
)
NOT_CODE = define(
    "imports.not_code",
    message=_("A code consists of letters, digits and - _ . / only."),
    remedy=_("Check the code; remove spaces and other signs."),
)
NOT_YES_NO = define(
    "imports.not_yes_no",
    message=_("Yes or no is needed."),
    remedy=_("Write yes or no."),
)
TOO_LONG = define(
    "imports.too_long",
    message=_("The text is too long; at most %(limit)s characters are stored."),
    remedy=_("Shorten the text."),
)
OUT_OF_RANGE = define(
    "imports.out_of_range",
    message=_("The value must be %(bound)s."),
    remedy=_("Check the number."),
)
WRONG_VALUE = define(
    "imports.wrong_value",
    message=_("The value does not fit this column."),
    remedy=_("Look at the sheet of explanations of the template and correct the value."),
)
DUPLICATE_ROW = define(
    "imports.duplicate_row",
    message=_("The same entry already stands in row %(first)s of this file."),
    remedy=_("Delete one of the two rows."),
)
CONFLICTING_ROW = define(
    "imports.conflicting_row",
    message=_("Row %(first)s is about the same entry, but differs in: %(columns)s."),
    remedy=_("Find out which is right and delete the other row."),
)
UNKNOWN_CODE = define(
    "imports.unknown_code",
    message=_("This code is not in the catalogue."),
    remedy=_("Look up the code in the catalogue and correct it."),
)

WRONG_STATE = define(
    "imports.wrong_state",
    message=_("This cannot be done now: the import is “%(state)s”."),
    remedy=_("Reload the page and go on from the step that it shows."),
)
OPTIONS_MISSING = define(
    "imports.options_missing",
    message=_("The questions about this list have not been answered yet."),
    remedy=_("Answer them first, then check the table."),
)
OPTIONS_WRONG = define(
    "imports.options_wrong",
    message=_("The answers about this list cannot be read: %(faults)s"),
    remedy=_("Correct them and try again."),
)
NOT_YOURS = define(
    "imports.not_yours",
    message=_("Somebody else opened this import."),
    remedy=_("Ask that person to go on, or upload the file yourself."),
    status=403,
)
OPEN_DOUBTS = define(
    "imports.open_doubts",
    message=_("%(count)s doubtful names still wait for your decision."),
    remedy=_("Decide them in the table of doubtful names."),
)
UNKNOWN_ANSWER = define(
    "imports.unknown_answer",
    message=_("“%(answer)s” is not one of the answers for “%(given)s”."),
    remedy=_("Choose one of the answers that the page offers."),
)
ROWS_LEFT_OUT = define(
    "imports.rows_left_out",
    message=_("The app wrote %(written)s rows of %(rows)s."),
    remedy=_("Nothing was saved. Tell the operator; the fault is ours."),
    status=500,
)


def described(problem: Problem) -> tuple[str, str]:
    """Say the rule that was broken and the remedy, in the language of the reader.

    Its texts may name what was given as ``%(given)s`` or by the name of the column.
    """
    named = {"given": problem.given, "row": problem.row, problem.column: problem.given}
    parameters = named | dict(problem.parameters)
    return message_of(problem.code, parameters), remedy_of(problem.code, parameters)


def as_json(problem: Problem) -> dict[str, object]:
    return {
        "row": problem.row,
        "column": problem.column,
        "given": problem.given,
        "code": problem.code,
        "parameters": dict(problem.parameters),
    }


def from_json(stored: Iterable[Mapping[str, object]]) -> list[Problem]:
    return [Problem(**item) for item in stored]  # type: ignore[arg-type] # written by as_json
