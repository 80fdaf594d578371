"""The table as it was given, with the cells that must be put right marked and explained."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import IO

import xlsxwriter
from django.utils.translation import gettext as _
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from zhiqiao.core.imports.headings import PROBLEMS_TITLE, Located
from zhiqiao.core.imports.problems import described
from zhiqiao.core.imports.reading.table import visible
from zhiqiao.core.imports.spec import ImportSpec, Problem
from zhiqiao.core.imports.template import HEADING, OPTIONS, WRAPPED, mark_version, sheet_name

COMMENTED_CELLS = 5_000
LISTED_PROBLEMS = 60_000
CELL_LIMIT = 32_000
BAD = {"bg_color": "#fde2e0", "font_color": "#8c1d18", "border": 1, "border_color": "#b3261e"}


@dataclass(slots=True)
class Findings:
    """Problems by row, and where the columns of the model stand in the file."""

    by_row: Mapping[int, list[Problem]]
    positions: Mapping[str, int]
    whole: list[Problem] = field(default_factory=list)

    def cells(self, row: int) -> dict[int, list[str]]:
        """Sentences for each marked cell of a row; a fault of the whole row marks its start."""
        marked: dict[int, list[str]] = defaultdict(list)
        for problem in self.by_row.get(row, []):
            marked[self.position(problem)].append(sentence(problem))
        return marked

    def position(self, problem: Problem) -> int:
        position = problem.parameters.get("position")
        return position if isinstance(position, int) else self.positions.get(problem.column, 0)


@dataclass(frozen=True, slots=True)
class _Formats:
    heading: Format
    bad: Format
    text: Format
    wrapped: Format


def sentence(problem: Problem) -> str:
    rule, remedy = described(problem)
    return f"{rule} {remedy}".strip()


def write_error_workbook(
    target: IO[bytes], located: Located, findings: Findings, spec: ImportSpec
) -> None:
    with xlsxwriter.Workbook(target, OPTIONS | {"constant_memory": True}) as workbook:
        formats = _Formats(
            workbook.add_format(HEADING),
            workbook.add_format(BAD),
            workbook.add_format({"num_format": "@"}),
            workbook.add_format(WRAPPED),
        )
        name = sheet_name(located.table.sheet or str(spec.title))
        table = workbook.add_worksheet(name)
        _write_table(table, located, findings, formats)
        problems = workbook.add_worksheet(_free_name(sheet_name(str(PROBLEMS_TITLE)), name))
        _write_list(problems, findings, spec, formats)
        if located.table.template:
            mark_version(workbook, *located.table.template)


def _free_name(name: str, taken: str) -> str:
    return name if name.casefold() != taken.casefold() else f"{name[:28]} 2"


def _write_table(sheet: Worksheet, located: Located, findings: Findings, formats: _Formats) -> None:
    last = len(located.headings)
    sheet.set_column(0, max(0, last - 1), 18, formats.text)
    sheet.set_column(last, last, 60)
    sheet.freeze_panes(located.heading_row, 0)
    comments = COMMENTED_CELLS
    for row, cells in enumerate(located.table.rows):
        marked = findings.cells(row + 1)
        is_heading = row + 1 == located.heading_row
        usual = formats.heading if is_heading else formats.text
        for place in sorted({*range(len(cells)), *marked}):
            text = visible(cells[place])[:CELL_LIMIT] if place < len(cells) else ""
            sheet.write(row, place, text, formats.bad if place in marked else usual)
        for place in sorted(marked)[:comments]:
            sheet.write_comment(row, place, "\n".join(marked[place]), {"x_scale": 2})
        comments = max(0, comments - len(marked))
        if is_heading:
            sheet.write_string(row, last, str(PROBLEMS_TITLE), formats.heading)
        elif marked:
            summary = "\n".join(chain.from_iterable(marked[place] for place in sorted(marked)))
            sheet.write_string(row, last, summary[:CELL_LIMIT], formats.wrapped)


def _write_list(sheet: Worksheet, findings: Findings, spec: ImportSpec, formats: _Formats) -> None:
    titles = [_("Row"), _("Column"), _("Given"), _("What is wrong"), _("What to do")]
    sheet.set_column(0, 0, 8)
    sheet.set_column(1, 2, 24)
    sheet.set_column(3, 4, 60)
    for place, title in enumerate(titles):
        sheet.write_string(0, place, title, formats.heading)
    for row, problem in enumerate(_listed(findings), start=1):
        if row > LISTED_PROBLEMS:
            sheet.write_string(row, 0, _("There are more problems; these are the first."))
            break
        if problem.row is not None:
            sheet.write_number(row, 0, problem.row)
        texts = (column_title(spec, problem.column), visible(problem.given), *described(problem))
        for place, text in enumerate(texts, start=1):
            sheet.write_string(row, place, text[:CELL_LIMIT], formats.wrapped)
    sheet.freeze_panes(1, 0)


def _listed(findings: Findings) -> Iterator[Problem]:
    yield from findings.whole
    for row in sorted(findings.by_row):
        yield from _in_order(findings.by_row[row], findings)


def _in_order(problems: Iterable[Problem], findings: Findings) -> list[Problem]:
    return sorted(problems, key=findings.position)


def column_title(spec: ImportSpec, name: str) -> str:
    return next((str(column.title) for column in spec.columns if column.name == name), name)
