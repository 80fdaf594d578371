"""One application's page for everybody who may look: the table of visibility against the pages."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from zhiqiao.apps.projects.actions import take_move
from zhiqiao.apps.projects.models import Application, CoAuthor, Review, Step
from zhiqiao.apps.projects.queries import moves_offered, state_told, steps_told
from zhiqiao.apps.projects.rules import HIDDEN, TABLE, Part, Viewer
from zhiqiao.apps.projects.tests.calls import make_application, make_call, people
from zhiqiao.apps.projects.tests.selection import (
    CONTENT,
    HEAD,
    NAME,
    SECRETS,
    STEP,
    make_seen,
)
from zhiqiao.apps.registry.tests.factories import make_organisation
from zhiqiao.core.dates import today
from zhiqiao.core.errors import RuleError
from zhiqiao.packs import Phase

pytestmark = pytest.mark.django_db
TEXTS = {Part.CONTENT: CONTENT, Part.NAMES: NAME, Part.STEPS: STEP}


@pytest.fixture
def client():
    """A browser that reads English."""
    browser = Client()
    browser.cookies["zhiqiao_language"] = "en"
    return browser


def page_of(client, application):
    return client.get(f"/applications/{application.uid}/")


def body_of(response):
    """Return the page without what changes from request to request."""
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", response.content.decode())


def parts_of(viewer, phase):
    """Everybody is of the public, too."""
    return {
        part for who in {viewer, Viewer.PUBLIC} for part, phases in TABLE[who].items() if phase in phases
    }  # fmt: skip


@pytest.mark.parametrize("viewer", Viewer)
def test_page_shows_in_every_phase_what_the_table_says(client, viewer):
    seen = make_seen()
    if seen.people[viewer] is not None:
        client.force_login(seen.people[viewer])
    wrong = []
    for phase in Phase:
        seen.put(phase)
        expected = parts_of(viewer, phase)
        response = page_of(client, seen.application)
        text = response.content.decode()
        if (response.status_code == 200) != (Part.HEAD in expected):
            wrong.append((phase, response.status_code))
        if response.status_code == 200 and HEAD not in text:
            wrong.append((phase, "no title"))
        wrong += [
            (phase, part) for part, words in TEXTS.items() if (words in text) != (part in expected)
        ]
        if viewer is not Viewer.BUREAU:
            wrong += [(phase, secret) for secret in SECRETS if secret in text]
    assert wrong == []


def test_secrets_of_the_leak_test_are_there_to_leak(client):
    """The bureau reads the step that waits and its own history, so the texts do exist."""
    seen = make_seen()
    seen.put(Phase.DECIDING)
    client.force_login(seen.people[Viewer.BUREAU])

    text = page_of(client, seen.application).content.decode()

    assert "内部理由乙" in text
    assert "待签理由庚" in text
    assert Review.objects.get().words == "评语戊"


@pytest.mark.parametrize("viewer", [Viewer.APPLICANT, Viewer.RECOMMENDER])
def test_pages_are_the_same_to_the_letter_in_all_hidden_phases(client, viewer):
    seen = make_seen()
    client.force_login(seen.people[viewer])
    address = {
        Viewer.APPLICANT: "/my-applications/",
        Viewer.RECOMMENDER: f"/calls/{seen.application.call.uid}/recommending/",
    }[viewer]
    pages, lists = set(), set()
    for phase in sorted(HIDDEN):
        seen.put(phase)
        pages.add(body_of(page_of(client, seen.application)))
        lists.add(body_of(client.get(address)))

    assert (len(pages), len(lists)) == (1, 1)
    assert HEAD in pages.pop()


def test_refusal_of_a_move_tells_nothing_of_the_hidden_phase():
    seen = make_seen()
    school = seen.people[Viewer.APPLICANT]
    seen.put(Phase.DECIDING)
    with pytest.raises(RuleError) as caught:
        take_move(seen.application, "withdraw", actor=school, reason="x")
    assert str(caught.value.parameters["state"]) in {"专家评审", "Expert review"}

    seen.put(Phase.PANEL)
    with pytest.raises(RuleError) as caught:
        take_move(seen.application, "withdraw", actor=school, reason="x")
    assert (caught.value.code, caught.value.parameters) == ("projects.in-hand", {})


def test_blind_reviewer_does_not_find_the_applicant_by_the_address(client):
    call = make_call()
    call.kept_rules["lifecycle"]["review"]["blind"] = True
    call.rules_digest = "blind"
    call.save()
    seen = make_seen(call)
    seen.put(Phase.REVIEWING)
    client.force_login(seen.people[Viewer.REVIEWER])

    assert page_of(client, seen.application).status_code == 404


def test_draft_is_its_writers_alone(client):
    school = make_organisation("云岭学院", kind="higher-vocational")
    row = make_application(make_call(), applicant=school)
    who = people(applicant=school)
    outcomes = {}
    for name, person in who.items():
        client.force_login(person)
        outcomes[name] = page_of(client, row).status_code
    assert outcomes == {"clerk": 404, "lead": 404, "school": 200}

    CoAuthor.objects.create(application=row, user=who["lead"], body=school, added_at=row.begun_at)
    client.force_login(who["lead"])
    assert page_of(client, row).status_code == 200


def test_move_is_taken_on_its_page_with_a_reason_that_stays_when_it_is_refused(client):
    row = make_application(make_call(), state="checking")
    client.force_login(people()["clerk"])
    address = f"/applications/{row.uid}/moves/return/"

    refused = client.post(address, {"reason": ""})
    assert refused.status_code == 422
    done = client.post(address, {"reason": "缺少盖章页"})

    assert done["Location"] == f"/applications/{row.uid}/"
    assert Application.objects.get().state == "returned"
    assert Step.objects.get().reason == "缺少盖章页"


def test_move_page_keeps_what_was_typed_when_a_need_is_missing(client):
    row = make_application(make_call(), state="checking")
    client.force_login(people()["clerk"])

    refused = client.post(f"/applications/{row.uid}/moves/pass-check/", {"reason": "已核对"})

    assert refused.status_code == 422
    assert "已核对" in refused.content.decode()
    assert Application.objects.get().state == "checking"


@pytest.mark.parametrize(
    ("move", "status"), [("withdraw", 403), ("recommend", 409), ("nothing", 404), ("to-panel", 409)]
)
def test_move_of_another_or_of_another_state_is_refused(client, move, status):
    row = make_application(make_call(), state="checking")
    client.force_login(people()["clerk"])

    assert client.get(f"/applications/{row.uid}/moves/{move}/").status_code == status


def test_step_is_signed_or_taken_back_by_the_second_person(client):
    row = make_application(make_call(), state="checking")
    who = people()
    take_move(row, "fail-check", actor=who["clerk"], reason="不符合条件")
    client.force_login(who["lead"])
    assert "不符合条件" in page_of(client, row).content.decode()

    client.post(f"/applications/{row.uid}/step-back/", {"reason": "再核一次"})
    assert Application.objects.get().state == "checking"

    take_move(row, "fail-check", actor=who["clerk"], reason="不符合条件")
    client.post(f"/applications/{row.uid}/sign/")
    assert Application.objects.get().state == "refused"


def test_step_that_was_not_signed_is_told_to_nobody_but_the_bureau():
    row = make_application(make_call(), state="checking")
    who = people()
    take_move(row, "fail-check", actor=who["clerk"], reason="不符合条件")
    Step.objects.update(ended_at=row.begun_at)

    assert [told.title for told in steps_told([Viewer.APPLICANT], row)] == []
    assert len(steps_told([Viewer.BUREAU], row)) == 1


def test_more_time_is_given_with_a_reason(client):
    row = make_application(make_call(), state="checking")
    client.force_login(people()["clerk"])

    client.post(f"/applications/{row.uid}/put-off/", {"due_on": "2027-03-01", "reason": "停电"})

    assert f"{Application.objects.get().due_on}" == "2027-03-01"


def test_return_note_is_printed_by_the_applicant_with_its_term(client):
    school = make_organisation("云岭学院", kind="higher-vocational")
    row = make_application(make_call(), applicant=school, state="checking")
    who = people(applicant=school)
    step = take_move(row, "return", actor=who["clerk"], reason="缺少盖章页")

    outcomes = {}
    for name in ("school", "clerk"):
        client.force_login(who[name])
        outcomes[name] = client.get(f"/steps/{step.uid}/")

    paper = outcomes["school"].content.decode()
    assert "缺少盖章页" in paper
    assert "is returned for correction" in paper
    # While the applicant corrects, the table gives the bureau the head alone.
    assert outcomes["clerk"].status_code == 404
    client.logout()
    assert client.get(f"/steps/{step.uid}/").status_code == 404


def test_applicant_is_offered_the_same_moves_in_all_hidden_phases():
    seen = make_seen()
    Step.objects.filter(ended_at=None).delete()
    offered = set()
    for phase in sorted(HIDDEN):
        seen.put(phase)
        moves = moves_offered(
            seen.people[Viewer.APPLICANT], seen.application, seen.application.begun_at
        )
        offered.add(tuple(one.name for one in moves))

    assert offered == {("withdraw",)}


def test_term_is_told_to_those_alone_whom_it_concerns():
    seen = make_seen()
    seen.put(Phase.PANEL)
    row = seen.application
    assert state_told([Viewer.APPLICANT], row, today()).due is None
    assert state_told([Viewer.BUREAU], row, today()).due == today()
    seen.put(Phase.RECOMMENDING)
    assert state_told([Viewer.RECOMMENDER], row, today()).due == today()
    assert state_told([Viewer.PUBLIC], row, today()).due is None


def test_addresses_of_applications_are_those_of_the_models():
    row = make_application(make_call())
    assert row.get_absolute_url() == reverse("projects:application", args=[row.uid])
