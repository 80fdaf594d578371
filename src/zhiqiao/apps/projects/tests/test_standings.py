"""The figures beside the official score, and the page that shows them."""

from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from python_calamine import CalamineWorkbook

from zhiqiao.apps.projects.actions.scores import compute_scores
from zhiqiao.apps.projects.models import Standing
from zhiqiao.apps.projects.queries.scores import (
    applications_with_oddities,
    oddities_in,
    third_reviews_wanted,
)
from zhiqiao.apps.projects.rules.standings import figures_of
from zhiqiao.apps.projects.tests.calls import make_application, make_call, make_expert, people
from zhiqiao.apps.projects.tests.reviewing import asked, scored_by

pytestmark = pytest.mark.django_db


def test_figures_are_exact_and_equal_scores_share_a_rank():
    found = figures_of({1: [8000, 8001], 2: [9000, 7001], 3: [5000], 4: []})

    assert {key: one.official for key, one in found.items()} == {1: 8001, 2: 8001, 3: 5000}
    assert [found[key].ranks["official"] for key in (1, 2, 3)] == [1, 1, 3]
    assert (found[2].median, found[2].spread) == (8001, 1999)


def test_extremes_are_cut_from_five_reviews_on():
    five, four = [0, 8000, 8000, 8000, 10_000], [0, 8000, 8000, 10_000]
    found = figures_of({1: five, 2: four})

    assert (found[1].official, found[1].trimmed) == (6800, 8000)
    assert found[2].official == found[2].trimmed == 6500


def test_cut_line_is_flagged_where_another_way_would_decide_otherwise():
    found = figures_of({1: [0, 9000, 9000], 2: [7000, 7000, 7000], 3: [1, 1, 1]}, places=1)

    assert {key: one.changes_cut for key, one in found.items()} == {1: True, 2: True, 3: False}


def test_scores_are_kept_beside_the_proposal_and_computed_again_at_will():
    call = make_call()
    best, worse = (
        make_application(call, state="reviewing", number=f"2026-000{n}", title=f"项目{n}")
        for n in (1, 2)
    )
    Standing.objects.filter(application=best).update(proposal="recognise")
    scored_by(best, 1, 90)
    scored_by(worse, 2, 70)

    assert compute_scores(call, actor=None) == 2
    row = Standing.objects.get(application=best)
    assert (row.official, row.rank, row.proposal) == (9000, 1, "recognise")
    scored_by(best, 3, 40)
    compute_scores(call, actor=None)
    assert list(Standing.objects.order_by("rank").values_list("official", flat=True)) == [
        7000,
        6500,
    ]


def test_copied_words_and_hardly_read_files_are_shown_by_letter():
    call = make_call()
    rows = [
        make_application(call, state="reviewing", number=f"2026-000{n}", title=f"项目{n}")
        for n in (1, 2)
    ]
    scored_by(rows[0], 1, 90)
    scored_by(rows[1], 2, 70)

    compute_scores(call, actor=None)

    found = [
        (str(one.application), one.letter, one.seconds, one.same_words_as)
        for one in oddities_in(applications_with_oddities(call))
    ]
    assert found == [("2026-0001", "A", 0, ""), ("2026-0002", "A", 0, "2026-0001/A")]


def test_third_review_is_named_until_somebody_is_asked():
    application = make_application(make_call(), state="reviewing")
    for serial, mark in ((1, 50), (2, 70), (3, 80)):
        scored_by(application, serial, mark)

    compute_scores(application.call, actor=None)
    assert [row.application for row in third_reviews_wanted(application.call)] == [application]

    asked(application, make_expert(4, name="专家四"))
    assert not third_reviews_wanted(application.call).exists()


def test_page_and_workbook_show_scores_to_the_bureau_without_a_name(client):
    call = make_call()
    who = people()
    client.force_login(who["clerk"])
    first = make_application(call, state="reviewing")
    scored_by(first, 1, 83)
    compute_scores(call, actor=who["clerk"])
    address = reverse("projects:scores", args=[call.uid])
    client.get(address)
    with CaptureQueriesContext(connection) as one:
        page = client.get(address)
    for number in (2, 3):
        row = make_application(call, state="reviewing", number=f"2026-000{number}")
        scored_by(row, number, 70)
    compute_scores(call, actor=who["clerk"])
    with CaptureQueriesContext(connection) as three:
        longer = client.get(address)

    assert len(one) == len(three)
    assert [row.official for row in longer.context["rows"]] == ["83.00", "70.00", "70.00"]
    sent = client.get(address, {"format": "xlsx"})
    book = CalamineWorkbook.from_filelike(BytesIO(b"".join(sent)))
    cells = book.get_sheet_by_index(0).to_python()
    assert cells[1][:6] == ["2026-0001", "虚拟仿真基地", "云岭学院", 1, "83.00", 1]
    assert "专家1" not in page.content.decode() + str(cells)
