"""What the reader of cells hides: formulas, errors, merged ranges, and how far a sheet reaches."""

import re
from dataclasses import dataclass, field
from posixpath import join, normpath
from xml.etree import ElementTree as ET

from zhiqiao.core.errors import InputError
from zhiqiao.core.imports import choices, problems
from zhiqiao.core.imports.reading.container import Package
from zhiqiao.core.imports.reading.table import Mark, address
from zhiqiao.core.imports.reading.whole_tags import whole_tags

PREFIX = rb"<(?:\w+:)?"
COLUMNS = re.compile(PREFIX + rb"c\s[^<>]*?\br=[\"']([A-Za-z]+)")
ROWS = re.compile(PREFIX + rb"row\s[^<>]*?\br=[\"'](\d+)")
SPECIAL = re.compile(PREFIX + rb"f[\s/>]|\bt=[\"']e[\"']")
STEPS = re.compile(
    PREFIX + rb"(?:c\s(?P<cell>[^<>]*)|(?P<formula>f)(?=[\s/>])|mergeCell\s(?P<merge>[^<>]*))"
)
REFERENCE = re.compile(rb"\br=[\"']([A-Za-z]+)(\d+)")
IS_ERROR = re.compile(rb"\bt=[\"']e[\"']")
RANGE = re.compile(rb"\bref=[\"']([A-Za-z]+)(\d+):([A-Za-z]+)(\d+)")
MERGES = re.compile(PREFIX + rb"mergeCell\s")
MARK_LIMIT = 5_000


@dataclass(slots=True)
class Extent:
    """How far the sheet reaches, and the cells that a person must look at."""

    last_row: int = 0
    columns: int = 0
    marks: list[Mark] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class SheetPart:
    name: str
    part: str
    visible: bool


def sheets_of(package: Package) -> list[SheetPart]:
    """List the worksheets in their order, with the parts that hold them."""
    relations = {
        item.attrib.get("Id", ""): normpath(join("xl", item.attrib.get("Target", "")))
        for item in _parsed(package, "xl/_rels/workbook.xml.rels").iter()
        if item.attrib.get("Type", "").endswith("/worksheet")
    }
    sheets = []
    for item in _parsed(package, "xl/workbook.xml").iter():
        if item.tag.rpartition("}")[2] != "sheet":
            continue
        reference = next((v for k, v in item.attrib.items() if k.endswith("}id")), "")
        part = relations.get(reference, "").removeprefix("/")
        if part in package.parts:
            visible = item.attrib.get("state", "visible") == "visible"
            sheets.append(SheetPart(item.attrib.get("name", ""), part, visible))
    return sheets


def _parsed(package: Package, part: str) -> ET.Element:
    if part not in package.parts:
        raise InputError(problems.DAMAGED, name=package.name)
    if package.parts[part].file_size > choices.MAX_TREE_BYTES:
        raise InputError(problems.SWOLLEN, name=package.name)
    text = package.read(part)
    if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
        raise InputError(problems.DAMAGED, name=package.name)
    try:
        return ET.fromstring(text)  # noqa: S314 # no document type, size is bounded
    except ET.ParseError as error:
        raise InputError(problems.DAMAGED, name=package.name) from error


def scan(package: Package, part: str) -> Extent:
    """Read a sheet's XML once as bytes; refuse what would fill the memory when it is opened."""
    extent = Extent()
    letters: set[bytes] = set()
    cell = (0, 0)
    for text in whole_tags(package, part):
        letters.update(COLUMNS.findall(text))
        extent.last_row = max([extent.last_row, *map(int, ROWS.findall(text))])
        if SPECIAL.search(text) or MERGES.search(text):
            cell = _mark_cells(text, extent.marks, cell)
        elif found := REFERENCE.search(text, max(0, text.rfind(b"<c "))):
            cell = (int(found.group(2)), _column(found.group(1)))
    extent.columns = max((_column(item) + 1 for item in letters), default=0)
    _check_extent(extent)
    return extent


def _mark_cells(text: bytes, marks: list[Mark], cell: tuple[int, int]) -> tuple[int, int]:
    """Note formulas, errors and merged ranges; returns the last cell for the next piece."""
    row, column = cell
    for step in STEPS.finditer(text):
        if step.group("formula"):
            _note(marks, Mark(row, column, problems.FORMULA, {"cell": address(row, column)}))
        elif merge := step.group("merge"):
            _note_merge(marks, merge)
        elif found := REFERENCE.search(step.group("cell")):
            row, column = int(found.group(2)), _column(found.group(1))
            if IS_ERROR.search(step.group("cell")):
                _note(marks, Mark(row, column, problems.ERROR_CELL, {"cell": address(row, column)}))
    return row, column


def _note(marks: list[Mark], mark: Mark) -> None:
    if len(marks) < MARK_LIMIT:
        marks.append(mark)


def _note_merge(marks: list[Mark], attributes: bytes) -> None:
    found = RANGE.search(attributes)
    if not found:
        return
    left, top, right, bottom = found.groups()
    span = f"{left.decode()}{top.decode()}:{right.decode()}{bottom.decode()}"
    last = min(int(bottom), int(top) + MARK_LIMIT)
    for row in range(int(top), last + 1):
        for column in range(_column(left), min(_column(right), choices.MAX_COLUMNS) + 1):
            _note(marks, Mark(row, column, problems.MERGED_CELLS, {"range": span}))


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper()[:4]:
        number = number * 26 + letter - 64
    return number - 1


def _check_extent(extent: Extent) -> None:
    limit = choices.MAX_ROWS + choices.HEADING_SEARCH_ROWS
    if extent.last_row > limit:
        raise InputError(problems.TOO_MANY_ROWS, rows=extent.last_row, limit=choices.MAX_ROWS)
    columns = min(choices.MAX_COLUMNS, choices.MAX_CELLS // max(1, extent.last_row))
    if extent.columns > columns:
        raise InputError(problems.TOO_MANY_COLUMNS, columns=extent.columns, limit=columns)
