"""Who gets in at the doors of the API: tokens that are good, bad, too small, in the wrong place."""

import json
import logging

import pytest
from django.test import Client

from zhiqiao.apps.accounts import actions
from zhiqiao.apps.accounts.choices import Role
from zhiqiao.apps.accounts.models import ApiToken
from zhiqiao.apps.accounts.tests.factories import bureau, make_member
from zhiqiao.apps.portal.models import Notice
from zhiqiao.config.api import api
from zhiqiao.config.tests.api_client import token_of
from zhiqiao.core.events import deliver_waiting
from zhiqiao.core.models import AuditEntry
from zhiqiao.core.scopes import SCOPES
from zhiqiao.core.token_text import fresh_token

pytestmark = pytest.mark.django_db
PUBLIC = "/api/v1/articles"


@pytest.fixture
def clerk():
    return make_member(Role.BUREAU_CLERK, login="clerk")


def asked(client, path=PUBLIC, **headers):
    answer = client.get(path, headers=headers)
    return answer.status_code, answer.json().get("code")


def bearer(token):
    return {"authorization": f"Bearer {token}"}


def test_what_is_public_stays_open_without_a_token(client):
    assert asked(client) == (200, None)


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("Bearer zq_short", "accounts.token-mistyped"),
        ("Bearer " + "zq_" + "0" * 49, "accounts.token-mistyped"),
        pytest.param(f"Bearer {fresh_token()}", "accounts.token-unknown", id="unknown"),
        ("Bearer something", "core.token_unreadable"),
        ("Basic Y2xlcms6cHc=", "core.token_unreadable"),
        ("", "core.token_unreadable"),
        ("Bearer", "core.token_unreadable"),
        ("Bearer zq_云", "accounts.token-mistyped"),
    ],
)
def test_a_bad_token_is_never_taken_for_no_token(client, header, code):
    answer = client.get(PUBLIC, headers={"authorization": header})

    assert (answer.status_code, answer.json()["code"]) == (401, code)
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["WWW-Authenticate"].startswith("Bearer")
    assert answer.json()["remedy"]


def test_a_token_reaches_what_its_scopes_name_and_no_more(client, clerk):
    token = token_of(clerk, scopes=("plan:read",))

    assert asked(client, **bearer(token)) == (200, None)
    assert asked(client, "/api/v1/organisations", **bearer(token)) == (
        403,
        "accounts.token-scope-missing",
    )


@pytest.mark.parametrize("name", ["token", "access_token", "api_key", "q"])
def test_a_token_in_the_address_is_refused_with_the_reason(client, clerk, name):
    answer = client.get(PUBLIC, {name: token_of(clerk)})

    assert (answer.status_code, answer.json()["code"]) == (400, "core.token_in_address")


def test_a_token_is_found_anywhere_in_the_address(client, clerk):
    token = token_of(clerk)
    paths = [
        f"{PUBLIC}?q={token}&q=x",
        f"{PUBLIC}?q=Bearer%20{token}",
        f"/api/v1/board/{token}",
        f"/api/v1/registers/{token}/items",
        f"{PUBLIC}?ACCESS_TOKEN=x",
    ]

    assert {client.get(path).json()["code"] for path in paths} == {"core.token_in_address"}
    assert client.get(f"{PUBLIC}?q=zq_short").status_code == 200


def test_a_token_opens_no_page_of_the_site(client, clerk):
    token = token_of(clerk)
    answers = [
        client.get(path, headers=bearer(token)).status_code
        for path in ("/tasks/", "/accounts/profile/", "/accounts/tokens/", "/accounts/users/")
    ]

    assert answers == [302] * 4


def test_a_verb_that_is_not_there_is_a_problem(client):
    answer = client.delete(PUBLIC)

    assert (answer.status_code, answer.json()["code"]) == (405, "core.no_such_verb")
    assert (answer["Allow"], answer["Content-Type"]) == ("GET", "application/problem+json")


def test_without_a_role_of_the_owner_a_token_reads_no_tasks(client, clerk):
    token = token_of(clerk)
    actions.end_membership(clerk.memberships.get(), actor=None, reason="调离")
    ended = asked(client, "/api/v1/tasks", **bearer(token))
    actions.grant_role(
        clerk, role="bureau-clerk", organisation=bureau().pk, actor=None, reason="返岗"
    )

    assert ended == (403, "plan.tasks-not-yours")
    assert asked(client, "/api/v1/tasks", **bearer(token)) == (200, None)


def test_a_person_who_is_signed_in_is_nobody_in_the_api(client, clerk):
    client.force_login(clerk)

    assert client.get(PUBLIC).wsgi_request.user.is_anonymous
    assert client.get("/articles/").wsgi_request.user == clerk


def test_a_session_is_worth_nothing_beside_a_token(client, clerk):
    client.force_login(clerk)
    other = make_member(Role.SCHOOL_CLERK, login="other")

    assert asked(client, "/api/v1/tasks") == (401, "core.token_needed")
    found = client.get("/api/v1/tasks", headers=bearer(token_of(other))).json()
    assert found["items"] == []


def test_a_program_that_asks_too_fast_is_told_when_to_come_again(client, clerk):
    token = token_of(clerk)
    ApiToken.objects.update(per_minute=2)
    answers = [client.get(PUBLIC, headers=bearer(token)) for _ in range(5)]
    last = answers[-1]

    assert (last.status_code, last.json()["code"]) == (429, "accounts.token-too-fast")
    assert 1 <= int(last["Retry-After"]) <= 61
    assert last["Content-Type"] == "application/problem+json"


def test_the_token_of_a_closed_account_gives_nothing_even_when_it_is_public(client, clerk):
    token = token_of(clerk)
    actions.deactivate_account(clerk, actor=None, reason="离职")

    assert asked(client, **bearer(token)) == (401, "accounts.token-revoked")


def test_a_new_network_is_told_to_the_owner_once(client, clerk):
    token = token_of(clerk)
    for address in ("192.0.2.1", "198.51.100.1", "198.51.100.2"):
        client.get(PUBLIC, headers=bearer(token), REMOTE_ADDR=address)
    deliver_waiting()
    deliver_waiting()

    notice = Notice.objects.get(kind="token-new-network")
    assert (notice.recipient, notice.code) == (clerk, token[:7])
    assert "198.51" not in notice.address


def test_a_token_stands_in_no_log_audit_or_error_page(clerk, caplog, settings):
    caplog.set_level(logging.DEBUG)
    settings.DEBUG = True
    token = token_of(clerk)
    client = Client(raise_request_exception=False)
    answers = [
        client.get(path, headers=bearer(token))
        for path in (PUBLIC, "/api/v1/nothing", "/api/v1/board/T99", "/api/v1/organisations/x")
    ]
    answers.append(client.get(PUBLIC, {"token": token}))
    logging.getLogger("zhiqiao").info("canary")

    assert "canary" in caplog.text
    told = caplog.text + str(list(AuditEntry.objects.values())) + str(caplog.records)
    assert token not in told + "".join(answer.content.decode() for answer in answers)


def test_every_operation_has_a_door_and_every_scope_one_at_least():
    schema = json.loads(json.dumps(api.get_openapi_schema()))
    security = [
        entry
        for path in schema["paths"].values()
        for operation in path.values()
        for entry in operation["security"]
        if entry
    ]
    writes = [
        operation["security"]
        for path in schema["paths"].values()
        for method, operation in path.items()
        if method != "get"
    ]

    assert {scope for entry in security for scope in entry["Token"]} == set(SCOPES)
    assert {len(entries) for entries in writes} == {1}
    assert {scope for (entry,) in writes for scope in entry["Token"]} == {
        "admissions:answers",
        "admissions:enrol",
        "admissions:requests",
        "admissions:steps",
        "tasks:report",
    }
    assert schema["components"]["securitySchemes"]["Token"]["scheme"] == "bearer"


def test_the_catalogue_names_addresses_that_answer(client):
    found = client.get("/api/v1/datasets").json()["items"]

    answers = {
        form["address"]: client.get(form["address"].replace("{kind}", "vr-base")).status_code
        for one in found
        for form in one["distributions"]
    }
    assert set(answers.values()) == {200}
    assert {one["licence"] for one in found} == {"CC BY 4.0"}
    assert all(one["description"]["zh"] != one["description"]["en"] for one in found)


def test_no_operation_asks_for_a_token_in_the_address():
    names = [
        parameter["name"]
        for path in api.get_openapi_schema()["paths"].values()
        for operation in path.values()
        for parameter in operation.get("parameters", [])
    ]

    assert "cursor" in names
    assert not [name for name in names if "token" in name]
