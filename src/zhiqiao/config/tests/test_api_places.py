"""Requests for places in the API: a school asks, changes and hands in; the bureau decides."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from zhiqiao.apps.accounts.choices import Role
from zhiqiao.apps.accounts.tests.factories import bureau, make_member
from zhiqiao.apps.admissions.actions import submit_request
from zhiqiao.apps.admissions.choices import Arrow
from zhiqiao.apps.admissions.models import PlaceLine
from zhiqiao.apps.admissions.tests.factories import approve_all, make_season_world
from zhiqiao.config.tests.api_client import ProgramClient, program_of, refusal, strange_in
from zhiqiao.core.audit import history_of

pytestmark = pytest.mark.django_db
NURSING = {
    "code": "B9",
    "major": "护理",
    "batch": "college",
    "exam_type": "secondary",
    "category": "nursing",
    "requested": 30,
}


@pytest.fixture
def world():
    return make_season_world()


@pytest.fixture
def programs(world):
    body = make_member(Role.BODY_CLERK, login="body", organisation=bureau())
    people = {
        "clerk": world.clerk,
        "own": world.clerks["甲学院"],
        "other": world.clerks["乙学院"],
        "body": body,
    }
    return {name: program_of(person) for name, person in people.items()}


def asked_by(world, college="甲学院", **changes):
    return {**NURSING, "school_uid": str(world.colleges[college].uid), **changes}


def requests_of(world):
    return f"/admissions/{world.season.uid}/requests"


def codes(answer):
    return [row["code"] for row in answer.json()["items"]]


def written(world, programs, **changes):
    """Have the own school write a draft; give its address and its ETag."""
    answer = programs["own"].post(requests_of(world), asked_by(world, **changes))
    assert answer.status_code == 200, answer.content
    return f"/place-lines/{answer.json()['uid']}", answer["ETag"]


def test_school_asks_changes_and_hands_in_and_the_bureau_approves(world, programs):
    path, tag = written(world, programs)

    changed = programs["own"].put(path, NURSING | {"requested": 40}, If_Match=tag)
    handed_in = programs["own"].post(f"{path}/hand-in", If_Match=changed["ETag"])
    decided = programs["clerk"].post(
        f"{path}/decision",
        {"decision": "approve", "places": 35, "words": "渝教计〔2026〕1号"},
        If_Match=handed_in["ETag"],
    )

    steps = [(one["ETag"], one.json()["state"]) for one in (changed, handed_in, decided)]
    assert steps == [('"2"', "draft"), ('"3"', "submitted"), ('"4"', "approved")]
    assert (handed_in.json()["places"], decided.json()["places"]) == (None, 35)
    assert decided.json()["school_uid"] == str(world.colleges["甲学院"].uid)
    assert strange_in(decided, "/place-lines/{uid}/decision", method="post") == []
    line = PlaceLine.objects.get(code="B9")
    assert (line.requested, line.places, line.state) == (40, 35, "approved")
    ledger = programs["own"].get(f"{path}/flows")
    (flow,) = ledger.json()["items"]
    assert (flow["kind"], flow["from_code"], flow["to_code"], flow["number"]) == (
        "grant", None, "B9", 35,
    )  # fmt: skip
    assert flow["approval"] == "渝教计〔2026〕1号"
    assert strange_in(ledger, "/place-lines/{uid}/flows") == []
    whole = programs["clerk"].get(f"/admissions/{world.season.uid}/flows").json()["items"]
    assert whole == [flow]


def test_audit_names_the_school_and_its_program(world, programs):
    written(world, programs)

    entry = history_of(PlaceLine.objects.get(code="B9")).get()
    assert entry.actor == world.clerks["甲学院"]
    assert entry.through.endswith("程序")


def test_bureau_returns_a_request_and_refuses_another(world, programs):
    line = f"/place-lines/{world.lines['B1'].uid}"
    back = programs["clerk"].post(f"{line}/decision", {"decision": "return", "words": "请核对学费"})
    open_again = programs["own"].put(
        line,
        NURSING | {"code": "B1", "major": "计算机应用技术", "category": "computer"},
        If_Match=back["ETag"],
    )
    refused = programs["clerk"].post(
        f"/place-lines/{world.lines['C1'].uid}/decision", {"decision": "refuse", "words": "停招"}
    )

    assert (back.json()["state"], back.json()["reply"]) == ("returned", "请核对学费")
    assert open_again.status_code == 200
    assert (refused.json()["state"], refused.json()["reply"]) == ("refused", "停招")


def test_drafts_are_those_of_the_own_school(world, programs):
    path, _tag = written(world, programs)
    listed = {name: codes(programs[name].get(requests_of(world))) for name in ("clerk", "own", "other")}  # fmt: skip

    assert listed == {"clerk": ["A1", "B1", "B9", "C1"], "own": ["B1", "B9"], "other": ["C1"]}
    assert codes(programs["own"].get(requests_of(world), state="draft")) == ["B9"]
    assert strange_in(programs["clerk"].get(requests_of(world)), "/admissions/{uid}/requests") == []
    assert strange_in(programs["own"].get(path), "/place-lines/{uid}") == []
    stranger = programs["other"]
    answers = [
        stranger.get(path),
        stranger.get(f"{path}/flows"),
        stranger.put(path, NURSING, If_Match='"1"'),
        stranger.post(f"{path}/hand-in"),
        stranger.post(f"{path}/decision", {"decision": "refuse", "words": "x"}),
    ]
    assert [refusal(one) for one in answers] == [(404, "admissions.missing")] * 5


def test_nobody_writes_for_another_school_or_decides_for_the_bureau(world, programs):
    approve_all(world)
    path, _tag = written(world, programs)
    approved = f"/place-lines/{world.lines['C1'].uid}"

    answers = [
        programs["own"].post(requests_of(world), asked_by(world, "乙学院", code="C9")),
        programs["own"].put(approved, NURSING, If_Match='"3"'),
        programs["own"].post(f"{approved}/hand-in"),
        programs["own"].post(f"{path}/decision", {"decision": "approve", "words": "文"}),
        programs["body"].get(requests_of(world)),
        programs["body"].post(requests_of(world), asked_by(world)),
    ]

    assert [refusal(one) for one in answers] == [(403, "admissions.not-yours")] * 6
    assert not PlaceLine.objects.filter(code="C9").exists()


def test_draft_that_exists_is_not_overwritten_unseen(world, programs):
    path, tag = written(world, programs)
    programs["own"].put(path, NURSING | {"requested": 31}, If_Match=tag)

    unseen = programs["own"].put(path, NURSING)
    stale = programs["own"].put(path, NURSING, If_Match=tag)
    stale_hand_in = programs["own"].post(f"{path}/hand-in", If_Match=tag)
    strange = programs["own"].put(path, NURSING, If_Match="3")
    programs["own"].post(f"{path}/hand-in")
    stale_decision = programs["clerk"].post(
        f"{path}/decision", {"decision": "approve", "words": "文"}, If_Match=tag
    )

    assert [refusal(one) for one in (unseen, stale, stale_hand_in, strange, stale_decision)] == [
        (428, "core.version_needed"),
        (412, "core.version_passed"),
        (412, "core.version_passed"),
        (422, "core.version_unreadable"),
        (412, "core.version_passed"),
    ]
    line = PlaceLine.objects.get(code="B9")
    assert (line.requested, line.state) == (31, "submitted")


def test_key_that_is_sent_again_writes_once(world, programs):
    send = programs["own"].post
    first = send(requests_of(world), asked_by(world), Idempotency_Key="a-1")
    again = send(requests_of(world), asked_by(world), Idempotency_Key="a-1")
    other = send(requests_of(world), asked_by(world, code="B8"), Idempotency_Key="a-1")
    refused = send(requests_of(world), asked_by(world), Idempotency_Key="a-2")

    assert (again.json(), again["Idempotent-Replayed"]) == (first.json(), "true")
    assert refusal(other) == (409, "accounts.token-key-used")
    assert refusal(refused)[1] == "admissions.line-code"
    assert PlaceLine.objects.filter(code__in=["B8", "B9"]).count() == 1


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"batch": "none"}, 422, "admissions.line-word"),
        ({"region": "无此区"}, 404, "admissions.missing"),
        (
            {"contract_uid": "00000000-0000-0000-0000-000000000001"},
            404,
            "admissions.contract-unknown",
        ),
        ({"school_uid": "00000000-0000-0000-0000-000000000001"}, 404, "admissions.missing"),
        ({"requested": 0}, 422, "core.api_parameter"),
        ({"requested": 2**40}, 422, "core.api_parameter"),
        ({"minimum": "x"}, 422, "core.api_parameter"),
        ({"code": "a\0b"}, 422, "core.api_parameter"),
        ({"code": "  "}, 409, "admissions.line-code"),
        ({"note": "x" * 2_001}, 422, "core.api_parameter"),
        ({"school_uid": None}, 422, "core.api_parameter"),
    ],
)
def test_what_cannot_be_asked_is_told_as_a_problem(world, programs, change, status, code):
    answer = programs["own"].post(requests_of(world), asked_by(world) | change)

    assert refusal(answer) == (status, code)
    assert not PlaceLine.objects.filter(major="护理").exists()


def test_rules_refuse_what_they_refuse_on_the_page(world, programs):
    path, _tag = written(world, programs)
    line = f"/place-lines/{world.lines['B1'].uid}"
    again = programs["own"].post(f"{line}/hand-in")
    undecided = programs["clerk"].post(f"{path}/decision", {"decision": "refuse", "words": "x"})
    approve_all(world)
    PlaceLine.objects.filter(code="B9").delete()
    world.step(Arrow.FREEZE_PLACES)
    late = programs["own"].post(requests_of(world), asked_by(world))

    assert refusal(again) == (409, "admissions.line-closed")
    assert refusal(undecided) == (409, "admissions.line-closed")
    assert refusal(late) == (409, "admissions.wrong-state")


def test_doors_need_a_token_with_the_scope(world):
    own, path = world.clerks["甲学院"], requests_of(world)
    session = Client()
    session.force_login(own)
    reader = program_of(own, scopes=("admissions:places",))

    assert session.get(f"/api/v1{path}").status_code == 401
    assert refusal(ProgramClient().get(path)) == (401, "core.token_needed")
    assert reader.get(path).status_code == 200
    assert refusal(reader.post(path, asked_by(world))) == (403, "accounts.token-scope-missing")
    others = program_of(own, scopes=("admissions:read", "admissions:papers"))
    assert refusal(others.get(path)) == (403, "accounts.token-scope-missing")


def test_lists_take_a_constant_number_of_queries(world, programs):
    approve_all(world)
    for path in (requests_of(world), f"/admissions/{world.season.uid}/flows"):
        counts = []
        programs["clerk"].get(path)
        for number in (1, 3):
            with CaptureQueriesContext(connection) as statements:
                assert len(programs["clerk"].get(path, per_page=number).json()["items"]) == number
            counts.append(len(statements))
        assert counts[0] == counts[1]


def test_what_the_page_wrote_meanwhile_counts_for_the_version(world, programs):
    path, tag = written(world, programs)
    line = PlaceLine.objects.select_related("season").get(code="B9")
    submit_request(line, actor=world.clerks["甲学院"])

    assert refusal(programs["own"].put(path, NURSING, If_Match=tag)) == (412, "core.version_passed")
