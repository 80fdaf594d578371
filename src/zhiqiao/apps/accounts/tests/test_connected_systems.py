"""Another system signs people in through this one: the whole way, and every way around it."""

import base64
import hashlib
import json
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
import time_machine
from allauth.idp.oidc.models import Client as Registered
from allauth.idp.oidc.models import Token
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from zhiqiao.apps.accounts import actions
from zhiqiao.apps.accounts.choices import Role
from zhiqiao.apps.accounts.forms import ApplicationForm
from zhiqiao.apps.accounts.models import Application, SigningKey
from zhiqiao.apps.accounts.tests.factories import (
    PASSWORD,
    bureau,
    make_member,
    make_user,
    prove_again,
)
from zhiqiao.core.errors import RefusedError, RuleError
from zhiqiao.core.models import AuditEntry
from zhiqiao.core.sign_in_policy import PROFILES

pytestmark = pytest.mark.django_db

BACK = "https://library.example/back"
VERIFIER = "a" * 64
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=")
AUTHORIZE, TOKEN, WHO = "/identity/authorize/", "/identity/token/", "/identity/userinfo/"


@pytest.fixture(autouse=True)
def fresh_codes():
    cache.clear()


@pytest.fixture
def system():
    return make_member(Role.SYSTEM_ADMIN, login="system")


@pytest.fixture
def library(system):
    wanted = actions.WantedApplication("图书馆", bureau().pk, BACK)
    return actions.connect_application(wanted, actor=system)


@pytest.fixture
def reader():
    person = make_member(Role.SCHOOL_CLERK, login="reader")
    person.email = "reader@example.org"
    person.save()
    return person


def asked(library, **changed):
    given = {
        "client_id": library.application.client_id,
        "redirect_uri": BACK,
        "response_type": "code",
        "scope": "openid profile email roles",
        "state": "st-1",
        "nonce": "n-1",
        "code_challenge": CHALLENGE.decode(),
        "code_challenge_method": "S256",
    } | changed
    return {name: value for name, value in given.items() if value is not None}


def agree(client, library, *, scopes=None, action="grant", **changed):
    """Answer the question as the person; return what the system is told by its address."""
    page = client.get(AUTHORIZE, asked(library, **changed))
    assert page.status_code == 200, page.content.decode()
    assert "accounts/consent.html" in [template.name for template in page.templates]
    form = page.context["form"]
    posted = {
        "request": form.initial["request"],
        "scopes": ["profile", "email", "roles"] if scopes is None else scopes,
        "action": action,
    }
    answer = client.post(AUTHORIZE, posted)
    assert answer.status_code == 302
    assert answer["Location"].startswith(BACK)
    return {key: value[0] for key, value in parse_qs(urlsplit(answer["Location"]).query).items()}


def exchange(library, code, **changed):
    given = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": BACK,
        "code_verifier": VERIFIER,
        "client_id": library.application.client_id,
        "client_secret": library.secret,
    } | changed
    return Client().post(TOKEN, given)


def who(access_token):
    return Client().get(WHO, headers={"Authorization": f"Bearer {access_token}"})


def signed_in(client, person):
    client.force_login(person)
    return client


def test_a_system_learns_who_signed_in_and_what_the_person_agreed_to(client, library, reader):
    back = agree(signed_in(client, reader), library)
    assert back["state"] == "st-1"
    told = exchange(library, back["code"]).json()
    keys = Client().get("/.well-known/jwks.json").json()["keys"]
    claims = jwt.decode(
        told["id_token"],
        jwt.PyJWK(keys[0]).key,
        algorithms=["RS256"],
        audience=library.application.client_id,
    )
    assert (claims["sub"], claims["nonce"]) == (str(reader.uid), "n-1")
    answer = who(told["access_token"]).json()
    assert (answer["name"], answer["preferred_username"]) == (reader.name, "reader")
    assert (answer["email"], answer["email_verified"]) == ("reader@example.org", False)
    assert [role["role"] for role in answer["roles"]] == ["school-clerk"]
    entry = AuditEntry.objects.get(verb="accounts.user.told_system")
    assert entry.subject_id == reader.pk
    assert entry.after["system"] == "图书馆"


def test_description_names_addresses_that_answer(settings):
    settings.ZHIQIAO_SITE_URL = "https://zhiqiao.example"
    told = Client().get("/.well-known/openid-configuration").json()
    assert told["issuer"] == "https://zhiqiao.example"
    for name in ("authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri"):
        path = urlsplit(told[name]).path
        assert Client().get(path).status_code in {200, 400, 401, 405}, name
    assert told["code_challenge_methods_supported"] == ["S256"]


def test_what_the_person_leaves_out_is_not_told(client, library, reader):
    back = agree(signed_in(client, reader), library, scopes=[])
    told = exchange(library, back["code"]).json()
    assert set(who(told["access_token"]).json()) == {"sub"}
    payload = json.loads(base64.urlsafe_b64decode(told["id_token"].split(".")[1] + "=="))
    assert {"email", "name", "roles"} & set(payload) == set()


def test_a_person_who_cancels_tells_nothing(client, library, reader):
    back = agree(signed_in(client, reader), library, action="cancel")
    assert back == {"error": "access_denied", "state": "st-1"}
    assert not AuditEntry.objects.filter(verb="accounts.user.told_system").exists()


def test_nobody_is_told_before_signing_in(client, library):
    answer = client.get(AUTHORIZE, asked(library))
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize(
    "changed",
    [
        {"redirect_uri": "https://thief.example/back"},
        {"redirect_uri": BACK + "/more"},
        {"redirect_uri": BACK + "@thief.example"},
        {"redirect_uri": "http://library.example/back"},
        {"client_id": "nobody"},
        {"code_challenge": None},
        {"code_challenge_method": "plain"},
        {"code_challenge_method": None},
        {"scope": None},
        {"scope": "profile"},
        {"response_type": "token"},
        {"response_type": "id_token token"},
    ],
)
def test_a_request_that_is_not_as_registered_goes_nowhere(client, library, reader, changed):
    answer = signed_in(client, reader).get(AUTHORIZE, asked(library, **changed))
    assert answer.status_code == 400
    assert "Location" not in answer
    assert "accounts/system_refused.html" in [template.name for template in answer.templates]


def test_a_scope_that_is_not_offered_is_refused(client, library, reader):
    answer = signed_in(client, reader).get(AUTHORIZE, asked(library, scope="openid admin"))
    assert answer.status_code == 302
    assert "error=invalid_scope" in answer["Location"]


def test_an_agreement_cannot_be_forged_by_another_site(library, reader):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(reader)
    page = strict.get(AUTHORIZE, asked(library))
    posted = {
        "request": page.context["form"].initial["request"],
        "scopes": [],
        "action": "grant",
    }
    assert strict.post(AUTHORIZE, posted).status_code == 403
    posted["request"] = "x" + posted["request"]
    assert signed_in(Client(), reader).post(AUTHORIZE, posted).status_code == 403


@pytest.mark.parametrize(
    "changed",
    [
        {"code_verifier": "b" * 64},
        {"code_verifier": ""},
        {"client_secret": "wrong"},
        {"client_secret": ""},
        {"redirect_uri": "https://thief.example/back"},
        {"grant_type": "password", "username": "reader", "password": PASSWORD},
        {"grant_type": "client_credentials"},
        {"grant_type": "refresh_token", "refresh_token": "x"},
    ],
)
def test_a_code_is_worth_nothing_to_a_thief(client, library, reader, changed):
    code = agree(signed_in(client, reader), library)["code"]
    answer = exchange(library, code, **changed)
    assert answer.status_code in {400, 401}
    assert "access_token" not in answer.content.decode()


def test_a_code_works_once_and_for_a_minute(client, library, reader):
    signed_in(client, reader)
    code = agree(client, library)["code"]
    assert exchange(library, code).status_code == 200
    assert exchange(library, code).status_code == 400
    late = agree(client, library)["code"]
    with time_machine.travel(timezone.now() + timedelta(seconds=61)):
        assert exchange(library, late).status_code == 400


def test_a_code_of_one_system_is_worth_nothing_to_another(client, library, reader, system):
    other = actions.connect_application(
        actions.WantedApplication("其他", bureau().pk, BACK), actor=system
    )
    code = agree(signed_in(client, reader), library)["code"]
    answer = exchange(other, code)
    assert answer.status_code == 400


def test_a_closed_account_is_told_of_no_more(client, library, reader, system):
    signed_in(client, reader)
    code, later = agree(client, library)["code"], agree(client, library)["code"]
    access = exchange(library, code).json()["access_token"]
    assert who(access).status_code == 200
    actions.deactivate_account(reader, actor=system, reason="调离")
    assert who(access).status_code == 401
    assert exchange(library, later).status_code == 400
    assert not Token.objects.filter(user=reader).exists()


def test_who_may_not_work_here_is_not_signed_in_elsewhere(client, library, reader):
    reader.must_change_password = True
    reader.save()
    answer = signed_in(client, reader).get(AUTHORIZE, asked(library))
    assert (answer.status_code, answer["Location"]) == (302, reverse("accounts:profile"))


def test_the_graded_profile_asks_for_the_second_factor_first(client, library, reader, settings):
    settings.ZHIQIAO_SIGN_IN = PROFILES["mlps3"]
    answer = signed_in(client, reader).get(AUTHORIZE, asked(library))
    assert (answer.status_code, answer["Location"]) == (302, reverse("accounts:profile"))


def test_a_disconnected_system_gets_nothing_at_once(client, library, reader, system):
    access = exchange(library, agree(signed_in(client, reader), library)["code"]).json()
    actions.end_application(library.application, actor=system, reason="停用")
    assert who(access["access_token"]).status_code == 401
    assert client.get(AUTHORIZE, asked(library)).status_code == 400
    with pytest.raises(RuleError):
        actions.end_application(library.application, actor=system, reason="停用")


@pytest.mark.parametrize("role", [role for role in Role if role != Role.SYSTEM_ADMIN])
def test_only_the_system_administrator_connects_systems(role):
    person = make_member(role, login="other")
    wanted = actions.WantedApplication("图书馆", bureau().pk, BACK)
    with pytest.raises(RefusedError):
        actions.connect_application(wanted, actor=person)
    assert not Registered.objects.exists()


def test_the_secret_is_shown_once_and_kept_as_a_hash(client, system):
    signed_in(client, system)
    page = reverse("accounts:applications")
    given = {"name": "图书馆", "organisation": bureau().name, "address": BACK}
    asked = client.post(page, given)
    assert not Application.objects.exists()
    shown = prove_again(client, asked)
    secret = shown.context["new"].secret
    assert secret in shown.content.decode()
    kept = Application.objects.get().client
    assert secret not in kept.secret
    assert kept.check_secret(secret)
    assert secret not in client.get(page).content.decode()
    assert secret not in str(list(AuditEntry.objects.values_list("after", flat=True)))


@pytest.mark.parametrize(
    "address",
    [
        "", "library", "http://library.example/back", "https://", "https://*.example/back",
        "https://a@library.example/", "https://library.example/#x", "javascript:alert(1)",
        "https://a.example/ https://b.example/", "https://a.example/\nhttps://b.example/",
    ],
)  # fmt: skip
def test_a_bad_return_address_is_refused_with_a_word(system, address):
    given = {"name": "图书馆", "organisation": bureau().name, "address": address}
    form = ApplicationForm(given, actor=system)
    assert not form.is_valid()
    assert set(form.errors) == {"address"}


def test_keys_change_and_what_was_signed_before_still_verifies():
    first = actions.current_signing_key()
    assert actions.current_signing_key() == first
    assert "PRIVATE KEY" not in first.sealed
    with time_machine.travel(timezone.now() + timedelta(days=91)):
        second = actions.current_signing_key()
        assert second != first
        assert len(Client().get("/.well-known/jwks.json").json()["keys"]) == 2
        actions.forget_applications_leftovers()
        assert SigningKey.objects.count() == 2
    with time_machine.travel(timezone.now() + timedelta(days=181)):
        actions.forget_applications_leftovers()
        assert first.pk not in SigningKey.objects.values_list("pk", flat=True)


def test_a_stranger_without_roles_is_told_of_by_number_alone(client, library):
    person = make_user("plain")
    back = agree(signed_in(client, person), library, scopes=["roles"])
    answer = who(exchange(library, back["code"]).json()["access_token"]).json()
    assert answer == {"sub": str(person.uid), "roles": []}
