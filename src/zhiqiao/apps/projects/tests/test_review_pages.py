"""The pages of experts and of the bureau around reviews."""

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from zhiqiao.apps.projects.choices import ReviewState
from zhiqiao.apps.projects.models import Review
from zhiqiao.apps.projects.tests.calls import make_application, make_call, make_expert, people
from zhiqiao.apps.projects.tests.reviewing import OPINION, asked, read_by, signed_in_expert

pytestmark = pytest.mark.django_db


@pytest.fixture
def application():
    return make_application(make_call(), state="reviewing")


def typed(review, **changes):
    marks = {f"mark_{name}": "80" for name in ("basis", "plan", "effect")}
    given = {"out_untrue": "no", "words": OPINION, "version": review.version}
    return marks | given | changes


def counted(client, address):
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        client.get(address)
    return len(queries)


def test_expert_declares_reads_saves_and_hands_in(client, application):
    expert, account = signed_in_expert(1)
    review = asked(application, expert)
    client.force_login(account)
    address = reverse("projects:own_review", args=[review.uid])
    accept = reverse("projects:accept_review", args=[review.uid])

    assert client.post(accept, {"unbiased": "on"}).status_code == 422
    assert client.post(accept, {"unbiased": "on", "confidential": "on"}).status_code == 302
    assert "有三年建设经验" in client.get(address).content.decode()
    review.refresh_from_db()
    client.post(address, typed(review, mark_plan="", save=""))
    review.refresh_from_db()
    assert (review.state, review.marks) == (ReviewState.ACCEPTED, {"basis": "80", "effect": "80"})

    client.post(address, typed(review, **{"hand-in": ""}))
    review.refresh_from_db()
    assert (review.state, review.points) == (ReviewState.HANDED_IN, "80.00")
    assert "<textarea" not in client.get(address).content.decode()


def test_refused_sheet_comes_back_with_everything_that_was_typed(client, application):
    expert, account = signed_in_expert(1)
    review = read_by(application, expert, account)
    client.force_login(account)
    given = typed(review, mark_basis="101", words="写了很多", **{"hand-in": ""})
    page = client.post(reverse("projects:own_review", args=[review.uid]), given)

    assert page.status_code == 422
    form = page.context["form"]
    assert (form["mark_basis"].value(), form["words"].value()) == ("101", "写了很多")
    assert Review.objects.get().words == ""


def test_sign_of_life_counts_and_shows_nothing(client, application):
    expert, account = signed_in_expert(1)
    review = read_by(application, expert, account)
    client.force_login(account)
    answer = client.post(reverse("projects:keep_reading", args=[review.uid]))

    assert (answer.status_code, answer.content) == (204, b"")
    assert Review.objects.get().seen_at > review.seen_at


def test_expert_refuses_or_declares_on_a_page_and_the_review_is_gone(client, application):
    first, account = signed_in_expert(1)
    review = asked(application, first)
    client.force_login(account)
    refuse = reverse("projects:refuse_review", args=[review.uid])

    assert client.post(refuse, {"reason": ""}).status_code == 422
    assert client.post(refuse, {"reason": "出差"}).status_code == 302
    assert client.get(reverse("projects:own_review", args=[review.uid])).status_code == 404


def test_bureau_asks_from_those_whom_nothing_stands_against(client, application):
    barred = make_expert(1, name="本校专家", employer=application.applicant)
    free = make_expert(2, name="校外专家", topics="示范基地")
    client.force_login(people()["clerk"])
    address = reverse("projects:ask_expert", args=[application.uid])
    page = client.get(address).content.decode()

    assert "校外专家" in page
    assert "本校专家" not in page
    assert client.post(address, {"expert": barred.pk}).status_code == 422
    assert client.post(address, {"expert": free.pk}).status_code == 302
    assert Review.objects.get().expert == free
    shown = client.get(reverse("projects:application_reviews", args=[application.uid]))
    assert "本校专家" in shown.content.decode()


def test_lists_ask_as_often_for_one_row_as_for_three(client, application):
    expert, account = signed_in_expert(1)
    clerk = people()["clerk"]
    asked(application, expert)
    own = reverse("projects:own_reviews")
    of_call = reverse("projects:call_reviews", args=[application.call.uid])
    client.force_login(account)
    one = [counted(client, own)]
    client.force_login(clerk)
    one.append(counted(client, of_call))
    for number in (2, 3):
        row = make_application(application.call, state="reviewing", number=f"2026-000{number}")
        asked(row, expert)
    three = [counted(client, of_call)]
    client.force_login(account)
    three.insert(0, counted(client, own))

    assert one == three


def test_pages_speak_english_when_asked(client, application):
    expert, account = signed_in_expert(1)
    review = asked(application, expert)
    client.force_login(account)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    page = client.get(reverse("projects:own_review", args=[review.uid])).content.decode()

    assert "Call for applications" in page
    assert "I have no conflict of interest" in page
