"""Notices about objections and about what is being built: who is told, once, and what is in them."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from zhiqiao.apps.accounts.choices import Role
from zhiqiao.apps.accounts.tests.factories import make_member, make_user
from zhiqiao.apps.portal.models import Notice
from zhiqiao.apps.projects.actions import (
    ChangeWanted,
    ReportGiven,
    accept_report,
    answer_objection,
    ask_change,
    decide_change,
    hand_in_report,
    issue_warning,
    object_to,
    return_report,
    save_report,
)
from zhiqiao.apps.projects.models import Application, BuildReport, Call
from zhiqiao.apps.projects.tests.building import make_project
from zhiqiao.apps.projects.tests.calls import make_application, make_call, people
from zhiqiao.core.dates import today
from zhiqiao.core.events import deliver_waiting, replay
from zhiqiao.packs import months_later

pytestmark = pytest.mark.django_db


@pytest.fixture
def project():
    found = make_project()
    told()
    return found


@pytest.fixture
def noticed():
    row = make_application(make_call(), state="publicity", title="云岭基地")
    Application.objects.filter(pk=row.pk).update(publicity_until=today())
    return row


def told():
    """Return what each person was told since the last look."""
    deliver_waiting()
    found = sorted(Notice.objects.values_list("recipient__login", "kind", "address"))
    Notice.objects.all().delete()
    return found


def objection_to(application, actor):
    return object_to(application, text="材料不实", name="某甲", contact="13800000000", actor=actor)


def test_objection_is_told_to_the_bureau_alone(noticed):
    who = people(applicant=noticed.applicant)
    row = objection_to(noticed, make_user("objector"))

    page = f"/objections/{row.uid}/"
    assert told() == [
        (who["clerk"].login, "objection-filed", page),
        (who["lead"].login, "objection-filed", page),
    ]


def test_answer_is_told_to_whoever_objected_and_to_the_applicant_without_the_code(noticed):
    who = people(applicant=noticed.applicant)
    row = objection_to(noticed, make_user("objector"))
    told()
    answer_objection(row, is_upheld=False, answer="不成立", actor=who["clerk"])

    assert told() == [
        ("objector", "objection-answered", "/receipts/"),
        ("the-school", "objection-answered", f"/calls/{noticed.call.uid}/notice/"),
    ]


def test_answer_to_somebody_without_an_account_is_told_to_the_applicant_alone(noticed):
    who = people(applicant=noticed.applicant)
    row = objection_to(noticed, None)
    told()
    answer_objection(row, is_upheld=False, answer="不成立", actor=who["clerk"])

    assert [(login, kind) for login, kind, _page in told()] == [
        ("the-school", "objection-answered")
    ]


@pytest.mark.parametrize("state", ["deciding", "refused"])
def test_answer_that_the_applicant_may_not_read_is_not_told_to_the_applicant(noticed, state):
    who = people(applicant=noticed.applicant)
    row = objection_to(noticed, make_user("objector"))
    told()
    phase = noticed.call.rules.flow.states[state].phase
    Application.objects.filter(pk=noticed.pk).update(state=state, phase=phase)
    answer_objection(row, is_upheld=True, answer="成立", actor=who["clerk"])

    assert told() == [("objector", "objection-answered", "/receipts/")]


def test_change_is_told_to_the_bureau_and_its_decision_to_the_applicant(project):
    row, who = project
    wanted = ChangeWanted(
        subject="调整指标", reason="合作单位退出", indicators={"partners_joined": Decimal(8)}
    )
    change = ask_change(row, wanted, actor=who["school"])
    page = f"/building-changes/{change.uid}/"
    assert told() == [
        ("the-clerk", "change-asked", page),
        ("the-lead", "change-asked", page),
    ]
    decide_change(change, approved=False, answer="理由不足", actor=who["clerk"])

    assert told() == [("the-school", "change-decided", page)]


def test_report_is_told_to_the_bureau_and_what_came_of_it_to_the_applicant(project):
    row, who = project
    report = BuildReport.objects.filter(application=row).first()
    page = f"/building-reports/{report.uid}/"
    save_report(report, ReportGiven(text="进展"), actor=who["school"])
    assert told() == []
    hand_in_report(report, actor=who["school"])
    assert told() == [
        ("the-clerk", "build-report-handed-in", page),
        ("the-lead", "build-report-handed-in", page),
    ]
    return_report(report, findings="补数据", actor=who["clerk"])
    assert told() == [("the-school", "build-report-returned", page)]
    hand_in_report(report, actor=who["school"])
    told()
    accept_report(report, verdict="passed", findings="", actor=who["clerk"])

    assert told() == [("the-school", "build-report-accepted", page)]


def test_warning_is_told_to_the_applicant_alone(project):
    row, who = project
    until = months_later(today(), 1)
    issue_warning(row, reason="进度滞后", until=until, actor=who["clerk"])
    deliver_waiting()

    notice = Notice.objects.get()
    assert (notice.recipient, notice.kind, notice.day) == (who["school"], "project-warned", until)
    assert (notice.code, notice.address) == (row.number, f"/building/{row.uid}/")


def test_event_that_is_delivered_again_tells_nobody_twice(project):
    row, who = project
    issue_warning(row, reason="进度滞后", until=months_later(today(), 1), actor=who["clerk"])
    deliver_waiting()
    now, day = timezone.now(), timedelta(days=1)
    again = replay(
        "portal.project-warned", since=now - day, until=now + day, actor=None, reason="补发"
    )
    deliver_waiting()

    assert again == 1
    assert Notice.objects.filter(kind="project-warned").count() == 1


def test_building_of_a_demonstration_is_told_to_sample_accounts_alone(project):
    row, who = project
    Call.objects.update(provenance="demonstration")
    sample = make_member(Role.SCHOOL_CLERK, login="sample", organisation=row.applicant)
    sample.is_demonstration = True
    sample.save()
    issue_warning(row, reason="进度滞后", until=months_later(today(), 1), actor=who["clerk"])

    assert [(login, kind) for login, kind, _page in told()] == [("sample", "project-warned")]
