"""Beginning an application: for whom, by whom recommended, once, and from last year's."""

import pytest

from zhiqiao.apps.accounts.choices import Role
from zhiqiao.apps.accounts.tests.factories import make_member
from zhiqiao.apps.projects.actions import (
    Begun,
    PersonGiven,
    begin_application,
    copy_application,
    set_quotas,
)
from zhiqiao.apps.projects.models import Application, Content, NamedPerson
from zhiqiao.apps.projects.queries import budget_years, recommenders_for
from zhiqiao.apps.projects.tests.writing import (
    ANSWERS,
    attach,
    begin,
    close_window,
    make_form_call,
    make_school,
    save,
)
from zhiqiao.apps.registry.tests.factories import make_organisation, make_region
from zhiqiao.core.errors import RefusedError, RuleError

pytestmark = pytest.mark.django_db


def test_draft_begins_where_the_flow_does_and_belongs_to_the_body():
    school, clerk = make_school()
    made = begin(make_form_call(), school, clerk, title="  智能制造   基地 ")

    assert (made.state, made.phase, made.number) == ("draft", "drafting", "")
    assert (made.title, made.applicant, made.recommender) == ("智能制造 基地", school, school)
    assert Content.objects.get(application=made).answers == {}


def test_clerk_of_another_body_and_the_bureau_are_refused():
    school, _clerk = make_school()
    call = make_form_call()
    for role in (Role.SCHOOL_CLERK, Role.BUREAU_LEAD):
        stranger = make_member(role, login=f"{role}-stranger")
        with pytest.raises(RefusedError) as caught:
            begin(call, school, stranger)
        assert caught.value.code == "projects.not-yours"


def test_kind_of_body_that_may_not_apply_is_refused():
    school, clerk = make_school()
    with pytest.raises(RuleError) as caught:
        begin(make_form_call(applicants=["enterprise"]), school, clerk)
    assert caught.value.code == "projects.kind-may-not-apply"


def test_closed_window_and_real_body_in_demonstration_call_are_refused():
    school, clerk = make_school()
    call = make_form_call()
    close_window(call)
    with pytest.raises(RuleError) as caught:
        begin(call, school, clerk)
    assert caught.value.code == "projects.window-closed"

    other = make_form_call(batch="第二批")
    other.provenance = "demonstration"
    other.save()
    with pytest.raises(RuleError) as caught:
        begin(other, school, clerk)
    assert caught.value.code == "projects.sample-apart"


ONCE = {
    "says": {"zh": "一项", "en": "one"},
    "kind": "most-per-applicant",
    "number": 1,
    "source": "platform-setting",
}


def test_same_title_is_refused_and_a_second_one_only_taken_knowingly():
    school, clerk = make_school()
    call = make_form_call(conditions={"once": ONCE})
    begin(call, school, clerk)
    with pytest.raises(RuleError) as caught:
        begin(call, school, clerk)
    assert caught.value.code == "projects.applied-already"
    with pytest.raises(RuleError) as caught:
        begin(call, school, clerk, title="另一项")
    assert caught.value.code == "projects.applied-once"

    knowing = Begun(title="另一项", nevertheless=True)
    begin_application(call, school.pk, knowing, actor=clerk)
    assert Application.objects.filter(call=call).count() == 2


def test_condition_that_stops_allows_no_further_application():
    school, clerk = make_school()
    call = make_form_call(conditions={"once": ONCE | {"stops": True}})
    begin(call, school, clerk)
    with pytest.raises(RuleError) as caught:
        begin_application(call, school.pk, Begun(title="二", nevertheless=True), actor=clerk)
    assert caught.value.code == "projects.enough-applied"
    assert caught.value.parameters == {"number": 1, "most": 1}


def test_district_recommends_by_region_else_one_is_chosen_among_the_quotas():
    area = make_region("990101", "云东区")
    school = make_organisation("云东职校", kind="higher-vocational", region=area)
    make_member(Role.SCHOOL_CLERK, login="east", organisation=school)
    office = make_organisation("云东区教育局", kind="government", region=area)
    make_organisation("云东区财政局", kind="government", region=area)
    call = make_form_call(recommender="district")

    def names():
        return [body.name for body in recommenders_for(None, call, school.pk)]

    assert names() == ["云东区教育局"]
    far = make_organisation("云西区教育局", kind="government")
    south = make_organisation("云南区教育局", kind="government")
    set_quotas(call, {far.pk: 2, south.pk: 1}, actor=None)
    assert sorted(names()) == sorted(["云西区教育局", "云南区教育局"])
    set_quotas(call, {far.pk: 2, office.pk: 1}, actor=None)
    assert names() == ["云东区教育局"]


def test_copy_brings_texts_people_and_shifted_budget_and_says_what_is_lost():
    school, clerk = make_school()
    old_call = make_form_call(batch="去年", year=2025)
    old = begin(old_call, school, clerk)
    save(old, "basis", clerk, answers=ANSWERS)
    number = "11010119800307859X"
    people = {"team": [PersonGiven("张老师", "负责人", "云岭学院", number)]}
    save(old, "plan", clerk, people=people)
    save(
        old,
        "form-budget",
        clerk,
        budget={"lines": {"equipment": {"2025": "5.00"}, "other": {"2026": "7.00"}}, "sources": {}},
    )
    save(old, "form-indicators", clerk, indicators={"trained": "120"})
    attach(old, clerk)
    fields = {
        name: wanted.model_dump(mode="json")
        for name, wanted in old_call.rules.lifecycle.fields.items()
        if name != "page"
    }
    fields["rooms"]["kind"] = "text"
    call = make_form_call(batch="今年", fields=fields, indicators={})

    copied = copy_application(old, call, Begun(title="今年的基地"), actor=clerk)

    content = Content.objects.get(application=copied.application)
    assert content.answers == {k: v for k, v in ANSWERS.items() if k not in {"page", "rooms"}}
    assert content.budget["lines"] == {"equipment": {"2026": "5.00"}, "other": {"2027": "7.00"}}
    assert sorted(copied.lost) == ["address", "whole", "培训"]
    (person,) = NamedPerson.objects.filter(application=copied.application)
    (before,) = NamedPerson.objects.filter(application=old)
    assert (person.name, person.identity_index) == ("张老师", before.identity_index)
    assert copied.application.files.count() == 0
    assert copied.application.copied_from == old
    assert budget_years(call) == ("2026", "2027", "2028")
