"""Lists of applications: of the bureau, of applicants and of recommending bodies; checks, order, files."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from zhiqiao.apps.accounts.tests.factories import make_user
from zhiqiao.apps.projects.actions import (
    Found,
    answer_checks,
    lapse_overdue,
    rank_recommended,
    set_quotas,
    take_move,
)
from zhiqiao.apps.projects.engine_io import lists as typesetting
from zhiqiao.apps.projects.models import Application, CheckAnswer, Standing, Step
from zhiqiao.apps.projects.queries import ApplicationFilter, applications_of_call, latest_checks
from zhiqiao.apps.projects.tests.calls import make_application, make_call, people
from zhiqiao.apps.registry.tests.factories import make_organisation
from zhiqiao.core.dates import today
from zhiqiao.core.errors import InputError, RefusedError, RuleError

pytestmark = pytest.mark.django_db


def rows_of(response):
    sheet = load_workbook(BytesIO(b"".join(response.streaming_content))).active
    return [list(row) for row in sheet.iter_rows(values_only=True)][1:]


@pytest.fixture
def client():
    """A browser that reads English."""
    browser = Client()
    browser.cookies["zhiqiao_language"] = "en"
    return browser


def numbers(call, user, **wanted):
    rows = applications_of_call(user, call, ApplicationFilter(**wanted), day=today())
    return [row.number for row in rows]


def many(call, state, count, **fields):
    return [
        make_application(call, state=state, number=f"2026-00{n:02}", title=f"基地{n}", **fields)
        for n in range(1, count + 1)
    ]


@pytest.fixture
def district():
    return make_organisation("云岭区教委", kind="government")


def test_list_of_the_bureau_is_narrowed_and_ordered():
    call, who = make_call(), people()
    first = make_application(call, state="checking", number="2026-0001", title="甲基地")
    second = make_application(call, state="reviewing", number="2026-0002", title="乙基地")
    make_application(call, title="草稿")
    Application.objects.filter(pk=first.pk).update(due_on=today() - timedelta(days=1))
    take_move(first, "fail-check", actor=who["clerk"], reason="x")

    clerk = who["clerk"]
    assert numbers(call, clerk) == ["2026-0001", "2026-0002"]
    assert numbers(call, clerk, sort="-number") == ["2026-0002", "2026-0001"]
    assert (
        numbers(call, clerk, state="reviewing")
        == numbers(call, clerk, text="乙基")
        == ["2026-0002"]
    )
    assert (
        numbers(call, clerk, phase="checking")
        == numbers(call, clerk, only="overdue")
        == ["2026-0001"]
    )
    assert numbers(call, clerk, only="waiting") == ["2026-0001"]
    assert numbers(call, clerk, applicant=second.applicant.name) == ["2026-0002"]
    assert numbers(call, clerk, area="999999") == []
    assert numbers(call, None) == ["2026-0001", "2026-0002"]


def test_list_of_the_bureau_is_for_the_bureau(client):
    call = make_call()
    row = make_application(call, state="checking")
    who = people(applicant=row.applicant)
    client.force_login(who["school"])
    assert client.get(f"/calls/{call.uid}/applications/").status_code == 403
    assert numbers(call, who["school"]) == []


def test_lists_ask_the_same_number_of_queries(client, district):
    call = make_call()
    school = make_organisation("云岭学院", kind="higher-vocational")
    who = people(applicant=school, recommender=district)
    addresses = {
        f"/calls/{call.uid}/applications/": "clerk",
        "/my-applications/": "school",
        f"/calls/{call.uid}/recommending/": "district",
        call.get_absolute_url(): "clerk",
    }

    def counted():
        found = []
        for address, name in addresses.items():
            client.force_login(who[name])
            client.get(address)
            with CaptureQueriesContext(connection) as asked:
                assert client.get(address).status_code == 200
            found.append(len(asked))
        return found

    many(call, "checking", 1, applicant=school, recommender=district)
    one = counted()
    for number in (2, 3):
        make_application(call, state="checking", number=f"2026-00{number:02}", title=f"基{number}", applicant=school, recommender=district)  # fmt: skip
    assert counted() == one


def test_several_move_and_the_refused_are_named_with_the_reason(client):
    call = make_call()
    rows = many(call, "checking", 2)
    clerk = people()["clerk"]
    client.force_login(clerk)
    answer_checks(rows[0], {name: Found(True) for name in call.rules.lifecycle.checks}, actor=clerk)

    page = client.post(
        f"/calls/{call.uid}/move-several/",
        {"move": "pass-check", "rows": [str(row.uid) for row in rows], "reason": ""},
    ).content.decode()

    assert "1 application went on" in page
    assert "2026-0002" in page
    assert "2026-0001" not in page
    assert (
        client.post(f"/calls/{call.uid}/move-several/", {"move": "pass-check"}).status_code == 422
    )
    wrong = {"move": "pass-check", "rows": ["x"]}
    assert client.post(f"/calls/{call.uid}/move-several/", wrong).status_code == 422


def test_several_steps_are_signed_at_once(client):
    call, who = make_call(), people()
    rows = many(call, "checking", 2)
    for row in rows:
        take_move(row, "fail-check", actor=who["clerk"], reason="x")
    client.force_login(who["lead"])

    client.post(f"/calls/{call.uid}/sign-several/", {"rows": [str(row.uid) for row in rows]})

    assert set(Application.objects.values_list("state", flat=True)) == {"refused"}


def test_files_of_lists_hold_the_rows_of_the_page(client, district):
    call = make_call()
    school = make_organisation("云岭学院", kind="higher-vocational")
    who = people(applicant=school, recommender=district)
    (row,) = many(call, "panel", 1, applicant=school, recommender=district)
    Standing.objects.update(official=8765, recommended_rank=4)
    found = {}
    for name, address in {
        "clerk": f"/calls/{call.uid}/applications/",
        "school": "/my-applications/",
        "district": f"/calls/{call.uid}/recommending/",
    }.items():
        client.force_login(who[name])
        found[name] = rows_of(client.get(f"{address}?format=xlsx"))[0]

    states = row.call.rules.flow.states
    assert found["clerk"][:7] == [
        "2026-0001", "基地1", "云岭学院", None, "云岭区教委", 4, states["panel"].title.en,
    ]  # fmt: skip
    assert found["school"][1:3] == ["基地1", "2026-0001"]
    assert found["district"][:4] == [4, "2026-0001", "基地1", "云岭学院"]
    told = {str(value) for name in ("school", "district") for value in found[name]}
    assert not {"Panel meeting", "87.65", "8765"} & told
    assert "Expert review" in told or "专家评审" in told


def test_list_is_made_as_pdf_or_refused_in_words(client, monkeypatch):
    call = make_call()
    make_application(call, state="checking", title="#panic()")
    client.force_login(people()["clerk"])
    address = f"/calls/{call.uid}/applications/?format=pdf"

    monkeypatch.setattr(typesetting, "fonts_here", tuple)
    assert client.get(address).status_code == 409
    monkeypatch.undo()
    if not typesetting.fonts_here():
        pytest.skip("no font with Chinese characters on this machine")
    assert client.get(address).content.startswith(b"%PDF-")


def test_check_keeps_answers_and_a_no_needs_words(client):
    call = make_call()
    row = make_application(call, state="checking")
    client.force_login(people()["clerk"])
    address = f"/applications/{row.uid}/check/"

    refused = client.post(address, {"answer-complete": "no", "answer-true": "yes"})
    assert refused.status_code == 422
    assert CheckAnswer.objects.count() == 0
    client.post(address, {"answer-complete": "no", "note-complete": "缺页", "answer-true": "yes"})
    client.post(address, {"answer-complete": "yes", "note-complete": "", "answer-true": "yes"})

    assert {name: one.passed for name, one in latest_checks(row).items()} == {
        "complete": True,
        "true": True,
    }
    assert CheckAnswer.objects.count() == 3


def test_check_is_refused_outside_of_its_phase_and_for_unknown_questions():
    clerk = people()["clerk"]
    row = make_application(make_call(), state="reviewing")
    with pytest.raises(RuleError) as caught:
        answer_checks(row, {"complete": Found(True)}, actor=clerk)
    assert caught.value.code == "projects.wrong-state"
    Application.objects.update(state="checking", phase="checking")
    with pytest.raises(InputError):
        answer_checks(row, {"nothing": Found(True)}, actor=clerk)
    with pytest.raises(RefusedError):
        answer_checks(row, {"complete": Found(True)}, actor=make_user("a-stranger"))


def test_clerk_goes_through_the_stack(client):
    call = make_call()
    rows = many(call, "checking", 3)
    clerk = people()["clerk"]
    client.force_login(clerk)
    take_move(rows[1], "fail-check", actor=clerk, reason="x")

    def following(after):
        return client.get(f"/calls/{call.uid}/check-next/?after={after}")["Location"]

    assert following("") == f"/applications/{rows[0].uid}/check/"
    assert following(rows[0].uid) == f"/applications/{rows[2].uid}/check/"
    assert following(rows[2].uid) == f"/applications/{rows[0].uid}/check/"
    Application.objects.filter(pk=rows[0].pk).update(phase="reviewing", state="reviewing")
    assert following(rows[2].uid) == f"/applications/{rows[2].uid}/"


def test_body_recommends_within_its_quota_and_sets_its_order(client, district):
    call = make_call()
    set_quotas(call, {district.pk: 1}, actor=None)
    rows = many(call, "recommending", 2, recommender=district)
    who = people(recommender=district)
    client.force_login(who["district"])
    address = f"/calls/{call.uid}/recommending/"

    client.post(address, {f"rank-{rows[0].uid}": "2", f"rank-{rows[1].uid}": "1"})
    assert dict(Standing.objects.values_list("application", "recommended_rank")) == {
        rows[0].pk: 2,
        rows[1].pk: 1,
    }
    twice = client.post(address, {f"rank-{rows[0].uid}": "1", f"rank-{rows[1].uid}": "1"})
    assert twice.status_code == 422
    client.post(f"/applications/{rows[0].uid}/moves/recommend/", {"reason": ""})
    refused = client.post(f"/applications/{rows[1].uid}/moves/recommend/", {"reason": ""})

    assert refused.status_code == 422
    assert "1 of 1 recommendations used, 0 left." in client.get(address).content.decode()


def test_order_is_set_by_the_body_itself_and_before_the_review(district):
    call = make_call()
    (row,) = many(call, "recommending", 1, recommender=district)
    who = people(recommender=district)
    with pytest.raises(RefusedError):
        rank_recommended(call, district.pk, {row.uid: 1}, actor=who["clerk"])
    Application.objects.update(state="reviewing", phase="reviewing")
    with pytest.raises(RuleError) as caught:
        rank_recommended(call, district.pk, {row.uid: 1}, actor=who["district"])
    assert caught.value.code == "projects.rank-late"
    other = make_application(call, state="recommending", number="2026-0009")
    with pytest.raises(RefusedError):
        rank_recommended(call, district.pk, {other.uid: 1}, actor=who["district"])


def test_body_without_part_in_a_call_finds_no_list(client, district):
    call = make_call()
    client.force_login(people(recommender=district)["district"])
    assert client.get(f"/calls/{call.uid}/recommending/").status_code == 404


def test_one_that_cannot_lapse_does_not_keep_others_from_it():
    call, who = make_call(), people()
    rows = many(call, "checking", 2)
    for row in rows:
        take_move(row, "return", actor=who["clerk"], reason="补正")
    Step.objects.create(
        application=rows[0], move="lapse", from_state="returned", to_state="lapsed",
        party="clock", asked_at=rows[0].begun_at,
    )  # fmt: skip

    assert lapse_overdue(Application.objects.first().due_on + timedelta(days=1)) == 1
    assert dict(Application.objects.values_list("number", "state")) == {
        "2026-0001": "returned",
        "2026-0002": "lapsed",
    }
