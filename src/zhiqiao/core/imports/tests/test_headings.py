import pytest

from zhiqiao.core.errors import InputError
from zhiqiao.core.imports.headings import check_mapping, locate, propose
from zhiqiao.core.imports.reading import Table
from zhiqiao.core.imports.tests.citation_import import CITATIONS
from zhiqiao.core.imports.tests.factories import HEADINGS, ROW


def refusal(headings, mapping):
    with pytest.raises(InputError) as caught:
        check_mapping(headings, mapping, CITATIONS)
    return caught.value.code, caught.value.parameters


def test_headings_below_a_title_are_found():
    table = Table([["引用一览表", "", ""], [], HEADINGS, ROW])

    assert locate([table], CITATIONS).heading_row == 3


def test_sheet_that_names_more_columns_is_taken():
    notes, data = Table([["标题", "说明"]], sheet="notes"), Table([HEADINGS, ROW], sheet="data")

    assert locate([notes, data], CITATIONS).table.sheet == "data"


def test_table_without_any_known_heading_is_refused():
    with pytest.raises(InputError) as caught:
        locate([Table([["a", "b"], ["1", "2"]])], CITATIONS)

    assert caught.value.code == "imports.no_headings"
    assert caught.value.parameters["wanted"] == "标题"


@pytest.mark.parametrize("heading", ["标题", "标题 *", " 标　题：", "title", "TITLE", "名称"])
def test_heading_is_known_by_every_spelling(heading):
    assert propose([heading], CITATIONS) == {"0": "title"}


def test_earlier_decision_is_proposed_for_a_heading_that_no_list_knows():
    remembered = {"公告名": "title", "备注": "-"}

    assert propose(["公告名", "备注", "其他"], CITATIONS, remembered) == {"0": "title", "1": "-"}


def test_second_heading_of_one_column_stays_open():
    assert propose(["标题", "名称"], CITATIONS) == {"0": "title"}


def test_problems_column_of_a_marked_workbook_is_left_out():
    assert propose(["标题", "Problems"], CITATIONS) == {"0": "title", "1": "-"}


def test_unknown_column_is_refused():
    assert refusal(["标题", "备注"], {"0": "title"}) == (
        "imports.unknown_columns",
        {"columns": "备注"},
    )


def test_missing_required_column_is_refused():
    assert refusal(["文号"], {"0": "document"}) == (
        "imports.missing_columns",
        {"columns": "标题"},
    )


def test_two_headings_for_one_column_are_refused():
    code, parameters = refusal(["标题", "名称"], {"0": "title", "1": "title"})

    assert (code, parameters["title"]) == ("imports.column_twice", "标题")
