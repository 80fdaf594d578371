import datetime as dt
from decimal import Decimal

import pytest
from pydantic_core import PydanticCustomError

from zhiqiao.core.imports import cells


@pytest.mark.parametrize(
    ("given", "tidied"),
    [
        ("２０２３　年", "2023 年"),
        ("　重庆\u200b电子\u00a0 学院 ", "重庆电子 学院"),
        ("重庆\n电子", "重庆电子"),
        ("line one\nline two", "line one line two"),
        ("第一轮（Ｂ档）", "第一轮（B档）"),
        ("<b>双高</b>", "<b>双高</b>"),
    ],
)
def test_tidy_removes_what_nobody_sees(given, tidied):
    assert cells.tidy(given) == tidied


@pytest.mark.parametrize(
    ("read", "given", "value"),
    [
        (cells.read_whole, "2023.0", 2023),
        (cells.read_whole, "２，０２３", 2023),
        (cells.read_whole, "-5", -5),
        (cells.read_number, "1,234.50", Decimal("1234.50")),
        (cells.read_code, "510 101.0", "510101"),
        (cells.read_code, "４１６０２", "41602"),
        (cells.read_day, "2023/5/16", dt.date(2023, 5, 16)),
        (cells.read_day, "2023年5月16日", dt.date(2023, 5, 16)),
        (cells.read_day, "20230516", dt.date(2023, 5, 16)),
        (cells.read_day, "2023.5.16", dt.date(2023, 5, 16)),
        (cells.read_day, "2023-05-16 00:00:00", dt.date(2023, 5, 16)),
        (cells.read_partial_day, "2023.0", "2023"),
        (cells.read_partial_day, "2023年5月", "2023-05"),
        (cells.read_partial_day, "2023-5-6", "2023-05-06"),
        (cells.read_yes_no, "是", True),
        (cells.read_yes_no, "NO", False),
        (cells.read_address, "https://example.org/甲", "https://example.org/甲"),
    ],
)
def test_cell_is_read_however_it_was_typed(read, given, value):
    assert read(given) == value


@pytest.mark.parametrize(
    ("read", "given", "code"),
    [
        (cells.read_whole, "2023.5", "imports.not_whole"),
        (cells.read_whole, "", "imports.not_whole"),
        (cells.read_number, "NaN", "imports.not_number"),
        (cells.read_number, "12a", "imports.not_number"),
        (cells.read_code, "51;drop", "imports.not_code"),
        (cells.read_day, "2023-02-30", "imports.not_day"),
        (cells.read_day, "45062", "imports.not_day"),
        (cells.read_day, "2023-05", "imports.not_day"),
        (cells.read_partial_day, "2023-13", "imports.not_partial_day"),
        (cells.read_partial_day, "soon", "imports.not_partial_day"),
        (cells.read_yes_no, "perhaps", "imports.not_yes_no"),
        (cells.read_address, "javascript:alert(1)", "imports.not_address"),
        (cells.read_address, "https://a b", "imports.not_address"),
        (cells.read_address, "https://[", "imports.not_address"),
    ],
)
def test_cell_that_means_nothing_is_refused_with_its_rule(read, given, code):
    with pytest.raises(PydanticCustomError) as caught:
        read(given)

    assert caught.value.type == code
