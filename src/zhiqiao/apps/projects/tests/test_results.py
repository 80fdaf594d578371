"""Results: proposals by rank and one by one, public notice, objections, recognition, certificate."""

from datetime import timedelta

import pytest

from zhiqiao.apps.accounts.tests.factories import make_user
from zhiqiao.apps.projects.actions import (
    answer_objection,
    object_to,
    propose,
    propose_by_rank,
    propose_many,
    revoke_recognition,
    sign_move,
    take_move,
    withdraw_recognition,
)
from zhiqiao.apps.projects.models import (
    Application,
    Certificate,
    NamedBody,
    ProjectObjection,
    Recognition,
    Standing,
)
from zhiqiao.apps.projects.queries import answers_on_notice, cut_line, receipt_of_code
from zhiqiao.apps.projects.tests.building import (
    STANDARD,
    again,
    make_project,
    moved,
    over,
    standard_call,
)
from zhiqiao.apps.projects.tests.calls import make_application, make_call, people
from zhiqiao.apps.registry.tests.factories import make_organisation
from zhiqiao.core.dates import today
from zhiqiao.core.errors import InputError, RefusedError, RuleError, ZhiqiaoError
from zhiqiao.core.fields import Provenance
from zhiqiao.core.models import AuditEntry, Event
from zhiqiao.core.sealing import unseal
from zhiqiao.core.workdays import add_working_days
from zhiqiao.packs import months_later

pytestmark = pytest.mark.django_db
WORDS = {"text": "该单位不具备条件", "name": "举报人甲", "contact": "13800000000"}


def code_of(call, *args, **given):
    with pytest.raises(ZhiqiaoError) as caught:
        call(*args, **given)
    return caught.value.code


def deciding(call, scores):
    """Put one application for each score where results are settled, ranked by it (1224)."""
    rows = []
    for place, score in enumerate(scores, start=1):
        row = make_application(call, state="deciding", number=f"2026-{place:04d}")
        rank = 1 + sum(other > score for other in scores)
        Standing.objects.filter(application=row).update(official=score, rank=rank)
        rows.append(row)
    return rows


def proposals():
    rows = Standing.objects.order_by("application__number")
    return list(rows.values_list("proposal", flat=True))


def test_first_places_are_proposed_by_rank_then_the_reserve_then_the_rest_with_grounds():
    call = standard_call(places=2, reserve_places=1)
    deciding(call, [9000, 8500, 8000, 7000])
    clerk = people()["clerk"]

    told = propose_by_rank(call, first=2, reserve=1, grounds="名次靠后", actor=clerk)

    assert proposals() == ["recognise", "recognise", "reserve", "refuse"]
    assert (told.recognise, told.reserve, told.refuse, told.left) == (2, 1, 1, ())
    assert Standing.objects.get(proposal="refuse").grounds == "名次靠后"
    assert AuditEntry.objects.filter(verb="projects.application.proposed").count() == 4


def test_who_is_tied_across_the_line_is_left_to_a_person():
    call = standard_call(places=2, reserve_places=1)
    deciding(call, [9000, 8500, 8500, 7000])

    told = propose_by_rank(call, first=2, reserve=1, grounds="名次靠后", actor=people()["clerk"])

    assert proposals() == ["recognise", "", "", "refuse"]
    assert told.left == ("2026-0002", "2026-0003")


def test_who_has_no_rank_is_named_and_proposed_nothing():
    call = standard_call(places=2, reserve_places=0)
    rows = deciding(call, [9000, 8500])
    Standing.objects.filter(application=rows[1]).update(rank=None, official=None)

    told = propose_by_rank(call, first=2, reserve=0, grounds="-", actor=people()["clerk"])

    assert (proposals(), told.left) == (["recognise", ""], ("2026-0002",))


def test_places_of_the_call_are_not_given_twice():
    call = standard_call(places=1, reserve_places=0)
    rows = deciding(call, [9000, 8500])
    who = people()
    clerk = who["clerk"]
    propose(rows[0], advice="recognise", actor=clerk)

    assert code_of(propose, rows[1], advice="recognise", actor=clerk) == "projects.places-used"
    assert code_of(propose, rows[1], advice="reserve", actor=clerk) == "projects.places-used"
    propose(rows[0], advice="recognise", actor=clerk)
    moved(rows[0], "announce", who)
    assert code_of(propose, rows[1], advice="recognise", actor=clerk) == "projects.places-used"
    told = propose_by_rank(call, first=1, reserve=0, grounds="名额已满", actor=clerk)
    assert (told.recognise, told.refuse) == (0, 1)


def test_refusal_needs_grounds_and_only_the_bureau_proposes():
    call = standard_call()
    school = make_organisation("云岭学院", kind="higher-vocational")
    row = make_application(call, applicant=school, state="deciding")
    who = people(applicant=school)

    with pytest.raises(InputError) as caught:
        propose(row, advice="refuse", actor=who["clerk"], grounds="  ")
    assert caught.value.code == "projects.grounds-needed"
    with pytest.raises(RefusedError):
        propose(row, advice="recognise", actor=who["school"])
    assert proposals() == [""]


def test_only_what_stands_before_the_decision_is_proposed_and_the_others_are_named():
    call = standard_call()
    rows = deciding(call, [9000])
    late = make_application(call, state="publicity", number="2026-0009")

    told = propose_many(
        call, [row.uid for row in (*rows, late)], advice="recognise", actor=people()["clerk"]
    )

    assert (told.done, list(told.refused)) == (1, ["2026-0009"])


def test_line_names_the_two_beside_it_with_their_gap():
    call = standard_call(places=2)
    deciding(call, [9000, 8500, 8475])

    line = cut_line(call)

    assert (str(line.last), str(line.first_out), line.gap) == ("2026-0002", "2026-0003", 25)


def test_notice_runs_for_the_working_days_of_the_lifecycle():
    row = make_application(standard_call(), state="deciding")
    Standing.objects.filter(application=row).update(proposal="recognise")

    row = moved(row, "announce", people())

    assert row.publicity_until == add_working_days(today(), 5).day
    assert row.due_on == row.publicity_until


def test_notice_in_calendar_days_runs_through_weekends_and_holidays():
    row = make_application(make_call(kind="heritage-project"), state="deciding")
    Standing.objects.filter(application=row).update(proposal="recognise")

    row = moved(row, "announce", people())

    assert row.publicity_until == today() + timedelta(days=20)
    assert (row.due_on, row.due_is_provisional) == (row.publicity_until, False)


def test_what_moves_up_from_the_reserve_has_a_notice_of_its_own():
    row = make_application(standard_call(), state="reserve")
    Application.objects.filter(pk=row.pk).update(publicity_until=today() - timedelta(days=30))

    row = moved(row, "move-up", people())

    assert row.publicity_until == add_working_days(today(), 5).day


def on_notice():
    row = make_application(standard_call(), state="publicity")
    Application.objects.filter(pk=row.pk).update(publicity_until=today())
    return again(row)


def test_anybody_objects_to_the_last_day_and_gets_a_receipt():
    row = on_notice()

    found = object_to(row, **WORDS, actor=None)

    assert unseal(found.contact_sealed) == "13800000000"
    assert "13800000000" not in found.contact_sealed
    assert receipt_of_code(found.code).is_upheld is None
    Application.objects.filter(pk=row.pk).update(publicity_until=today() - timedelta(days=1))
    assert code_of(object_to, row, **WORDS | {"text": "x"}, actor=None) == "projects.not-on-notice"


def test_same_objection_twice_and_a_flood_are_refused(monkeypatch):
    row = on_notice()
    object_to(row, **WORDS, actor=None)
    assert code_of(object_to, row, **WORDS, actor=None) == "projects.objection-known"

    monkeypatch.setattr("zhiqiao.apps.projects.actions.objections.MOST_WAITING", 2)
    object_to(row, **WORDS | {"text": "第二条"}, actor=None)
    code = code_of(object_to, row, **WORDS | {"text": "第三条"}, actor=None)
    assert code == "projects.too-many-objections"


def test_audit_of_the_application_does_not_tell_that_somebody_objected():
    row = on_notice()
    object_to(row, **WORDS, actor=make_user("the-objector"))

    entry = AuditEntry.objects.get(verb="projects.objection.filed")
    assert (entry.actor_id, entry.subject_type) == (None, "projects.projectobjection")
    assert not AuditEntry.objects.filter(subject_uid=row.uid).exists()
    event = Event.objects.get(name="projects.objected")
    assert (event.actor_id, event.data) == (None, {})


def test_objection_is_answered_once_and_the_answer_names_nobody():
    row = on_notice()
    objection = object_to(row, **WORDS, actor=None)
    clerk = people()["clerk"]
    answer_objection(objection, is_upheld=False, answer="经核查，条件属实。", actor=clerk)

    assert code_of(
        answer_objection, objection, is_upheld=True, answer="x", actor=clerk
    ) == "projects.objection-answered"  # fmt: skip
    told = receipt_of_code(objection.code)
    assert (told.is_upheld, told.answer) == (False, "经核查，条件属实。")
    (shown,) = answers_on_notice(row.call)
    assert shown.answer == "经核查，条件属实。"
    assert WORDS["name"] not in repr(shown)
    assert WORDS["text"] not in repr(shown)


def test_recognition_waits_for_the_answers_and_an_upheld_one_refuses():
    row = over(on_notice())
    who = people()
    Application.objects.filter(pk=row.pk).update(publicity_until=today())
    objection = object_to(again(row), **WORDS, actor=None)
    over(row)
    assert code_of(take_move, again(row), "recognise", actor=who["clerk"]) == "projects.objection-open"  # fmt: skip
    answer_objection(objection, is_upheld=True, answer="属实。", actor=who["clerk"])
    assert code_of(take_move, again(row), "recognise", actor=who["clerk"]) == "projects.objection-stands"  # fmt: skip

    row = moved(row, "refuse-after-objection", who)

    assert (row.state, Recognition.objects.count()) == ("refused", 0)


def test_recognised_application_stands_in_the_register_with_all_that_the_call_says():
    call = standard_call(document="渝教发〔2026〕1号")
    school = make_organisation("云岭学院", kind="higher-vocational")
    partner = make_organisation("云岭集团", kind="enterprise")
    row = make_application(call, applicant=school, state="publicity", number="2026-0001")
    for place, (text, key) in enumerate((("云岭集团", partner), ("某协会", None)), start=1):
        NamedBody.objects.create(
            application=row, field="partners", position=place, text=text, organisation=key
        )

    row = moved(over(row), "recognise", people())

    item = row.recognition
    assert (item.kind, item.name, item.level, item.batch, item.document) == (
        STANDARD, "虚拟仿真基地", "municipal", "2026 第一批", "渝教发〔2026〕1号",
    )  # fmt: skip
    assert (item.holder, item.holder_text, item.state) == (school, "云岭学院", "recognised")
    assert (item.valid_from, item.valid_to) == (today(), months_later(today(), 60))
    assert (item.announced, item.announced_to) == (today().isoformat(), today())
    assert item.provenance == Provenance.REPORTED
    partners = list(item.partners.values_list("text", "organisation"))
    assert partners == [("云岭集团", partner.pk), ("某协会", None)]
    event = Event.objects.get(name="projects.recognition_confirmed")
    assert (event.subject_uid, event.data["kind"]) == (item.uid, STANDARD)
    assert AuditEntry.objects.filter(verb="projects.recognition.entered").count() == 1


def test_item_of_a_demonstration_call_is_a_demonstration_item():
    call = standard_call()
    call.provenance = Provenance.DEMONSTRATION
    call.save()
    row = make_application(call, state="publicity")

    row = moved(over(row), "recognise", people())

    assert row.recognition.provenance == Provenance.DEMONSTRATION


def test_item_that_is_in_the_register_already_is_refused_and_nothing_is_half_done():
    project, who = make_project()
    item = project.recognition
    other = make_application(
        project.call, applicant=project.applicant, state="publicity", number="2026-0002", title="x"
    )
    Application.objects.filter(pk=other.pk).update(title=project.title + " ")

    take_move(over(other), "recognise", actor=who["clerk"])

    assert code_of(sign_move, again(other), actor=who["lead"]) == "projects.already-listed"
    other = again(other)
    assert (other.state, other.recognition) == ("publicity", None)
    assert list(Recognition.objects.all()) == [item]
    assert Certificate.objects.count() == 1


def test_certificate_is_issued_replaced_on_renewal_and_never_deleted():
    project, who = make_project()
    Application.objects.filter(pk=project.pk).update(state="in-force", phase="in-force")

    renewed = moved(project, "renew", who)

    first, second = Certificate.objects.order_by("id")
    assert (first.replaced_at is not None, second.replaced_at) == (True, None)
    assert renewed.recognition.valid_to == months_later(months_later(today(), 60), 60)
    assert second.valid_to == renewed.recognition.valid_to
    assert len(first.code) == 32
    assert Event.objects.filter(name="projects.recognition_confirmed").count() == 2


def test_revocation_ends_the_item_from_today_with_the_reason():
    project, who = make_project()

    project = moved(project, "revoke", who, reason="弄虚作假")

    item = project.recognition
    assert (item.state, item.ended_on) == ("revoked", today())
    entry = AuditEntry.objects.get(verb="projects.recognition.revoked")
    assert "弄虚作假" in entry.reason
    assert Event.objects.filter(name="projects.recognition_ended").count() == 1


def test_item_that_the_register_ended_already_can_still_leave():
    project, who = make_project()
    Recognition.objects.update(state="revoked", ended_on=today())

    assert moved(project, "leave", who).state == "exited"


@pytest.mark.parametrize("end", [revoke_recognition, withdraw_recognition])
def test_register_does_not_end_what_ends_by_a_move_of_its_application(client, end):
    project, who = make_project()
    given = {"ended_on": today()} if end is revoke_recognition else {}
    with pytest.raises(RuleError) as refused:
        end(project.recognition, actor=who["clerk"], reason="撤销", **given)

    assert refused.value.code == "projects.ends-by-move"
    assert project.number in refused.value.message
    assert Recognition.objects.get().state == "recognised"
    client.force_login(who["clerk"])
    page = client.get(project.recognition.get_absolute_url()).content.decode()
    assert project.get_absolute_url() in page
    assert f"/recognitions/{project.recognition.uid}/revoke/" not in page


def test_register_ends_what_its_application_left_behind():
    project, who = make_project()
    Application.objects.filter(pk=project.pk).update(state="exited", phase="ended")
    revoke_recognition(project.recognition, actor=who["clerk"], ended_on=today(), reason="撤销")

    assert Recognition.objects.get().state == "revoked"


def test_no_objection_without_words():
    row = on_notice()
    with pytest.raises(InputError):
        object_to(row, text=" ", name="x", contact="x", actor=None)
    assert not ProjectObjection.objects.exists()
    with pytest.raises(RuleError):
        object_to(make_application(row.call, state="deciding", number="2026-0008", title="y"), **WORDS, actor=None)  # fmt: skip
