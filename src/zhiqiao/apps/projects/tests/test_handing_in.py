"""Handing in: what stands against it, digest and number, the deadline, return and withdrawal."""

from datetime import date

import pytest

from zhiqiao.apps.accounts.choices import Role
from zhiqiao.apps.accounts.tests.factories import make_member
from zhiqiao.apps.projects.actions import add_coauthor, hand_in, take_move
from zhiqiao.apps.projects.models import Content, Step
from zhiqiao.apps.projects.queries import (
    digest_of,
    eligibility_of,
    is_paper_outdated,
    paper_digest_of,
    returned_step,
    written_of,
)
from zhiqiao.apps.projects.tests.calls import people
from zhiqiao.apps.projects.tests.factories import recognition
from zhiqiao.apps.projects.tests.writing import (
    attach,
    begin,
    close_window,
    complete,
    make_form_call,
    make_school,
    save,
)
from zhiqiao.apps.registry.tests.factories import make_organisation
from zhiqiao.core.errors import InputError, RefusedError, RuleError

pytestmark = pytest.mark.django_db


def condition(kind, **more):
    says = {"zh": f"条件{kind}", "en": kind}
    return {"says": says, "kind": kind, "source": "platform-setting", **more}


def ready(*, call=None, title="智能制造基地", school=None, clerk=None, **changes):
    if school is None:
        school, clerk = make_school()
    call = call or make_form_call(**changes)
    return complete(begin(call, school, clerk, title=title), clerk), clerk


def test_incomplete_form_is_refused_and_names_its_parts():
    school, clerk = make_school()
    application = begin(make_form_call(), school, clerk)
    with pytest.raises(RuleError) as caught:
        hand_in(application, actor=clerk)
    assert caught.value.code == "projects.form-incomplete"
    assert caught.value.parameters["number"] == 12


def test_handing_in_fixes_digest_and_number():
    application, clerk = ready()
    digest = digest_of(written_of(application))

    step = hand_in(application, actor=clerk)

    application.refresh_from_db()
    assert (application.state, application.number) == ("recommending", "2026-00001")
    assert Content.objects.get(application=application).digest == digest
    assert Step.objects.get(pk=step.pk).digest == digest
    assert application.handed_in_at is not None
    with pytest.raises(RuleError) as caught:
        save(application, "basis", clerk, answers={"basis": "之后"})
    assert caught.value.code == "projects.not-a-draft"


def test_numbers_run_without_a_gap_also_after_a_refused_handing_in():
    first, clerk = ready()
    call, school = first.call, first.applicant
    hand_in(first, actor=clerk)
    gap = begin(call, school, clerk, title="未完成")
    with pytest.raises(RuleError):
        hand_in(gap, actor=clerk)
    second, _clerk = ready(call=call, title="第二项", school=school, clerk=clerk)
    hand_in(second, actor=clerk)
    second.refresh_from_db()
    assert second.number == "2026-00002"
    other, _clerk = ready(call=make_form_call(batch="二"), school=school, clerk=clerk)
    hand_in(other, actor=clerk)
    other.refresh_from_db()
    assert other.number == "2026-00001"


def test_returned_draft_keeps_number_and_fields_and_tells_the_reason():
    application, clerk = ready()
    hand_in(application, actor=clerk)
    bureau = people()["clerk"]
    application.refresh_from_db()
    application.state = application.phase = "checking"
    application.save()
    take_move(application, "return", actor=bureau, reason="预算说明不足")

    application.refresh_from_db()
    assert returned_step(application).reason == "预算说明不足"
    before = Content.objects.get(application=application)
    save(application, "basis", clerk, answers={"basis": "补正后的基础"})
    with pytest.raises(RuleError) as caught:
        hand_in(application, actor=clerk)
    assert caught.value.code == "projects.sealed-copy-outdated"
    application.files.all().delete()
    attach(application, clerk)
    hand_in(application, actor=clerk)
    application.refresh_from_db()
    after = Content.objects.get(application=application)
    assert application.number == "2026-00001"
    assert (after.answers["rooms"], after.digest == before.digest) == ("3", False)


def test_deadline_that_passed_during_typing_loses_nothing():
    application, clerk = ready()
    close_window(application.call)
    save(application, "basis", clerk, answers={"basis": "最后一刻的修改"})
    with pytest.raises(RuleError) as caught:
        hand_in(application, actor=clerk)
    assert caught.value.code == "projects.window-closed"
    content = Content.objects.get(application=application)
    assert content.answers["basis"] == "最后一刻的修改"
    application.refresh_from_db()
    assert (application.state, application.number) == ("draft", "")


def test_withdrawn_draft_has_no_number_and_its_title_is_free_again():
    application, clerk = ready()
    take_move(application, "withdraw", actor=clerk, reason="另报")
    application.refresh_from_db()
    assert (application.phase, application.number, application.handed_in_at) == (
        "withdrawn",
        "",
        None,
    )
    again = begin(application.call, application.applicant, clerk)
    assert again.title == application.title


def test_coauthor_cannot_hand_in():
    application, clerk = ready()
    firm = make_organisation("云岭厂", kind="enterprise")
    partner = make_member(Role.BODY_CLERK, login="partner", organisation=firm)
    add_coauthor(application, "partner", actor=clerk)
    with pytest.raises(RefusedError):
        hand_in(application, actor=partner)


def test_paper_of_another_version_is_told():
    application, clerk = ready()
    assert not is_paper_outdated(written_of(application))
    save(application, "basis", clerk, answers={"basis": "扫描之后改了"})
    assert is_paper_outdated(written_of(application))

    application.files.all().delete()
    printed = paper_digest_of(written_of(application))
    attach(application, clerk, printed=f" {printed[:4].upper()} {printed[4:8]}")
    assert not is_paper_outdated(written_of(application))
    application.files.all().delete()
    wrong = "00000000" if not printed.startswith("00000000") else "11111111"
    attach(application, clerk, printed=wrong)
    assert is_paper_outdated(written_of(application))
    application.files.all().delete()
    with pytest.raises(InputError):
        attach(application, clerk, printed="not a number")


def test_only_a_condition_that_stops_refuses():
    conditions = {
        "declared": condition("declared"),
        "judged": condition("judged"),
        "rooms": condition("field-least", field="rooms", number=3),
        "team": condition("field-least", field="team", number=2),
        "begun": condition("day-before", field="begun_on", day="2020-01-01"),
    }
    application, clerk = ready(conditions=conditions)
    found = {one.name: one.holds for one in eligibility_of(written_of(application))}
    assert found == {
        "declared": False,
        "judged": None,
        "rooms": True,
        "team": False,
        "begun": False,
    }
    hand_in(application, actor=clerk)

    strict = {"begun": conditions["begun"] | {"stops": True}}
    call = make_form_call(batch="严", conditions=strict)
    school = application.applicant
    other, _clerk = ready(call=call, school=school, clerk=clerk)
    with pytest.raises(RuleError) as caught:
        hand_in(other, actor=clerk)
    assert caught.value.code == "projects.not-eligible"


def test_register_says_yes_or_no_and_nobody_can_tell_from_an_open_list():
    holds = {
        "holds": condition("holds", kinds=["vr-base"], levels=["national"], stops=True),
        "not": condition("holds-not", kinds=["vr-base"], stops=True),
    }
    application, clerk = ready(conditions=holds)

    def found():
        return {one.name: one.holds for one in eligibility_of(written_of(application))}

    assert found() == {"holds": None, "not": None}
    recognition(
        "vr-base",
        "云岭基地",
        holder="云岭学院",
        holder_id=application.applicant_id,
        level="municipal",
    )
    assert found() == {"holds": None, "not": False}
    recognition(
        "vr-base",
        "国家基地",
        holder="云岭学院",
        holder_id=application.applicant_id,
        level="national",
    )
    assert found() == {"holds": True, "not": False}
    with pytest.raises(RuleError) as caught:
        hand_in(application, actor=clerk)
    assert "云岭基地" in caught.value.message


def test_condition_of_the_item_asks_for_the_same_title():
    again = {"again": condition("holds-not", kinds=["vr-base"], of="item", stops=True)}
    application, _clerk = ready(conditions=again)
    recognition("vr-base", "别的基地", holder="云岭学院", holder_id=application.applicant_id)
    assert eligibility_of(written_of(application))[0].holds is None
    recognition("vr-base", "智能制造 基地", holder="云岭学院", holder_id=application.applicant_id)
    assert eligibility_of(written_of(application), day=date(2026, 11, 30))[0].holds is False


def test_conditions_of_other_kinds_of_applicants_are_not_asked():
    told = {"firms": condition("judged", applicants=["enterprise"])}
    application, _clerk = ready(conditions=told)
    assert eligibility_of(written_of(application)) == []
