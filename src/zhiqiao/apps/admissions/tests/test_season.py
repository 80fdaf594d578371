"""A season from the first request to the published result, and what may not happen on the way."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, InternalError, connection, transaction
from django.utils import timezone

from zhiqiao.apps.admissions.actions import (
    answer_appeal,
    answer_offer,
    ask_step,
    ask_strike_out,
    correct_scores,
    decide_strike_out,
    extend_window,
    file_appeal,
    open_season,
    pause_choices,
    refuse_step,
    runs,
    save_choices,
    seal_scores,
    set_window,
    sign_step,
)
from zhiqiao.apps.admissions.choices import Arrow, RunKind, SeasonState
from zhiqiao.apps.admissions.models import Result, Run, RunLine, SeasonStep, SentFile
from zhiqiao.apps.admissions.tests.factories import (
    CHOICE_CODE,
    MARKS,
    approve_all,
    end_window,
    mark_all,
    open_choosing,
    play_until,
)
from zhiqiao.apps.people.actions import merge_people
from zhiqiao.apps.people.tests.factories import make_person
from zhiqiao.apps.registry.tests.factories import make_region
from zhiqiao.core.errors import InputError, RefusedError, RuleError
from zhiqiao.core.jobs import run_queued_jobs
from zhiqiao.core.models import Event, Job

pytestmark = pytest.mark.django_db


def placed(world, run=None):
    run = run or Run.objects.filter(season=world.season).order_by("-number").first()
    rows = Result.objects.filter(run=run).values_list("candidate__number", "line__code")
    return dict(rows)


def code_of(kind, call, *args, **kwargs):
    with pytest.raises(kind) as refused:
        call(*args, **kwargs)
    return refused.value.code


def test_season_runs_from_requests_to_a_published_result(world):
    play_until(world, Arrow.PUBLISH)

    season = world.again()
    assert season.state == SeasonState.PUBLISHED
    assert season.appeals_until is not None
    assert placed(world) == {"2601": "A1", "2602": "B1", "2603": "C1", "2604": None, "2605": "B1"}
    kinds = list(Run.objects.filter(season=season).values_list("kind", flat=True))
    assert kinds == [RunKind.TRIAL, RunKind.FINAL]
    steps = SeasonStep.objects.filter(season=season)
    assert [step.arrow for step in steps if step.is_taken] == [
        "freeze-places", "open-choices", "freeze-choices", "run-trial", "open-review", "run-final",
        "confirm", "publish",
    ]  # fmt: skip
    outcome = RunLine.objects.get(run__season=season, run__kind=RunKind.FINAL, line__code="C1")
    assert (outcome.places, outcome.admitted, outcome.cutoff) == (1, 1, "630")
    told = Event.objects.filter(name="admissions.stepped").count()
    assert told == 8


def test_every_choice_has_its_reason_with_figures(world):
    play_until(world, Arrow.RUN_FINAL)

    result = Result.objects.get(run__kind=RunKind.FINAL, candidate__number="2604")
    (told,) = result.reasons
    assert told == [
        world.lines["C1"].pk, "below-cutoff", "600", "630", "-30", "total@college", 1,
    ]  # fmt: skip
    first = Result.objects.get(run__kind=RunKind.FINAL, candidate__number="2602").reasons
    assert [reason[1] for reason in first] == ["below-cutoff", "admitted", "better-held"]


def test_nobody_signs_the_own_step(world):
    approve_all(world)
    asked = ask_step(world.season, Arrow.FREEZE_PLACES, actor=world.clerk)

    assert code_of(RefusedError, sign_step, world.season, actor=world.clerk) == (
        "admissions.two-persons"
    )
    signed = pytest.raises(IntegrityError, match="season_step_is_signed_by_another")
    with signed, transaction.atomic():
        SeasonStep.objects.filter(pk=asked.pk).update(signed_by=world.clerk)
    assert world.again().state == SeasonState.DRAFT
    sign_step(world.season, actor=world.lead)
    assert world.again().state == SeasonState.PLACES_FROZEN


def test_waiting_step_can_be_refused_and_only_one_waits(world):
    approve_all(world)
    ask_step(world.season, Arrow.FREEZE_PLACES, actor=world.clerk)

    again = code_of(RuleError, ask_step, world.season, Arrow.FREEZE_PLACES, actor=world.lead)
    assert again == "admissions.step-waits"
    refuse_step(world.season, actor=world.lead, reason="还有一校未报")
    assert world.again().state == SeasonState.DRAFT
    assert code_of(RuleError, sign_step, world.season, actor=world.lead) == (
        "admissions.no-step-waits"
    )


@pytest.mark.parametrize("arrow", [a for a in Arrow if a != Arrow.FREEZE_PLACES])
def test_no_step_is_taken_from_the_wrong_state(world, arrow):
    code = code_of(RuleError, ask_step, world.season, arrow, actor=world.lead)
    assert code == "admissions.wrong-state"


def test_school_takes_no_step(world):
    clerk = world.clerks["甲学院"]
    code = code_of(RefusedError, ask_step, world.season, Arrow.FREEZE_PLACES, actor=clerk)
    assert code == "admissions.not-yours"


def test_places_are_not_frozen_while_requests_wait(world):
    code = code_of(RuleError, ask_step, world.season, Arrow.FREEZE_PLACES, actor=world.clerk)
    assert code == "admissions.places-wait"


def test_choices_are_frozen_only_after_window_and_extensions(world):
    open_choosing(world)
    region = make_region("500101", "万州区", parent=make_region("500000", "重庆市"))
    season = world.again()
    extend_window(
        season, region=region.pk, until=season.choices_until + timedelta(hours=5),
        actor=world.clerk, reason="暴雨断网",
    )  # fmt: skip
    end_window(world)

    code = code_of(RuleError, ask_step, world.again(), Arrow.FREEZE_CHOICES, actor=world.clerk)
    assert code == "admissions.window-open"


def test_window_once_open_moves_only_with_a_reason(world):
    open_choosing(world)
    now = timezone.now()
    window = {"choices_from": now, "choices_until": now + timedelta(days=1)}

    assert code_of(InputError, set_window, world.again(), **window, actor=world.clerk) == (
        "admissions.reason-needed"
    )
    back = {"choices_from": now, "choices_until": now - timedelta(days=1)}
    assert code_of(InputError, set_window, world.again(), **back, actor=world.clerk) == (
        "admissions.window-reversed"
    )
    set_window(world.again(), **window, actor=world.clerk, reason="延长一天")
    assert world.again().choices_until == window["choices_until"]


def test_paused_window_takes_no_choices_and_loses_none(world):
    open_choosing(world)
    user = world.choose("2601", "A1", lock=False)
    pause_choices(world.again(), paused=True, actor=world.clerk, reason="故障")
    candidate = world.candidate("2601")

    code = code_of(
        RuleError, save_choices, candidate, [], version=1, choice_code=CHOICE_CODE, actor=user
    )
    assert code == "admissions.window-paused"
    pause_choices(world.again(), paused=False, actor=world.clerk, reason="恢复")
    held = save_choices(
        world.candidate("2601"), [world.lines["B1"].pk], version=1, choice_code=CHOICE_CODE,
        actor=user,
    )  # fmt: skip
    assert held.version == 2


def test_no_run_on_scores_that_may_change(world):
    mark_all(world, seal=False)
    open_choosing(world)
    world.choose("2601", "A1")
    end_window(world)
    world.step(Arrow.FREEZE_CHOICES)

    assert code_of(RuleError, ask_step, world.again(), Arrow.RUN_TRIAL, actor=world.clerk) == (
        "admissions.scores-open"
    )
    seal_scores(world.again(), actor=world.clerk)
    assert world.step(Arrow.RUN_TRIAL).state == SeasonState.TRIAL


def test_review_opens_files_to_their_schools_and_the_final_run_closes_them(world):
    play_until(world, Arrow.OPEN_REVIEW)

    sent = SentFile.objects.filter(closed_at=None).values_list("candidate__number", "line__code")
    assert dict(sent) == {"2601": "A1", "2602": "B1", "2603": "C1", "2605": "B1"}
    world.step(Arrow.RUN_FINAL)
    assert not SentFile.objects.filter(closed_at=None).exists()


def test_approved_strike_out_moves_the_place_to_the_next(world):
    play_until(world, Arrow.OPEN_REVIEW)
    school = world.clerks["乙学院"]
    asked = ask_strike_out(
        world.candidate("2603"), world.lines["C1"], ground="health", note="色盲", actor=school
    )

    assert code_of(RuleError, ask_step, world.again(), Arrow.RUN_FINAL, actor=world.clerk) == (
        "admissions.strike-outs-wait"
    )
    decide_strike_out(asked, approved=True, reason="符合章程", actor=world.clerk)
    world.step(Arrow.RUN_FINAL)
    found = placed(world)
    assert (found["2603"], found["2604"]) == ("B1", "C1")
    told = Result.objects.get(run__kind=RunKind.FINAL, candidate__number="2603").reasons
    assert told[0][1] == "struck-out"
    run = Run.objects.get(kind=RunKind.FINAL)
    assert run.moved == {"gained": 1, "lost": 1, "other": 1}


def test_school_strikes_out_only_what_was_sent_to_it_on_a_known_ground(world):
    play_until(world, Arrow.OPEN_REVIEW)
    a, c = world.clerks["甲学院"], world.clerks["乙学院"]
    one = world.candidate("2603")

    assert code_of(RefusedError, ask_strike_out, one, world.lines["C1"], ground="health",
                   note="x", actor=a) == "admissions.not-yours"  # fmt: skip
    assert code_of(InputError, ask_strike_out, one, world.lines["C1"], ground="face", note="x",
                   actor=c) == "admissions.ground-unknown"  # fmt: skip
    with pytest.raises(Exception, match=r"admissions\.missing"):
        ask_strike_out(
            world.candidate("2604"), world.lines["C1"], ground="health", note="x", actor=c
        )


def test_declined_place_goes_to_the_supplementary_round(world):
    play_until(world, Arrow.PUBLISH)
    one = world.candidate("2603")
    answer_offer(one, says="declined", actor=one.account)
    world.step(Arrow.OPEN_SUPPLEMENTARY)
    now = timezone.now()
    set_window(world.again(), choices_from=now, choices_until=now + timedelta(hours=1),
               actor=world.clerk, reason="征集")  # fmt: skip
    four = world.candidate("2604")
    save_choices(
        four, [world.lines["C1"].pk], version=0, choice_code=CHOICE_CODE, actor=four.account
    )
    end_window(world)
    for arrow in (Arrow.FREEZE_CHOICES, Arrow.RUN_TRIAL, Arrow.OPEN_REVIEW, Arrow.RUN_FINAL):
        world.step(arrow)

    assert placed(world) == {"2601": "A1", "2602": "B1", "2603": None, "2604": "C1", "2605": "B1"}


def test_upheld_appeal_leads_to_a_correction_with_its_difference(world):
    play_until(world, Arrow.PUBLISH)
    four = world.candidate("2604")
    appeal = file_appeal(four, text="技能成绩少录50分", actor=four.account)
    appeal = answer_appeal(appeal, upheld=True, answer="复核属实", actor=world.clerk)
    marks = {"culture_paper": Decimal(250), "theory": Decimal(150), "practice": Decimal(250)}
    correct_scores(appeal, marks, actor=world.clerk, reason="复核属实")
    world.step(Arrow.CORRECT)

    run = Run.objects.get(kind=RunKind.CORRECTION)
    found = placed(world, run)
    assert (found["2603"], found["2604"]) == ("B1", "C1")
    assert run.moved == {"gained": 1, "lost": 1, "other": 1}
    assert world.again().state == SeasonState.DECIDED


def test_appeal_after_its_term_is_refused(world):
    play_until(world, Arrow.PUBLISH)
    season = world.again()
    season.appeals_until = timezone.now().date() - timedelta(days=2)
    season.save()
    one = world.candidate("2604")

    assert code_of(RuleError, file_appeal, one, text="x", actor=one.account) == (
        "admissions.appeals-over"
    )


def test_season_is_not_closed_while_appeals_may_come(world):
    play_until(world, Arrow.PUBLISH)

    code = code_of(RuleError, ask_step, world.again(), Arrow.CLOSE, actor=world.clerk)
    assert code == "admissions.appeals-open"


def test_stored_results_are_never_changed(world):
    play_until(world, Arrow.RUN_TRIAL)
    row = Result.objects.first()

    with pytest.raises((InternalError, IntegrityError)), transaction.atomic():
        Result.objects.filter(pk=row.pk).update(line=None, rank=None)
    with pytest.raises((InternalError, IntegrityError)), transaction.atomic():
        connection.cursor().execute("DELETE FROM admissions_result")


def test_run_that_fails_stores_nothing_and_its_step_can_be_taken_back(world, monkeypatch):
    play_until(world, Arrow.FREEZE_CHOICES)

    def stop(*_args):
        raise RuleError("admissions.run-refused", why="test")

    monkeypatch.setattr(runs, "write_results", stop)
    ask_step(world.again(), Arrow.RUN_TRIAL, actor=world.clerk)
    run_queued_jobs()

    assert (Run.objects.count(), Result.objects.count()) == (0, 0)
    assert world.again().state == SeasonState.CHOICES_FROZEN
    assert Job.objects.get(kind="admissions.run").state == "failed"
    refuse_step(world.again(), actor=world.clerk, reason="运行失败")
    monkeypatch.undo()
    assert world.step(Arrow.RUN_TRIAL).state == SeasonState.TRIAL


def test_same_inputs_give_the_same_results_and_digest(world):
    play_until(world, Arrow.RUN_TRIAL)
    world.step(Arrow.RUN_TRIAL)

    first, second = Run.objects.order_by("number")
    assert first.inputs_digest == second.inputs_digest
    assert first.bundle["result_sha256"] == second.bundle["result_sha256"]
    assert second.moved == {"gained": 0, "lost": 0, "other": 0}


def test_bundle_holds_no_number_name_or_mark_of_a_candidate(world):
    play_until(world, Arrow.PUBLISH)

    text = str(Run.objects.order_by("-number").first().bundle)
    for number in MARKS:
        assert f"'{number}'" not in text
        assert f"云{number}" not in text


def test_season_of_an_unknown_scheme_is_refused(world):
    assert code_of(InputError, open_season, "magic", 2026, actor=world.clerk) == (
        "admissions.scheme-unknown"
    )
    assert code_of(RuleError, open_season, "he-classified", 2026, actor=world.clerk) == (
        "admissions.season-known"
    )


def test_candidacy_follows_when_two_files_of_one_person_are_joined(world):
    one = world.candidate("2601")
    other = make_person(555, name="云2601", keeper=world.origin)

    merge_people(other, one.person, actor=world.clerk, reason="号码录错")

    assert world.candidate("2601").person == other
