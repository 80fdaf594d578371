"""Requests for places and control lines from a table."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from zhiqiao.apps.admissions.actions import set_control_lines
from zhiqiao.apps.admissions.models import ControlLine, PlaceLine, Season
from zhiqiao.apps.registry.tests.factories import make_organisation, make_region
from zhiqiao.core.imports.problems import described
from zhiqiao.core.tests.bringing import bring_in, counts_of, problems_of

pytestmark = pytest.mark.django_db
PLACES, LINES = "admissions.places", "admissions.control_lines"


def place(**changes):
    values = {
        "code": "X1", "school": "云岭甲学院", "major": "护理", "major_code": "520201",
        "batch": "college", "exam_type": "secondary", "category": "nursing", "pathway": "",
        "region": "", "requested": "30", "minimum": "20", "note": "",
    }  # fmt: skip
    return values | changes


def line(**changes):
    values = {
        "batch": "college", "exam_type": "secondary", "category": "computer", "score": "culture",
        "least": "120.5",
    }  # fmt: skip
    return values | changes


def bring_places(world, *rows, actor=None):
    return bring_in(PLACES, rows, actor=actor or world.clerk, season=world.season.pk)


def bring_lines(world, *rows):
    return bring_in(LINES, rows, actor=world.clerk, season=world.season.pk)


def test_table_of_places_is_handed_in_as_requests(world):
    region = make_region("500101", "万州区", parent=make_region("500000", "重庆市"))
    outcome = bring_places(
        world,
        place(region="万州区", note="新增"),
        place(code="X2", pathway="three-two", minimum=""),
    )

    made = PlaceLine.objects.get(code="X1")
    assert counts_of(outcome) == (2, 0, 0)
    assert (made.school, made.major, made.major_code, made.region, made.state) == (
        world.colleges["甲学院"], "护理", "520201", region, "submitted",
    )  # fmt: skip
    assert (made.requested, made.minimum, made.note, made.pathway) == (30, 20, "新增", "direct")
    other = PlaceLine.objects.get(code="X2")
    assert (other.pathway, other.minimum, other.region) == ("three-two", None, None)


def test_words_of_places_are_read_in_both_languages(world):
    bring_places(
        world,
        place(batch="专科批", exam_type="中职对口类", category="护理类", pathway="4+1 试点"),
        place(
            code="X2", batch="College batch", exam_type="Secondary vocational", category="Nursing"
        ),
    )

    rows = PlaceLine.objects.filter(code__startswith="X").order_by("code")
    assert list(rows.values_list("batch", "exam_type", "category", "pathway")) == [
        ("college", "secondary", "nursing", "four-one"),
        ("college", "secondary", "nursing", "direct"),
    ]


@pytest.mark.parametrize(
    ("changes", "column", "code"),
    [
        ({"code": ""}, "code", "imports.missing_value"),
        ({"code": "专业"}, "code", "imports.not_code"),
        ({"code": "A1"}, "code", "admissions.line-code"),
        ({"school": "无此学院"}, "school", "admissions.school-unknown"),
        ({"region": "亚特兰蒂斯"}, "region", "admissions.region-unknown"),
        ({"batch": "第三批"}, "batch", "imports.unknown_choice"),
        ({"batch": "early"}, "batch", "admissions.word-unknown"),
        ({"exam_type": "graduates"}, "exam_type", "admissions.word-unknown"),
        ({"batch": "bachelor", "exam_type": "veterans"}, "exam_type", "admissions.word-unknown"),
        ({"category": "vocational"}, "category", "admissions.word-unknown"),
        ({"requested": "0"}, "requested", "imports.out_of_range"),
        ({"requested": "-3"}, "requested", "imports.out_of_range"),
        ({"requested": "many"}, "requested", "imports.not_whole"),
        ({"minimum": "2.5"}, "minimum", "imports.not_whole"),
        ({"major": "长" * 101}, "major", "imports.too_long"),
    ],
)
def test_faulty_place_is_named_and_nothing_is_written(world, changes, column, code):
    outcome = bring_places(world, place(code="X9"), place(**changes))

    codes = [(row, at, found) for row, at, found in problems_of(outcome) if at == column]
    assert (outcome.state, codes) == ("refused", [(3, column, code)])
    assert not PlaceLine.objects.filter(code__startswith="X").exists()
    assert all(all(described(problem)) for problem in outcome.problems)


def test_programme_code_twice_in_a_table_is_refused(world):
    outcome = bring_places(world, place(), place())
    assert problems_of(outcome) == [(3, "code", "imports.duplicate_row")]


def test_unknown_school_is_told_the_nearest_names(world):
    make_organisation("云岭工商职业学院")
    (problem,) = bring_places(world, place(school="云岭工商职业技术学院")).problems
    assert problem.parameters["near"] == "云岭工商职业学院"


def test_name_of_two_schools_is_refused(world):
    for _ in range(2):
        make_organisation("云岭同名学院")
    outcome = bring_places(world, place(school="云岭同名学院"))
    assert problems_of(outcome) == [(2, "school", "admissions.school-unknown")]


def test_school_brings_in_its_own_rows_alone(world):
    clerk = world.clerks["甲学院"]

    refused = bring_places(world, place(), place(code="X2", school="云岭乙学院"), actor=clerk)
    assert problems_of(refused) == [(3, "school", "admissions.not-yours")]

    assert counts_of(bring_places(world, place(), actor=clerk)) == (1, 0, 0)


def test_places_come_in_while_they_are_planned_alone(world):
    Season.objects.update(state="choosing")
    outcome = bring_places(world, place())
    assert problems_of(outcome) == [(None, "", "admissions.wrong-state")]


def test_sample_account_brings_nothing_into_a_real_season(world):
    clerk = world.clerk
    clerk.is_demonstration = True
    clerk.save()
    outcome = bring_places(world, place(), actor=clerk)
    assert problems_of(outcome) == [(None, "", "admissions.missing")]


def test_check_of_places_takes_a_constant_number_of_queries(world):
    bring_places(world, place(code="Y0"))
    found = []
    for count in (1, 3):
        rows = [place(code=f"Y{count}{n}") for n in range(count)]
        with CaptureQueriesContext(connection) as statements:
            bring_places(world, *rows)
        found.append(len(statements))
    assert found[0] == found[1]


def test_control_lines_replace_those_drawn_before(world):
    computing, nursing = (("college", "secondary", c, "culture") for c in ("computer", "nursing"))
    set_control_lines(
        world.season, {computing: Decimal(100), nursing: Decimal(90)}, actor=world.clerk
    )

    outcome = bring_lines(world, line(), line(score="职业技能", least="200"))

    held = ControlLine.objects.values_list("category", "score", "least")
    assert list(held) == [
        ("computer", "culture", Decimal("120.50")),
        ("computer", "skill", Decimal(200)),
    ]
    assert counts_of(outcome) == (1, 1, 0)
    assert [change[3:] for change in outcome.batch.changes] == [["100.00", "120.5"]]


@pytest.mark.parametrize(
    ("changes", "column", "code"),
    [
        ({"score": "culture_paper"}, "score", "admissions.word-unknown"),
        ({"score": "total"}, "score", "admissions.word-unknown"),
        ({"exam_type": "veterans", "score": "culture"}, "score", "admissions.word-unknown"),
        ({"category": "general"}, "category", "admissions.word-unknown"),
        ({"batch": "bachelor", "exam_type": "veterans", "score": "skill"}, "exam_type",
         "admissions.word-unknown"),
        ({"least": "-1"}, "least", "admissions.mark-outside"),
        ({"least": "301"}, "least", "admissions.mark-outside"),
        ({"least": "1.234"}, "least", "admissions.mark-decimals"),
        ({"least": "low"}, "least", "imports.not_number"),
    ],
)  # fmt: skip
def test_faulty_control_line_is_named(world, changes, column, code):
    outcome = bring_lines(world, line(category="nursing"), line(**changes))
    assert problems_of(outcome) == [(3, column, code)]
    assert ControlLine.objects.count() == 0


def test_control_line_twice_in_a_table_is_refused(world):
    outcome = bring_lines(world, line(), line(score="文化素质", least="130"))
    assert problems_of(outcome) == [(3, "score", "imports.duplicate_row")]
