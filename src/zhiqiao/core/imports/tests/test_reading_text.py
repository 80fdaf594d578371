"""CSV in its two encodings, and tables from the clipboard."""

import pytest

from zhiqiao.core.errors import InputError
from zhiqiao.core.imports import choices
from zhiqiao.core.imports.reading import read_file, read_paste
from zhiqiao.core.imports.tests.factories import pasted, saved

TEXT = "标题,文号\n“双高”院校,渝府发〔2023〕22号\n"
ROWS = [["标题", "文号"], ["“双高”院校", "渝府发〔2023〕22号"]]


def rows_of(content, tmp_path, name="a.csv"):
    return read_file(saved(content, tmp_path / name), name)[0].rows


def refusal(content, tmp_path):
    with pytest.raises(InputError) as caught:
        rows_of(content, tmp_path)
    assert caught.value.remedy
    return caught.value.code


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_is_read_in_its_encoding(tmp_path, encoding):
    assert rows_of(TEXT.encode(encoding), tmp_path) == ROWS


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode("utf-16"),
        "標題,文號\n公報,重慶電子工程職業學院\n".encode("big5"),
        "標題,文號\n公報,公報\n".encode("big5"),
        "título,año\ncafé,niño\n".encode("latin-1"),
        TEXT.encode()[:-3] + b"\xff\n",
    ],
)
def test_other_encodings_are_refused(tmp_path, content):
    assert refusal(content, tmp_path) == "imports.wrong_encoding"


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_delimiter_is_found(tmp_path, delimiter):
    content = TEXT.replace(",", delimiter).encode()

    assert rows_of(content, tmp_path, "a.txt") == ROWS


def test_cell_with_line_break_keeps_the_count_of_rows(tmp_path):
    assert rows_of(b'a,b\n"1\n2",3\n4,5\n', tmp_path) == [["a", "b"], ["1\n2", "3"], ["4", "5"]]


def test_open_quotation_mark_is_refused(tmp_path):
    assert refusal(b'a,b\n"1,2\n3,4\n', tmp_path) == "imports.torn_quotes"


def test_blank_file_is_refused(tmp_path):
    assert refusal(b" \r\n \n", tmp_path) == "imports.empty_file"


def test_too_many_rows_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(choices, "MAX_ROWS", 3)
    monkeypatch.setattr(choices, "HEADING_SEARCH_ROWS", 1)

    assert refusal(b"a,b\n" * 6, tmp_path) == "imports.too_many_rows"


def test_control_characters_are_marked_and_made_visible(tmp_path):
    (table,) = read_file(saved(b"a,b\nx\x00y,z\x0b\n", tmp_path / "a.csv"), "a.csv")

    assert table.rows[1] == ["x␀y", "z␋"]
    assert [(mark.column, mark.code) for mark in table.marks] == [
        (0, "imports.control_characters"),
        (1, "imports.control_characters"),
    ]


def test_pasted_quotation_marks_stay_unless_the_clipboard_needed_them():
    text = pasted(
        ["标题", "文号"],
        ['"双高"院校', "1"],
        ['"双高"', '"two\nlines"'],
        ['"he said ""yes"""', ""],
    )

    assert read_paste(text)[0].rows == [
        ["标题", "文号"],
        ['"双高"院校', "1"],
        ['"双高"', "two\nlines"],
        ['he said "yes"', ""],
    ]


def test_pasted_table_with_windows_line_ends_has_no_further_row():
    assert read_paste("a\tb\r\n1\t2\r\n")[0].rows[:2] == [["a", "b"], ["1", "2"]]
    assert [row for row in read_paste("a\tb\r\n1\t2\r\n")[0].rows[2:] if any(row)] == []


def test_nothing_pasted_is_refused():
    with pytest.raises(InputError) as caught:
        read_paste(" \n\t ")

    assert caught.value.code == "imports.empty_file"
