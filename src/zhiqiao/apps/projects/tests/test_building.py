"""Building: reports laid down, tasks and changes, shares that know what is missing, acceptance."""

from datetime import timedelta
from decimal import Decimal

import pytest

from zhiqiao.apps.projects.actions import (
    ChangeWanted,
    ReportGiven,
    TaskGiven,
    accept_report,
    add_report_file,
    ask_change,
    decide_change,
    finish_task,
    hand_in_report,
    issue_warning,
    lift_warning,
    return_report,
    review_acceptance,
    save_report,
)
from zhiqiao.apps.projects.models import AcceptanceReview, Application, BuildReport, BuildTask
from zhiqiao.apps.projects.queries import board_of, proposal_of, share_of
from zhiqiao.apps.projects.rules import Proposal, proposed_by, share_reached
from zhiqiao.apps.projects.tests.building import again, make_project, moved
from zhiqiao.core.dates import today
from zhiqiao.core.errors import InputError, RefusedError, RuleError, ZhiqiaoError
from zhiqiao.core.models import AuditEntry
from zhiqiao.packs import months_later

pytestmark = pytest.mark.django_db


def code_of(call, *args, **given):
    with pytest.raises(ZhiqiaoError) as caught:
        call(*args, **given)
    return caught.value.code


def numbers(**given):
    return {name: Decimal(value) for name, value in given.items()}


def report_of(project, name, number=1):
    rows = BuildReport.objects.select_related("application__call")
    return rows.get(application=project, report=name, number=number)


def handed_in(project, who, *, name="mid-term", **reached):
    report = report_of(project, name)
    save_report(report, ReportGiven(text="已完成", reached=numbers(**reached)), actor=who["school"])
    return hand_in_report(report, actor=who["school"])


def test_reports_of_the_lifecycle_are_laid_down_from_the_day_of_recognition():
    project, _who = make_project()

    rows = project.reports.order_by("due_on").values_list("report", "number", "due_on", "state")

    assert list(rows) == [
        ("yearly", 1, months_later(today(), 12), "due"),
        ("mid-term", 1, months_later(today(), 18), "due"),
        ("yearly", 2, months_later(today(), 24), "due"),
        ("yearly", 3, months_later(today(), 36), "due"),
    ]


def test_who_comes_back_from_acceptance_gets_no_second_set_of_reports():
    project, who = make_project()
    before = project.reports.count()
    Application.objects.filter(pk=project.pk).update(state="accepting", phase="accepting")
    review_acceptance(again(project), passed=False, findings="未达标", actor=who["clerk"])

    project = moved(project, "send-back-to-building", who)

    assert (project.state, project.reports.count()) == ("building", before)


def test_tasks_stand_once_the_bureau_approved_them_and_what_was_done_stays_done():
    project, who = make_project()
    tasks = [TaskGiven(title="建成中心", due_on=today(), indicator="people_trained")]
    wanted = ChangeWanted(subject="任务书", reason="首次填报", tasks=tasks)
    change = ask_change(project, wanted, actor=who["school"])
    assert project.tasks.count() == 0
    assert code_of(ask_change, project, wanted, actor=who["school"]) == "projects.change-waits"

    decide_change(change, approved=True, answer="", actor=who["clerk"])
    finish_task(project.tasks.get(), done_on=today(), actor=who["school"])
    more = [*tasks, TaskGiven(title="招收学员", due_on=today(), budget_cny=Decimal("10.50"))]
    wanted = ChangeWanted(subject="增加任务", reason="扩大规模", tasks=more)
    change = ask_change(project, wanted, actor=who["school"])
    decide_change(change, approved=True, answer="同意", actor=who["clerk"])

    rows = BuildTask.objects.order_by("position").values_list("title", "done_on", "budget_cny")
    assert list(rows) == [("建成中心", today(), None), ("招收学员", None, Decimal("10.50"))]
    assert [one["title"] for one in change.before["tasks"]] == ["建成中心"]


def test_approved_change_of_an_indicator_counts_and_what_was_handed_in_stays():
    project, who = make_project()
    wanted = ChangeWanted(
        subject="调减", reason="生源减少", indicators=numbers(people_trained="80", partners_joined="10")
    )  # fmt: skip
    change = ask_change(project, wanted, actor=who["school"])
    assert (change.before, change.after) == (
        {"indicators": {"people_trained": "100"}},
        {"indicators": {"people_trained": "80"}},
    )

    decide_change(change, approved=True, answer="同意", actor=who["clerk"])

    promised = {line.name: line.promised for line in board_of(again(project)).indicators}
    assert promised == numbers(people_trained="80", partners_joined="10")
    project.content.refresh_from_db()
    assert project.content.indicators["people_trained"] == "100"


def test_refused_change_changes_nothing_and_needs_words():
    project, who = make_project()
    wanted = ChangeWanted(subject="调减", reason="x", indicators=numbers(people_trained="1"))
    change = ask_change(project, wanted, actor=who["school"])

    assert code_of(decide_change, change, approved=False, answer=" ", actor=who["clerk"]) == "projects.reason-needed"  # fmt: skip
    decide_change(change, approved=False, answer="理由不足", actor=who["clerk"])

    assert share_of(again(project)).promised == 2
    assert board_of(again(project)).indicators[0].promised == 100
    assert code_of(decide_change, change, approved=True, answer="", actor=who["clerk"]) == "projects.change-decided"  # fmt: skip


def test_indicator_that_the_call_does_not_know_is_refused():
    project, who = make_project()
    wanted = ChangeWanted(subject="x", reason="x", indicators=numbers(no_such="1"))
    assert code_of(ask_change, project, wanted, actor=who["school"]) == "projects.indicator-unknown"
    report = report_of(project, "yearly")
    given = ReportGiven(text="x", spent=numbers(no_such="1"))
    assert code_of(save_report, report, given, actor=who["school"]) == "projects.indicator-unknown"


def test_report_is_written_handed_in_returned_and_accepted():
    project, who = make_project()
    report = report_of(project, "yearly")
    assert code_of(hand_in_report, report, actor=who["school"]) == "projects.report-empty"
    handed_in(project, who, name="yearly", people_trained="20")
    assert code_of(hand_in_report, report, actor=who["school"]) == "projects.report-state"

    return_report(report, findings="请补充佐证", actor=who["clerk"])
    add_report_file(report, name="a.pdf", content=b"%PDF-1.4", actor=who["school"])
    hand_in_report(report, actor=who["school"])
    found = accept_report(report, verdict="passed", findings="", actor=who["clerk"])

    assert (found.state, found.verdict, found.files.count()) == ("accepted", "passed", 1)
    with pytest.raises(RefusedError):
        accept_report(report, verdict="passed", findings="", actor=who["school"])


def test_second_writer_does_not_undo_the_first_unseen():
    project, who = make_project()
    report = report_of(project, "yearly")
    save_report(report, ReportGiven(text="甲"), actor=who["school"], version=1)

    code = code_of(save_report, report, ReportGiven(text="乙"), actor=who["school"], version=1)

    assert code == "projects.report-stale"
    assert report_of(project, "yearly").text == "甲"


def test_indicator_without_a_number_is_not_reported_and_never_nothing():
    project, who = make_project()
    handed_in(project, who, people_trained="50")

    board = board_of(again(project))

    assert {line.name: line.reached for line in board.indicators} == {
        "people_trained": Decimal(50),
        "partners_joined": None,
    }
    share = board.share
    assert (share.least, share.most, share.value) == (Decimal("0.25"), Decimal("0.75"), None)
    assert (share.reported, share.promised) == (1, 2)
    assert board.budget[0].planned == Decimal("1500.50")
    assert {line.spent for line in board.budget} == {None}


@pytest.mark.parametrize(
    ("reached", "proposal"),
    [
        ({"people_trained": "20", "partners_joined": "2"}, Proposal.EXIT),
        ({"people_trained": "50", "partners_joined": "5"}, Proposal.WARN),
        ({"people_trained": "60", "partners_joined": "6"}, Proposal.NOTHING),
        ({"people_trained": "900", "partners_joined": "1"}, Proposal.WARN),
        ({"people_trained": "50"}, Proposal.UNKNOWN),
        ({"people_trained": "10"}, Proposal.WARN),
    ],
)
def test_reviewed_report_proposes_what_is_certain(reached, proposal):
    project, who = make_project()

    report = handed_in(project, who, **reached)

    assert proposal_of(report) is proposal


def test_yearly_report_proposes_nothing():
    project, who = make_project()
    report = handed_in(project, who, name="yearly", people_trained="1", partners_joined="0")
    assert proposal_of(report) is Proposal.NOTHING


def test_share_just_below_the_line_is_below_it():
    share = share_reached({"a": Decimal(3)}, {"a": Decimal("1.79999")})
    building = make_project()[0].call.rules.lifecycle.building
    assert proposed_by(share, building) is Proposal.WARN
    exact = share_reached({"a": Decimal(5)}, {"a": Decimal(3)})
    assert proposed_by(exact, building) is Proposal.NOTHING


def test_warning_is_issued_with_a_day_and_lifted_with_words():
    project, who = make_project()
    clerk, late = who["clerk"], today() + timedelta(days=30)
    with pytest.raises(InputError):
        issue_warning(project, reason="进度滞后", until=today(), actor=clerk)
    with pytest.raises(RefusedError):
        issue_warning(project, reason="进度滞后", until=late, actor=who["school"])
    warning = issue_warning(project, reason="进度滞后", until=late, actor=clerk)

    lifted = lift_warning(warning, why="已整改", actor=clerk)

    assert lifted.why_lifted == "已整改"
    assert code_of(lift_warning, warning, why="x", actor=clerk) == "projects.warning-lifted"


def test_nothing_passes_acceptance_of_which_too_little_was_certainly_reached():
    project, who = make_project()
    handed_in(project, who, people_trained="50", partners_joined="10")
    Application.objects.filter(pk=project.pk).update(state="accepting", phase="accepting")
    row = again(project)

    code = code_of(review_acceptance, row, passed=True, findings="通过", actor=who["clerk"])
    assert code == "projects.below-pass-mark"
    review_acceptance(row, passed=False, findings="未达标", actor=who["clerk"])

    kept = AcceptanceReview.objects.get()
    assert (kept.figures["most"], kept.figures["pass_mark"]) == ("0.75", "0.8")
    assert AuditEntry.objects.filter(verb="projects.application.acceptance_reviewed").count() == 1


def test_reports_of_a_project_that_left_are_closed():
    project, who = make_project()
    moved(project, "leave", who)
    with pytest.raises(RuleError):
        save_report(report_of(project, "yearly"), ReportGiven(text="x"), actor=who["school"])
