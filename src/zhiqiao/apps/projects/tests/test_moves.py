"""Moves: by whom, with what, by one or two persons, for many, and by the clock."""

from datetime import date, timedelta

import pytest

from zhiqiao.apps.projects.actions import (
    lapse_overdue,
    move_many,
    refuse_move,
    sign_move,
    take_move,
)
from zhiqiao.apps.projects.models import Application, CheckAnswer, Standing, Step
from zhiqiao.apps.projects.queries import judged_needs, step_that_waits
from zhiqiao.apps.projects.rules import TABLE, Part, Viewer, told_phase
from zhiqiao.apps.projects.tests.calls import make_application, make_call, people
from zhiqiao.apps.registry.tests.factories import make_organisation
from zhiqiao.core.dates import today
from zhiqiao.core.errors import MissingError, RefusedError, RuleError
from zhiqiao.core.models import AuditEntry
from zhiqiao.core.workdays import add_working_days
from zhiqiao.packs import Need, Phase

pytestmark = pytest.mark.django_db


def test_return_needs_a_reason_and_sets_the_term_in_working_days():
    call = make_call()
    waiting = make_application(call, state="checking")
    clerk = people()["clerk"]

    with pytest.raises(RuleError) as caught:
        take_move(waiting, "return", actor=clerk)
    assert caught.value.code == "projects.reason-needed"

    step = take_move(waiting, "return", actor=clerk, reason="缺少盖章页")
    waiting.refresh_from_db()
    assert (waiting.state, waiting.phase) == ("returned", "drafting")
    assert waiting.due_on == add_working_days(today(), 5).day
    assert (step.is_taken, step.reason) == (True, "缺少盖章页")
    assert AuditEntry.objects.filter(verb="projects.application.moved").count() == 1


def test_move_is_taken_by_its_own_party_alone():
    school = make_organisation("云岭学院", kind="higher-vocational")
    district = make_organisation("云岭区教委", kind="government")
    row = make_application(make_call(), applicant=school, recommender=district, state="checking")
    who = people(applicant=school, recommender=district)

    for name in ("school", "district"):
        with pytest.raises(RefusedError) as caught:
            take_move(row, "return", actor=who[name], reason="x")
        assert caught.value.code == "projects.move-of-another"
    with pytest.raises(RefusedError):
        take_move(row, "withdraw", actor=who["clerk"], reason="x")
    with pytest.raises(RuleError) as caught:
        take_move(row, "recommend", actor=who["district"])
    assert caught.value.code == "projects.wrong-state"
    with pytest.raises(MissingError):
        take_move(row, "no-such-move", actor=who["clerk"])
    row.refresh_from_db()
    assert row.state == "checking"


def test_two_persons_one_of_them_a_lead_put_on_public_notice():
    row = make_application(make_call(), state="deciding")
    Standing.objects.filter(application=row).update(proposal="recognise")
    who = people()

    asked = take_move(row, "announce", actor=who["clerk"])
    row.refresh_from_db()
    assert (row.state, asked.is_taken) == ("deciding", False)
    with pytest.raises(RefusedError) as caught:
        sign_move(row, actor=who["clerk"])
    assert caught.value.code == "projects.two-persons"
    with pytest.raises(RuleError) as caught:
        take_move(row, "announce", actor=who["lead"])
    assert caught.value.code == "projects.step-waits"

    sign_move(row, actor=who["lead"])
    row.refresh_from_db()
    assert (row.state, row.phase) == ("publicity", "publicity")
    assert step_that_waits(row) is None


def test_step_that_waits_is_taken_back_with_a_reason():
    row = make_application(make_call(), state="deciding")
    Standing.objects.filter(application=row).update(proposal="recognise")
    who = people()
    take_move(row, "announce", actor=who["clerk"])

    refuse_move(row, actor=who["lead"], reason="先核对名单")

    assert step_that_waits(row) is None
    assert Application.objects.get(pk=row.pk).state == "deciding"


def test_needs_are_judged_again_when_the_second_person_signs():
    row = make_application(make_call(), state="deciding")
    Standing.objects.filter(application=row).update(proposal="recognise")
    who = people()
    take_move(row, "announce", actor=who["clerk"])
    Standing.objects.filter(application=row).update(proposal="reserve")

    with pytest.raises(RuleError) as caught:
        sign_move(row, actor=who["lead"])

    assert caught.value.code == "projects.proposed-otherwise"


def test_many_move_each_for_itself_and_the_refused_are_named():
    call = make_call()
    rows = [make_application(call, state="checking", number=f"2026-000{n}") for n in (1, 2)]
    clerk = people()["clerk"]
    for name in call.rules.lifecycle.checks:
        CheckAnswer.objects.create(
            application=rows[0], check_id=name, passed=True, answered_at=rows[0].handed_in_at
        )

    moved = move_many(call, "pass-check", [row.uid for row in rows], actor=clerk)

    assert moved.done == 1
    assert list(moved.refused) == ["2026-0002"]
    states = dict(Application.objects.values_list("number", "state"))
    assert states == {"2026-0001": "reviewing", "2026-0002": "checking"}


def test_clock_lapses_what_was_not_corrected_in_time_and_nothing_else():
    call = make_call()
    late = make_application(call, state="checking", number="2026-0001")
    other = make_application(call, state="checking", number="2026-0002")
    clerk = people()["clerk"]
    take_move(late, "return", actor=clerk, reason="补正")
    due = Application.objects.get(pk=late.pk).due_on

    assert lapse_overdue(due) == 0
    assert lapse_overdue(due + timedelta(days=1)) == 1
    assert Application.objects.get(pk=late.pk).state == "lapsed"
    assert Application.objects.get(pk=other.pk).state == "checking"
    assert Step.objects.get(move="lapse").asked_by is None


def test_term_over_a_holiday_counts_working_days_alone():
    """From 30 September 2026 the national holiday lies between; the pack's calendar is counted."""
    due = add_working_days(date(2026, 9, 30), 5).day
    plain = date(2026, 9, 30) + timedelta(days=7)
    assert due > plain


def test_running_call_keeps_the_rules_it_was_published_with():
    call = make_call()
    kept = call.kept_rules
    kept["flow"]["states"]["returned"]["within"] = "9"
    call.kept_rules, call.rules_digest = kept, "another"
    call.save()
    row = make_application(call, state="checking")

    take_move(row, "return", actor=people()["clerk"], reason="补正")

    row.refresh_from_db()
    assert row.due_on == add_working_days(today(), 9).day


def test_every_need_has_a_judge():
    assert set(judged_needs()) == set(Need)


def test_nothing_of_scores_or_reviewers_is_for_anybody_but_the_bureau():
    secret = {Part.REVIEWERS, Part.SCORES, Part.PROPOSAL, Part.OBJECTORS, Part.CHECKS}
    for viewer in set(Viewer) - {Viewer.BUREAU}:
        assert secret & set(TABLE[viewer]) == set()
    for phase in (Phase.REVIEWING, Phase.PANEL, Phase.DECIDING):
        assert told_phase([Viewer.APPLICANT], phase) == told_phase([Viewer.APPLICANT], "reviewing")
