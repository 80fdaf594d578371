"""Enrolments: who may confirm whose arrival, when, and where the file goes."""

from datetime import timedelta

import pytest
from django.db import connection

from zhiqiao.apps.admissions.actions import (
    answer_offer,
    declare_enrolments,
    enrol,
    enrol_all,
    unenrol,
)
from zhiqiao.apps.admissions.choices import Arrow, SeasonState
from zhiqiao.apps.admissions.models import Enrolment, Season, SentFile
from zhiqiao.apps.admissions.queries import admitted_visible_to, arrivals
from zhiqiao.apps.admissions.tests.factories import play_until
from zhiqiao.apps.admissions.tests.test_season import code_of
from zhiqiao.apps.people.models import Person
from zhiqiao.core.dates import today
from zhiqiao.core.errors import InputError, RefusedError, RuleError
from zhiqiao.core.models import AuditEntry, Event
from zhiqiao.core.reach import reach_of, reaching

pytestmark = pytest.mark.django_db


def published(world):
    return play_until(world, Arrow.PUBLISH)


def closed(world):
    """Close the season after its appeals."""
    Season.objects.filter(pk=world.season.pk).update(appeals_until=today() - timedelta(days=1))
    return world.step(Arrow.CLOSE)


def numbers(rows):
    return [row.candidate.number for row in rows]


def test_school_enrols_its_admitted_and_keeps_the_file_from_then_on(world):
    published(world)
    one = world.candidate("2601")
    assert one.person.keeper == world.origin

    enrolment = enrol(one, actor=world.clerks["职业大学"])

    assert (enrolment.line, enrolment.registered_on) == (world.lines["A1"], today())
    assert Person.objects.get(pk=one.person_id).keeper == world.colleges["职业大学"]
    assert Event.objects.filter(name="admissions.enrolled").count() == 1
    verbs = AuditEntry.objects.filter(actor=world.clerks["职业大学"]).values_list("verb", flat=True)
    assert {"people.person.moved", "admissions.candidate.enrolled"} <= set(verbs)


def test_other_school_enrols_nobody_of_this_one(world):
    published(world)
    stranger = world.clerks["甲学院"]

    assert code_of(RefusedError, enrol, world.candidate("2601"), actor=stranger) == (
        "admissions.not-yours"
    )
    assert numbers(admitted_visible_to(stranger, world.again())) == ["2602", "2605"]


def test_nobody_is_enrolled_who_was_not_admitted_or_declined(world):
    published(world)
    three = world.candidate("2603")
    answer_offer(three, says="declined", actor=three.account)

    for number in ("2603", "2604"):
        assert code_of(RuleError, enrol, world.candidate(number), actor=world.clerk) == (
            "admissions.not-admitted"
        )
    assert numbers(admitted_visible_to(world.clerk, world.again())) == ["2601", "2602", "2605"]


def test_enrolment_waits_for_the_published_result_and_happens_once(world):
    play_until(world, Arrow.CONFIRM)
    one = world.candidate("2601")
    assert code_of(RuleError, enrol, one, actor=world.clerk) == "admissions.wrong-state"
    world.step(Arrow.PUBLISH)

    enrol(one, actor=world.clerk)
    assert code_of(RuleError, enrol, one, actor=world.clerk) == "admissions.enrolled-already"


def test_several_are_enrolled_together_or_not_at_all(world):
    published(world)
    some = [world.candidate("2602"), world.candidate("2601")]

    school = world.clerks["甲学院"]
    assert code_of(RefusedError, enrol_all, world.again(), some, actor=school) == (
        "admissions.not-yours"
    )
    assert not Enrolment.objects.exists()
    assert len(enrol_all(world.again(), some, actor=world.clerk)) == 2
    assert arrivals(world.clerk, world.again()) == {"admitted": 4, "arrived": 2, "missing": 2}


def test_bureau_alone_takes_an_enrolment_back_with_a_reason(world):
    published(world)
    one, school = world.candidate("2601"), world.clerks["职业大学"]
    enrol(one, actor=school)

    assert code_of(RefusedError, unenrol, one, reason="x", actor=school) == "admissions.not-yours"
    assert code_of(InputError, unenrol, one, reason=" ", actor=world.clerk) == (
        "admissions.reason-needed"
    )
    unenrol(one, reason="误登记", actor=world.clerk)
    assert not Enrolment.objects.exists()
    assert Person.objects.get(pk=one.person_id).keeper == world.origin


def test_close_leaves_the_files_of_the_admitted_open_to_their_schools(world):
    published(world)
    three = world.candidate("2603")
    answer_offer(three, says="declined", actor=three.account)
    closed(world)

    open_ = SentFile.objects.filter(closed_at=None).values_list("candidate__number", flat=True)
    assert sorted(open_) == ["2601", "2602", "2605"]
    enrol(world.candidate("2602"), actor=world.clerks["甲学院"])


def test_declared_complete_takes_no_more_until_it_is_reopened_with_a_reason(world):
    published(world)
    assert code_of(RuleError, declare_enrolments, world.again(), complete=True,
                   actor=world.clerk) == "admissions.wrong-state"  # fmt: skip
    assert closed(world).state == SeasonState.CLOSED
    declare_enrolments(world.again(), complete=True, actor=world.clerk)

    one = world.candidate("2601")
    assert code_of(RuleError, enrol, one, actor=world.clerk) == "admissions.enrolments-complete"
    assert code_of(InputError, declare_enrolments, world.again(), complete=False,
                   actor=world.clerk) == "admissions.reason-needed"  # fmt: skip
    declare_enrolments(world.again(), complete=False, reason="漏登一人", actor=world.clerk)
    assert enrol(one, actor=world.clerk).line == world.lines["A1"]


def test_school_reads_the_names_of_its_admitted_under_the_policies(world):
    published(world)
    school = type(world.clerk).objects.get(pk=world.clerks["甲学院"].pk)

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE zhiqiao_app")
    with reaching(reach_of(school)):
        found = [row.candidate.person.name for row in admitted_visible_to(school, world.again())]
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")

    assert found == ["云2602", "云2605"]


def test_school_confirms_arrivals_row_by_row_and_all_shown(world, client):
    published(world)
    client.force_login(world.clerks["甲学院"])
    address = f"/admissions/{world.season.uid}/enrolments/"
    text = client.get(address).content.decode()
    assert "云2602" in text
    assert "云2601" not in text

    client.post(f"/candidates/{world.candidate('2602').uid}/enrol/")
    assert list(Enrolment.objects.values_list("candidate__number", flat=True)) == ["2602"]
    strange = client.post(f"/candidates/{world.candidate('2601').uid}/enrol/")
    assert strange.status_code == 404
    shown = [str(world.candidate(number).uid) for number in ("2601", "2602", "2605")]
    client.post(f"{address}shown/", {"candidate": shown})
    found = Enrolment.objects.values_list("candidate__number", flat=True)
    assert sorted(found) == ["2602", "2605"]
    assert len(b"".join(client.get(f"{address}excel/"))) > 1_000


def test_list_of_the_admitted_asks_as_much_for_two_as_for_one(
    world, client, django_assert_max_num_queries
):
    published(world)
    client.force_login(world.clerk)
    address = f"/admissions/{world.season.uid}/enrolments/"
    client.get(address)
    with django_assert_max_num_queries(60) as one:
        client.get(f"{address}?q=2601")
    with django_assert_max_num_queries(len(one)):
        client.get(f"{address}?q=260")
    enrol(world.candidate("2601"), actor=world.clerk)
    assert world.candidate("2601").number in client.get(f"{address}?arrived=yes").content.decode()
