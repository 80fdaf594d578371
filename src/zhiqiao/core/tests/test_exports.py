import io
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from zhiqiao.core.exports import ExportColumn, workbook_response, write_workbook

MIDNIGHT = datetime.fromisoformat("2026-11-23")


def sheet_of(rows):
    content = io.BytesIO()
    write_workbook(content, [ExportColumn("名称", 30), "数"], rows)
    return load_workbook(content).active


def test_workbook_holds_headings_and_typed_cells():
    moment = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)
    rows = [("甲", 3), (None, Decimal("1.5")), (date(2026, 11, 23), moment), (True, "")]
    sheet = sheet_of(rows)
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
        ["名称", "数"],
        ["甲", 3],
        [None, 1.5],
        [MIDNIGHT, "2026-11-24 04:00"],
        [True, None],
    ]


def test_typed_text_never_becomes_a_formula_or_a_link():
    texts = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", '=HYPERLINK("http://x")', "http://x", "0012"]
    sheet = sheet_of([(text, text) for text in texts])
    cells = [row[0] for row in sheet.iter_rows(min_row=2)]
    assert [cell.value for cell in cells] == texts
    assert {cell.data_type for cell in cells} == {"s"}
    assert [cell.quotePrefix for cell in cells] == [True] * 6 + [False] * 2
    assert [cell.hyperlink for cell in cells] == [None] * 8


def test_overlong_text_and_large_numbers_are_kept_as_far_as_excel_can():
    sheet = sheet_of([("长" * 40_000, 12345678901234567890)])
    assert (len(sheet["A2"].value), sheet["B2"].value) == (32_767, "12345678901234567890")


@pytest.mark.django_db
def test_workbook_is_sent_as_a_file_with_its_name():
    response = workbook_response("名单.xlsx", ["名称"], [("甲",)])
    content = b"".join(response.streaming_content)
    response.close()
    assert load_workbook(io.BytesIO(content)).active["A2"].value == "甲"
    assert response["Content-Disposition"] == (
        "attachment; filename*=utf-8''%E5%90%8D%E5%8D%95.xlsx"
    )
