"""What an intruder would try at every door; each test contains something that could leak."""

import logging
from dataclasses import replace
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests.architecture.access_world import Route, World, routes, taken_back
from zhiqiao.apps.accounts.models import User
from zhiqiao.apps.accounts.tests.factories import PASSWORD
from zhiqiao.apps.registry.models import Organisation
from zhiqiao.apps.registry.tests.factories import make_organisation
from zhiqiao.core.models import AuditEntry

pytestmark = pytest.mark.django_db
SCRIPT = "<script>alert('名')</script>"
SEARCHES = {
    "registry:organisations": "q",
    "registry:regions": "q",
    "registry:catalogue": "q",
    "portal:search": "q",
    "projects:register": "q",
    "projects:pending": "kind",
    "accounts:users": "q",
    "portal:audit": "verb",
}
ATTACKS = (
    "'",
    "' OR 1=1 --",
    "\\",
    "%",
    "_",
    "\x00",
    ":*",
    "!&|()",
    "a'; DROP TABLE x; --",
    "云" * 5000,
)


@pytest.fixture(autouse=True)
def _nobody_tried_before(world: World) -> None:
    cache.clear()


def by_name(name: str) -> Route:
    return next(route for route in routes() if route.name == name)


def with_uid() -> list[Route]:
    return [route for route in routes() if "uuid:uid" in route.pattern]


def test_a_guessed_identifier_finds_nothing(world):
    client = world.client("clerk")
    guessed = replace(world, objects={**world.objects, **_guesses(world)})
    found = {}
    for route in with_uid():
        answers = [client.get(guessed.address(route)), client.post(guessed.address(route))]
        found[route.name] = {answer.status_code for answer in answers} - {401, 403, 404, 405}
    assert {name: statuses for name, statuses in found.items() if statuses} == {}


def _guesses(world: World) -> dict[str, object]:
    return {name: uuid4() for name in world.objects if name.endswith(".uid")}


def test_numbers_of_rows_are_no_addresses(world):
    address = reverse("registry:organisation", args=[world.organisation.uid])
    number = address.replace(str(world.organisation.uid), str(world.organisation.pk))
    assert (
        world.client("clerk").get(address).status_code,
        world.client("clerk").get(number).status_code,
    ) == (200, 404)


# Programs ask here and prove themselves otherwise.
FOR_PROGRAMS = {"idp:oidc:revoke", "idp:oidc:token"}


def test_every_post_without_its_token_is_refused(world):
    people = {"portal:audit_check": "audit", "accounts:user_grant": "secadmin"}
    passed = []
    for route in routes():
        strict = world.client(people.get(route.name, "clerk"), enforce_csrf_checks=True)
        with taken_back():
            answer = strict.post(world.address(route))
        if answer.status_code not in {401, 403, 404, 405}:
            passed.append(route.name)
    assert set(passed) == FOR_PROGRAMS


def test_a_forged_form_cannot_give_what_the_page_does_not_offer(world):
    client = world.client("sysadmin")
    target = world.people["clerk"]
    forged = {"login": "evil", "name": "某人", "language": "en", "is_active": "1"}
    forged |= {"must_change_password": "", "is_demonstration": "1", "role": "audit-admin"}
    client.post(reverse("accounts:user_new"), forged)
    made = User.objects.get(login="evil")
    assert (made.must_change_password, made.is_demonstration, made.memberships.count()) == (
        True,
        False,
        0,
    )
    client.post(reverse("accounts:user_grant", args=[target.uid]), {"role": "bureau-lead"})
    assert [row.role for row in target.memberships.all()] == ["bureau-clerk"]


def test_a_role_of_somebody_else_cannot_be_ended_through_another_page(world):
    clerk, lead = world.people["clerk"], world.people["lead"]
    forged = {"membership": lead.memberships.get().pk, "reason": "x"}
    address = reverse("accounts:user_end_role", args=[clerk.uid])
    assert world.client("secadmin").post(address, forged).status_code == 422
    assert lead.memberships.get().ended_at is None


def test_nobody_raises_their_own_rights(world):
    client, me = world.client("secadmin"), world.people["secadmin"]
    form = {"role": "security-admin", "organisation": "云岭省教育厅", "reason": "x"}
    assert client.post(reverse("accounts:user_grant", args=[me.uid]), form).status_code == 403
    assert me.memberships.count() == 1


@pytest.mark.parametrize("size", [30_000_000])
def test_a_form_that_is_too_large_is_refused(world, size):
    address = reverse("registry:organisation_new")
    answer = world.client("clerk").post(address, {"name": "甲" * (size // 9), "kind": "other"})
    assert answer.status_code == 413
    assert not Organisation.objects.filter(name__startswith="甲甲").exists()


def test_a_file_that_is_no_table_is_refused(world):
    address = reverse("portal:import_new", args=["registry.organisations"])
    fake = SimpleUploadedFile(
        "list.xlsx", b"MZ\x90\x00 this is a program", "application/x-msdownload"
    )
    answer = world.client("clerk").post(address, {"file": fake})
    assert answer.status_code in {415, 422}


def test_html_in_names_is_shown_as_text(world):
    body = make_organisation(f"{SCRIPT}学院", authority=SCRIPT, region=None)
    address = reverse("registry:organisation", args=[body.uid])
    pages = [
        world.client("clerk").get(address),
        world.client("clerk").get(reverse("registry:organisations")),
        world.client("anonymous").get(reverse("portal:search"), {"q": "学院"}),
    ]
    for page in pages:
        text = page.content.decode()
        assert "alert(" in text
        assert "<script>alert" not in text


def test_html_in_what_was_asked_is_shown_as_text(world):
    for name, parameter in SEARCHES.items():
        answer = world.client(_reader(name)).get(world.address(by_name(name)), {parameter: SCRIPT})
        assert "<script>alert" not in answer.content.decode(), name


@pytest.mark.parametrize("attack", ATTACKS)
def test_sql_in_searches_is_only_text(world, attack):
    statuses = {
        name: world.client(_reader(name))
        .get(world.address(by_name(name)), {parameter: attack, "sort": attack, "page": attack})
        .status_code
        for name, parameter in SEARCHES.items()
    }
    assert statuses == dict.fromkeys(SEARCHES, 422 if "\x00" in attack else 200)


def _reader(name: str) -> str:
    return {"accounts:users": "sysadmin", "portal:audit": "audit"}.get(name, "clerk")


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_no_door_leads_to_another_site(world, target):
    language = world.client("anonymous").post(
        reverse("portal:language"),
        {"language": "en", "next": target},
        headers={"Origin": "http://testserver"},
    )
    sign_in = world.client("anonymous").post(
        reverse("account_login"), {"login": "the-clerk", "password": PASSWORD, "next": target}
    )
    sign_out = world.client("clerk").post(reverse("account_logout"), {"next": target})
    for answer in (language, sign_in, sign_out):
        assert answer.status_code == 302
        assert "evil" not in answer.headers["Location"]


def test_pages_of_a_person_are_not_kept_by_others(world):
    for name in ("accounts:profile", "accounts:users", "accounts:user"):
        answer = world.client("sysadmin").get(world.address(by_name(name)))
        assert "no-store" in answer.headers["Cache-Control"], name


def test_every_page_carries_the_strict_policy(world):
    lax = []
    for route in routes():
        with taken_back():
            answer = world.client("clerk").get(world.address(route))
            if answer.streaming:
                b"".join(answer)
        policy = answer.headers.get("Content-Security-Policy", "")
        own = "default-src 'self'" in policy or "default-src 'none'" in policy
        strict = own and "unsafe" not in policy
        if not strict or answer.headers.get("X-Content-Type-Options") != "nosniff":
            lax.append(route.name)
    assert lax == []


def test_secrets_stay_out_of_log_and_audit(world, caplog):
    caplog.set_level(logging.DEBUG)
    logging.getLogger("zhiqiao").info("canary")
    form = {"login": "new.person", "name": "新人", "language": "zh-hans"}
    page = world.client("sysadmin").post(reverse("accounts:user_new"), form)
    secret = page.context["account"].one_time_password
    assert secret in page.content.decode()
    assert "canary" in caplog.text
    assert secret not in caplog.text
    assert secret not in str(list(AuditEntry.objects.values_list("before", "after", "reason")))
