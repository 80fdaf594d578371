import pytest
from django.contrib.auth.models import AnonymousUser

from zhiqiao.apps.projects import actions, queries
from zhiqiao.apps.projects.tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk():
    return factories.person()


@pytest.fixture
def waiting():
    """One row for each question, and one of each that is out of the question."""
    sichuan = factories.region("510000", "四川省")
    factories.recognition("intl-alliance", "外地联盟", level="", area=sichuan)
    factories.recognition("municipal-consortium", "国家联合体", level="national")
    factories.recognition("community", "共同体", level="")
    factories.recognition("intl-alliance", "演示联盟", level="", provenance="demonstration")
    return {
        "level": factories.recognition("innovation-centre", "中心", level=""),
        "alliance-strengthened": factories.recognition("intl-alliance", "联盟", level=""),
        "tier-municipal": factories.recognition("municipal-consortium", "市级", level="municipal"),
    }


def asked(user, **wanted):
    found = queries.pending_decisions_visible_to(user, wanted=queries.PendingFilter(**wanted))
    return {(decision.property, decision.recognition.name) for decision in found}


def test_rows_wait_only_for_what_the_plan_uses(clerk, waiting):
    assert asked(clerk) == {(name, row.name) for name, row in waiting.items()}


def test_row_may_wait_for_two_answers(clerk):
    row = factories.recognition("municipal-consortium", "联合体", level="")
    assert asked(clerk) == {("level", "联合体"), ("tier-municipal", "联合体")}
    assert queries.pending_count_visible_to(clerk) == 1
    actions.state_level(row, level="national", actor=clerk, reason="Notice 1")
    assert asked(clerk) == set()


def test_answer_no_ends_every_other_question(clerk):
    row = factories.recognition("municipal-consortium", "联合体", level="")
    actions.decide_judgement(row, "tier-municipal", answer=False, actor=clerk, reason="No")
    assert asked(clerk) == set()


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ({"property": "level"}, {"中心"}),
        ({"target": "T14"}, {"联盟"}),
        ({"target": "T10"}, {"中心"}),
        ({"kind": "municipal-consortium"}, {"市级"}),
        ({"target": "T14", "property": "level"}, set()),
        ({"property": "no-such"}, set()),
        ({"kind": "'; DROP TABLE x --"}, set()),
    ],
)
def test_queue_can_be_filtered(clerk, waiting, wanted, names):
    assert {name for _property, name in asked(clerk, **wanted)} == names


def test_decision_names_the_targets_that_it_may_move(clerk, waiting):
    found = queries.pending_decisions_visible_to(clerk)
    moved = {one.property: [target.id for target in one.targets] for one in found}
    assert moved == {
        "level": ["T10"],
        "alliance-strengthened": ["T14"],
        "tier-municipal": ["T07"],
    }


@pytest.mark.parametrize("role", [None, "school-clerk", "system-admin", "audit-admin"])
def test_queue_is_empty_for_people_who_may_not_decide(waiting, role):
    assert asked(factories.person("stranger", role)) == set()
    assert asked(AnonymousUser()) == set()


def test_summary_says_what_is_loaded_and_what_waits(clerk, waiting):
    lines = {line.kind.id: line for line in queries.register_summary(clerk)}
    alliance, course = lines["intl-alliance"], lines["online-course"]
    assert (alliance.rows, alliance.elsewhere, alliance.pending, str(alliance.list_state)) == (
        1,
        1,
        1,
        "partial",
    )
    assert (course.rows, course.pending, str(course.list_state)) == (0, 0, "not-loaded")


@pytest.mark.parametrize("rows", [1, 3])
def test_summary_takes_a_constant_number_of_queries(clerk, rows, django_assert_num_queries):
    for number in range(rows):
        factories.recognition(name=f"基地{number}")
    queries.pending_count_visible_to(clerk)
    with django_assert_num_queries(9):
        queries.register_summary(clerk)
