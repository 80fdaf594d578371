"""Workbooks that are read, and workbooks that are refused before anything opens them."""

import datetime as dt
import struct
import zipfile
import zlib

import openpyxl
import pytest

from zhiqiao.core.errors import InputError, TooLargeError
from zhiqiao.core.imports import choices
from zhiqiao.core.imports.reading import container, read_file
from zhiqiao.core.imports.tests.factories import HEADINGS, ROW, saved, workbook


def refusal(path, name=""):
    with pytest.raises((InputError, TooLargeError)) as caught:
        read_file(path, name or path.name)
    assert caught.value.remedy
    return caught.value.code


def marks_of(path):
    (table,) = read_file(path, path.name)
    return [(mark.row, mark.column, mark.code) for mark in table.marks]


def repacked(path, target, *, change=None, add=None):
    """Copy an xlsx part by part, with some parts changed or added."""
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            content = old.read(part)
            new.writestr(part, (change or {}).get(part, lambda text: text)(content))
        for part, content in (add or {}).items():
            new.writestr(part, content)
    return target


def test_cells_are_read_as_people_see_them(tmp_path):
    instant = dt.datetime(2023, 5, 16, 8, 30)  # noqa: DTZ001 # a spreadsheet knows no zone
    row = [2023.0, 0.1 + 0.2, True, dt.date(2023, 5, 16), instant]
    path = workbook([row], path=tmp_path / "a.xlsx")

    (table,) = read_file(path, path.name)

    assert table.rows[1] == ["2023", "0.3", "TRUE", "2023-05-16", "2023-05-16 08:30:00"]


def test_formula_is_marked_with_its_address(tmp_path):
    path = workbook([["=1+1", "x"]], path=tmp_path / "a.xlsx")

    assert marks_of(path) == [(2, 0, "imports.formula")]


def test_merged_cells_are_marked_though_the_reader_hides_them(tmp_path):
    path = workbook([ROW, ROW], path=tmp_path / "a.xlsx", change=lambda s: s.merge_cells("B2:B3"))

    assert marks_of(path) == [(2, 1, "imports.merged_cells"), (3, 1, "imports.merged_cells")]


def test_error_cell_is_marked_though_the_reader_shows_it_empty(tmp_path):
    def broken(sheet):
        sheet["C2"], sheet["C2"].data_type = "#N/A", "e"

    path = workbook([ROW], path=tmp_path / "a.xlsx", change=broken)

    assert marks_of(path) == [(2, 2, "imports.error_cell")]


def test_number_of_eighteen_digits_is_marked_as_lost(tmp_path):
    path = workbook([[500101199901011234]], path=tmp_path / "a.xlsx")

    assert marks_of(path) == [(2, 0, "imports.lost_digits")]


def test_marks_are_found_wherever_the_pieces_of_a_sheet_end(tmp_path, monkeypatch):
    path = workbook([["x", "=1", "y", "=2"]], path=tmp_path / "a.xlsx")
    monkeypatch.setattr(container, "CHUNK", 7)

    assert marks_of(path) == [(2, 1, "imports.formula"), (2, 3, "imports.formula")]


def test_hidden_sheets_are_not_read(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(HEADINGS)
    secret = book.create_sheet("secret")
    secret.append(HEADINGS)
    secret.sheet_state = "hidden"
    book.save(tmp_path / "a.xlsx")

    (table,) = read_file(tmp_path / "a.xlsx", "a.xlsx")

    assert (table.sheet, table.other_sheets) == ("Sheet", ())
    assert read_file(tmp_path / "a.xlsx", "a.xlsx", sheet="secret") == []


def test_empty_file_is_refused(tmp_path):
    assert refusal(saved(b"", tmp_path / "a.xlsx")) == "imports.empty_file"


def test_file_over_the_limit_is_refused(tmp_path):
    path = tmp_path / "a.csv"
    with path.open("wb") as file:
        file.truncate(choices.MAX_BYTES + 1)

    assert refusal(path) == "imports.file_too_large"


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "imports.old_excel"),
        (
            "a.xlsx",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "imports.encrypted",
        ),
        ("a.xlsm", b"PK\x03\x04" + bytes(600), "imports.macros"),
        ("a.xlsx", "标题,文号\n公报,1\n".encode(), "imports.not_its_name"),
        ("a.xls", b"<html><table><tr><td>1</td></tr></table></html>", "imports.not_its_name"),
        ("a.csv", b"PK\x03\x04" + bytes(600), "imports.not_its_name"),
        ("a.csv", b"%PDF-1.7 " + bytes(600), "imports.not_its_name"),
        ("a.et", b"PK\x03\x04" + bytes(600), "imports.unknown_kind"),
        ("a.xlsx", b"PK\x03\x04" + bytes(600), "imports.damaged"),
    ],
)
def test_file_that_is_not_a_plain_table_is_refused(tmp_path, name, content, code):
    assert refusal(saved(content, tmp_path / name)) == code


def test_macros_inside_an_xlsx_are_refused(tmp_path):
    good = workbook([ROW], path=tmp_path / "good.xlsx")
    path = repacked(good, tmp_path / "a.xlsx", add={"xl/vbaProject.bin": b"program"})

    assert refusal(path) == "imports.macros"


def test_zip_bomb_is_refused_by_its_directory(tmp_path):
    good = workbook([ROW], path=tmp_path / "good.xlsx")
    path = repacked(good, tmp_path / "a.xlsx", add={"xl/media/a.bin": bytes(60 * 1024 * 1024)})

    assert refusal(path) == "imports.swollen"


def test_zip_bomb_whose_directory_lies_is_refused_while_it_inflates(tmp_path):
    content, shown = bytes(3_000_000), 10
    packed = zlib.compressobj(wbits=-15)
    body = packed.compress(content) + packed.flush()
    good = workbook([ROW], path=tmp_path / "good.xlsx")
    path = repacked(good, tmp_path / "a.xlsx", add={"xl/media/a.bin": content})
    whole = bytearray(path.read_bytes())
    for place in _sizes_of(whole, b"xl/media/a.bin", len(content)):
        whole[place : place + 4] = struct.pack("<I", shown)
    path.write_bytes(whole)

    assert len(body) < len(content)
    assert refusal(path) == "imports.swollen"


def _sizes_of(whole, name, size):
    """Places of the unpacked size in the headers that belong to ``name``."""
    start = 0
    while (place := whole.find(name, start)) >= 0:
        for before in (8, 24 - 2):
            at = place - before
            if struct.unpack("<I", whole[at : at + 4])[0] == size:
                yield at
        start = place + 1


def test_document_type_is_refused(tmp_path):
    good = workbook([ROW], path=tmp_path / "good.xlsx")
    bomb = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbb">]><workbook>&b;</workbook>'
    path = repacked(good, tmp_path / "a.xlsx", change={"xl/workbook.xml": lambda _text: bomb})

    assert refusal(path) == "imports.damaged"


def test_cell_in_the_far_corner_is_refused_before_the_sheet_is_opened(tmp_path):
    path = workbook([ROW], path=tmp_path / "a.xlsx", change=lambda s: s.cell(1_048_576, 1, "x"))

    assert refusal(path) == "imports.too_many_rows"


def test_too_many_columns_are_refused(tmp_path):
    path = workbook([ROW], path=tmp_path / "a.xlsx", change=lambda s: s.cell(2, 16_384, "x"))

    assert refusal(path) == "imports.too_many_columns"


def with_shared(path, target, *, strings, cells):
    """Make a workbook whose cells, on 2,000 rows, all name the first of some shared strings."""
    main = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    rows = b"".join(
        b'<row r="%d">%s</row>'
        % (row, b"".join(b'<c r="%c%d" t="s"><v>0</v></c>' % (65 + n, row) for n in range(cells)))
        for row in range(1, 2_001)
    )
    sheet = b"<worksheet %s><sheetData>%s</sheetData></worksheet>" % (main, rows)
    items = b"".join(b"<si><t>%s</t></si>" % text for text in strings)
    shared = b"<sst %s>%s</sst>" % (main, items)
    change = {"xl/worksheets/sheet1.xml": lambda _text: sheet}
    return repacked(path, target, change=change, add={"xl/sharedStrings.xml": shared})


def test_small_workbook_whose_cells_share_a_long_text_is_refused(tmp_path):
    good = workbook([ROW], path=tmp_path / "good.xlsx")
    path = with_shared(good, tmp_path / "a.xlsx", strings=[b"x" * 32_000], cells=10)

    assert path.stat().st_size < 100_000
    assert refusal(path) == "imports.swollen"


def test_workbook_whose_cells_share_short_texts_is_read(tmp_path):
    good = workbook([ROW], path=tmp_path / "good.xlsx")
    texts = [b"short", b"x" * 32_000]
    path = with_shared(good, tmp_path / "a.xlsx", strings=texts, cells=10)

    (table,) = read_file(path, path.name)

    assert (len(table.rows), set(map(tuple, table.rows))) == (2_000, {("short",) * 10})


@pytest.mark.parametrize("cover", [b"<![CDATA[</si>]]>", b"<!--</si>-->"])
def test_shared_text_that_hides_its_end_is_refused(tmp_path, cover):
    good = workbook([ROW], path=tmp_path / "good.xlsx")
    path = with_shared(good, tmp_path / "a.xlsx", strings=[cover + b"x" * 32_000], cells=10)

    assert refusal(path) == "imports.damaged"


def test_sheet_of_tags_that_never_end_is_read_through_in_one_go(tmp_path):
    """Searching each to the end of the piece again would take minutes."""
    good = workbook([ROW], path=tmp_path / "good.xlsx")
    hostile = b"<c " * 300_000 + b"<row " * 200_000
    change = {"xl/worksheets/sheet1.xml": lambda text: text + hostile}
    path = repacked(good, tmp_path / "a.xlsx", change=change)

    with pytest.raises((InputError, TooLargeError)):
        read_file(path, path.name)


def test_workbook_with_a_huge_list_of_sheets_is_refused(tmp_path):
    good = workbook([ROW], path=tmp_path / "good.xlsx")
    padding = b"<!--" + b"x" * 3_000_000 + b"-->"
    change = {"xl/workbook.xml": lambda text: text + padding}
    path = repacked(good, tmp_path / "a.xlsx", change=change)

    assert refusal(path) == "imports.swollen"
