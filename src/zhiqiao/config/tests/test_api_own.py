"""A candidate's own file by program: nobody's but one's own, and read, never written."""

import json

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from zhiqiao.apps.accounts.actions import grant_role
from zhiqiao.apps.accounts.choices import Role
from zhiqiao.apps.accounts.tests.factories import bureau
from zhiqiao.apps.admissions.actions import answer_offer, file_appeal, file_recheck
from zhiqiao.apps.admissions.choices import Arrow
from zhiqiao.apps.admissions.models import Candidate, ChoiceList
from zhiqiao.apps.admissions.tests.factories import (
    make_season_world,
    mark_all,
    open_choosing,
    play_until,
)
from zhiqiao.config.api import api
from zhiqiao.config.tests.api_client import ProgramClient, program_of, refusal, strange_in
from zhiqiao.core.errors import RefusedError

pytestmark = pytest.mark.django_db
PARTS = ("scores", "programmes", "choices", "result", "leaf", "appeals", "recheck")


@pytest.fixture
def world():
    return make_season_world()


def program_for(candidate):
    """Give a program to a candidate who has a role beside: without one there is no token."""
    grant_role(
        candidate.account, role=Role.BODY_CLERK, organisation=bureau().pk, actor=None, reason="在职"
    )
    return program_of(candidate.account)


def own(world, number="2602"):
    return f"/my-admission/{world.candidate(number).uid}"


def test_candidate_without_a_role_has_no_token_and_a_session_opens_nothing(world):
    open_choosing(world)
    user = world.choose("2602", "A1")
    session = Client()
    session.force_login(user)

    with pytest.raises(RefusedError) as refused:
        program_of(user)
    assert refused.value.code == "accounts.token-needs-role"
    paths = ["/my-admission", *(f"{own(world)}/{part}" for part in PARTS)]
    assert [session.get(f"/api/v1{path}").status_code for path in paths] == [401] * len(paths)
    assert [ProgramClient().get(path).status_code for path in paths] == [401] * len(paths)


def test_nothing_of_the_own_file_is_written_by_program():
    paths = api.get_openapi_schema()["paths"].items()
    methods = {name: set(path) for name, path in paths if "/my-admission" in name}

    assert len(methods) == len(PARTS) + 1
    assert {method for found in methods.values() for method in found} == {"get"}


def test_own_file_is_read_part_by_part(world):
    play_until(world, Arrow.PUBLISH)
    candidate = world.candidate("2602")
    answer_offer(candidate, says="accepted", actor=candidate.account)
    file_appeal(candidate, text="请复核", actor=candidate.account)
    file_recheck(candidate, text="技能分漏加", actor=candidate.account)
    program = program_for(candidate)
    found = {part: program.get(f"{own(world)}/{part}") for part in PARTS}
    listed = program.get("/my-admission")

    strange = [strange_in(found[part], f"/my-admission/{{uid}}/{part}") for part in PARTS]
    assert strange == [[]] * len(PARTS)
    assert strange_in(listed, "/my-admission") == []
    told = {part: answer.json() for part, answer in found.items()}
    (candidacy,) = listed.json()["items"]
    assert (candidacy["uid"], candidacy["number"], candidacy["state"]) == (
        str(candidate.uid), "2602", "published",
    )  # fmt: skip
    assert {one["id"]: one["value"] for one in told["scores"]["sums"]}["total"] == "660"
    assert [one["code"] for one in told["programmes"]["items"]] == ["A1", "B1", "C1"]
    assert (told["result"]["programme"]["code"], told["result"]["answer"]) == ("B1", "accepted")
    assert [one["text"] for one in told["appeals"]["items"]] == ["请复核"]
    assert (told["recheck"]["text"], told["recheck"]["answer"]) == ("技能分漏加", None)


def test_result_tells_why_in_a_code_in_figures_and_in_words(world):
    play_until(world, Arrow.PUBLISH)
    program = program_for(world.candidate("2602"))

    asked = {"Cookie": "zhiqiao_language=en"}
    reasons = program.get(f"{own(world)}/result", headers=asked).json()["reasons"]

    assert [(one["place"], one["code"], one["reason"]) for one in reasons] == [
        (1, "A1", "below-cutoff"), (2, "B1", "admitted"), (3, "C1", "better-held"),
    ]  # fmt: skip
    first = reasons[0]
    assert (first["own"], first["cutoff"], first["gap"]) == ("660", "690", "-30")
    assert first["sentence"].endswith(
        "More than 690 would have brought you this or a better choice."
    )
    assert (reasons[2]["own"], reasons[2]["gap"]) == (None, None)


def test_leaf_is_the_one_of_the_page(world, client):
    play_until(world, Arrow.PUBLISH)
    candidate = world.candidate("2602")
    client.force_login(candidate.account)

    by_program = program_for(candidate).get(f"{own(world)}/leaf").json()

    assert by_program == client.get(reverse("admissions:leaf", args=[candidate.uid])).json()


def test_choices_are_read_in_order_with_their_version_and_receipt(world):
    open_choosing(world)
    world.choose("2602", "B1", "C1", "A1", lock=False)
    program = program_for(world.candidate("2602"))
    draft = program.get(f"{own(world)}/choices")
    held = ChoiceList.objects.get(candidate__number="2602")

    told = draft.json()
    assert [one["code"] for one in told["choices"]] == ["A1", "B1", "C1"]
    assert (draft["ETag"], told["version"]) == (f'"{held.version}"', held.version)
    assert (told["locked_at"], told["receipt"]) == (None, None)
    assert told["until"] is not None
    assert program.get(f"{own(world)}/programmes", q="C1").json()["total"] == 1
    assert program.get(f"{own(world)}/programmes", batch="bachelor").json()["total"] == 1


def test_receipt_of_a_locked_list_is_told(world):
    open_choosing(world)
    world.choose("2602", "B1")

    told = program_for(world.candidate("2602")).get(f"{own(world)}/choices").json()

    held = ChoiceList.objects.get(candidate__number="2602")
    assert (told["receipt"], told["locked_at"] is not None) == (held.receipt, True)


def test_nothing_is_told_before_its_time(world):
    mark_all(world, seal=False)
    world.sign_in("2602")
    program = program_for(world.candidate("2602"))

    early = {part: program.get(f"{own(world)}/{part}") for part in ("scores", "result", "leaf", "recheck")}  # fmt: skip
    assert {refusal(one) for one in early.values()} == {(404, "admissions.missing")}
    assert program.get(f"{own(world)}/choices").json()["version"] == 0
    play_world = program.get(f"{own(world)}/programmes").json()
    assert play_world["items"] == []


def test_result_is_kept_back_until_it_is_published(world):
    play_until(world, Arrow.CONFIRM)
    program = program_for(world.candidate("2602"))

    assert refusal(program.get(f"{own(world)}/result")) == (404, "admissions.missing")
    assert refusal(program.get(f"{own(world)}/leaf")) == (404, "admissions.missing")
    world.step(Arrow.PUBLISH)
    assert program.get(f"{own(world)}/result").status_code == 200


def test_file_of_another_is_missing_to_candidates_schools_and_the_bureau(world):
    play_until(world, Arrow.PUBLISH)
    candidate = world.candidate("2602")
    file_appeal(candidate, text="请复核", actor=candidate.account)
    file_recheck(candidate, text="技能分漏加", actor=candidate.account)
    others = [
        program_for(world.candidate("2603")),
        program_of(world.clerk),
        program_of(world.lead),
        program_of(world.clerks["甲学院"]),
    ]

    answers = [program.get(f"{own(world)}/{part}") for program in others for part in PARTS]
    assert [refusal(one) for one in answers] == [(404, "admissions.missing")] * len(answers)
    texts = [program.get("/my-admission").content.decode() for program in others]
    assert not any("2602" in json.loads(text)["items"] for text in texts)
    assert [json.loads(text)["total"] for text in texts] == [1, 0, 0, 0]
    assert program_for(candidate).get(f"{own(world)}/recheck").status_code == 200


def test_token_needs_the_scope(world):
    open_choosing(world)
    world.choose("2602", "B1")
    candidate = world.candidate("2602")
    program_for(candidate)
    reader = program_of(candidate.account, scopes=("admissions:people", "admissions:read"))

    answer = reader.get(f"{own(world)}/choices")
    assert refusal(answer) == (403, "accounts.token-scope-missing")
    assert answer["Cache-Control"] == "private, no-store"


def test_own_lists_take_a_constant_number_of_queries(world):
    play_until(world, Arrow.PUBLISH)
    candidate = Candidate.objects.select_related("season").get(number="2602")
    for text in ("一", "二", "三"):
        file_appeal(candidate, text=text, actor=candidate.account)
    program = program_for(candidate)
    for part in ("programmes", "appeals"):
        counts = []
        program.get(f"{own(world)}/{part}")
        for number in (1, 3):
            with CaptureQueriesContext(connection) as statements:
                found = program.get(f"{own(world)}/{part}", per_page=number).json()
            assert len(found["items"]) == number
            counts.append(len(statements))
        assert counts[0] == counts[1]
