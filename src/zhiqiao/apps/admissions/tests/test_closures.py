"""What if small classes were closed: tried by the worker, told to the bureau alone, decided by nobody."""

from io import BytesIO

import openpyxl
import pytest
from django.urls import reverse

from zhiqiao.apps.admissions import queries
from zhiqiao.apps.admissions.actions import ask_closures, take_closure_moves
from zhiqiao.apps.admissions.choices import Arrow, SeasonState
from zhiqiao.apps.admissions.models import ClosureTrial, PlaceLine, Result, Run
from zhiqiao.apps.admissions.tests.factories import play_until, told_on
from zhiqiao.apps.admissions.tests.test_season import code_of, placed
from zhiqiao.core import audit
from zhiqiao.core.errors import MissingError, RefusedError, RuleError
from zhiqiao.core.jobs import run_queued_jobs
from zhiqiao.core.models import Job

pytestmark = pytest.mark.django_db


@pytest.fixture
def tried(world):
    """Play to the trial run, which admits 2601 to A1, 2602 and 2605 to B1, 2603 to C1."""
    return play_until(world, Arrow.RUN_TRIAL)


def try_it(world, minimum=None):
    ask_closures(world.again(), minimum=minimum, actor=world.clerk)
    run_queued_jobs()
    return ClosureTrial.objects.latest("id")


def test_own_minimum_of_a_programme_closes_it_and_its_candidates_move(tried):
    assert placed(tried, Run.objects.latest("number"))["2603"] == "C1"
    PlaceLine.objects.filter(code="C1").update(minimum=5)

    trial = try_it(tried)

    (step,) = queries.closed_classes(trial)
    assert (step.line.code, step.admitted, step.minimum, step.moved, step.lost) == (
        "C1",
        1,
        5,
        2,
        1,
    )
    moves = [(row[2], row[3], row[6]) for row in queries.closure_moves(trial)]
    assert moves == [("2603", "C1", "B1"), ("2605", "B1", "")]
    assert (trial.admitted_before, trial.admitted_after) == (4, 3)


def test_minimum_for_all_others_leaves_the_own_ones_and_nothing_is_decided(tried):
    PlaceLine.objects.filter(code="A1").update(minimum=1)
    PlaceLine.objects.filter(code="C1").update(minimum=1)
    held = list(PlaceLine.objects.order_by("code").values())
    results = list(Result.objects.order_by("id").values())

    trial = try_it(tried, 3)

    assert [step.line.code for step in queries.closed_classes(trial)] == ["B1"]
    assert list(PlaceLine.objects.order_by("code").values()) == held
    assert list(Result.objects.order_by("id").values()) == results
    assert tried.again().state == SeasonState.TRIAL


def test_without_any_minimum_nothing_is_tried(tried):
    asked = ask_closures, tried.again()
    assert code_of(RuleError, *asked, minimum=None, actor=tried.clerk) == "admissions.no-minimum"


def test_trial_waits_for_a_trial_run_and_ends_with_the_final_one(world):
    asked = {"minimum": 3, "actor": world.clerk}
    assert code_of(RuleError, ask_closures, world.season, **asked) == "admissions.wrong-state"
    play_until(world, Arrow.RUN_FINAL)
    assert code_of(RuleError, ask_closures, world.again(), **asked) == "admissions.wrong-state"


def test_nobody_but_the_bureau_asks_sees_or_takes_it(tried):
    trial = try_it(tried, 2)
    school = tried.clerks["甲学院"]

    for refused in (
        lambda: ask_closures(tried.again(), minimum=3, actor=school),
        lambda: take_closure_moves(trial, actor=school),
    ):
        with pytest.raises(RefusedError):
            refused()
    with pytest.raises(MissingError):
        queries.closure_trial_visible_to(school, trial.uid)
    assert not queries.closure_trials_visible_to(school, tried.season).exists()


def test_audit_says_who_tried_and_who_took_the_moves_and_names_no_candidate(tried):
    trial = try_it(tried, 2)
    take_closure_moves(trial, actor=tried.lead)

    seen, made = audit.history_of(tried.season)[:2]
    assert (made.verb, made.actor) == ("admissions.season.closures_tried", tried.clerk)
    assert (seen.verb, seen.actor) == ("admissions.season.closures_seen", tried.lead)
    told = f"{made.after}{seen.after}{Job.objects.latest('id').result}"
    assert "260" not in told


def test_pages_ask_show_and_give_a_workbook(client, tried):
    client.cookies["zhiqiao_language"] = "en"
    client.force_login(tried.clerk)
    address = reverse("admissions:closures", args=[tried.season.uid])
    assert address in client.get(tried.season.get_absolute_url()).content.decode()

    client.post(address, {"minimum": "2"})
    assert "The trial runs" in told_on(client.get(address))
    run_queued_jobs()

    trial = ClosureTrial.objects.get()
    assert trial.get_absolute_url() in client.get(address).content.decode()
    page = told_on(client.get(trial.get_absolute_url()))
    assert "Nothing is decided" in page
    (number, *_more) = (step.number for step in queries.closed_classes(trial))
    assert f"{number} · A1" in page
    answer = client.post(reverse("admissions:closure_trial_xlsx", args=[trial.uid]))
    content = BytesIO(b"".join(answer.streaming_content))
    heading, *rows = openpyxl.load_workbook(content).active.iter_rows(values_only=True)
    assert heading[:3] == ("Step", "Class that closes", "Candidate number")
    assert [row[2] for row in rows] == [row[2] for row in queries.closure_moves(trial)]


def test_failed_trial_says_so(client, tried, monkeypatch):
    client.cookies["zhiqiao_language"] = "en"
    ask_closures(tried.again(), minimum=2, actor=tried.clerk)
    tried.again().__class__.objects.update(state=SeasonState.DECIDED)
    run_queued_jobs()

    client.force_login(tried.clerk)
    page = told_on(client.get(reverse("admissions:closures", args=[tried.season.uid])))

    assert "did not come to its end" in page
    assert "after a trial run" in page
    assert not ClosureTrial.objects.exists()
