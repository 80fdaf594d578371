"""What the check finds, row by row and in the database; nothing is written by it."""

from dataclasses import replace

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from zhiqiao.core import files
from zhiqiao.core.errors import InputError, define
from zhiqiao.core.imports import Problem, actions, register_made, spec, staging
from zhiqiao.core.imports.actions import import_file
from zhiqiao.core.imports.check import check_batch
from zhiqiao.core.imports.choices import BatchSource
from zhiqiao.core.imports.models import ImportRow
from zhiqiao.core.imports.opening import Source, open_source
from zhiqiao.core.imports.problems import described
from zhiqiao.core.imports.reading.table import address
from zhiqiao.core.imports.tests.citation_import import CITATIONS
from zhiqiao.core.imports.tests.factories import HEADINGS, ROW, large_workbook, saved, workbook
from zhiqiao.core.jobs import Progress
from zhiqiao.core.models import Citation

pytestmark = pytest.mark.django_db


def row(title, **changes):
    columns = ["title", "document", "url", "read_on", "confidence"]
    given = dict(zip(columns, ROW, strict=True)) | {"title": title} | changes
    return [given[column] for column in columns]


def problems_of(rows, tmp_path, **options):
    """Row, column and code of every problem; and nothing may have been written."""
    outcome = import_file("tests.citations", workbook(rows, path=tmp_path / "a.xlsx", **options))
    assert (outcome.state, Citation.objects.count()) == ("refused", 0)
    assert outcome.counts["errors"] == len(outcome.problems)
    assert all(all(described(problem)) for problem in outcome.problems)
    return [(problem.row, problem.column, problem.code) for problem in outcome.problems]


@pytest.mark.parametrize(
    ("changes", "column", "code"),
    [
        ({"title": ""}, "title", "imports.missing_value"),
        ({"title": "长" * 301}, "title", "imports.too_long"),
        ({"read_on": "soon"}, "read_on", "imports.not_day"),
        ({"url": "www.example.org"}, "url", "imports.not_address"),
        ({"confidence": "也许"}, "confidence", "imports.unknown_choice"),
        ({"document": "=1+1"}, "document", "imports.formula"),
        ({"document": 123456789012345678}, "document", "imports.lost_digits"),
    ],
)
def test_faulty_cell_refuses_the_whole_file(tmp_path, changes, column, code):
    rows = [row("公报"), row(**{"title": "年报", **changes})]

    assert problems_of(rows, tmp_path) == [(3, column, code)]


def test_formula_alone_in_the_last_row_is_not_overlooked(tmp_path):
    assert problems_of([row("公报"), ["=1+1"]], tmp_path) == [(3, "title", "imports.formula")]


def test_merged_cells_refuse_the_rows_they_cover(tmp_path):
    rows = [row("公报"), row("年报"), row("通知")]

    assert problems_of(rows, tmp_path, change=lambda s: s.merge_cells("B3:B4")) == [
        (3, "document", "imports.merged_cells"),
        (4, "document", "imports.merged_cells"),
    ]


def test_merged_title_above_the_headings_is_layout(tmp_path):
    def titled(sheet):
        sheet.insert_rows(1)
        sheet["A1"] = "引用一览表"
        sheet.merge_cells("A1:E1")

    path = workbook([row("公报")], path=tmp_path / "a.xlsx", change=titled)

    assert import_file("tests.citations", path).state == "committed"


def test_merged_headings_refuse_the_file(tmp_path):
    def merged(sheet):
        sheet.merge_cells("A1:A2")

    assert problems_of([row("公报"), row("年报")], tmp_path, change=merged) == [
        (1, "title", "imports.merged_cells"),
        (2, "title", "imports.merged_cells"),
    ]


def test_cell_without_a_heading_is_refused(tmp_path):
    assert problems_of([[*row("公报"), "note"]], tmp_path) == [(2, "", "imports.no_heading_above")]


def test_row_given_twice_is_refused(tmp_path):
    rows = [row("公报"), row("年报"), row("公报")]

    assert problems_of(rows, tmp_path) == [(4, "title", "imports.duplicate_row")]


def test_rows_that_contradict_each_other_are_refused_with_their_difference(tmp_path):
    path = workbook([row("公报"), row("公报", document="别的")], path=tmp_path / "a.xlsx")

    (problem,) = import_file("tests.citations", path).problems

    assert (problem.row, problem.code) == (3, "imports.conflicting_row")
    assert problem.parameters == {"first": 2, "columns": "文号"}


def test_known_codes_are_told_from_unknown_ones(tmp_path):
    path = workbook([row("公报"), row("年报", document="X")], path=tmp_path / "a.xlsx")
    batch = open_source("tests.citations", Source(path, path.name, BatchSource.FILE), actor=None)
    check_batch(batch, None, Progress())

    found = staging.unknown_values(batch, "document", [ROW[1]])

    assert [(problem.row, problem.given, problem.code) for problem in found] == [
        (3, "X", "imports.unknown_code")
    ]


def test_markup_in_a_name_stays_text(tmp_path):
    path = workbook([row("<script>alert(1)</script>")], path=tmp_path / "a.xlsx")

    import_file("tests.citations", path)

    assert Citation.objects.get().title == "<script>alert(1)</script>"


def test_blank_rows_are_passed_over_and_row_numbers_stay(tmp_path):
    rows = [row("公报"), [], [], row("年报", read_on="soon")]

    assert problems_of(rows, tmp_path) == [(5, "read_on", "imports.not_day")]


def test_table_without_rows_is_refused(tmp_path):
    with pytest.raises(InputError) as caught:
        import_file("tests.citations", workbook([], path=tmp_path / "a.xlsx"))

    assert caught.value.code == "imports.no_rows"


def test_unknown_column_refuses_a_file_that_nobody_looks_at(tmp_path):
    path = workbook([["公报", "x"]], headings=["标题", "备注"], path=tmp_path / "a.xlsx")

    with pytest.raises(InputError) as caught:
        import_file("tests.citations", path)

    assert caught.value.code == "imports.unknown_columns"


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_csv_goes_the_same_road(tmp_path, encoding):
    text = ",".join(HEADINGS) + "\n" + ",".join(row("公报")) + "\n"

    outcome = import_file("tests.citations", saved(text.encode(encoding), tmp_path / "a.csv"))

    assert (outcome.state, outcome.counts["added"]) == ("committed", 1)


def test_problem_is_told_in_the_language_of_the_reader(tmp_path):
    path = workbook([row("公报", read_on="soon")], path=tmp_path / "a.xlsx")
    (problem,) = import_file("tests.citations", path).problems

    with override("en"):
        assert described(problem) == (
            "A day of the calendar is needed.",
            "Write it like 2023-05-16.",
        )


def test_problem_may_name_the_value_by_its_column():
    define("tests.no_such_area", message="No area %(area)s.", remedy="Look up %(given)s.")

    told = described(Problem(2, "area", "云岭", "tests.no_such_area"))

    assert told == ("No area 云岭.", "Look up 云岭.")


def marked_workbook(outcome):
    with files.open_file(outcome.batch.error_file) as content:
        return openpyxl.load_workbook(content)


def test_error_workbook_is_the_same_sheet_with_the_bad_cells_marked(tmp_path):
    rows = [row("公报"), row("年报", read_on="soon", confidence="也许")]
    path = workbook(rows, path=tmp_path / "a.xlsx")

    with override("en"):
        table, listed = marked_workbook(import_file("tests.citations", path)).worksheets

    given = [[cell.value or "" for cell in line[:5]] for line in table.iter_rows()]
    assert given == [HEADINGS, *rows]
    marked = [c.coordinate for line in table.iter_rows() for c in line if c.comment]
    assert marked == ["D3", "E3"]
    assert table["D3"].fill.fgColor.rgb == "FFFDE2E0"
    assert table["D2"].fill.fgColor.rgb != "FFFDE2E0"
    assert table["F1"].value == "Problems"
    assert "A day of the calendar is needed." in table["F3"].value
    assert [[cell.value for cell in line[:3]] for line in listed.iter_rows(min_row=2)] == [
        [3, "查阅日期", "soon"],
        [3, "可信度", "也许"],
    ]


def test_corrected_error_workbook_can_be_brought_in(tmp_path):
    path = workbook([row("公报"), row("年报", read_on="soon")], path=tmp_path / "a.xlsx")
    book = marked_workbook(import_file("tests.citations", path))
    book.worksheets[0]["D3"] = "2024-01-02"
    book.save(tmp_path / "b.xlsx")

    outcome = import_file("tests.citations", tmp_path / "b.xlsx")

    assert (outcome.state, outcome.counts["added"]) == ("committed", 2)


def test_error_workbook_never_holds_a_formula(tmp_path):
    text = "标题,文号,查阅日期\n=1+1,@SUM(A1),=HYPERLINK(1)\n"

    outcome = import_file("tests.citations", saved(text.encode(), tmp_path / "a.csv"))

    table = marked_workbook(outcome).worksheets[0]
    assert [(cell.value, cell.data_type) for cell in table[2][:3]] == [
        ("=1+1", "s"),
        ("@SUM(A1)", "s"),
        ("=HYPERLINK(1)", "s"),
    ]


def test_fifty_thousand_rows_are_checked_and_five_hundred_marked(tmp_path):
    faulty = set(range(1, 50_001, 100))
    path = large_workbook(tmp_path / "a.xlsx", 50_000, faulty=faulty)

    outcome = import_file("tests.citations", path)

    assert (outcome.state, Citation.objects.count()) == ("refused", 0)
    assert (outcome.counts["rows"], outcome.counts["errors"]) == (50_000, 500)
    assert {problem.row - 1 for problem in outcome.problems} == faulty


def test_number_of_statements_does_not_grow_with_the_rows(tmp_path):
    counts = []
    for size in (1, 300):
        path = large_workbook(tmp_path / f"{size}.xlsx", size, faulty={1})
        with CaptureQueriesContext(connection) as captured:
            import_file("tests.citations", path)
        counts.append(len(captured))

    assert counts[0] == counts[1] > 0


def test_address_names_cells_as_spreadsheets_do():
    assert [address(5, 0), address(1, 25), address(2, 26), address(3, 701)] == [
        "A5",
        "Z1",
        "AA2",
        "ZZ3",
    ]


def test_actions_offer_the_steps():
    assert set(actions.__all__) == {
        "answer_doubts",
        "cancel_batch",
        "choose_sheet",
        "import_file",
        "map_columns",
        "open_batch",
        "request_check",
        "request_commit",
        "set_options",
    }


def test_staged_rows_go_when_the_records_are_written(tmp_path):
    outcome = import_file("tests.citations", workbook([row("公报")], path=tmp_path / "a.xlsx"))

    assert outcome.counts["added"] == 1
    assert not ImportRow.objects.filter(batch=outcome.batch).exists()


def test_secret_column_is_kept_masked(tmp_path):
    rows = [row("公报", document="990101200803150011"), row("年报", document=123456789012345678)]
    progress = Progress()

    path = workbook(rows, path=tmp_path / "a.xlsx")
    outcome = import_file("tests.secret", path, progress=progress)

    kept = str(list(ImportRow.objects.values_list("cells", "problems")))
    assert [problem.given[:4] for problem in outcome.problems] == ["123*"]
    assert "990***********0011" in kept
    assert "990101200803150011" not in kept
    assert outcome.batch.samples == []
    assert (outcome.batch.error_file is None, progress.error_file) == (False, None)


def test_table_whose_columns_come_from_elsewhere_is_made_when_asked_for():
    made = replace(CITATIONS, key="tests.made")
    register_made("tests.made", lambda: made)

    assert spec("tests.made") is made
