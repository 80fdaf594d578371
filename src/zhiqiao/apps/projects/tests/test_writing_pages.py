"""The applicant's pages: nothing typed is lost, nothing is shown to others, and they stay quick."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from zhiqiao.apps.projects.actions import BodyGiven, PersonGiven, UnsuitableGiven, take_move
from zhiqiao.apps.projects.models import Application, Content, NamedBody, NamedPerson
from zhiqiao.apps.projects.queries import written_of
from zhiqiao.apps.projects.tests.calls import people
from zhiqiao.apps.projects.tests.writing import (
    ANSWERS,
    attach,
    begin,
    close_window,
    complete,
    make_form_call,
    make_school,
    save,
    text,
)
from zhiqiao.apps.registry.tests.factories import make_organisation

pytestmark = pytest.mark.django_db
NUMBER = "110101198003078596"


@pytest.fixture
def draft(client):
    school, clerk = make_school()
    client.force_login(clerk)
    return begin(make_form_call(), school, clerk), clerk


def address(name, *args):
    return reverse(f"projects:{name}", args=args)


def shown(response):
    return response.content.decode()


def seal_on(page):
    return re.search(r'name="seal" value="(\w+)"', page)[1]


def rows(name, *lines, initial=0):
    """Return what a browser sends for rows of people or bodies."""
    sent = {f"{name}-TOTAL_FORMS": str(len(lines)), f"{name}-INITIAL_FORMS": str(initial)}
    for place, line in enumerate(lines):
        sent |= {f"{name}-{place}-{key}": value for key, value in line.items()}
    return sent


def post_part(client, application, part, **given):
    where = address("write_part", application.uid, part)
    seal = seal_on(shown(client.get(where)))
    return client.post(where, {"seal": seal} | given)


def test_begin_page_leads_to_the_draft_and_names_the_one_that_is_there(client):
    school, clerk = make_school()
    client.force_login(clerk)
    call = make_form_call()
    page = client.get(address("begin", call.uid))
    assert page.status_code == 200
    given = {"applicant": str(school.uid), "title": "智能制造基地"}
    made = client.post(address("begin", call.uid), given)
    application = Application.objects.get(call=call)
    assert made["Location"] == address("writing", application.uid)

    again = client.post(address("begin", call.uid), given)
    assert again.status_code == 422
    assert address("writing", application.uid) in shown(again)
    assert 'value="智能制造基地"' in shown(again)


def test_begin_page_copies_from_last_year(client):
    school, clerk = make_school()
    client.force_login(clerk)
    old = complete(begin(make_form_call(year=2025, batch="去年"), school, clerk), clerk)
    call = make_form_call()
    given = {"applicant": str(school.uid), "title": "今年", "source": str(old.uid)}
    client.post(address("begin", call.uid), given)
    made = Application.objects.get(call=call)
    assert made.copied_from == old
    assert Content.objects.get(application=made).answers == ANSWERS


def test_section_is_saved_with_gaps_and_read_as_people_write(client, draft):
    application, _clerk = draft
    answer = post_part(
        client, application, "basis", rooms="３", spent="1,200", page="example.org", shared="no"
    )
    assert answer["Location"] == address("write_part", application.uid, "basis")
    answers = Content.objects.get(application=application).answers
    kept = {name: value for name, value in answers.items() if value}
    assert kept == {
        "rooms": "3",
        "spent": "1200.00",
        "page": "https://example.org",
        "shared": "no",
    }


def test_what_cannot_be_read_comes_back_as_typed_and_nothing_is_saved(client, draft):
    application, _clerk = draft
    answer = post_part(client, application, "basis", rooms="三间", basis="写了很久的一段话")
    page = shown(answer)
    assert answer.status_code == 422
    assert 'value="三间"' in page
    assert "写了很久的一段话" in page
    assert 'href="#id_rooms"' in page
    assert Content.objects.get(application=application).answers == {}


def test_people_and_bodies_are_saved_row_by_row(client, draft):
    application, _clerk = draft
    make_organisation("云岭数控股份公司", kind="enterprise")
    first = {"name": "张老师", "part": "负责人", "employer": "云岭学院", "identity": NUMBER}
    sent = rows("team", first, {}) | rows("partners", {"text": "云岭数控股份有限公司"}, {})
    post_part(client, application, "plan", **sent)

    assert NamedPerson.objects.get(application=application).employer == application.applicant
    body = NamedBody.objects.get(application=application)
    page = shown(client.get(address("write_part", application.uid, "plan")))
    assert NUMBER not in page
    assert "110***********8596" in page
    assert (body.organisation, "云岭数控股份公司" in page) == (None, True)

    chosen = str(make_chosen())
    kept = {"row": "1", "name": "张老师", "part": "", "employer": "", "identity": ""}
    line = {"text": "云岭数控股份有限公司", "chosen": chosen}
    sent = rows("team", kept, initial=1) | rows("partners", line, initial=1)
    post_part(client, application, "plan", **sent)
    assert NamedPerson.objects.get(application=application).identity_hint == "110***********8596"
    assert str(NamedBody.objects.get(application=application).organisation.uid) == chosen


def make_chosen():
    return make_organisation("云岭数控集团", kind="enterprise").uid


def test_wrong_identity_number_is_told_beside_its_row(client, draft):
    application, _clerk = draft
    wrong = rows("team", {"name": "张老师", "identity": "110101198003078590"}) | rows("partners")
    answer = post_part(client, application, "plan", **wrong)
    assert answer.status_code == 422
    assert 'href="#id_team-0-identity"' in shown(answer)
    assert NamedPerson.objects.count() == 0


def test_budget_grid_is_saved_to_the_fen_and_refuses_less_than_a_fen(client, draft):
    application, _clerk = draft
    cells = {"lines-equipment-2026": "1,000.10", "sources-public-2027": "1000.1"}
    post_part(client, application, "form-budget", **cells)
    assert Content.objects.get(application=application).budget == {
        "lines": {"equipment": {"2026": "1000.10"}},
        "sources": {"public": {"2027": "1000.10"}},
    }
    for typed in ("0.001", "-1", "很多"):
        answer = post_part(client, application, "form-budget", **{"lines-other-2026": typed})
        assert (answer.status_code, f'value="{typed}"' in shown(answer)) == (422, True)


def test_second_of_two_sees_both_versions_and_may_then_save_over(client, draft):
    application, clerk = draft
    where = address("write_part", application.uid, "basis")
    seal = seal_on(shown(client.get(where)))
    save(application, "basis", clerk, answers={"basis": "先到的人写的"})

    answer = client.post(where, {"seal": seal, "basis": "后到的人写的"})
    page = shown(answer)
    assert answer.status_code == 409
    assert "先到的人写的" in page
    assert "后到的人写的" in page

    client.post(where, {"seal": seal_on(page), "basis": "两人合成的"})
    assert Content.objects.get(application=application).answers["basis"] == "两人合成的"


def test_htmx_gets_the_part_alone_and_keeps_what_was_typed(client, draft):
    application, _clerk = draft
    where = address("write_part", application.uid, "basis")
    seal = seal_on(shown(client.get(where)))
    sent = {"seal": seal, "rooms": "三间"}
    answer = client.post(where, sent, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert "<html" not in shown(answer)
    assert 'value="三间"' in shown(answer)


def test_every_problem_leads_to_its_field(client, draft):
    application, _clerk = draft
    page = shown(client.get(address("problems", application.uid)))
    links = re.findall(r'href="([^"]+)#([\w-]+)"', page)
    ours = [(where, anchor) for where, anchor in links if "/writing/" in where]
    assert len(ours) == 12
    for where, anchor in ours:
        assert f'id="{anchor}"' in shown(client.get(where))


def test_form_opened_before_and_sent_after_the_deadline_is_kept(client, draft):
    application, _clerk = draft
    where = address("write_part", application.uid, "basis")
    seal = seal_on(shown(client.get(where)))
    close_window(application.call)

    answer = client.post(where, {"seal": seal, "basis": "最后一刻写完"}, follow=True)

    assert "最后一刻写完" in shown(answer)
    assert "notice--warning" in shown(answer)
    refused = client.post(address("hand_in", application.uid))
    assert refused.status_code == 409
    assert Content.objects.get(application=application).answers["basis"] == "最后一刻写完"


def test_handing_in_shows_the_receipt_and_closes_the_form(client, draft):
    application, clerk = draft
    complete(application, clerk)
    answer = client.post(address("hand_in", application.uid), follow=True)
    content = Content.objects.get(application=application)
    assert content.digest
    assert content.digest in shown(answer)
    assert "2026-00001" in shown(answer)
    late = post_part(client, application, "basis", basis="之后")
    assert late.status_code == 409
    assert Content.objects.get(application=application).answers == ANSWERS


def test_returned_draft_shows_the_reason_above_the_fields(client, draft):
    application, clerk = draft
    complete(application, clerk)
    client.post(address("hand_in", application.uid))
    application.refresh_from_db()
    application.state = application.phase = "checking"
    application.save()
    take_move(application, "return", actor=people()["clerk"], reason="预算说明不足")
    page = shown(client.get(address("write_part", application.uid, "basis")))
    assert page.index("预算说明不足") < page.index("有三年建设经验")


def test_withdrawal_needs_a_reason(client, draft):
    application, _clerk = draft
    assert client.post(address("withdraw", application.uid), {"reason": " "}).status_code == 422
    client.post(address("withdraw", application.uid), {"reason": "另报"})
    application.refresh_from_db()
    assert application.phase == "withdrawn"


def test_upload_page_takes_a_file_and_tells_what_is_wrong_with_another(client, draft):
    application, _clerk = draft
    where = address("attach", application.uid, "sealed_copy")
    wrong = client.post(where, {"file": SimpleUploadedFile("扫描.pdf", b"MZ a program")})
    assert (wrong.status_code, application.files.count()) == (422, 0)
    client.post(where, {"file": SimpleUploadedFile("扫描.pdf", b"%PDF-1.7")})
    page = shown(client.get(address("attachments", application.uid)))
    assert "扫描.pdf" in page
    assert "status--warn" in page


def test_paper_copy_holds_everything_but_the_unwanted_experts(client, draft):
    application, clerk = draft
    complete(application, clerk)
    save(application, "form-unsuitable", clerk, unsuitable=[UnsuitableGiven("不宜之人", "有纠纷")])
    page = shown(client.get(address("paper", application.uid)))
    for told in ("智能制造基地", "有三年建设经验", "张老师", "600.00", "paper__foot"):
        assert told in page
    assert "不宜之人" not in page


@pytest.mark.parametrize(
    "name", ["writing", "problems", "attachments", "coauthors", "paper", "hand_in", "write_head"]
)
def test_pages_of_a_draft_are_nobody_elses(draft, name):
    application, clerk = draft
    complete(application, clerk)
    _other, stranger = make_school("别的学院", login="other-school")
    for who, statuses in ((stranger, {404}), (people()["clerk"], {403, 404})):
        client = Client()
        client.force_login(who)
        answer = client.get(address(name, application.uid))
        assert answer.status_code in statuses
        assert "有三年建设经验" not in shown(answer)
    assert Client().get(address(name, application.uid)).status_code == 302


def test_coauthor_is_added_on_the_page_and_finds_the_draft(client, draft):
    application, _clerk = draft
    _firm, partner = make_school("云岭二校", login="partner")
    client.post(address("coauthors", application.uid), {"login": "partner"})
    theirs = Client()
    theirs.force_login(partner)
    assert theirs.get(address("writing", application.uid)).status_code == 200
    assert theirs.post(address("hand_in", application.uid)).status_code == 403
    client.post(address("remove_coauthor", application.uid), {"login": "partner"})
    assert theirs.get(address("writing", application.uid)).status_code == 404


def test_pages_speak_english_to_whom_chose_it(client, draft):
    application, _clerk = draft
    client.cookies["zhiqiao_language"] = "en"
    page = shown(client.get(address("problems", application.uid)))
    assert "Check before handing in" in page


LARGE = {
    f"field_{number}": {"title": text(f"第{number}项"), "kind": "line", "section": "basis"}
    for number in range(100)
} | {"team": {"title": text("团队"), "kind": "people", "section": "basis"}}


@pytest.mark.parametrize("size", [1, 30])
@pytest.mark.parametrize("name", ["paper", "writing", "problems", "write_part"])
def test_pages_ask_as_often_for_thirty_people_as_for_one(
    client, size, name, django_assert_num_queries
):
    school, clerk = make_school()
    client.force_login(clerk)
    application = begin(make_form_call(fields=LARGE, budget=None), school, clerk)
    named = [PersonGiven(f"教师{number}", "成员", "云岭学院") for number in range(size)]
    answers = {f"field_{number}": "有" for number in range(size * 3)}
    save(application, "basis", clerk, answers=answers, people={"team": named})
    for number in range(1 if size == 1 else 2):
        attach(application, clerk, "annexes", content=b"%PDF-1.7" + bytes([number]))
    args = [application.uid, "basis"] if name == "write_part" else [application.uid]
    client.get(address(name, *args))
    with django_assert_num_queries(QUERIES[name]):
        client.get(address(name, *args))


QUERIES = {"paper": 10, "writing": 11, "problems": 10, "write_part": 10}


def test_written_keeps_bodies_in_their_order(draft):
    application, clerk = draft
    bodies = [BodyGiven(name) for name in ("丙厂", "甲厂", "乙厂")]
    save(application, "plan", clerk, bodies={"partners": bodies})
    found = [row.text for row in written_of(application).bodies["partners"]]
    assert found == ["丙厂", "甲厂", "乙厂"]
