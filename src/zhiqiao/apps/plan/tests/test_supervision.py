"""Reminders, supervision notes and escalations, with clocks in working days."""

from datetime import date

import pytest
import time_machine

from zhiqiao.apps.plan import actions, queries
from zhiqiao.apps.plan.models import Supervision
from zhiqiao.apps.plan.tests.task_world import code_of, make_world
from zhiqiao.core.errors import RefusedError, RuleError, UnavailableError

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return make_world()


def test_ladder_is_climbed_one_overdue_step_at_a_time(world):
    """The National Day of 2025 lies within the reminder: 30 September and 5 working days."""
    with time_machine.travel("2025-09-30T02:00:00Z", tick=False):
        reminder = actions.take_step(world.part, "reminder", text="请报送", actor=world.clerk)
        assert reminder.answer_by == date(2025, 10, 14)
        assert (
            code_of(RuleError, actions.take_step, world.part, "note", text="x", actor=world.clerk)
            == "plan.step-open"
        )
    with time_machine.travel("2025-10-14T15:59:00Z", tick=False):
        assert (
            code_of(RuleError, actions.take_step, world.part, "note", text="x", actor=world.clerk)
            == "plan.step-open"
        )
    with time_machine.travel("2025-10-14T16:01:00Z", tick=False):
        note = actions.take_step(world.part, "note", text="督办", actor=world.clerk)
        assert note.answer_by == date(2025, 10, 20)
    with time_machine.travel("2025-10-21T02:00:00Z", tick=False):
        assert (
            code_of(
                RefusedError,
                actions.take_step,
                world.part,
                "escalation",
                text="x",
                actor=world.clerk,
            )
            == "plan.tasks-need-lead"
        )
        escalation = actions.take_step(world.part, "escalation", text="提级", actor=world.lead)
        answered = actions.answer_supervision(escalation, text="已办结", actor=world.department)
    assert (answered.answered_on, answered.answer) == (date(2025, 10, 21), "已办结")


def test_note_without_an_overdue_reminder_comes_too_early(world):
    assert (
        code_of(RuleError, actions.take_step, world.part, "note", text="x", actor=world.clerk)
        == "plan.step-too-early"
    )
    assert Supervision.objects.count() == 0


def test_answer_ends_the_ladder_and_the_next_one_begins_below(world):
    with time_machine.travel("2026-03-02T02:00:00Z", tick=False):
        reminder = actions.take_step(world.part, "reminder", text="请报送", actor=world.clerk)
        actions.answer_supervision(reminder, text="马上报", actor=world.department)
        assert (
            code_of(
                RuleError, actions.answer_supervision, reminder, text="再报", actor=world.department
            )
            == "plan.answered-already"
        )
    with time_machine.travel("2026-06-01T02:00:00Z", tick=False):
        assert (
            code_of(RuleError, actions.take_step, world.part, "note", text="x", actor=world.clerk)
            == "plan.step-too-early"
        )


def test_clock_that_was_set_back_writes_nothing(world):
    with time_machine.travel("2026-03-10T02:00:00Z", tick=False):
        reminder = actions.take_step(world.part, "reminder", text="请报送", actor=world.clerk)
    with time_machine.travel("2026-03-09T02:00:00Z", tick=False):
        assert (
            code_of(
                UnavailableError,
                actions.answer_supervision,
                reminder,
                text="报",
                actor=world.department,
            )
            == "plan.clock-behind"
        )
        assert (
            code_of(
                UnavailableError,
                actions.take_step,
                world.part,
                "reminder",
                text="x",
                actor=world.clerk,
            )
            == "plan.clock-behind"
        )
    reminder.refresh_from_db()
    assert (reminder.answer, Supervision.objects.count()) == ("", 1)


def test_deadline_into_an_unpublished_year_is_provisional(world):
    with time_machine.travel("2026-12-30T02:00:00Z", tick=False):
        reminder = actions.take_step(world.part, "reminder", text="请报送", actor=world.clerk)

    assert (reminder.is_provisional, reminder.answer_by) == (True, date(2027, 1, 6))


def test_unanswered_reminder_is_an_obligation(world):
    with time_machine.travel("2026-03-02T02:00:00Z", tick=False):
        actions.take_step(world.part, "reminder", text="请报送", actor=world.clerk)

    found = queries.obligations_of(
        queries.parts_reporting(world.department), today=date(2026, 3, 3)
    )

    assert [(one.supervision.text, one.due, one.state) for one in found if one.supervision] == [
        ("请报送", date(2026, 3, 9), "due")
    ]
