"""Two entries of scores from tables, and what is wrong in them."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from zhiqiao.apps.admissions.actions import NewCandidate, enter_candidates, seal_scores
from zhiqiao.apps.admissions.models import ScoreSheet, Season
from zhiqiao.apps.people.tests.factories import identity_number
from zhiqiao.core.imports import spec
from zhiqiao.core.imports.problems import described
from zhiqiao.core.tests.bringing import bring_in, counts_of, problems_of

pytestmark = pytest.mark.django_db
SPEC = "admissions.scores"


def row(number="2601", **changes):
    values = {
        "number": number, "mark_culture_paper": "280", "mark_theory": "180.50",
        "mark_practice": "230", "mark_chinese": "",
    }  # fmt: skip
    return values | changes


def bring(world, *rows, entry="first", actor=None):
    actor = actor or (world.lead if entry == "second" else world.clerk)
    return bring_in(SPEC, rows, actor=actor, season=world.season.pk, entry=entry)


def test_both_entries_settle_the_marks_and_sums(world):
    bring(world, row())
    bring(world, row(mark_theory="180.5", mark_practice="230.0"), entry="second")

    sheet = ScoreSheet.objects.get()
    assert sheet.marks == {"culture_paper": "280", "practice": "230", "theory": "180.5"}
    assert {name: Decimal(text) for name, text in sheet.sums.items()} == {
        "culture": Decimal(280), "skill": Decimal("410.5"), "total": Decimal("690.5"),
    }  # fmt: skip


def test_headings_are_the_titles_of_the_items_in_both_languages(world):
    titles = {"考生号": "2601", "文化素质（语数英合卷）": "1", "Theory of the profession": "2",
              "专业技能测试": "3"}  # fmt: skip
    bring(world, titles)
    assert ScoreSheet.objects.get().first == {"culture_paper": "1", "theory": "2", "practice": "3"}


def test_empty_cell_is_a_missing_mark_and_never_zero(world):
    for entry in ("first", "second"):
        bring(world, row(mark_practice=""), row("2602", mark_practice="0"), entry=entry)

    missing, zero = ScoreSheet.objects.order_by("candidate__number")
    assert ("practice" in missing.marks, zero.marks["practice"]) == (False, "0")
    assert ("total" in missing.sums, zero.sums["total"]) == (False, "460.5")


def test_hundreds_are_written_as_people_write_them(world):
    bring(world, row(mark_theory="100", mark_practice="200.00"))
    first = ScoreSheet.objects.get().first
    assert (first["theory"], first["practice"]) == ("100", "200")


@pytest.mark.parametrize(
    ("changes", "column", "code"),
    [
        ({"number": "9999"}, "number", "admissions.candidate-unknown"),
        ({"number": ""}, "number", "imports.missing_value"),
        ({"mark_theory": "200.01"}, "mark_theory", "admissions.mark-outside"),
        ({"mark_theory": "-1"}, "mark_theory", "admissions.mark-outside"),
        ({"mark_theory": "180.555"}, "mark_theory", "admissions.mark-decimals"),
        ({"mark_theory": "缺考"}, "mark_theory", "imports.not_number"),
        ({"mark_theory": "1e2"}, "mark_theory", "imports.not_number"),
        ({"mark_chinese": "90"}, "mark_chinese", "admissions.item-of-other-type"),
    ],
)
def test_faulty_score_is_named_and_nothing_is_written(world, changes, column, code):
    outcome = bring(world, row("2602"), row(**changes))

    assert problems_of(outcome) == [(3, column, code)]
    assert all(described(outcome.problems[0]))
    assert ScoreSheet.objects.count() == 0


def test_candidates_of_another_type_have_other_items(world):
    new = NewCandidate(
        number="2701", name="云甲", identity_number=identity_number(701), exam_type="general",
        category="none", school=world.origin.pk,
    )  # fmt: skip
    enter_candidates(world.season, [new], actor=world.clerk)
    marks = {"number": "2701", "mark_chinese": "120", "mark_theory": "", "mark_technology": "250"}

    assert counts_of(bring(world, marks)) == (1, 0, 0)
    assert ScoreSheet.objects.get().first == {"chinese": "120", "technology": "250"}


def test_candidate_twice_in_a_table_is_refused(world):
    outcome = bring(world, row(), row(mark_theory="1"))
    assert problems_of(outcome) == [(3, "number", "imports.duplicate_row")]


def test_later_table_of_an_entry_counts_what_it_changes(world):
    bring(world, row(), row("2602"))
    outcome = bring(world, row(), row("2602", mark_theory="1"), row("2603"))
    assert counts_of(outcome) == (1, 1, 1)
    assert outcome.batch.changes == []


def test_scores_that_are_sealed_take_no_table(world):
    seal_scores(world.season, actor=world.clerk)
    assert problems_of(bring(world, row())) == [(None, "", "admissions.scores-sealed")]


def test_scores_come_in_before_runs_alone(world):
    Season.objects.update(state="review")
    assert problems_of(bring(world, row())) == [(None, "", "admissions.wrong-state")]


def test_no_first_rows_of_scores_are_kept(world):
    assert bring(world, row()).batch.samples == []


def test_every_item_of_the_pack_has_one_column(world):
    names = [column.name for column in spec(SPEC).columns]
    assert names[0] == "number"
    assert len(names) == len(set(names))
    assert {"mark_chinese", "mark_culture_paper", "mark_sport"} <= set(names)
    assert spec(SPEC) is spec(SPEC)


def test_check_of_scores_takes_a_constant_number_of_queries(world):
    found = []
    for numbers in (["2601"], ["2602", "2603", "2604"]):
        with CaptureQueriesContext(connection) as statements:
            bring(world, *(row(number) for number in numbers))
        found.append(len(statements))
    assert found[0] == found[1]
