"""Pages of results and building: what each shows to whom, and that nothing shows through elsewhere."""

import re
from decimal import Decimal
from io import BytesIO

import pytest
from django.core.cache import cache
from openpyxl import load_workbook

from zhiqiao.apps.accounts.choices import Role
from zhiqiao.apps.accounts.tests.factories import make_member, make_user
from zhiqiao.apps.projects.actions import answer_objection, object_to
from zhiqiao.apps.projects.models import (
    Application,
    BuildChange,
    BuildReport,
    Certificate,
    ProjectObjection,
    Standing,
)
from zhiqiao.apps.projects.tests.building import again, make_project, moved, over, standard_call
from zhiqiao.apps.projects.tests.calls import make_application, people
from zhiqiao.apps.registry.tests.factories import make_organisation
from zhiqiao.core.dates import today
from zhiqiao.core.typesetting import fonts_here

pytestmark = pytest.mark.django_db
SECRET = "名次靠后不予认定"
OBJECTOR, CONTACT, OBJECTION = "举报人张三", "13912345678", "该单位材料不实"


@pytest.fixture(autouse=True)
def _no_leftovers():
    """Limits of requests are kept in the cache."""
    cache.clear()


def shown(answer):
    assert answer.status_code == 200, answer.status_code
    return re.sub(r"\s+", " ", answer.content.decode())


def cells(answer):
    book = load_workbook(BytesIO(b"".join(answer.streaming_content)))
    return [tuple(row) for row in book.active.iter_rows(min_row=2, values_only=True)]


def settled(*scores):
    """Return a call with ranked applications of one school before the decision, and its people."""
    call = standard_call(places=1, reserve_places=1)
    school = make_organisation("云岭学院", kind="higher-vocational")
    district = make_organisation("云岭区教委", kind="government")
    who = people(applicant=school, recommender=district)
    for place, score in enumerate(scores, start=1):
        row = make_application(
            call, applicant=school, recommender=district, state="deciding",
            number=f"2026-{place:04d}", title=f"项目{place}",
        )  # fmt: skip
        Standing.objects.filter(application=row).update(official=score, rank=place)
    return call, who


def on_notice():
    row = make_application(standard_call(), state="publicity", number="2026-0001")
    Application.objects.filter(pk=row.pk).update(publicity_until=today())
    return again(row)


def test_bureau_settles_results_from_one_table(client):
    call, who = settled(9050, 8000, 7000)
    client.force_login(who["clerk"])
    address = f"/calls/{call.uid}/results/"

    page = shown(client.get(address))
    assert "90.5" in page
    client.post(f"{address}by-rank/", {"first": 1, "reserve": 1, "grounds": SECRET})
    proposals = Standing.objects.order_by("rank").values_list("proposal", flat=True)
    assert list(proposals) == ["recognise", "reserve", "refuse"]
    assert SECRET in shown(client.get(address))
    rows = cells(client.get(f"{address}?format=xlsx"))
    assert [(row[0], row[5], row[6], row[9]) for row in rows] == [
        ("2026-0001", 90.5, 1, None),
        ("2026-0002", 80, 2, None),
        ("2026-0003", 70, 3, SECRET),
    ]


def test_typed_grounds_come_back_when_the_numbers_cannot_be_read(client):
    call, who = settled(9050)
    client.force_login(who["clerk"])

    answer = client.post(
        f"/calls/{call.uid}/results/by-rank/", {"first": "x", "reserve": 1, "grounds": SECRET}
    )

    assert answer.status_code == 422
    assert SECRET in answer.content.decode()


def test_refusal_without_grounds_is_told_by_its_number(client):
    call, who = settled(9050)
    client.force_login(who["clerk"])
    row = Application.objects.get()

    answer = client.post(
        f"/calls/{call.uid}/results/propose/", {"rows": [row.uid], "advice": "refuse"}, follow=True
    )

    assert "2026-0001:" in answer.content.decode()
    assert Standing.objects.get().proposal == ""


def test_proposals_ranks_and_reserves_show_to_nobody_but_the_bureau(client):
    call, who = settled(9050, 8000, 7000)
    client.force_login(who["clerk"])
    client.post(
        f"/calls/{call.uid}/results/by-rank/", {"first": 1, "reserve": 1, "grounds": SECRET}
    )
    assert SECRET in shown(client.get(f"/calls/{call.uid}/results/"))
    client.logout()
    application = Application.objects.first()
    open_to_all = (
        f"/calls/{call.uid}/", f"/calls/{call.uid}/notice/", f"/calls/{call.uid}/recognised/",
        f"/calls/{call.uid}/recognised/?format=xlsx", f"/applications/{application.uid}/",
        f"/building/{application.uid}/", "/api/v1/calls", "/api/v1/call-items",
    )  # fmt: skip

    for user in (None, who["school"], who["district"], make_user("somebody")):
        if user is not None:
            client.force_login(user)
        for address in (f"/calls/{call.uid}/results/", f"/calls/{call.uid}/results/?format=xlsx"):
            assert client.get(address).status_code in (302, 403)
        for address in open_to_all:
            answer = client.get(address)
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content
            for secret in (SECRET, "90.5", "9050"):
                assert secret.encode() not in body, (address, secret)


def test_reserve_list_is_not_public(client):
    row = make_application(standard_call(), state="reserve", title="候补项目乙")
    for address in ("notice", "recognised", "notice/?format=xlsx"):
        answer = client.get(f"/calls/{row.call.uid}/{address}{'' if '?' in address else '/'}")
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert "候补项目乙".encode() not in body
    assert client.get(f"/building/{row.uid}/").status_code == 404


def test_anybody_objects_and_looks_the_answer_up(client):
    row = on_notice()
    assert "虚拟仿真基地" in shown(client.get(f"/calls/{row.call.uid}/notice/"))

    answer = client.post(
        f"/on-notice/{row.uid}/object/", {"text": OBJECTION, "name": OBJECTOR, "contact": CONTACT}
    )
    objection = ProjectObjection.objects.get()
    assert answer["Location"] == f"/receipts/{objection.code}/"
    assert objection.filed_by is None
    answer_objection(objection, is_upheld=False, answer="经核查属实。", actor=None)
    assert "经核查属实。" in shown(client.get(f"/receipts/{objection.code}/"))
    assert client.get(f"/receipts/?code={objection.code}")["Location"] == answer["Location"]
    assert client.get("/receipts/nonsense/").status_code == 404


def test_objection_that_is_incomplete_comes_back_with_what_was_typed(client):
    row = on_notice()
    answer = client.post(f"/on-notice/{row.uid}/object/", {"text": OBJECTION, "name": "", "contact": ""})  # fmt: skip
    assert answer.status_code == 422
    assert OBJECTION in answer.content.decode()
    assert not ProjectObjection.objects.exists()


def test_objections_from_one_address_are_slowed(client):
    row = on_notice()
    found = [
        client.post(f"/on-notice/{row.uid}/object/", {"text": "", "name": "", "contact": ""})
        for _number in range(25)
    ]
    assert {answer.status_code for answer in found} == {422, 429}


def test_nobody_but_the_bureau_learns_who_objected_and_in_which_words(client):
    row = on_notice()
    school = make_member(Role.SCHOOL_CLERK, login="the-applicant", organisation=row.applicant)
    objector = make_user("the-objector")
    objection = object_to(row, text=OBJECTION, name=OBJECTOR, contact=CONTACT, actor=objector)
    answer_objection(objection, is_upheld=False, answer="不成立。", actor=None)
    clerk = people()["clerk"]
    client.force_login(clerk)
    page = shown(client.get(f"/objections/{objection.uid}/"))
    assert all(word in page for word in (OBJECTOR, CONTACT, OBJECTION))
    assert OBJECTION in shown(client.get(f"/calls/{row.call.uid}/objections/"))
    assert CONTACT not in str(cells(client.get(f"/calls/{row.call.uid}/objections/?format=xlsx")))

    for user in (None, school, make_user("somebody")):
        client.logout()
        if user is not None:
            client.force_login(user)
        assert client.get(f"/objections/{objection.uid}/").status_code in (302, 403)
        assert client.get(f"/calls/{row.call.uid}/objections/").status_code in (302, 403)
        for address in (
            f"/calls/{row.call.uid}/notice/", f"/applications/{row.uid}/",
            f"/receipts/{objection.code}/", f"/on-notice/{row.uid}/object/",
        ):  # fmt: skip
            page = client.get(address).content.decode()
            for secret in (OBJECTOR, CONTACT, OBJECTION, "the-objector"):
                assert secret not in page, (address, secret)


def test_certificate_is_for_its_people_and_its_code_for_everybody(client):
    project, who = make_project()
    code = Certificate.objects.get().code
    page = shown(client.get(f"/certificates/{code}/"))
    assert "虚拟仿真基地" in page
    assert "云岭学院" in page
    assert client.get("/certificates/nonsense/").status_code == 404
    assert client.get(f"/building/{project.uid}/certificate.pdf").status_code == 302
    client.force_login(make_user("somebody"))
    assert client.get(f"/building/{project.uid}/certificate.pdf").status_code == 404
    client.force_login(who["school"])
    answer = client.get(f"/building/{project.uid}/certificate.pdf")
    if not fonts_here():
        assert answer.status_code == 409
        return
    assert answer.content.startswith(b"%PDF-")
    assert Certificate.objects.get().number in answer["Content-Disposition"]


def test_check_says_what_became_of_a_certificate(client):
    project, who = make_project()
    first = Certificate.objects.get()
    Application.objects.filter(pk=project.pk).update(state="in-force", phase="in-force")
    moved(project, "renew", who)
    second = Certificate.objects.exclude(pk=first.pk).get()

    client.cookies["zhiqiao_language"] = "en"
    assert "a later one took its place" in shown(client.get(f"/certificates/{first.code}/"))
    assert "and it holds" in shown(client.get(f"/certificates/{second.code}/"))
    moved(project, "revoke", who)
    assert "the recognition was ended" in shown(client.get(f"/certificates/{second.code}/"))
    client.force_login(who["school"])
    assert client.get(f"/building/{project.uid}/certificate.pdf").status_code == 404


def test_everybody_sees_accepted_figures_and_nothing_else_of_building(client):
    project, who = make_project()
    report = BuildReport.objects.get(report="mid-term")
    BuildReport.objects.filter(pk=report.pk).update(
        state="handed-in", text="内部进展说明", reached={"people_trained": "4321"},
        handed_in_at=report.application.begun_at,
    )  # fmt: skip
    page = shown(client.get(f"/building/{project.uid}/"))
    assert ("4321" in page, "1500.5" in page) == (False, False)
    assert client.get(report.get_absolute_url()).status_code == 302
    client.force_login(make_user("somebody"))
    assert client.get(report.get_absolute_url()).status_code == 404

    client.force_login(who["school"])
    page = shown(client.get(f"/building/{project.uid}/"))
    assert ("4321" in page, "1500.5" in page) == (True, True)
    assert "内部进展说明" in shown(client.get(report.get_absolute_url()))
    client.logout()
    BuildReport.objects.filter(pk=report.pk).update(
        state="accepted", verdict="passed", judged_at=report.application.begun_at
    )
    assert "4321" in shown(client.get(f"/building/{project.uid}/"))


def test_applicant_writes_a_report_and_the_bureau_judges_it(client):
    project, who = make_project()
    report = BuildReport.objects.filter(application=project, report="mid-term").get()
    client.force_login(who["school"])
    typed = {"text": "已完成", "version": 1, "reached_people_trained": "50"}
    client.post(report.get_absolute_url(), typed)
    stale = client.post(report.get_absolute_url(), typed | {"text": "另一版本"})
    assert stale.status_code == 422
    assert "另一版本" in stale.content.decode()
    client.post(f"{report.get_absolute_url()}hand-in/")
    report.refresh_from_db()
    assert (report.state, report.reached) == ("handed-in", {"people_trained": "50"})

    client.force_login(who["clerk"])
    judged = client.post(
        f"{report.get_absolute_url()}judge/", {"verdict": "return", "findings": ""}
    )
    assert judged.status_code == 422
    client.post(f"{report.get_absolute_url()}judge/", {"verdict": "warned", "findings": "滞后"})
    report.refresh_from_db()
    assert (report.state, report.verdict, report.findings) == ("accepted", "warned", "滞后")


def test_number_that_cannot_be_read_loses_nothing(client):
    project, who = make_project()
    report = BuildReport.objects.filter(application=project, report="yearly", number=1).get()
    client.force_login(who["school"])

    answer = client.post(
        report.get_absolute_url(), {"text": "年度报告全文", "version": 1, "reached_people_trained": "五十"}
    )  # fmt: skip

    assert answer.status_code == 422
    assert "年度报告全文" in answer.content.decode()
    assert "五十" in answer.content.decode()


def test_tasks_and_indicators_are_asked_for_on_one_form(client):
    project, who = make_project()
    client.force_login(who["school"])
    address = f"/building/{project.uid}/change/"
    typed = {
        "subject": "任务书", "reason": "首次", "task0_title": "建成中心", "task0_due_on": "2028-06-30",
        "promised_people_trained": "80", "promised_partners_joined": "10",
        "planned_equipment": "1500.50",
    }  # fmt: skip
    bad = client.post(address, typed | {"task0_due_on": ""})
    assert bad.status_code == 422
    client.post(address, typed)
    change = BuildChange.objects.get()
    assert change.after["indicators"] == {"people_trained": "80"}
    assert set(change.after) == {"tasks", "indicators"}

    client.force_login(who["clerk"])
    assert "建成中心" in shown(client.get(change.get_absolute_url()))
    client.post(change.get_absolute_url(), {"approved": "yes", "answer": ""})
    assert project.tasks.get().title == "建成中心"


def test_projects_are_listed_to_the_bureau_and_to_their_own_people(client):
    project, who = make_project()
    other = make_application(
        project.call, state="publicity", number="2026-0002", title="别人的项目",
        applicant=make_organisation("另一学院", kind="higher-vocational"),
    )  # fmt: skip
    moved(over(other), "recognise", who)

    client.force_login(who["clerk"])
    page = shown(client.get("/building/"))
    assert ("虚拟仿真基地" in page, "别人的项目" in page) == (True, True)
    client.force_login(who["school"])
    page = shown(client.get("/building/"))
    assert ("虚拟仿真基地" in page, "别人的项目" in page) == (True, False)
    assert [row[1] for row in cells(client.get("/building/?format=xlsx"))] == ["虚拟仿真基地"]


def asked(client, address, django_assert_max_num_queries):
    client.get(address)
    with django_assert_max_num_queries(200) as count:
        assert client.get(address).status_code == 200
    return len(count)


def test_lists_ask_the_database_as_often_for_three_rows_as_for_one(
    client, django_assert_max_num_queries
):
    call, who = settled(9000)
    make_project(call=call, number="2026-0101", title="在建1", name="甲学院", who=who)
    noticed = make_application(call, state="publicity", number="2026-0201", title="公示1")
    Application.objects.filter(pk=noticed.pk).update(publicity_until=today())
    objected = object_to(again(noticed), text="1", name="x", contact="x", actor=None)
    answer_objection(objected, is_upheld=False, answer="x", actor=None)
    addresses = ["/building/", *(f"/calls/{call.uid}/{name}/" for name in ("results", "notice", "recognised", "objections"))]  # fmt: skip
    client.force_login(who["clerk"])
    one = {address: asked(client, address, django_assert_max_num_queries) for address in addresses}

    for number in (2, 3):
        row = make_application(
            call, state="deciding", number=f"2026-000{number}", title=f"项目{number}"
        )
        Standing.objects.filter(application=row).update(official=Decimal(100), rank=number)
        make_project(
            call=call, number=f"2026-010{number}", title=f"在建{number}", name=f"学院{number}", who=who
        )  # fmt: skip
        more = make_application(call, state="publicity", number=f"2026-020{number}", title=f"公示{number}")  # fmt: skip
        Application.objects.filter(pk=more.pk).update(publicity_until=today())
        object_to(again(more), text="1", name="x", contact="x", actor=None)
    three = {
        address: asked(client, address, django_assert_max_num_queries) for address in addresses
    }

    assert three == one


def test_programs_read_the_state_of_certificates_and_their_own_reports(client):
    project, who = make_project()
    (item,) = client.get("/api/v1/call-items").json()["items"]
    assert (item["name"], item["certificate"]) == ("虚拟仿真基地", "genuine")
    assert Certificate.objects.get().code not in str(item)
    assert client.get("/api/v1/own-building-reports").status_code == 401

    moved(project, "revoke", who)
    (item,) = client.get("/api/v1/call-items").json()["items"]
    assert item["certificate"] == "revoked"


def test_items_of_a_demonstration_are_no_open_data(client):
    project, _who = make_project()
    project.call.provenance = "demonstration"
    project.call.save()
    assert client.get("/api/v1/call-items").json()["items"] == []
