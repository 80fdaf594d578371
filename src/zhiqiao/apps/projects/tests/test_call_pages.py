"""Calls for everybody, and what the bureau does with them on their pages."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from zhiqiao.apps.projects.actions import close_call, extend_call, set_quotas_named
from zhiqiao.apps.projects.choices import CallState
from zhiqiao.apps.projects.engine_io import lists as typesetting
from zhiqiao.apps.projects.models import Call, Quota
from zhiqiao.apps.projects.queries import CallFilter, calls_listed, own_applications
from zhiqiao.apps.projects.tests.calls import make_application, make_call, people
from zhiqiao.apps.registry.tests.factories import make_organisation
from zhiqiao.core.errors import InputError
from zhiqiao.core.tests.bringing import bring_in

pytestmark = pytest.mark.django_db
NEW = {
    "kind": "training-base", "level": "municipal", "year": "2026", "batch": "第二批",
    "title_zh": "关于申报第二批基地的通知", "title_en": "", "document": "云教发〔2026〕9号",
    "opens_at": "2026-12-01T09:00", "closes_at": "2026-12-31T18:00", "places": "10",
    "reserve_places": "", "text_zh": "请各校申报。", "text_en": "",
}  # fmt: skip


@pytest.fixture
def client():
    """A browser that reads English."""
    browser = Client()
    browser.cookies["zhiqiao_language"] = "en"
    return browser


def text_of(client, address):
    return client.get(address).content.decode()


def titles(user=None, **wanted):
    rows = calls_listed(user, CallFilter(**wanted), now=timezone.now())
    return [call.title_zh for call in rows]


def test_list_is_narrowed_by_stage_kind_year_and_words():
    now = timezone.now()
    make_call(title_zh="开放的通知")
    make_call(title_zh="将来的通知", batch="二", opens_at=now + timedelta(days=1))
    past = make_call(title_zh="过去的通知", batch="三", opens_at=now - timedelta(days=9), closes_at=now - timedelta(days=2))  # fmt: skip
    make_call(title_zh="结束的通知", batch="四")
    make_call(title_zh="草拟的通知", batch="五", published=False)
    close_call(Call.objects.get(batch="四"), actor=None, reason="取消")

    assert titles(stage="open") == ["开放的通知"]
    assert titles(stage="soon") == ["将来的通知"]
    assert sorted(titles(stage="closed")) == ["结束的通知", "过去的通知"]
    assert titles(stage="draft") == ["草拟的通知"]
    assert titles(kind="online-course") == titles(year="2025") == titles(text="不存在") == []
    assert titles(text="将来") == ["将来的通知"]
    assert len(titles(text="kaifang")) == 1
    extend_call(past, until=now + timedelta(days=3), actor=None, reason="停电")
    assert sorted(titles(stage="open")) == ["开放的通知", "过去的通知"]


def test_draft_is_for_the_bureau_alone(client):
    call = make_call(published=False)
    school = make_organisation("云岭学院", kind="higher-vocational")
    who = people(applicant=school)

    def found(person):
        client.force_login(person)
        return client.get(call.get_absolute_url()).status_code, call.title in text_of(
            client, "/calls/?"
        )

    assert found(who["school"]) == (404, False)
    client.force_login(who["clerk"])
    assert client.get(call.get_absolute_url()).status_code == 200


def test_page_says_window_conditions_and_that_nobody_checked_them(client):
    call = make_call(closes_at=timezone.now() + timedelta(days=5))
    page = text_of(client, call.get_absolute_url())

    assert "closes in 5 days" in page
    assert "not checked by a person yet" in page
    assert "One application of an applicant in a call" in page
    assert "Plan of building" in page
    assert "Work of the bureau" not in page


@pytest.mark.parametrize(
    ("kind", "term"),
    [("heritage-project", "20 calendar days"), ("practice-project", "5 working days")],
)
def test_page_says_in_which_days_the_notice_is_counted(client, kind, term):
    call = make_call(kind=kind)

    page = text_of(client, call.get_absolute_url())

    row = page.split("Public notice</th>")[1].split("</tr>")[0]
    assert f">{term}<" in row


def test_api_says_in_which_days_the_notice_is_counted(client):
    call = make_call(kind="heritage-project")

    told = client.get(f"/api/v1/calls/{call.uid}").json()

    assert (told["publicity_days"], told["publicity_in"]) == (20, "calendar")


def test_page_says_which_version_a_call_keeps_when_the_pack_was_replaced(client):
    call = make_call()
    assert "This call keeps the rules" not in text_of(client, call.get_absolute_url())
    Call.objects.update(pack="cq-2023-22@0.0.1")

    assert "This call keeps the rules of cq-2023-22@0.0.1" in text_of(
        client, call.get_absolute_url()
    )


def test_bureau_prepares_changes_and_publishes_with_a_look_at_the_rules(client):
    make_call()
    client.force_login(people()["clerk"])
    made = client.post("/calls/new/", NEW)
    call = Call.objects.get(batch="第二批")
    assert made["Location"] == call.get_absolute_url()
    client.post(f"{call.get_absolute_url()}change/", NEW | {"places": "12"})

    preview = text_of(client, f"{call.get_absolute_url()}publish/")
    client.post(f"{call.get_absolute_url()}publish/")

    call.refresh_from_db()
    assert (call.places, call.state) == (12, CallState.PUBLISHED)
    assert call.rules_digest in preview
    again = client.post(f"{call.get_absolute_url()}publish/")
    assert again.status_code == 409


def test_wrong_call_comes_back_with_what_was_typed(client):
    make_call()
    client.force_login(people()["clerk"])

    for wrong in ({"closes_at": "2026-11-01T09:00"}, {"level": "school"}, {"batch": "第一批"}):
        answer = client.post("/calls/new/", NEW | wrong)
        assert answer.status_code == 422
        assert NEW["title_zh"] in answer.content.decode()
    assert Call.objects.count() == 1


def test_more_time_for_one_applicant_and_for_all(client):
    call = make_call()
    make_organisation("云岭学院", kind="higher-vocational")
    client.force_login(people()["clerk"])
    address = f"{call.get_absolute_url()}extend/"

    client.post(
        address, {"until": "2027-05-01T12:00", "organisation": "云岭学院", "reason": "停电"}
    )
    wrong = client.post(
        address, {"until": "2027-05-01T12:00", "organisation": "无名", "reason": "x"}
    )

    assert wrong.status_code == 422
    assert call.extensions.get().organisation.name == "云岭学院"
    assert "停电" in text_of(client, call.get_absolute_url())
    client.logout()
    assert "停电" not in text_of(client, call.get_absolute_url())


def test_quotas_are_typed_line_by_line(client):
    call = make_call()
    make_organisation("云岭区教委", kind="government")
    client.force_login(people()["clerk"])
    address = f"{call.get_absolute_url()}quotas/"

    assert client.post(address, {"lines": "云岭区教委\t3\n"}).status_code == 302
    for wrong in ("云岭区教委", "无名 3", "云岭区教委 3\n云岭区教委 4"):
        assert client.post(address, {"lines": wrong}).status_code == 422
    assert [(row.organisation.name, row.most) for row in Quota.objects.all()] == [("云岭区教委", 3)]


def test_quota_of_a_demonstration_body_finds_it_with_the_brackets_of_its_name():
    call = make_call()
    district = make_organisation("云岭区（演示）", kind="government", provenance="demonstration")

    set_quotas_named(call, [("云岭区（演示）", 3)], actor=None)

    assert Quota.objects.get().organisation_id == district.pk


def test_quotas_come_in_as_a_table():
    call = make_call()
    make_organisation("云岭区教委", kind="government")
    clerk = people()["clerk"]

    bring_in("projects.quotas", [{"body": "云岭区教委", "most": "7"}], actor=clerk, call=call.pk)
    wrong = bring_in("projects.quotas", [{"body": "无名", "most": "7"}], actor=clerk, call=call.pk)

    assert Quota.objects.get().most == 7
    assert [(problem.column, problem.code) for problem in wrong.problems] == [
        ("body", "projects.body-unknown")
    ]


def test_quotas_of_an_unknown_body_change_nothing():
    call = make_call()
    make_organisation("云岭区教委", kind="government")
    set_quotas_named(call, [("云岭区教委", 3)], actor=None)
    with pytest.raises(InputError):
        set_quotas_named(call, [("云岭区教委", 5), ("无名", 1)], actor=None)
    assert Quota.objects.get().most == 3


def test_file_of_a_call_is_open_when_the_call_is(client):
    call = make_call(published=False)
    client.force_login(people()["clerk"])
    file = SimpleUploadedFile("notice.txt", b"text of the notice")
    client.post(f"{call.get_absolute_url()}files/", {"file": file, "title": "附件"})
    address = f"/call-files/{call.files.get().uid}/"
    assert b"".join(client.get(address)) == b"text of the notice"

    client.logout()
    assert client.get(address).status_code == 404


def test_bureau_reads_counts_and_what_waits(client):
    call = make_call()
    make_application(call, state="checking", number="2026-0001")
    make_application(call, state="reviewing", number="2026-0002")
    who = people()
    client.force_login(who["clerk"])

    page = text_of(client, call.get_absolute_url())

    assert "Check 1 form" in page
    assert f'href="/calls/{call.uid}/applications/?state=reviewing"' in page


def test_list_of_calls_is_a_file_too(client):
    make_call()
    assert b"".join(client.get("/calls/?format=xlsx")).startswith(b"PK")
    answer = client.get("/calls/?format=pdf")
    if not typesetting.fonts_here():
        assert answer.status_code == 409
        return
    assert answer.content.startswith(b"%PDF-")


def test_lists_of_calls_ask_the_same_number_of_queries(client):
    counts = []
    for number in (1, 3):
        for batch in range(number):
            if not Call.objects.filter(batch=f"批{batch}").exists():
                make_call(batch=f"批{batch}")
        with CaptureQueriesContext(connection) as asked:
            client.get("/calls/?")
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_stranger_finds_no_application_on_the_page_of_a_call(client):
    call = make_call()
    row = make_application(call, state="deciding", title="虚拟仿真秘密")

    assert row.title not in text_of(client, call.get_absolute_url())
    assert list(own_applications(AnonymousUser())) == []


def test_file_that_is_too_large_is_refused_in_words(client, settings):
    call = make_call()
    settings.ZHIQIAO_LARGEST_FILE = 10
    client.force_login(people()["clerk"])
    given = {"file": SimpleUploadedFile("a.txt", b"x" * 11), "title": "云岭附件"}

    answer = client.post(f"{call.get_absolute_url()}files/", given)

    assert answer.status_code == 422
    assert "云岭附件" in answer.content.decode()
