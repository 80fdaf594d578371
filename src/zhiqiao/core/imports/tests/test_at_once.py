import pytest

from zhiqiao.core.imports.actions import import_file
from zhiqiao.core.imports.tests.factories import ROW, workbook
from zhiqiao.core.models import Citation

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
