import pytest

from zhiqiao.apps.registry.actions import add_other_name, rename_organisation
from zhiqiao.apps.registry.choices import MatchState
from zhiqiao.apps.registry.queries import organisations_named
from zhiqiao.apps.registry.tests.factories import make_organisation

pytestmark = pytest.mark.django_db


def test_the_same_name_typed_otherwise_is_exact():
    school = make_organisation("重庆（西部）职业学院")
    match = organisations_named(["重庆 (西部) 职业学院"])["重庆 (西部) 职业学院"]
    assert (match.state, match.organisation_id) == (MatchState.EXACT, school.pk)


def test_a_name_before_the_renaming_is_former():
    school = make_organisation("云岭科技学院")
    rename_organisation(school, name="云岭科技大学", on=None, actor=None)
    match = organisations_named(["云岭科技学院"])["云岭科技学院"]
    assert (match.state, match.organisation_id) == (MatchState.FORMER, school.pk)
    assert match.candidates[0].name == "云岭科技大学"


def test_a_near_name_is_only_a_candidate():
    school = make_organisation("重庆工商职业学院")
    match = organisations_named(["重庆市工商职业技术学院"])["重庆市工商职业技术学院"]
    assert (match.state, match.organisation_id) == (MatchState.NEAR, None)
    assert [one.organisation_id for one in match.candidates] == [school.pk]


def test_a_short_name_is_only_a_candidate():
    school = make_organisation("重庆工业职业技术学院")
    add_other_name(school, name="重庆工职院", kind="short", actor=None)
    match = organisations_named(["重庆工职院"])["重庆工职院"]
    assert (match.state, match.organisation_id) == (MatchState.NEAR, None)
    assert match.candidates[0].organisation_id == school.pk


def test_a_name_of_two_bodies_is_not_decided():
    schools = [make_organisation("人民医院"), make_organisation("人民医院")]
    match = organisations_named(["人民医院"])["人民医院"]
    assert (match.state, match.organisation_id) == (MatchState.NEAR, None)
    assert {one.organisation_id for one in match.candidates} == {one.pk for one in schools}


def test_a_present_name_goes_before_the_former_name_of_another():
    old = make_organisation("云岭学院")
    rename_organisation(old, name="云岭大学", on=None, actor=None)
    new = make_organisation("云岭学院")
    match = organisations_named(["云岭学院"])["云岭学院"]
    assert (match.state, match.organisation_id) == (MatchState.EXACT, new.pk)


def test_bodies_of_sample_accounts_are_never_found():
    make_organisation("演示学院", provenance="demonstration")
    assert organisations_named(["演示学院"])["演示学院"].state == MatchState.NONE


@pytest.mark.parametrize("given", ["", "（）", "完全无关的名字"])
def test_what_names_nothing_matches_nothing(given):
    make_organisation("重庆工商职业学院")
    assert organisations_named([given])[given].state == MatchState.NONE


def test_the_number_of_queries_does_not_grow(django_assert_num_queries):
    make_organisation("重庆工商职业学院")
    with django_assert_num_queries(2):
        organisations_named(["重庆工商职院"])
    with django_assert_num_queries(2):
        organisations_named([f"重庆工商职院{number}" for number in range(50)])
