"""The templates of the tables, filled in and brought in as a workbook, by pages and worker."""

from io import BytesIO

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from zhiqiao.apps.accounts.tests.factories import PASSWORD
from zhiqiao.apps.admissions.actions import open_season
from zhiqiao.apps.admissions.models import Candidate, ControlLine, PlaceLine, ScoreSheet, Season
from zhiqiao.apps.people.tests.factories import identity_number
from zhiqiao.apps.registry.tests.factories import make_organisation
from zhiqiao.core.fields import Provenance
from zhiqiao.core.imports import spec
from zhiqiao.core.imports.models import ImportBatch
from zhiqiao.core.jobs import run_queued_jobs
from zhiqiao.core.tests.bringing import bring_in, counts_of

pytestmark = pytest.mark.django_db
FILLED = {
    "admissions.places": {
        "code": "X1", "school": "云岭甲学院", "major": "护理", "batch": "专科批",
        "exam_type": "中职对口类", "category": "护理类", "requested": 30,
    },
    "admissions.candidates": {
        "number": "27101", "name": "云甲", "identity_number": identity_number(101),
        "exam_type": "中职对口类", "category": "计算机类", "school": "云岭职教中心",
    },
    "admissions.scores": {"number": "2601", "mark_theory": 180.5, "mark_practice": 0},
    "admissions.control_lines": {
        "batch": "专科批", "exam_type": "中职对口类", "category": "计算机类", "score": "文化素质",
        "least": 120.5,
    },
}  # fmt: skip
WRITTEN = {
    "admissions.places": lambda: PlaceLine.objects.filter(code="X1"),
    "admissions.candidates": lambda: Candidate.objects.filter(number="27101"),
    "admissions.scores": lambda: ScoreSheet.objects.filter(
        first={"theory": "180.5", "practice": "0"}
    ),
    "admissions.control_lines": lambda: ControlLine.objects.filter(score="culture"),
}


def filled(client, key, names):
    """Download the template and fill its columns in by their order in the description."""
    answer = client.get(f"/imports/template/{key}.xlsx")
    book = openpyxl.load_workbook(BytesIO(b"".join(answer)))
    for name, value in FILLED[key].items():
        book.worksheets[0].cell(2, names.index(name) + 1, value)
    content = BytesIO()
    book.save(content)
    return SimpleUploadedFile("table.xlsx", content.getvalue())


@pytest.mark.parametrize("key", FILLED)
def test_filled_template_goes_the_way_of_the_pages(world, client, key):
    client.login(username="clerk", password=PASSWORD)
    names = [column.name for column in spec(key).columns]
    client.post(f"/imports/new/{key}/", {"file": filled(client, key, names)})
    batch = ImportBatch.objects.get()
    options = {"season": world.season.pk, "entry": "first"}
    page = client.get(f"/imports/{batch.uid}/options/").content.decode()
    client.post(f"/imports/{batch.uid}/options/", options)
    run_queued_jobs()
    client.post(f"/imports/{batch.uid}/commit/")
    run_queued_jobs()

    batch.refresh_from_db()
    assert world.season.title in page
    assert (batch.state, batch.problems) == ("committed", [])
    assert WRITTEN[key]().count() == 1


def test_demonstration_season_takes_demonstration_schools(world):
    make_organisation("示例学院", provenance=Provenance.DEMONSTRATION)
    season = open_season("he-classified", 2027, actor=world.clerk, demonstration=True)
    row = {
        **FILLED["admissions.places"], "code": "X1", "school": "示例学院", "requested": "30",
    }  # fmt: skip

    real = bring_in("admissions.places", [row], actor=world.clerk, season=world.season.pk)
    sample = bring_in("admissions.places", [row], actor=world.clerk, season=season.pk)

    assert [problem.code for problem in real.problems] == ["admissions.school-unknown"]
    assert counts_of(sample) == (1, 0, 0)
    assert Season.objects.get(lines__code="X1") == season
