import pytest

from zhiqiao.core.access import refused
from zhiqiao.core.errors import RefusedError
from zhiqiao.core.imports import spec
from zhiqiao.core.imports.actions import import_file
from zhiqiao.core.imports.tests.factories import ROW, workbook
from zhiqiao.core.jobs import Progress
from zhiqiao.core.models import Citation, ImportBatch, StoredFile

pytestmark = pytest.mark.django_db


def test_import_file_writes_every_row(tmp_path):
    path = workbook([ROW, ["年报", "", "", "2024/1/2", ""]], path=tmp_path / "a.xlsx")

    outcome = import_file("tests.citations", path)

    assert (outcome.state, outcome.problems) == ("committed", ())
    assert outcome.counts == {
        "rows": 2,
        "errors": 0,
        "faulty": 0,
        "doubts": 0,
        "added": 2,
        "changed": 0,
        "unchanged": 0,
    }
    written = Citation.objects.order_by("title").values_list("title", "read_on", "confidence")
    assert [(t, str(d), c) for t, d, c in written] == [
        ("公报", "2023-05-16", "single"),
        ("年报", "2024-01-02", ""),
    ]


def test_same_file_with_the_same_answers_is_not_written_again(tmp_path):
    path = workbook([ROW], path=tmp_path / "a.xlsx")
    first = import_file("tests.citations", path)
    Citation.objects.update(document="corrected by a clerk")

    second = import_file("tests.citations", path)

    assert (second.batch, second.state) == (first.batch, "committed")
    assert (second.counts["added"], second.counts["unchanged"]) == (0, 1)
    assert (ImportBatch.objects.count(), StoredFile.objects.count()) == (1, 1)
    assert Citation.objects.get().document == "corrected by a clerk"


def test_same_file_with_other_answers_is_read_again(tmp_path):
    path = workbook([ROW], path=tmp_path / "a.xlsx")
    first = import_file("tests.asking", path, options={"basis": "notice 1"})

    second = import_file("tests.asking", path, options={"basis": "notice 2"})

    assert second.batch != first.batch
    assert (second.batch.options["basis"], second.counts["unchanged"]) == ("notice 2", 1)


def test_doubts_that_nobody_answered_keep_their_text_and_are_listed(tmp_path):
    Citation.objects.create(title="Gongbao")
    path = workbook([["GONGBAO", *ROW[1:]]], path=tmp_path / "a.xlsx")

    outcome = import_file("tests.citations", path)

    assert (outcome.state, [doubt.given for doubt in outcome.doubts]) == ("committed", ["GONGBAO"])
    assert sorted(Citation.objects.values_list("title", flat=True)) == ["GONGBAO", "Gongbao"]


def test_answers_given_by_a_program_are_taken(tmp_path):
    Citation.objects.create(title="Gongbao")
    path = workbook([["GONGBAO", *ROW[1:]]], path=tmp_path / "a.xlsx")

    outcome = import_file("tests.citations", path, answers={"title": {"GONGBAO": "Gongbao"}})

    assert (outcome.state, outcome.doubts, outcome.counts["changed"]) == ("committed", (), 1)


def test_system_without_the_right_is_refused(tmp_path, monkeypatch):
    monkeypatch.setitem(spec("tests.citations").__dict__, "may", lambda _: refused("core.refused"))

    with pytest.raises(RefusedError):
        import_file("tests.citations", workbook([ROW], path=tmp_path / "a.xlsx"))


def test_progress_counts_the_rows(tmp_path):
    progress = Steps()

    import_file("tests.citations", workbook([ROW], path=tmp_path / "a.xlsx"), progress=progress)

    assert [total for total in progress.totals if total] == [2, 1]


class Steps(Progress):
    def __init__(self):
        super().__init__()
        self.totals = []

    def begin(self, total, message=""):
        self.totals.append(total)
        super().begin(total, message)
