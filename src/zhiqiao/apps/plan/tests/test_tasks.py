import threading
from datetime import date

import pytest
from django.db import connection

from zhiqiao.apps.accounts.choices import Role
from zhiqiao.apps.accounts.tests.factories import bureau, make_member
from zhiqiao.apps.plan import actions, queries
from zhiqiao.apps.plan.actions import Assignment, Words
from zhiqiao.apps.plan.models import ProgressReport, Task, TaskPart
from zhiqiao.apps.plan.tests.task_world import code_of, make_world
from zhiqiao.core.audit import history_of
from zhiqiao.core.errors import (
    InputError,
    MissingError,
    RefusedError,
    RuleError,
)
from zhiqiao.core.policy import current_pack

pytestmark = pytest.mark.django_db

QUARTER = date(2026, 9, 30)


@pytest.fixture
def world():
    return make_world()


def hand_in(world, part=None, period=QUARTER, words="已完成一半"):
    part = part or world.part
    report = actions.save_report(part, period, Words(progress=words), actor=world.department)
    return actions.submit_report(report, actor=world.department)


def test_every_task_of_the_pack_is_taken_up_once(world):
    again = actions.take_up_tasks(actor=world.clerk)

    assert set(Task.objects.values_list("code", flat=True)) == set(current_pack().tasks)
    assert again == {"opened": 0, "changed": 0, "unchanged": len(current_pack().tasks)}


def test_taking_up_follows_the_words_of_the_pack_and_keeps_the_state(world):
    Task.objects.filter(pk=world.task.pk).update(title_zh="旧标题")

    counts = actions.take_up_tasks(actor=world.clerk)

    world.task.refresh_from_db()
    assert counts["changed"] == 1
    assert world.task.title_zh == current_pack().tasks["K02"].title.zh
    assert history_of(world.task).first().before["title_zh"] == "旧标题"


def test_matters_are_numbered_within_the_year(world):
    codes = [world.matter().code for _ in range(2)]

    assert [code.partition("-")[2] for code in codes] == ["0001", "0002"]


def test_report_goes_from_draft_over_correction_to_acceptance(world):
    report = hand_in(world)
    actions.return_report(report, actor=world.clerk, note="请补充数据")
    report.refresh_from_db()
    assert (report.state, report.review_note) == ("returned", "请补充数据")

    words = Words(progress="已完成 52%", version=report.version)
    actions.save_report(world.part, QUARTER, words, actor=world.department)
    report = actions.submit_report(report, actor=world.department)
    report = actions.accept_report(report, actor=world.clerk)

    assert (report.state, report.progress, report.reviewed_by) == (
        "accepted",
        "已完成 52%",
        world.clerk,
    )
    assert [entry.verb for entry in history_of(report).order_by("id")] == [
        "plan.report.written",
        "plan.report.handed_in",
        "plan.report.returned",
        "plan.report.written",
        "plan.report.handed_in",
        "plan.report.accepted",
    ]


def test_report_that_was_handed_in_is_not_written_again(world):
    report = hand_in(world)
    words = Words(progress="另一说法", version=report.version)

    assert (
        code_of(RuleError, actions.save_report, world.part, QUARTER, words, actor=world.department)
        == "plan.report-handed-in"
    )
    assert ProgressReport.objects.get().progress == "已完成一半"


def test_report_written_by_two_at_once_loses_nothing(world):
    first = Words(progress="甲写的")
    actions.save_report(world.part, QUARTER, first, actor=world.department)
    seen_before_anything_was_there = Words(progress="乙写的")
    with pytest.raises(RuleError) as caught:
        actions.save_report(
            world.part, QUARTER, seen_before_anything_was_there, actor=world.department
        )

    assert caught.value.code == "plan.changed-meanwhile"
    assert ProgressReport.objects.get().progress == "甲写的"


@pytest.mark.django_db(transaction=True)
def test_report_waits_for_somebody_who_writes_in_it(world):
    """The second writer, who saw the same version, is refused after the first one's commit."""
    report = actions.save_report(
        world.part, QUARTER, Words(progress="初稿"), actor=world.department
    )
    outcomes = []

    def write(text):
        try:
            words = Words(progress=text, version=report.version)
            actions.save_report(world.part, QUARTER, words, actor=world.department)
            outcomes.append("kept")
        except RuleError as error:
            outcomes.append(error.code)
        finally:
            connection.close()

    writers = [threading.Thread(target=write, args=(text,)) for text in ("甲", "乙", "丙")]
    for one in writers:
        one.start()
    for one in writers:
        one.join()

    assert sorted(outcomes) == ["kept", "plan.changed-meanwhile", "plan.changed-meanwhile"]


@pytest.mark.django_db(transaction=True)
def test_tasks_are_taken_up_once_by_two_at_once(world):
    Task.objects.filter(parts=None).delete()
    outcomes = []

    def take_up():
        try:
            outcomes.append(actions.take_up_tasks(actor=world.clerk)["opened"])
        finally:
            connection.close()

    both = [threading.Thread(target=take_up) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()

    assert sorted(outcomes) == [0, len(current_pack().tasks) - 1]


def test_writer_whose_colleague_hands_in_does_not_review(world):
    given = Assignment(
        organisation=world.clerk.memberships.get().organisation_id,
        role="with",
        starts_on=date(2026, 1, 1),
    )
    own = actions.assign_part(world.task, given, actor=world.clerk)
    report = actions.save_report(own, QUARTER, Words(progress="自己的"), actor=world.clerk)
    report = actions.submit_report(report, actor=world.lead)

    assert report.written_by == world.clerk
    assert code_of(RuleError, actions.accept_report, report, actor=world.clerk) == "plan.own-report"
    assert code_of(RuleError, actions.accept_report, report, actor=world.lead) == "plan.own-report"
    other = make_member(Role.BUREAU_CLERK, login="other", organisation=bureau())
    assert actions.accept_report(report, actor=other).state == "accepted"


def test_what_a_task_serves_is_followed_and_recorded(world):
    Task.objects.filter(pk=world.task.pk).update(targets=["T99"])

    assert actions.take_up_tasks(actor=world.clerk)["changed"] == 1
    entry = history_of(world.task).order_by("-id").first()
    assert entry.before["targets"] == ["T99"]
    assert entry.after["targets"] != ["T99"]


@pytest.mark.parametrize("day", [date(2026, 9, 29), date(2025, 12, 31)])
def test_report_needs_a_period_of_the_rhythm_after_the_assignment(world, day):
    words = Words(progress="x")

    assert (
        code_of(MissingError, actions.save_report, world.part, day, words, actor=world.department)
        == "plan.period-unknown"
    )


def test_empty_report_is_refused(world):
    words = Words(progress="  ")

    assert (
        code_of(InputError, actions.save_report, world.part, QUARTER, words, actor=world.department)
        == "plan.text-needed"
    )


def test_task_reassigned_in_the_middle_of_a_report_keeps_what_was_written(world):
    words = Words(progress="写到一半")
    draft = actions.save_report(world.part, QUARTER, words, actor=world.department)

    actions.end_part(world.part, actor=world.clerk, reason="职能调整")
    taken_over = world.assign("district", role="lead")

    assert (
        code_of(RuleError, actions.submit_report, draft, actor=world.department)
        == "plan.part-ended"
    )
    draft.refresh_from_db()
    assert (draft.state, draft.progress) == ("draft", "写到一半")
    assert queries.report_visible_to(world.department, draft.uid) == draft
    fresh = actions.save_report(taken_over, QUARTER, Words(progress="接手"), actor=world.district)
    assert fresh.part == taken_over


def test_report_handed_in_before_its_part_ended_is_still_reviewed(world):
    report = hand_in(world)
    actions.end_part(world.part, actor=world.clerk, reason="职能调整")

    assert actions.accept_report(report, actor=world.clerk).state == "accepted"


def test_nobody_reviews_their_own_report(world):
    given = Assignment(
        organisation=world.clerk.memberships.get().organisation_id,
        role="with",
        starts_on=date(2026, 1, 1),
    )
    own = actions.assign_part(world.task, given, actor=world.clerk)
    report = actions.save_report(own, QUARTER, Words(progress="自己的"), actor=world.clerk)
    actions.submit_report(report, actor=world.clerk)

    assert code_of(RuleError, actions.accept_report, report, actor=world.clerk) == "plan.own-report"
    assert actions.accept_report(report, actor=world.lead).state == "accepted"


def test_body_has_one_part_and_a_side_one_lead(world):
    assert code_of(RuleError, world.assign, "department") == "plan.body-has-part"
    assert code_of(RuleError, world.assign, "district", role="lead") == "plan.side-has-lead"
    assert code_of(RuleError, world.assign, "neighbour", side="partner") == "plan.side-of-a-matter"
    assert TaskPart.objects.count() == 1


def test_person_in_charge_belongs_to_the_body(world):
    actions.put_in_charge(world.part, person=world.department.pk, actor=world.clerk)

    assert (
        code_of(
            RuleError,
            actions.put_in_charge,
            world.part,
            person=world.district.pk,
            actor=world.clerk,
        )
        == "plan.person-of-another-body"
    )
    world.part.refresh_from_db()
    assert world.part.person == world.department


@pytest.mark.parametrize(
    ("kind", "side"), [("two-cities", "partner"), ("ministry-city", "ministry")]
)
def test_sides_of_a_matter_write_their_own_views(world, kind, side):
    matter = world.matter(kind)
    ours = world.assign("department", task=matter, role="lead")
    theirs = world.assign("neighbour", task=matter, role="lead", side=side)

    actions.write_view(ours, text="先从目录做起", actor=world.department)
    actions.write_view(theirs, text="先从规则做起", actor=world.neighbour)
    actions.write_view(theirs, text="目录与规则并行", actor=world.neighbour)

    shown = [(one.side, [view.text for view in one.views]) for one in queries.sides_of(matter)]
    assert shown == [("city", ["先从目录做起"]), (side, ["目录与规则并行", "先从规则做起"])]
    assert (
        code_of(RefusedError, actions.write_view, theirs, text="x", actor=world.department)
        == "plan.part-not-yours"
    )
    assert (
        code_of(RuleError, actions.write_view, world.part, text="x", actor=world.department)
        == "plan.matter-needs-sides"
    )


def test_closed_task_takes_no_more(world):
    assert (
        code_of(
            RefusedError, actions.close_task, world.task, done=True, actor=world.clerk, reason="x"
        )
        == "plan.tasks-need-lead"
    )
    actions.close_task(world.task, done=True, actor=world.lead, reason="全部完成")
    words = Words(progress="x")

    assert (
        code_of(RuleError, actions.save_report, world.part, QUARTER, words, actor=world.department)
        == "plan.task-closed"
    )
    assert code_of(RuleError, world.assign, "district") == "plan.task-closed"


WRITES = {
    "assign": lambda w, who: actions.assign_part(
        w.task,
        Assignment(organisation=w.bodies["district"].pk, role="with", starts_on=QUARTER),
        actor=who,
    ),
    "end": lambda w, who: actions.end_part(w.part, actor=who, reason="x"),
    "charge": lambda w, who: actions.put_in_charge(w.part, person=None, actor=who),
    "remind": lambda w, who: actions.take_step(w.part, "reminder", text="x", actor=who),
    "take up": lambda _world, who: actions.take_up_tasks(actor=who),
    "close": lambda w, who: actions.close_task(w.task, done=True, actor=who, reason="x"),
}


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
@pytest.mark.parametrize("who", ["department", "district"])
def test_bodies_do_not_do_the_work_of_the_bureau(world, write, who):
    with pytest.raises(RefusedError):
        write(world, getattr(world, who))


def test_body_does_not_write_for_another(world):
    words = Words(progress="x")

    assert (
        code_of(RefusedError, actions.save_report, world.part, QUARTER, words, actor=world.district)
        == "plan.part-not-yours"
    )
    assert (
        code_of(RefusedError, actions.save_report, world.part, QUARTER, words, actor=world.clerk)
        == "plan.part-not-yours"
    )


def test_tasks_are_seen_by_the_bureau_and_by_the_bodies_that_take_part(world):
    def seen(who):
        return {task.code for task in queries.tasks_visible_to(who)}

    assert seen(world.clerk) == set(current_pack().tasks)
    assert seen(world.department) == {"K02"}
    assert seen(world.district) == seen(None) == set()


def test_draft_is_seen_by_its_own_body_and_the_bureau_alone(world):
    world.assign("district")
    words = Words(progress="草稿")
    draft = actions.save_report(world.part, QUARTER, words, actor=world.department)

    assert draft in queries.reports_visible_to(world.department)
    assert draft not in queries.reports_visible_to(world.district)
    actions.submit_report(draft, actor=world.department)
    assert draft in queries.reports_visible_to(world.district)


def test_sample_account_sees_no_real_task(world):
    world.department.is_demonstration = True
    world.department.save()

    assert list(queries.tasks_visible_to(world.department)) == []


def test_obligations_name_each_period_with_its_working_day(world):
    """The third quarter of 2026 ends before the holidays: ten working days are 20 October."""
    hand_in(world, period=date(2026, 3, 31))
    today = date(2026, 10, 20)

    found = queries.obligations_of(queries.parts_reporting(world.department), today=today)

    assert [(one.period.end, one.due, one.state) for one in found] == [
        (date(2026, 6, 30), date(2026, 7, 14), "overdue"),
        (date(2026, 9, 30), date(2026, 10, 20), "due"),
        (date(2026, 3, 31), date(2026, 4, 15), "submitted"),
        (date(2026, 12, 31), date(2027, 1, 14), "not-open"),
    ]
    assert [one.days_left for one in found if one.is_open] == [-66, 0]
    assert [one.is_provisional for one in found] == [False, False, False, True]


def test_ledger_has_a_row_for_each_part_and_for_each_task_without_a_body(world):
    world.assign("district")
    hand_in(world)

    rows = list(queries.ledger_rows(world.clerk, queries.TaskFilter()))

    assert len(rows) == len(current_pack().tasks) + 1
    of_task = [row for row in rows if row[0] == "K02"]
    assert [row[9] for row in of_task] == ["department（测试）", "district（测试）"]
    assert of_task[0][15] == "已完成一半"
