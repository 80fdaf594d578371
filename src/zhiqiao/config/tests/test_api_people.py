"""Candidates, appeals, re-checks and arrivals in the API: each to those whom they concern."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from zhiqiao.apps.accounts.choices import Role
from zhiqiao.apps.accounts.tests.factories import make_member
from zhiqiao.apps.admissions.actions import answer_offer, file_appeal, file_recheck
from zhiqiao.apps.admissions.choices import Arrow
from zhiqiao.apps.admissions.models import Appeal, Enrolment, Recheck, ScoreSheet
from zhiqiao.apps.admissions.tests.factories import (
    make_season_world,
    mark_all,
    open_choosing,
    play_until,
)
from zhiqiao.apps.people.tests.factories import identity_number
from zhiqiao.config.tests.api_client import ProgramClient, program_of, refusal, strange_in
from zhiqiao.core.audit import history_of

pytestmark = pytest.mark.django_db
LISTS = ("candidates", "enrolments", "appeals", "rechecks", "answers")


@pytest.fixture
def world():
    return make_season_world()


@pytest.fixture
def programs(world):
    origin = make_member(Role.SCHOOL_CLERK, login="origin", organisation=world.origin)
    people = {
        "clerk": world.clerk,
        "origin": origin,
        "college": world.clerks["甲学院"],
        "other": world.clerks["乙学院"],
        "body": make_member(Role.BODY_CLERK, login="body"),
    }
    return {name: program_of(person) for name, person in people.items()}


def of_season(world, name):
    return f"/admissions/{world.season.uid}/{name}"


def numbers(answer, name="number"):
    return [row[name] for row in answer.json()["items"]]


def test_bureau_and_school_of_origin_read_candidates_and_nobody_else(world, programs):
    found = {name: program.get(of_season(world, "candidates")) for name, program in programs.items()}  # fmt: skip

    everybody = ["2601", "2602", "2603", "2604", "2605"]
    assert {name: numbers(found[name]) for name in ("clerk", "origin", "college")} == {
        "clerk": everybody, "origin": everybody, "college": [],
    }  # fmt: skip
    assert refusal(found["body"]) == (403, "admissions.not-yours")
    assert strange_in(found["origin"], "/admissions/{uid}/candidates") == []
    file = f"/candidates/{world.candidate('2601').uid}"
    assert strange_in(programs["origin"].get(file), "/candidates/{uid}") == []
    assert refusal(programs["college"].get(file)) == (404, "admissions.missing")
    assert refusal(programs["body"].get(file)) == (403, "admissions.not-yours")


def test_candidates_are_shown_without_identity_number_score_or_choice(world, programs):
    mark_all(world)
    open_choosing(world)
    world.choose("2601", "C1")
    world.choose("2602", "B1", lock=False)
    texts, locked = [], {}
    for name in ("clerk", "origin"):
        listed = programs[name].get(of_season(world, "candidates"))
        whole = programs[name].get(f"/candidates/{world.candidate('2601').uid}")
        texts += [listed.content.decode(), whole.content.decode()]
        locked[name] = [row["is_locked"] for row in listed.json()["items"]]
        assert whole.json()["is_locked"] is True

    assert locked == {name: [True, False, False, False, False] for name in ("clerk", "origin")}
    secrets = (identity_number(601), '"C1"', '"B1"', '"690"', "identity", "choice", "receipt")
    assert [word for word in secrets for text in texts if word in text] == []
    unlocked = programs["origin"].get(of_season(world, "candidates"), unlocked="true")
    assert numbers(unlocked) == ["2602", "2603", "2604", "2605"]
    assert numbers(programs["origin"].get(of_season(world, "candidates"), q="2603")) == ["2603"]


def test_admitting_school_reads_its_admitted_and_confirms_who_arrived(world, programs):
    play_until(world, Arrow.PUBLISH)
    path, candidate = of_season(world, "enrolments"), world.candidate("2602")
    before = programs["college"].get(path)
    confirmed = programs["college"].post(f"/candidates/{candidate.uid}/enrol")
    again = programs["college"].post(f"/candidates/{candidate.uid}/enrol")

    assert "2602" in numbers(before, "candidate_number")
    assert {row["programme"] for row in before.json()["items"]} == {"B1"}
    assert strange_in(programs["clerk"].get(path), "/admissions/{uid}/enrolments") == []
    assert strange_in(confirmed, "/candidates/{uid}/enrol", method="post") == []
    assert refusal(again) == (409, "admissions.enrolled-already")
    arrived = programs["college"].get(path, arrived="yes").json()["items"]
    made = Enrolment.objects.get()
    assert [(row["candidate_number"], row["arrived_on"]) for row in arrived] == [
        ("2602", made.registered_on.isoformat())
    ]
    entry = history_of(candidate).first()
    assert (entry.verb, entry.through.endswith("程序")) == ("admissions.candidate.enrolled", True)


def test_another_school_neither_reads_nor_enrols_the_admitted(world, programs):
    play_until(world, Arrow.PUBLISH)
    candidate = f"/candidates/{world.candidate('2602').uid}/enrol"

    assert "2602" not in numbers(programs["other"].get(of_season(world, "enrolments")), "candidate_number")  # fmt: skip
    assert refusal(programs["other"].post(candidate)) == (404, "admissions.missing")
    assert refusal(programs["origin"].post(candidate)) == (404, "admissions.missing")
    assert refusal(programs["body"].post(candidate)) == (403, "admissions.not-yours")
    not_admitted = f"/candidates/{world.candidate('2604').uid}/enrol"
    assert refusal(programs["clerk"].post(not_admitted)) == (404, "admissions.missing")
    assert Enrolment.objects.count() == 0


def test_arrival_sent_again_with_its_key_is_confirmed_once(world, programs):
    play_until(world, Arrow.PUBLISH)
    path = f"/candidates/{world.candidate('2602').uid}/enrol"

    first, again = (programs["college"].post(path, Idempotency_Key="k") for _ in range(2))

    assert (again.status_code, again.json(), again["Idempotent-Replayed"]) == (
        200, first.json(), "true",
    )  # fmt: skip
    assert Enrolment.objects.count() == 1


def test_bureau_reads_and_answers_an_appeal(world, programs):
    play_until(world, Arrow.PUBLISH)
    candidate = world.candidate("2604")
    appeal = file_appeal(candidate, text="请复核", actor=candidate.account)
    listed = programs["clerk"].get(of_season(world, "appeals"), state="filed")
    answered = programs["clerk"].post(
        f"/appeals/{appeal.uid}/answer", {"upheld": False, "answer": "分数无误"}
    )
    again = programs["clerk"].post(
        f"/appeals/{appeal.uid}/answer", {"upheld": True, "answer": "改"}
    )

    assert [(row["candidate_number"], row["text"]) for row in listed.json()["items"]] == [
        ("2604", "请复核")
    ]
    assert strange_in(listed, "/admissions/{uid}/appeals") == []
    assert strange_in(answered, "/appeals/{uid}/answer", method="post") == []
    assert refusal(again) == (409, "admissions.no-step-waits")
    kept = Appeal.objects.get()
    assert (kept.state, kept.answer, kept.answered_by) == ("rejected", "分数无误", world.clerk)
    assert numbers(programs["clerk"].get(of_season(world, "appeals"), state="filed"), "text") == []


def test_bureau_answers_a_recheck_with_the_marks_that_stand(world, programs):
    mark_all(world)
    account = world.sign_in("2604")
    recheck = file_recheck(world.candidate("2604"), text="技能分漏加", actor=account)
    path = f"/rechecks/{recheck.uid}/answer"
    listed = programs["clerk"].get(of_season(world, "rechecks"))
    beside = programs["clerk"].post(
        path, {"upheld": False, "answer": "x", "marks": {"practice": "250"}}
    )
    beyond = programs["clerk"].post(
        path, {"upheld": True, "answer": "x", "marks": {"practice": "251"}}
    )
    same = programs["clerk"].post(path, {"upheld": True, "answer": "x"})
    answered = programs["clerk"].post(
        path, {"upheld": True, "answer": "漏加50分", "marks": {"practice": "250"}}
    )

    assert numbers(listed, "candidate_number") == ["2604"]
    assert strange_in(listed, "/admissions/{uid}/rechecks") == []
    assert [refusal(one) for one in (beside, beyond, same)] == [
        (422, "core.api_parameter"),
        (422, "admissions.line-word"),
        (422, "admissions.scores-unchanged"),
    ]
    assert (answered.json()["state"], answered.json()["corrected_at"] is not None) == (
        "upheld", True,
    )  # fmt: skip
    assert ScoreSheet.objects.get(candidate__number="2604").sums["total"] == "650"


def test_appeals_and_rechecks_are_for_the_bureau(world, programs):
    play_until(world, Arrow.PUBLISH)
    candidate = world.candidate("2604")
    appeal = file_appeal(candidate, text="请复核", actor=candidate.account)
    recheck = file_recheck(candidate, text="漏加", actor=candidate.account)
    said = {"upheld": False, "answer": "无误"}
    answers = [
        answer
        for name in ("origin", "college", "body")
        for answer in (
            programs[name].get(of_season(world, "appeals")),
            programs[name].get(of_season(world, "rechecks")),
            programs[name].post(f"/appeals/{appeal.uid}/answer", said),
            programs[name].post(f"/rechecks/{recheck.uid}/answer", said),
        )
    ]

    assert [refusal(one) for one in answers] == [(403, "admissions.not-yours")] * 12
    assert (Appeal.objects.get().state, Recheck.objects.get().state) == ("filed", "filed")


def test_answers_to_offers_are_read_by_the_bureau_and_the_admitting_school(world, programs):
    play_until(world, Arrow.PUBLISH)
    for number, says in (("2601", "accepted"), ("2602", "declined")):
        candidate = world.candidate(number)
        answer_offer(candidate, says=says, actor=candidate.account)
    path = of_season(world, "answers")

    found = {name: numbers(programs[name].get(path), "candidate_number") for name in ("clerk", "college", "other")}  # fmt: skip
    assert found == {"clerk": ["2602", "2601"], "college": ["2602"], "other": []}
    assert strange_in(programs["clerk"].get(path), "/admissions/{uid}/answers") == []
    declined = programs["clerk"].get(path, says="declined").json()["items"]
    assert [(row["programme"], row["says"]) for row in declined] == [("B1", "declined")]


@pytest.mark.parametrize("name", LISTS)
def test_doors_need_a_token_with_the_scope(world, name):
    path = of_season(world, name)
    session = Client()
    session.force_login(world.clerk)
    other = program_of(world.clerk, scopes=("admissions:papers", "admissions:own"))

    assert session.get(f"/api/v1{path}").status_code == 401
    assert refusal(ProgramClient().get(path)) == (401, "core.token_needed")
    assert refusal(other.get(path)) == (403, "accounts.token-scope-missing")


def test_lists_take_a_constant_number_of_queries(world, programs):
    play_until(world, Arrow.PUBLISH, c2605=("B1",))
    for number in ("2601", "2602", "2603"):
        candidate = world.candidate(number)
        file_appeal(candidate, text="请复核", actor=candidate.account)
        file_recheck(candidate, text="漏加", actor=candidate.account)
        answer_offer(candidate, says="accepted", actor=candidate.account)
    for name in LISTS:
        path, counts = of_season(world, name), []
        programs["clerk"].get(path)
        for number in (1, 3):
            with CaptureQueriesContext(connection) as statements:
                assert len(programs["clerk"].get(path, per_page=number).json()["items"]) == number
            counts.append(len(statements))
        assert (name, counts[0]) == (name, counts[1])
