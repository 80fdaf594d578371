from io import BytesIO

import openpyxl
import pytest
from django.utils.translation import override

from zhiqiao.core.errors import InputError
from zhiqiao.core.imports.actions import import_file
from zhiqiao.core.imports.template import sheet_name, write_template
from zhiqiao.core.imports.tests.citation_import import ASKING, CITATIONS
from zhiqiao.core.imports.tests.factories import ROW


def template(spec=CITATIONS):
    content = BytesIO()
    with override("en"):
        write_template(content, spec)
    return openpyxl.load_workbook(content)


def filled(book, path):
    for place, text in enumerate(ROW, start=1):
        book.worksheets[0].cell(2, place, text)
    book.save(path)
    return path


def test_template_has_headings_explanations_and_two_hidden_sheets():
    book = template()

    table, explained, *hidden = book.worksheets
    assert [cell.value for cell in table[1]] == ["标题 *", "文号", "网址", "查阅日期", "可信度"]
    assert table.freeze_panes == "A2"
    assert [cell.value for cell in explained[2]] == ["标题", "yes", "写全称", None, "《公报》"]
    assert [(sheet.title, sheet.sheet_state) for sheet in hidden] == [
        ("lists", "veryHidden"),
        ("zhiqiao", "veryHidden"),
    ]


def test_template_offers_choices_and_keeps_codes_as_text():
    book = template()

    (rule,) = book.worksheets[0].data_validations.dataValidation
    assert (str(rule.sqref), rule.formula1) == ("E2:E20001", "lists!$E$1:$E$2")
    assert [cell.value for cell in book["lists"]["E"]] == ["一处来源", "多处来源"]
    assert book.worksheets[0].column_dimensions["A"].number_format == "@"


@pytest.mark.django_db
def test_filled_template_is_read(tmp_path):
    outcome = import_file("tests.citations", filled(template(), tmp_path / "a.xlsx"))

    assert (outcome.state, outcome.counts["added"]) == ("committed", 1)


@pytest.mark.django_db
def test_template_of_another_table_is_refused(tmp_path):
    with pytest.raises(InputError) as caught:
        import_file("tests.citations", filled(template(ASKING), tmp_path / "a.xlsx"))

    assert caught.value.code == "imports.foreign_template"


@pytest.mark.django_db
def test_stale_template_is_refused(tmp_path):
    book = template()
    book["zhiqiao"]["B1"] = "0123456789ab"

    with pytest.raises(InputError) as caught:
        import_file("tests.citations", filled(book, tmp_path / "a.xlsx"))

    assert caught.value.code == "imports.stale_template"


def test_sheet_names_fit_what_spreadsheets_accept():
    assert sheet_name("a/b:c[d]" + "e" * 40) == "a b c d " + "e" * 23
