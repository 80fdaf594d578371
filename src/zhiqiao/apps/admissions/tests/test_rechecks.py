"""Re-checks of scores: in time, answered by people, and the only other way to a corrected score."""

from decimal import Decimal

import pytest
import time_machine
from django.db import IntegrityError, transaction

from zhiqiao.apps.admissions.actions import (
    answer_appeal,
    answer_recheck,
    correct_scores,
    file_appeal,
    file_recheck,
)
from zhiqiao.apps.admissions.choices import AppealState, Arrow
from zhiqiao.apps.admissions.models import Recheck, ScoreSheet, Season
from zhiqiao.apps.admissions.queries import recheck_of, rechecks_visible_to
from zhiqiao.apps.admissions.tests.factories import mark_all, play_until
from zhiqiao.core import audit
from zhiqiao.core.errors import InputError, RefusedError, RuleError

pytestmark = pytest.mark.django_db


def code_of(kind, call, *args, **kwargs):
    with pytest.raises(kind) as refused:
        call(*args, **kwargs)
    return refused.value.code


def filed(world, number="2604"):
    user = world.sign_in(number)
    return file_recheck(world.candidate(number), text="技能分漏加", actor=user)


def sums(number="2604"):
    return ScoreSheet.objects.get(candidate__number=number).sums


def test_recheck_is_asked_for_within_three_working_days_of_the_sealing(world):
    with time_machine.travel("2026-04-30 18:00+08:00", tick=False):
        mark_all(world)
    user = world.sign_in("2604")

    with time_machine.travel("2026-05-08 23:30+08:00", tick=False):
        recheck = file_recheck(world.candidate("2604"), text="漏加", actor=user)
    assert recheck.answer_by.isoformat() == "2026-05-21"
    late = world.sign_in("2603")
    with time_machine.travel("2026-05-09 00:30+08:00", tick=False):
        code = code_of(RuleError, file_recheck, world.candidate("2603"), text="x", actor=late)
    assert code == "admissions.rechecks-over"


def test_nobody_asks_before_the_sealing_twice_or_for_another(world):
    user = world.sign_in("2604")
    one = world.candidate("2604")

    assert code_of(RuleError, file_recheck, one, text="x", actor=user) == "admissions.scores-open"
    mark_all(world)
    file_recheck(world.candidate("2604"), text="x", actor=user)
    again = code_of(RuleError, file_recheck, world.candidate("2604"), text="x", actor=user)
    assert again == "admissions.recheck-known"
    other = code_of(RefusedError, file_recheck, world.candidate("2603"), text="x", actor=user)
    assert other == "admissions.choices-not-yours"


def test_upheld_recheck_replaces_the_mark_and_the_digest(world):
    mark_all(world)
    digest = world.again().scores_digest
    recheck = answer_recheck(
        filed(world), upheld=True, answer="技能漏加50分", marks={"practice": Decimal(250)},
        actor=world.clerk,
    )  # fmt: skip

    assert recheck.corrected_at is not None
    assert sums() == {"culture": "250", "skill": "400", "total": "650"}
    assert world.again().scores_digest != digest
    verbs = [entry.verb for entry in audit.history_of(world.candidate("2604"))]
    assert "admissions.candidate.scores_corrected" in verbs


def test_recheck_not_upheld_leaves_the_marks(world):
    mark_all(world)
    answer_recheck(filed(world), upheld=False, answer="无误", actor=world.clerk)

    assert sums()["total"] == "600"
    recheck = Recheck.objects.get()
    code = code_of(
        RuleError, correct_scores, recheck, {"practice": Decimal(250)}, actor=world.clerk,
        reason="x",
    )  # fmt: skip
    assert code == "admissions.no-ground-to-correct"
    with pytest.raises(IntegrityError, match="recheck_corrects"), transaction.atomic():
        Recheck.objects.update(corrected_at=recheck.answered_at)


def test_upheld_means_other_marks_within_the_scale(world):
    mark_all(world)
    recheck = filed(world)

    same = {"practice": Decimal(200)}
    for marks in ({}, same):
        code = code_of(
            RuleError, answer_recheck, recheck, upheld=True, answer="x", marks=marks,
            actor=world.clerk,
        )  # fmt: skip
        assert code == "admissions.scores-unchanged"
    wrong = {"practice": Decimal(251)}
    code = code_of(
        InputError, answer_recheck, recheck, upheld=True, answer="x", marks=wrong,
        actor=world.clerk,
    )  # fmt: skip
    assert code == "admissions.line-word"
    recheck.refresh_from_db()
    assert (recheck.state, sums()["total"]) == (AppealState.FILED, "600")


def test_each_ground_corrects_once(world):
    mark_all(world)
    marks = {"practice": Decimal(250)}
    recheck = answer_recheck(filed(world), upheld=True, answer="x", marks=marks, actor=world.clerk)

    code = code_of(
        RuleError, correct_scores, recheck, {"practice": Decimal(240)}, actor=world.clerk,
        reason="x",
    )  # fmt: skip
    assert code == "admissions.no-ground-to-correct"
    again = code_of(RuleError, answer_recheck, recheck, upheld=False, answer="x", actor=world.clerk)
    assert again == "admissions.recheck-answered"


def test_appeal_that_waits_or_was_rejected_corrects_nothing(world):
    play_until(world, Arrow.PUBLISH)
    one = world.candidate("2604")
    appeal = file_appeal(one, text="x", actor=one.account)
    marks = {"practice": Decimal(250)}

    call = {"actor": world.clerk, "reason": "x"}
    assert code_of(RuleError, correct_scores, appeal, marks, **call) == (
        "admissions.no-ground-to-correct"
    )
    appeal = answer_appeal(appeal, upheld=False, answer="无误", actor=world.clerk)
    assert code_of(RuleError, correct_scores, appeal, marks, **call) == (
        "admissions.no-ground-to-correct"
    )
    assert sums()["total"] == "600"


def test_final_run_waits_for_rechecks(world):
    play_until(world, Arrow.OPEN_REVIEW)
    one = world.candidate("2604")
    recheck = file_recheck(one, text="x", actor=one.account)

    assert code_of(RuleError, world.step, Arrow.RUN_FINAL) == "admissions.rechecks-wait"
    marks = {"practice": Decimal(250)}
    answer_recheck(recheck, upheld=True, answer="x", marks=marks, actor=world.clerk)
    world.step(Arrow.RUN_FINAL)
    found = dict(
        world.again()
        .runs.order_by("-number")[0]
        .results.values_list("candidate__number", "line__code")
    )
    assert (found["2603"], found["2604"]) == ("B1", "C1")


def test_closed_season_corrects_nothing(world):
    mark_all(world)
    recheck = filed(world)
    Season.objects.filter(pk=world.season.pk).update(state="closed")

    code = code_of(
        RuleError, answer_recheck, recheck, upheld=True, answer="x",
        marks={"practice": Decimal(250)}, actor=world.clerk,
    )  # fmt: skip
    assert code == "admissions.wrong-state"


def test_pages_lead_from_the_request_to_the_answer(world, client):
    mark_all(world)
    user = world.sign_in("2604")
    one = world.candidate("2604")
    client.force_login(user)
    client.post(f"/my-admission/{one.uid}/recheck/", {"text": "技能分漏加"})
    recheck = Recheck.objects.get()

    client.force_login(world.clerk)
    assert "技能分漏加" in client.get(f"/admissions/{world.season.uid}/rechecks/").content.decode()
    page = client.get(f"/rechecks/{recheck.uid}/").content.decode()
    assert 'name="mark_practice" value="200"' in page
    looked = [entry.verb for entry in audit.history_of(one)]
    assert "admissions.candidate.scores_seen" in looked
    marks = {"mark_culture_paper": "250", "mark_theory": "150", "mark_practice": "250"}
    torn = client.post(f"/rechecks/{recheck.uid}/", {"upheld": "no", "answer": "x", **marks})
    assert torn.status_code == 422
    client.post(f"/rechecks/{recheck.uid}/", {"upheld": "yes", "answer": "漏加50分", **marks})

    client.force_login(user)
    told = client.get(f"/my-admission/{one.uid}/").content.decode()
    assert "漏加50分" in told
    assert "650" in told
    assert sums()["total"] == "650"


def test_page_of_an_upheld_appeal_corrects_the_scores(world, client):
    play_until(world, Arrow.PUBLISH)
    one = world.candidate("2604")
    appeal = file_appeal(one, text="x", actor=one.account)
    answer_appeal(appeal, upheld=True, answer="属实", actor=world.clerk)
    client.force_login(world.clerk)
    client.post(f"/appeals/{appeal.uid}/scores/", {"mark_practice": "250", "reason": "漏加"})

    assert sums()["total"] == "650"


def test_school_and_other_candidates_read_no_recheck(world):
    mark_all(world)
    filed(world)

    other = world.sign_in("2603")
    assert recheck_of(other, world.candidate("2604")) is None
    for user in (other, world.clerks["甲学院"]):
        assert not rechecks_visible_to(user, world.season).exists()
    assert rechecks_visible_to(world.clerk, world.season).count() == 1
