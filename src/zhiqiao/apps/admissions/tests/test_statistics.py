"""Statistics of a run: right counts, and none from which a person could be found out."""

from io import BytesIO
from itertools import product

import pytest
from openpyxl import load_workbook

from zhiqiao.apps.admissions.choices import Arrow
from zhiqiao.apps.admissions.models import Run
from zhiqiao.apps.admissions.queries import Group, protected, statistics_of
from zhiqiao.apps.admissions.tests.factories import play_until


def shown(groups):
    return {
        row.key: (row.candidates, row.admitted) for row in protected(groups) if not row.is_hidden
    }


def test_group_with_a_small_count_is_kept_back_with_a_second_one():
    groups = [Group("a", 100, 50), Group("b", 20, 10), Group("c", 2, 0)]

    assert shown(groups) == {"a": (100, 50)}


@pytest.mark.parametrize("small", [Group("x", 9, 1), Group("x", 9, 8), Group("x", 2, 2)])
def test_small_admitted_and_small_rest_are_kept_back_too(small):
    groups = [Group("a", 100, 50), Group("b", 20, 10), small]

    assert shown(groups) == {"a": (100, 50)}


def test_groups_without_a_small_count_are_all_shown():
    groups = [Group("a", 100, 50), Group("b", 20, 0), Group("c", 3, 3), Group("d", 0, 0)]

    assert len(shown(groups)) == 4


def test_nothing_kept_back_can_be_worked_out_from_the_totals():
    sizes = [(1, 0), (1, 1), (2, 1), (5, 3), (30, 12)]
    for chosen in product(sizes, repeat=3):
        groups = [Group(str(at), *pair) for at, pair in enumerate(chosen)]
        hidden = [row for row in protected(groups) if row.is_hidden]
        for sums in (list(zip(*(row.counts for row in hidden), strict=True)),):
            totals = [sum(counts) for counts in sums]
            is_all = len(hidden) == len(groups)
            assert is_all or len(hidden) != 1
            assert is_all or not any(0 < total < 3 for total in totals)


@pytest.mark.django_db
def test_counts_are_those_of_the_run(world):
    play_until(world, Arrow.PUBLISH)
    run = Run.objects.select_related("season").order_by("-number")[0]

    found = {one.name: {group.key: group for group in one.groups} for one in statistics_of(run)}
    origin = found["origin"]["secondary-vocational"]
    assert (origin.candidates, origin.admitted) == (5, 4)
    assert (found["region"][""].candidates, found["region"][""].title != "") == (5, True)
    college, bachelor = found["batch"]["college"], found["batch"]["bachelor"]
    assert (college.candidates, college.admitted, college.places) == (5, 3, 3)
    assert (bachelor.candidates, bachelor.admitted, bachelor.places) == (2, 1, 1)
    assert set(found["pathway"]) == {"direct"}
    assert found["category"]["computer"].places == 4


@pytest.mark.django_db
def test_public_page_and_workbook_keep_small_counts_back(world, client):
    play_until(world, Arrow.PUBLISH)
    run = Run.objects.order_by("-number")[0]

    page = client.get(f"/runs/{run.uid}/statistics/")
    assert page.status_code == 200
    text = page.content.decode()
    assert "<script>" not in text
    assert '<meter class="meter" min="0" max="100" value="100"' in text
    answer = client.get(f"/runs/{run.uid}/statistics/excel/")
    book = load_workbook(BytesIO(b"".join(answer.streaming_content)))
    rows = [tuple(row)[1:5] for row in book.active.iter_rows(min_row=2, values_only=True)]
    bachelor = world.season.rules.batch("bachelor").title.zh
    assert (bachelor, None, None, None) in rows


@pytest.mark.django_db
def test_statistics_of_an_unpublished_run_are_for_the_bureau_alone(world, client):
    play_until(world, Arrow.RUN_TRIAL)
    run = Run.objects.get()

    assert client.get(f"/runs/{run.uid}/statistics/").status_code == 404
    client.force_login(world.clerk)
    assert client.get(f"/runs/{run.uid}/statistics/").status_code == 200
