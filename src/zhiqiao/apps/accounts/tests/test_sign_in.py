import logging
import re

import pytest
from allauth.core.internal.httpkit import get_client_ip
from django.core.cache import cache
from django.db import connection
from django.test import Client, override_settings
from django.urls import reverse

from zhiqiao.apps.accounts import actions
from zhiqiao.apps.accounts.choices import Role
from zhiqiao.apps.accounts.models import User
from zhiqiao.apps.accounts.tests.factories import PASSWORD, make_member, make_user
from zhiqiao.core.passwords import Argon2id

pytestmark = pytest.mark.django_db
LOGIN = reverse("account_login")
PROFILE = reverse("accounts:profile")


@pytest.fixture(autouse=True)
def fresh_limits():
    cache.clear()
    yield
    cache.clear()


def sign_in(client, login="someone", password=PASSWORD, **more):
    return client.post(LOGIN, {"login": login, "password": password, **more})


def test_the_login_name_or_the_address_signs_in(client):
    user = make_user()
    User.objects.filter(pk=user.pk).update(email="someone@example.org")
    for login in ("someone", "someone@example.org", "SOMEONE"):
        client.logout()
        assert sign_in(client, login).status_code == 302
        assert client.session["_auth_user_id"] == str(user.pk)


def test_a_wrong_password_and_an_unknown_login_get_the_same_answer(client):
    make_user()
    answers = [sign_in(client, login, "wrong-password") for login in ("someone", "nobody")]
    errors = [list(answer.context["form"].non_field_errors()) for answer in answers]
    assert errors[0] == errors[1]
    assert len(errors[0]) == 1


def test_a_closed_account_cannot_sign_in_and_loses_its_session(client):
    user = make_user()
    sign_in(client)
    actions.deactivate_account(user, actor=None, reason="离职")
    assert client.get(PROFILE).status_code == 302
    answer = sign_in(client)
    assert client.get(PROFILE).status_code == 302
    assert client.get(answer.headers["Location"]).templates[0].name == "accounts/closed.html"


def test_a_one_time_password_leads_to_its_replacement_whatever_was_asked_for(client):
    make_user(must_change=True)
    answer = sign_in(client, next=PROFILE)
    assert answer.headers["Location"] == reverse("account_change_password")
    passwords = {
        "oldpassword": PASSWORD,
        "password1": "my own four words",
        "password2": "my own four words",
    }
    assert client.post(answer.headers["Location"], passwords).headers["Location"] == PROFILE
    assert User.objects.get().must_change_password is False
    assert client.get(PROFILE).status_code == 200


@pytest.mark.parametrize("weak", ["short", "password123"])
def test_weak_passwords_are_refused(client, weak):
    make_user()
    sign_in(client)
    passwords = {"oldpassword": PASSWORD, "password1": weak, "password2": weak}
    answer = client.post(reverse("account_change_password"), passwords)
    assert answer.status_code == 200
    assert answer.context["form"].errors


def test_the_session_key_changes_at_sign_in(client):
    make_user()
    session = client.session
    session["planted"] = True
    session.save()
    planted = session.session_key
    client.cookies["sessionid"] = planted
    sign_in(client)
    assert client.session.session_key != planted
    assert Client(cookies={"sessionid": planted}).get(PROFILE).status_code == 302


def test_a_changed_password_ends_the_other_sessions(client):
    make_user()
    other = Client()
    for each in (client, other):
        sign_in(each)
    passwords = {
        "oldpassword": PASSWORD,
        "password1": "my own four words",
        "password2": "my own four words",
    }
    client.post(reverse("account_change_password"), passwords)
    assert client.get(PROFILE).status_code == 200
    assert other.get(PROFILE).status_code == 302


def test_guessing_is_slowed_down(client):
    make_user()
    statuses = {sign_in(client, password=f"wrong-{number}").status_code for number in range(12)}
    sign_in(client)
    assert "_auth_user_id" not in client.session
    assert statuses <= {200, 429}


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "\\\\evil.example"],
)
def test_signing_in_never_leads_to_another_site(client, target):
    make_user()
    location = sign_in(client, next=target).headers["Location"]
    assert location.startswith("/")
    assert not re.match(r"^[/\\]{2}", location)


def test_nobody_signs_up_and_no_mail_page_exists(client):
    for name in ("account_signup", "account_reset_password", "account_email"):
        assert client.get(reverse(name)).status_code == 404
        assert client.post(reverse(name), {"login": "x"}).status_code == 404


def test_signing_out_needs_a_post(client):
    make_user()
    sign_in(client)
    client.get(reverse("account_logout"))
    assert client.get(PROFILE).status_code == 200
    client.post(reverse("account_logout"))
    assert client.get(PROFILE).status_code == 302


def test_a_form_without_its_token_is_refused():
    make_user()
    strict = Client(enforce_csrf_checks=True)
    assert sign_in(strict).status_code == 403


def test_a_foreign_host_name_is_refused(client):
    with override_settings(ALLOWED_HOSTS=["zhiqiao.example"]):
        assert client.get(LOGIN, headers={"host": "evil.example"}).status_code == 400


def test_the_password_is_never_logged(client, caplog):
    make_user()
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, "zhiqiao")
    logging.getLogger("zhiqiao").debug("canary: the log is read")
    sign_in(client)
    sign_in(client, password="wrong-" + PASSWORD)
    text = caplog.text
    assert "canary" in text
    assert PASSWORD not in text


def test_the_hash_has_the_advised_cost():
    encoded = Argon2id().encode("a password", "somesaltsomesalt")
    assert encoded.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")


def test_each_administrator_sees_only_their_own_part(client):
    person = make_user("person")
    pages = {}
    for role in (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN):
        client.force_login(make_member(role, login=role))
        answer = client.get(reverse("accounts:user", args=[person.uid]))
        pages[role] = (bool(answer.context["may_keep"]), bool(answer.context["may_grant"]))
    assert pages == {Role.SYSTEM_ADMIN: (True, False), Role.SECURITY_ADMIN: (False, True)}


def test_attempts_are_counted_where_every_process_sees_them():
    make_user()
    for _ in range(3):
        sign_in(Client(), password="wrong-password")

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM core_cache")
        (kept,) = cursor.fetchone()
    assert kept > 0


@pytest.mark.parametrize(("proxies", "address"), [(0, "127.0.0.1"), (1, "203.0.113.9")])
def test_address_of_a_person_is_read_past_our_own_proxies_alone(rf, settings, proxies, address):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    forged = rf.get(LOGIN, headers={"x-forwarded-for": "198.51.100.1, 203.0.113.9"})

    assert get_client_ip(forged) == address
