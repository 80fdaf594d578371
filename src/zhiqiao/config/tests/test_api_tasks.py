"""Tasks in the API: what a body may read, how it reports, and what is refused."""

import threading
from datetime import date
from uuid import uuid4

import pytest
from django.db import connection

from zhiqiao.apps.accounts.models import ApiToken, KeptAnswer
from zhiqiao.apps.plan import actions
from zhiqiao.apps.plan.actions import Words
from zhiqiao.apps.plan.models import ProgressReport
from zhiqiao.apps.plan.tests.task_world import make_world
from zhiqiao.config.tests.api_client import ProgramClient, program_of
from zhiqiao.core.audit import history_of

pytestmark = pytest.mark.django_db
QUARTER = date(2026, 9, 30)
DONE = {"progress": "已完成一半"}
READS = ("/tasks", "/obligations", "/consequences", "/supervisions", "/reports")


@pytest.fixture
def world():
    return make_world()


def place(world, day=QUARTER):
    return f"/task-parts/{world.part.uid}/reports/{day}"


def code(answer):
    return answer.status_code, answer.json()["code"]


@pytest.mark.parametrize("path", READS)
def test_tasks_are_closed_without_a_token_and_to_a_session(world, client, path):
    client.force_login(world.clerk)

    assert code(client.get(f"/api/v1{path}")) == (401, "core.token_needed")
    assert code(ProgramClient().get(path)) == (401, "core.token_needed")


@pytest.mark.parametrize("path", READS)
def test_a_token_needs_the_scope(world, path):
    program = program_of(world.department, scopes=("plan:read", "tasks:report"))

    assert code(program.get(path)) == (403, "accounts.token-scope-missing")


def test_a_body_reads_its_own_tasks_and_no_others(world):
    own = program_of(world.department).get("/tasks").json()
    others = program_of(world.district).get("/tasks").json()
    staff = program_of(world.clerk).get("/tasks", per_page=200).json()

    assert [(row["code"], row["leads"]) for row in own["items"]] == [
        ("K02", ["department（测试）"])
    ]
    assert (others["items"], own["licence"]) == ([], None)
    assert staff["total"] > 10


def test_another_bodys_task_part_and_report_are_not_there(world):
    report = actions.save_report(world.part, QUARTER, Words(**DONE), actor=world.department)
    stranger = program_of(world.district)

    answers = [
        stranger.get(f"/tasks/{world.task.uid}"),
        stranger.get(f"/reports/{report.uid}"),
        stranger.put(place(world), DONE),
        stranger.post(f"/reports/{report.uid}/hand-in"),
        stranger.get(f"/tasks/{uuid4()}"),
    ]

    assert [code(one) for one in answers] == [(404, "plan.unknown-task")] * 5


def test_a_partner_reads_a_task_without_the_drafts_and_reminders_of_others(world):
    actions.save_report(world.part, QUARTER, Words(progress="内部草稿"), actor=world.department)
    actions.take_step(world.part, "reminder", text="请抓紧报送", actor=world.clerk)
    world.assign("district")
    partner = program_of(world.district)

    seen = [partner.get(path).content.decode() for path in READS]
    seen.append(partner.get(f"/tasks/{world.task.uid}").content.decode())
    own = program_of(world.department).get(f"/tasks/{world.task.uid}").content.decode()

    assert not any("内部草稿" in text or "请抓紧报送" in text for text in seen)
    assert "请抓紧报送" in own


def test_a_body_learns_what_it_must_report_and_by_when(world):
    found = program_of(world.department).get("/obligations", per_page=200).json()["items"]

    assert {row["task"] for row in found} == {"K02"}
    assert "2026-09-30" in {row["period_to"] for row in found}
    assert all(row["due"] > row["period_to"] for row in found)


def test_every_task_of_the_plan_is_shown_whole(world):
    program = program_of(world.clerk)
    tasks = program.get("/tasks", per_page=200).json()["items"]

    whole = [program.get(f"/tasks/{task['uid']}").json() for task in tasks]

    assert [one["code"] for one in whole] == [task["code"] for task in tasks]
    assert any(one["named_others"] for one in whole)


def test_obligations_of_all_are_for_the_bureau(world):
    body = program_of(world.department).get("/obligations", whose="all")

    assert code(body) == (403, "plan.tasks-need-bureau")
    assert program_of(world.clerk).get("/obligations", whose="all").json()["total"] > 0


def test_a_matter_shows_the_views_of_its_sides(world):
    matter = world.matter()
    part = world.assign("neighbour", task=matter, side="partner", role="lead")
    actions.write_view(part, text="同意共建", actor=world.neighbour)

    shown = program_of(world.neighbour).get(f"/tasks/{matter.uid}").json()

    assert [(side["side"], len(side["views"])) for side in shown["sides"]] == [
        ("city", 0),
        ("partner", 1),
    ]


def test_a_report_is_written_changed_and_handed_in(world):
    program = program_of(world.department)
    written = program.put(place(world), DONE)
    changed = program.put(place(world), {"progress": "已全部完成"}, If_Match=written["ETag"])
    uid = written.json()["uid"]
    handed_in = program.post(f"/reports/{uid}/hand-in", If_Match=changed["ETag"])

    assert [one.status_code for one in (written, changed, handed_in)] == [200, 200, 200]
    assert (written["ETag"], changed["ETag"]) == ('"1"', '"2"')
    assert (handed_in.json()["state"], handed_in.json()["progress"]) == ("submitted", "已全部完成")
    report = ProgressReport.objects.get()
    assert (report.written_by, report.state) == (world.department, "submitted")


def test_the_audit_names_the_person_and_the_token(world):
    program_of(world.department).put(place(world), DONE)
    by_hand = actions.take_step(world.part, "reminder", text="请报送", actor=world.clerk)

    entry = history_of(ProgressReport.objects.get()).get()
    token = ApiToken.objects.get()
    assert (entry.actor, entry.through) == (world.department, f"{token.hint} 程序")
    assert entry.digest
    assert history_of(by_hand).get().through == ""


def test_what_came_after_a_program_in_the_same_thread_is_not_marked(world, client):
    program_of(world.department).put(place(world), DONE)
    client.force_login(world.clerk)
    client.post(f"/tasks/{world.task.uid}/close/", {"ending": "done", "reason": "完成"})
    client.force_login(world.lead)
    client.post(f"/tasks/{world.task.uid}/close/", {"ending": "done", "reason": "完成"})

    entry = history_of(world.task).first()
    assert (entry.verb, entry.through) == ("plan.task.closed", "")


def test_a_draft_that_exists_is_not_overwritten_unseen(world):
    program = program_of(world.department)
    program.put(place(world), DONE)
    actions.save_report(
        world.part, QUARTER, Words(progress="同事所写", version=1), actor=world.department
    )

    unseen = program.put(place(world), DONE)
    stale = program.put(place(world), DONE, If_Match='"1"')
    strange = program.put(place(world), DONE, If_Match="3")
    absent = program.put(place(world, date(2026, 6, 30)), DONE, If_Match='"1"')

    assert code(unseen) == (428, "core.version_needed")
    assert code(stale) == (412, "core.version_passed")
    assert code(strange) == (422, "core.version_unreadable")
    assert code(absent) == (412, "core.version_passed")
    assert ProgressReport.objects.get().progress == "同事所写"


def test_a_stale_version_is_not_handed_in(world):
    program = program_of(world.department)
    uid = program.put(place(world), DONE).json()["uid"]
    actions.save_report(
        world.part, QUARTER, Words(progress="同事所写", version=1), actor=world.department
    )

    assert code(program.post(f"/reports/{uid}/hand-in", If_Match='"1"')) == (
        412,
        "core.version_passed",
    )


def test_a_key_that_is_sent_again_writes_once(world):
    program = program_of(world.department)
    first = program.put(place(world), DONE, Idempotency_Key="a-1")
    again = program.put(place(world), DONE, Idempotency_Key="a-1")
    other = program.put(place(world), {"progress": "别的"}, Idempotency_Key="a-1")

    assert (again.json(), again["ETag"], again["Idempotent-Replayed"]) == (
        first.json(),
        first["ETag"],
        "true",
    )
    assert code(other) == (409, "accounts.token-key-used")
    assert ProgressReport.objects.get().version == 1


def test_a_key_of_a_refused_write_stays_free(world):
    program = program_of(world.department)
    refused = program.put(place(world, date(2026, 9, 29)), DONE, Idempotency_Key="a-1")

    assert code(refused) == (404, "plan.period-unknown")
    assert KeptAnswer.objects.count() == 0
    assert program.put(place(world), DONE, Idempotency_Key="a-1").status_code == 200


def test_keys_of_two_tokens_do_not_meet(world):
    program_of(world.department).put(place(world), DONE, Idempotency_Key="a-1")

    other = program_of(world.department).get("/reports").json()

    assert other["total"] == 1
    answer = program_of(world.department).put(
        place(world), {"progress": "二"}, Idempotency_Key="a-1", If_Match='"1"'
    )
    assert answer.json()["version"] == 2


@pytest.mark.django_db(transaction=True)
def test_two_requests_with_one_key_at_once_write_once(world):
    program, answers = program_of(world.department), []

    def send():
        answers.append(program.put(place(world), DONE, Idempotency_Key="a-1"))
        connection.close()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert {one.status_code for one in answers} == {200}
    assert len({one.content for one in answers}) == 1
    assert ProgressReport.objects.get().version == 1


@pytest.mark.parametrize(
    ("content", "status"),
    [
        ("{", 400),
        ("[]", 422),
        ("[" * 100_000, 400),
        ('{"progress": ' + "[" * 100_000, 400),
        (b"\xff\xfe", 400),
        ({}, 422),
        ({"progress": ""}, 422),
        ({"progress": "   "}, 422),
        ({"progress": "a\0b"}, 422),
        ('{"progress": "\\ud800"}', 422),
        ({"progress": "x" * 20_001}, 422),
        ({"progress": 3}, 422),
        ('{"progress": "' + "x" * 3_000_000 + '"}', 413),
    ],
)
def test_what_cannot_be_read_is_told_as_a_problem(world, content, status):
    answer = program_of(world.department).put(place(world), content)

    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert answer.json()["detail"]
    assert ProgressReport.objects.count() == 0


def test_a_rule_that_refuses_says_why(world):
    program = program_of(world.department)
    uid = program.put(place(world), DONE).json()["uid"]
    program.post(f"/reports/{uid}/hand-in")
    again = program.put(place(world), DONE, If_Match='"2"')
    actions.end_part(world.part, actor=world.clerk, reason="改由区县承担")
    ended = program.put(place(world, date(2026, 6, 30)), DONE)

    assert code(again) == (409, "plan.report-handed-in")
    assert code(ended) == (409, "plan.part-ended")
    assert again.json()["remedy"]


def test_the_bureau_does_not_write_for_a_body(world):
    assert code(program_of(world.clerk).put(place(world), DONE)) == (403, "plan.part-not-yours")


def test_a_token_that_may_only_read_writes_nothing(world):
    program = program_of(world.department, scopes=("tasks:read",))

    assert code(program.put(place(world), DONE)) == (403, "accounts.token-scope-missing")


def test_answers_to_a_program_are_kept_by_nobody(world):
    answer = program_of(world.department).get("/tasks")

    assert answer["Cache-Control"] == "private, no-store"
    assert "Authorization" in answer["Vary"]


@pytest.mark.parametrize("path", READS)
def test_lists_of_tasks_come_as_csv_without_a_licence(world, path):
    world.assign("district")
    answer = program_of(world.clerk).get(path, format="csv")

    text = b"".join(answer.streaming_content).decode()
    assert text.partition(",")[0]
    assert 'rel="license"' not in answer.get("Link", "")
    assert answer["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("bodies", [1, 3])
def test_tasks_take_a_constant_number_of_queries(world, bodies, django_assert_num_queries):
    for name in ("district", "neighbour")[: bodies - 1]:
        world.assign(name)
    program = program_of(world.clerk)
    program.get("/tasks")

    with django_assert_num_queries(8):
        program.get("/tasks", per_page=200)
