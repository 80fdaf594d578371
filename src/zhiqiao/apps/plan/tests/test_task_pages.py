"""The pages of tasks as the bureau and the bodies use them."""

from datetime import date
from io import BytesIO

import openpyxl
import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from zhiqiao.apps.plan import actions
from zhiqiao.apps.plan.actions import Words
from zhiqiao.apps.plan.models import FigurePoint, ProgressReport, Supervision, Task, TaskPart
from zhiqiao.apps.plan.tests.task_world import make_world

pytestmark = pytest.mark.django_db

QUARTER = date(2026, 9, 30)


@pytest.fixture
def world():
    with time_machine.travel("2026-11-26T02:00:00Z", tick=False):
        yield make_world()


def as_person(person):
    client = Client()
    client.force_login(person)
    return client


def address(name, *args):
    return reverse(f"plan:{name}", args=args)


def shown(response):
    return response.content.decode()


def test_bureau_assigns_reviews_and_the_body_reports(world):
    clerk, body = as_person(world.clerk), as_person(world.district)
    given = {"body": "district（测试）", "role": "with", "starts_on": "2026-07-01"}
    clerk.post(address("assign", world.task.uid), given)
    part = TaskPart.objects.get(organisation=world.bodies["district"])

    page = shown(body.get(address("obligations")))
    assert "逾期 27 个工作日" in page
    write = address("write_report", part.uid, "2026-09-30")
    proof = SimpleUploadedFile("minutes.txt", "会议纪要".encode())
    body.post(write, {"progress": "完成三所", "hand_in": "1", "file": proof})
    report = ProgressReport.objects.get()
    assert (report.state, report.evidence.get().file.name) == ("submitted", "minutes.txt")

    page = address("report", report.uid)
    refused = clerk.post(page, {"note": "", "return": "1"})
    assert refused.status_code == 422
    clerk.post(page, {"note": "请列出学校", "return": "1"})
    assert "请列出学校" in shown(body.get(write))
    words = {"progress": "完成三所：甲、乙、丙", "version": report.version + 1, "hand_in": "1"}
    body.post(write, words)
    clerk.post(page, {"note": "", "accept": "1"})

    report.refresh_from_db()
    assert (report.state, report.progress) == ("accepted", "完成三所：甲、乙、丙")
    assert "完成三所：甲、乙、丙" in shown(clerk.get(address("progress")))


def test_evidence_is_read_by_the_bodies_of_the_task_and_by_nobody_else(world):
    body = as_person(world.department)
    proof = SimpleUploadedFile("minutes.txt", "会议纪要".encode())
    write = address("write_report", world.part.uid, "2026-09-30")
    body.post(write, {"progress": "完成", "hand_in": "1", "file": proof})
    stored = ProgressReport.objects.get().evidence.get().file
    page = reverse("portal:file", args=[stored.uid])

    read = as_person(world.clerk).get(page)
    assert b"".join(read) == "会议纪要".encode()
    assert as_person(world.district).get(page).status_code == 404
    assert Client().get(page).status_code in {302, 404}


def test_refused_report_keeps_what_was_typed(world):
    body = as_person(world.department)
    write = address("write_report", world.part.uid, "2026-09-30")
    body.post(write, {"progress": "第一稿"})

    response = body.post(write, {"progress": "另一人的第二稿", "version": 99})

    assert response.status_code == 422
    assert "另一人的第二稿" in shown(response)
    assert ProgressReport.objects.get().progress == "第一稿"


@pytest.mark.parametrize("period", ["2026-09-29", "yesterday", "2026-13-01"])
def test_unknown_period_is_missing(world, period):
    write = address("write_report", world.part.uid, period)

    response = as_person(world.department).post(write, {"progress": "x"})

    assert response.status_code == 404
    assert not ProgressReport.objects.exists()


def test_reminder_is_sent_and_answered_through_the_pages(world):
    ask = address("take_step", world.part.uid, "reminder")
    as_person(world.clerk).post(ask, {"text": "请报送第三季度进展"})
    reminder = Supervision.objects.get()
    body = as_person(world.department)
    assert "请报送第三季度进展" in shown(body.get(world.task.get_absolute_url()))

    body.post(address("answer", reminder.uid), {"text": "明日报送"})

    reminder.refresh_from_db()
    assert (reminder.answer_by, reminder.answer) == (date(2026, 12, 3), "明日报送")


def test_reminder_of_one_body_is_not_shown_to_another(world):
    world.assign("district")
    actions.take_step(world.part, "reminder", text="只催牵头单位", actor=world.clerk)

    client = as_person(world.district)
    page = shown(client.get(world.task.get_absolute_url()))
    sheet = openpyxl.load_workbook(BytesIO(b"".join(client.get(address("ledger"))))).active

    assert "department（测试）" in page
    assert "只催牵头单位" not in page
    assert [row[16] for row in sheet.iter_rows(min_row=2, values_only=True)] == [None, None]


def test_reasons_about_one_body_are_not_shown_to_another(world):
    world.assign("district")
    actions.end_part(world.part, actor=world.clerk, reason="人手不足")
    page = world.task.get_absolute_url()

    assert "人手不足" not in shown(as_person(world.district).get(page))
    assert "人手不足" in shown(as_person(world.clerk).get(page))


def test_review_of_a_report_that_was_reviewed_meanwhile_keeps_what_was_typed(world):
    words = Words(progress="完成")
    report = actions.save_report(world.part, QUARTER, words, actor=world.department)
    report = actions.submit_report(report, actor=world.department)
    actions.accept_report(report, actor=world.lead)

    response = as_person(world.clerk).post(
        address("report", report.uid), {"note": "请补充附件", "return": "1"}
    )

    assert response.status_code == 422
    assert "请补充附件" in shown(response)
    report.refresh_from_db()
    assert report.state == "accepted"


def test_name_that_is_only_near_is_told_and_never_taken(world):
    given = {"body": "district", "role": "with", "starts_on": "2026-07-01"}

    response = as_person(world.clerk).post(address("assign", world.task.uid), given)

    assert response.status_code == 422
    assert "district（测试）" in shown(response)
    assert TaskPart.objects.count() == 1


def test_sides_of_a_matter_are_shown_beside_each_other(world):
    matter = world.matter()
    ours = world.assign("department", task=matter, role="lead")
    theirs = world.assign("neighbour", task=matter, role="lead", side="partner")
    as_person(world.department).post(address("write_view", ours.uid), {"text": "先做目录"})
    as_person(world.neighbour).post(address("write_view", theirs.uid), {"text": "先定规则"})

    for person in (world.department, world.neighbour, world.clerk):
        page = shown(as_person(person).get(matter.get_absolute_url()))
        assert "先做目录" in page
        assert "先定规则" in page


def test_matter_is_opened_through_the_page(world):
    given = {
        "kind": "two-cities",
        "title_zh": "共建实训基地",
        "title_en": "",
        "article": "A13",
        "every": "quarter",
    }

    response = as_person(world.clerk).post(address("open_matter"), given)

    task = Task.objects.get(title_zh="共建实训基地")
    assert (response.url, task.code) == (task.get_absolute_url(), "M2026-0001")


def test_ledger_is_a_workbook_of_what_the_person_may_see(world):
    actions.save_report(world.part, QUARTER, Words(progress="=1+1"), actor=world.department)
    report = ProgressReport.objects.get()
    actions.submit_report(report, actor=world.department)

    response = as_person(world.department).get(address("ledger"))

    sheet = openpyxl.load_workbook(BytesIO(b"".join(response))).active
    rows = list(sheet.iter_rows(values_only=True))
    assert [row[0] for row in rows] == ["编号", "K02"]
    assert rows[1][15] == "=1+1"
    assert sheet.cell(2, 16).data_type == "s"


def test_progress_report_of_a_day_leaves_out_what_came_later(world):
    report = actions.save_report(
        world.part, QUARTER, Words(progress="到期前的进展"), actor=world.department
    )
    actions.submit_report(report, actor=world.department)
    with time_machine.travel("2026-12-01T02:00:00Z", tick=False):
        actions.accept_report(report, actor=world.clerk)
        clerk = as_person(world.clerk)

        then = shown(clerk.get(address("progress"), {"day": "2026-11-30"}))
        later = shown(clerk.get(address("progress"), {"day": "2026-12-01"}))

    assert "department（测试）" in then
    assert "到期前的进展" not in then
    assert "到期前的进展" in later


@pytest.mark.parametrize("bodies", [1, 3])
def test_list_of_tasks_takes_a_constant_number_of_queries(world, bodies, django_assert_num_queries):
    for name in list(world.bodies)[1:bodies]:
        world.assign(name)
    clerk = as_person(world.clerk)
    clerk.get(address("tasks"))

    with django_assert_num_queries(10):
        clerk.get(address("tasks"))


@pytest.mark.parametrize("bodies", [1, 3])
def test_page_of_a_task_takes_a_constant_number_of_queries(
    world, bodies, django_assert_num_queries
):
    for name in list(world.bodies)[1:bodies]:
        world.assign(name)
    clerk = as_person(world.clerk)
    clerk.get(world.task.get_absolute_url())

    with django_assert_num_queries(8):
        clerk.get(world.task.get_absolute_url())


def test_two_days_of_the_board_are_compared(client):
    for at, value in (("2026-01-02T02:00:00Z", 3), ("2026-06-01T02:00:00Z", 5)):
        FigurePoint.objects.create(
            target="T09",
            recorded_at=at,
            pack_digest="0" * 64,
            value=value,
            bound="exact",
            status="on-course",
            list_state="complete",
            pending=0,
        )

    page = client.get(address("compare"), {"earlier": "2026-03-01", "later": "2026-11-01"})

    row = next(row for row in page.context["rows"] if row.target.id == "T09")
    assert (row.earlier.value, row.later.value, row.difference, row.is_exact) == (3, 5, 2, True)
    assert page.context["changed"] == 1


def test_day_before_the_history_is_not_recorded_rather_than_zero(client):
    page = client.get(address("compare"), {"earlier": "2020-01-01", "later": "2020-02-01"})

    assert all(row.earlier is row.later is row.difference is None for row in page.context["rows"])
    assert "没有记录" in shown(page)


def test_days_in_the_wrong_order_are_refused(client):
    page = client.get(address("compare"), {"earlier": "2026-02-01", "later": "2026-01-01"})

    assert page.status_code == 422
    assert page.context["rows"] is None


def test_no_day_ends_a_page_of_dates(world, client):
    far = client.get(address("compare"), {"earlier": "2026-01-01", "later": "9999-12-31"})
    first = client.get(address("compare"), {"earlier": "0001-01-01", "later": "2026-01-01"})
    dated = as_person(world.clerk).get(address("progress"), {"day": "9999-12-31"})

    assert far.status_code == 422
    assert "到今天为止" in shown(far)
    assert (first.status_code, dated.status_code) == (200, 200)
