"""Whom a move of an application is told to, and when terms are called to mind."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.utils import translation

from zhiqiao.apps.accounts.choices import Role
from zhiqiao.apps.accounts.tests.factories import make_member
from zhiqiao.apps.portal.actions import remind_of_terms
from zhiqiao.apps.portal.models import Notice
from zhiqiao.apps.portal.queries.workspace import tasks_for
from zhiqiao.apps.projects.actions import put_off, set_quotas, sign_move, take_move
from zhiqiao.apps.projects.models import Application, Call, Review, Standing
from zhiqiao.apps.projects.tests.building import make_project
from zhiqiao.apps.projects.tests.calls import make_application, make_call, make_expert, people
from zhiqiao.apps.registry.tests.factories import make_organisation
from zhiqiao.core.dates import today
from zhiqiao.core.events import deliver_waiting
from zhiqiao.core.jobs import MORNING, run_upkeep
from zhiqiao.core.workdays import add_working_days
from zhiqiao.packs import months_later

pytestmark = pytest.mark.django_db


@pytest.fixture
def bodies():
    return {
        "applicant": make_organisation("云岭学院", kind="higher-vocational"),
        "recommender": make_organisation("云岭区教委", kind="government"),
    }


def set_lifecycle(call, **changed):
    call.kept_rules["lifecycle"] |= changed
    call.rules_digest = str(changed)[:64]
    call.save()


def told():
    """Return what each person was told since the last look."""
    deliver_waiting()
    found = sorted(Notice.objects.values_list("recipient__login", "kind"))
    Notice.objects.all().delete()
    return found


def test_move_is_told_to_its_parties_and_not_to_who_took_it(bodies):
    call = make_call()
    set_quotas(call, {bodies["recommender"].pk: 1}, actor=None)
    row = make_application(call, state="recommending", **bodies)
    who = people(**bodies)

    take_move(row, "recommend", actor=who["district"])
    assert told() == [
        ("the-clerk", "application-moved"),
        ("the-lead", "application-moved"),
        ("the-school", "application-moved"),
    ]
    take_move(row, "return", actor=who["clerk"], reason="缺页")
    notice_day = Application.objects.get().due_on
    deliver_waiting()
    assert Notice.objects.get().day == notice_day
    assert told() == [("the-school", "application-returned")]


def test_move_between_hidden_phases_is_told_to_nobody_even_where_the_flow_says_so(bodies):
    call = make_call()
    call.kept_rules["flow"]["moves"]["to-panel"]["tells"] = ["applicant", "recommender"]
    call.rules_digest = "telling"
    call.save()
    row = make_application(call, state="reviewing", **bodies)
    who = people(**bodies)
    for letter, serial in (("A", 1), ("B", 2), ("C", 3)):
        Review.objects.create(
            application=row, expert=make_expert(serial), letter=letter, state="handed-in",
            due_on=today(), total=100, asked_at=row.begun_at, accepted_at=row.begun_at,
            handed_in_at=row.begun_at,
        )  # fmt: skip

    take_move(row, "to-panel", actor=who["clerk"])

    assert Application.objects.get().state == "panel"
    assert told() == []


def test_step_that_waits_is_told_to_the_others_of_the_bureau_alone(bodies):
    row = make_application(make_call(), state="deciding", **bodies)
    Standing.objects.update(proposal="recognise")
    who = people(**bodies)

    take_move(row, "announce", actor=who["clerk"])
    assert told() == [("the-lead", "application-step-waits")]
    sign_move(row, actor=who["lead"])
    assert told() == [("the-school", "application-moved")]


def test_notice_holds_no_title_and_no_state(bodies):
    row = make_application(make_call(), state="checking", title="云岭基地", **bodies)
    who = people(**bodies)
    take_move(row, "return", actor=who["clerk"], reason="缺页")
    deliver_waiting()

    notice = Notice.objects.get()
    assert (notice.code, notice.address) == ("2026-0001", row.get_absolute_url())


def test_terms_are_called_to_mind_once_before_and_once_after(bodies):
    call = make_call()
    rows = {
        state: make_application(
            call, state=state, number=f"2026-{state}"[:20], title=state, **bodies
        )
        for state in ("recommending", "panel")
    }
    people(**bodies)
    for row in rows.values():
        Application.objects.filter(pk=row.pk).update(due_on=today() + timedelta(days=1))

    remind_of_terms()
    remind_of_terms()
    assert told() == [
        ("the-clerk", "deadline-near"),
        ("the-district", "deadline-near"),
        ("the-lead", "deadline-near"),
    ]
    put_off(rows["panel"], due_on=today() + timedelta(days=90), actor=None, reason="改期")
    Application.objects.filter(state="recommending").update(due_on=today() - timedelta(days=1))
    remind_of_terms()
    assert told() == [("the-district", "deadline-passed")]


def test_correction_is_called_to_mind_as_early_as_the_lifecycle_says(bodies):
    call = make_call()
    row = make_application(call, state="returned", title="云岭基地", **bodies)
    people(**bodies)
    due = add_working_days(today(), 2).day
    Application.objects.filter(pk=row.pk).update(
        due_on=due, handed_in_at=row.begun_at, number="2026-0001"
    )
    set_lifecycle(call, remind_before=1)
    remind_of_terms()
    assert told() == []
    set_lifecycle(call, remind_before=2)
    remind_of_terms()
    assert told() == [("the-school", "deadline-near")]
    Application.objects.filter(pk=row.pk).update(due_on=today() - timedelta(days=1))
    remind_of_terms()

    assert told() == [("the-school", "deadline-passed")]


def test_working_days_before_a_term_leave_the_holidays_out(bodies):
    """The national holiday of 2025 lies between the reminder and the term; eight days are off."""
    call = make_call()
    row = make_application(call, state="recommending", title="云岭基地", **bodies)
    people(**bodies)
    Application.objects.filter(pk=row.pk).update(due_on=date(2025, 10, 10))

    with time_machine.travel(datetime(2025, 9, 28, 1, tzinfo=UTC), tick=False):
        remind_of_terms()
        assert told() == []
    with time_machine.travel(datetime(2025, 9, 29, 1, tzinfo=UTC), tick=False):
        remind_of_terms()
        assert told() == [("the-district", "deadline-near")]


def test_entry_into_a_hidden_phase_is_told_without_its_term(bodies):
    call = make_call()
    call.kept_rules["flow"]["moves"]["pass-check"]["tells"] = ["applicant"]
    call.kept_rules["flow"]["moves"]["pass-check"]["needs"] = []
    call.rules_digest = "telling-of-the-check"
    call.save()
    row = make_application(call, state="checking", **bodies)
    who = people(**bodies)

    take_move(row, "pass-check", actor=who["clerk"])
    deliver_waiting()

    assert Application.objects.get().due_on is not None
    notice = Notice.objects.get()
    assert (notice.recipient, notice.day) == (who["school"], None)


def test_end_of_validity_is_called_to_mind_by_the_months_of_the_lifecycle(bodies):
    row, _who = make_project()
    told()
    recognition = Application.objects.get(pk=row.pk).recognition
    Application.objects.filter(pk=row.pk).update(state="in-force", phase="in-force")
    recognition.valid_from = today() - timedelta(days=100)
    recognition.valid_to = months_later(today(), 3) + timedelta(days=1)
    recognition.save()
    remind_of_terms()
    assert told() == []
    recognition.valid_to = months_later(today(), 3)
    recognition.save()
    remind_of_terms()
    remind_of_terms()
    everybody = ("the-clerk", "the-lead", "the-school")
    assert told() == [(one, "recognition-ending") for one in everybody]
    recognition.valid_to = today() - timedelta(days=1)
    recognition.save()
    remind_of_terms()
    assert told() == [(one, "recognition-over") for one in everybody]
    recognition.state, recognition.ended_on = "revoked", today()
    recognition.valid_to = today()
    recognition.save()
    remind_of_terms()
    assert told() == []


def test_end_of_the_window_is_told_to_whoever_has_a_draft(bodies):
    call = make_call()
    make_application(call, **bodies)
    people(**bodies)
    remind_of_terms()
    assert told() == []
    Call.objects.update(closes_at=call.opens_at + timedelta(days=2))

    remind_of_terms()

    assert told() == [("the-school", "deadline-near")]


def test_demonstration_is_told_to_sample_accounts_alone(bodies):
    row = make_application(make_call(), state="checking", **bodies)
    Call.objects.update(provenance="demonstration")
    who = people(**bodies)
    sample = make_member(Role.SCHOOL_CLERK, login="sample", organisation=bodies["applicant"])
    sample.is_demonstration = True
    sample.save()

    take_move(row, "return", actor=who["clerk"], reason="缺页")

    assert told() == [("sample", "application-returned")]


def test_clock_of_the_worker_lapses_what_was_not_corrected(bodies):
    row = make_application(make_call(), state="checking", **bodies)
    take_move(row, "return", actor=people()["clerk"], reason="缺页")
    Application.objects.update(due_on=today() - timedelta(days=1))

    run_upkeep(MORNING)

    assert Application.objects.get().state == "lapsed"


def test_workspace_counts_what_waits_in_calls(bodies):
    call = make_call()
    who = people(**bodies)
    make_application(call, state="checking", number="1", title="甲", **bodies)
    make_application(call, state="recommending", number="2", title="乙", **bodies)
    make_application(call, title="丙", **bodies)

    def count(name, title):
        with translation.override("en"):
            (task,) = [one for one in tasks_for(who[name]) if str(one.title) == title]
        return task.count

    assert count("lead", "Waiting in calls") == 1
    assert count("district", "To recommend") == 1
    assert count("school", "Applications to hand in") == 1
