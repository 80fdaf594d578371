"""Signing in with an account of another system: this platform is run as that other system too."""

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount, SocialLogin, SocialToken
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from zhiqiao.apps.accounts import actions
from zhiqiao.apps.accounts.choices import Role
from zhiqiao.apps.accounts.models import User
from zhiqiao.apps.accounts.sign_in.outside import OutsideIdentities
from zhiqiao.apps.accounts.tests.factories import PASSWORD, bureau, make_member
from zhiqiao.core.models import AuditEntry
from zhiqiao.core.sign_in_policy import OutsideIdentity

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.enable_socket]

GO, BACK, MINE = "/accounts/outside/go/", "/accounts/outside/back/", "/accounts/outside/"


@pytest.fixture(autouse=True)
def fresh_counts():
    cache.clear()


@pytest.fixture
def other(live_server, settings):
    """Connect this site to itself, as a system that would sign people in."""
    settings.ZHIQIAO_SITE_URL = live_server.url
    system = make_member(Role.SYSTEM_ADMIN, login="system")
    wanted = actions.WantedApplication("本平台", bureau().pk, f"{live_server.url}{BACK}")
    new = actions.connect_application(wanted, actor=system)
    one = OutsideIdentity(live_server.url, "教育账号", new.application.client_id, new.secret)
    settings.ZHIQIAO_IDENTITY = one
    settings.ALLOWED_HOSTS = ["*"]
    return one


def browser(other, person=None):
    client = Client(headers={"host": urlsplit(other.url).netloc})
    if person is not None:
        client.post("/accounts/login/", {"login": person.login, "password": PASSWORD})
    return client


def way_there(client, process="login", **more):
    answer = client.post(f"{GO}?process={process}", more)
    assert answer.status_code == 302, answer.content
    return answer["Location"]


def agreed(other, there, whom):
    """Let the person agree at the other system; return the address that leads back."""
    place = browser(other, whom)
    page = place.get(there)
    assert page.status_code == 200, page.content[:300]
    request = page.context["form"].initial["request"]
    answer = place.post(urlsplit(there).path, {"request": request, "action": "grant"})
    assert answer.status_code == 302, answer.content[:300]
    return answer["Location"]


def connected(other, client, whom):
    """Connect the account of ``whom`` there to the person of this browser, password and all."""
    back = client.get(agreed(other, way_there(client, "connect"), whom))
    assert back.status_code == 302
    if "/reauthenticate/" in back["Location"]:
        back = client.post(back["Location"], {"password": PASSWORD})
        assert back.status_code == 302, back.content[:300]
    return back


@pytest.fixture
def clerk():
    return make_member(Role.SCHOOL_CLERK, login="clerk")


@pytest.fixture
def there():
    """The person's account at the other system."""
    return make_member(Role.BODY_CLERK, login="there")


def signed_in(client):
    return client.get("/accounts/profile/").context["user"].login


def test_connected_account_signs_in(other, clerk, there):
    connected(other, browser(other, clerk), there)
    fresh = browser(other)
    answer = fresh.get(agreed(other, way_there(fresh), there))
    assert answer.status_code == 302
    assert signed_in(fresh) == "clerk"


def test_what_is_kept_is_a_digest_and_nothing_else(other, clerk, there):
    connected(other, browser(other, clerk), there)
    kept = SocialAccount.objects.get()
    assert kept.user_id == clerk.pk
    assert kept.extra_data == {}
    assert len(kept.uid) == 64
    assert str(there.uid) not in kept.uid
    assert not SocialToken.objects.exists()
    assert all("access_token" not in str(s.get_decoded()) for s in Session.objects.all())


def test_password_is_asked_before_an_account_is_connected(other, clerk, there):
    client = browser(other, clerk)
    # A session that somebody left open: its password was proved long ago.
    session = client.session
    for method in session.get("account_authentication_methods", []):
        method["at"] = 0
    session.save()
    back = client.get(agreed(other, way_there(client, "connect"), there))
    assert "/accounts/reauthenticate/" in back["Location"]
    assert not SocialAccount.objects.exists()
    client.post(back["Location"], {"password": "wrong"})
    assert not SocialAccount.objects.exists()


def test_unknown_account_opens_none_and_matches_no_address(other, clerk, there):
    User.objects.filter(pk=clerk.pk).update(email="same@example.org")
    told = SocialLogin(email_addresses=[EmailAddress(email="same@example.org", verified=True)])
    assert OutsideIdentities().authenticate_by_email(told) is None
    before = User.objects.count()
    fresh = browser(other)
    answer = fresh.get(agreed(other, way_there(fresh), there))
    assert answer.status_code == 403
    assert "教育账号" in answer.content.decode()
    assert User.objects.count() == before
    assert fresh.get("/accounts/profile/").status_code == 302


@pytest.mark.parametrize("role", [Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN])
def test_administrator_cannot_connect(other, there, role):
    keeper = make_member(role, login="keeper")
    client = browser(other, keeper)
    assert client.get(agreed(other, way_there(client, "connect"), there)).status_code == 403
    assert not SocialAccount.objects.exists()


def test_who_became_administrator_no_longer_signs_in_from_there(other, clerk, there):
    connected(other, browser(other, clerk), there)
    clerk.memberships.update(role=Role.AUDIT_ADMIN)
    fresh = browser(other)
    assert fresh.get(agreed(other, way_there(fresh), there)).status_code == 403
    assert fresh.get("/accounts/profile/").status_code == 302


def test_account_connected_to_another_is_not_taken_over(other, clerk, there):
    connected(other, browser(other, clerk), there)
    second = make_member(Role.SCHOOL_CLERK, login="second")
    client = browser(other, second)
    connected(other, client, there)
    assert SocialAccount.objects.get().user_id == clerk.pk
    assert "请先在那里解除关联" in client.get(MINE).content.decode()


def test_closed_account_is_refused_and_disconnected(other, clerk, there):
    connected(other, browser(other, clerk), there)
    system = User.objects.get(login="system")
    actions.deactivate_account(clerk, actor=system, reason="left")
    assert not SocialAccount.objects.exists()
    actions.reactivate_account(clerk, actor=system, reason="is back")
    fresh = browser(other)
    assert fresh.get(agreed(other, way_there(fresh), there)).status_code == 403


def test_issued_password_shuts_the_second_door(other, clerk, there):
    connected(other, browser(other, clerk), there)
    system = User.objects.get(login="system")
    actions.issue_one_time_password(clerk, actor=system, reason="was taken over")
    assert not SocialAccount.objects.exists()
    assert AuditEntry.objects.filter(verb="accounts.user.outside_removed").exists()


def test_second_factor_is_asked_for_all_the_same(other, clerk, there):
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret  # noqa: PLC0415

    connected(other, browser(other, clerk), there)
    TOTP.activate(clerk, generate_totp_secret())
    fresh = browser(other)
    answer = fresh.get(agreed(other, way_there(fresh), there))
    assert answer["Location"].startswith("/accounts/2fa/authenticate/")
    assert fresh.get("/accounts/profile/").status_code == 302


def test_answer_of_another_browser_is_refused(other, clerk, there):
    connected(other, browser(other, clerk), there)
    mine, victim = browser(other), browser(other)
    back = agreed(other, way_there(mine), there)
    assert victim.get(back).status_code == 400
    assert victim.get("/accounts/profile/").status_code == 302


def test_answer_works_once(other, clerk, there):
    connected(other, browser(other, clerk), there)
    fresh = browser(other)
    back = agreed(other, way_there(fresh), there)
    assert fresh.get(back).status_code == 302
    assert fresh.get(back).status_code == 400


def test_request_proves_itself_and_asks_for_nothing_but_who(other):
    asked = parse_qs(urlsplit(way_there(browser(other))).query)
    assert asked["scope"] == ["openid"]
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["state"]


def test_nobody_is_led_away_by_a_link(other):
    assert browser(other).get(GO).status_code == 405


def test_system_that_does_not_answer_is_told(other, settings):
    settings.ZHIQIAO_IDENTITY = replace(other, url="http://127.0.0.1:9")
    answer = browser(other).post(GO)
    assert answer.status_code == 502
    assert "教育账号" in answer.content.decode()


def test_system_that_answers_nonsense_is_told(other, settings):
    settings.ZHIQIAO_IDENTITY = replace(other, url=f"{other.url}/healthz?/.well-known/")
    assert browser(other).post(GO).status_code == 502


def test_person_stops_at_the_other_system(other):
    client = browser(other)
    state = parse_qs(urlsplit(way_there(client)).query)["state"][0]
    answer = client.get(BACK, {"error": "access_denied", "state": state})
    assert answer.status_code == 200
    assert client.get("/accounts/profile/").status_code == 302


def test_owner_lists_and_disconnects_and_nobody_else(other, clerk, there):
    client = browser(other, clerk)
    connected(other, client, there)
    kept = SocialAccount.objects.get()
    assert "教育账号" in client.get(MINE).content.decode()
    stranger = browser(other, make_member(Role.SCHOOL_CLERK, login="stranger"))
    assert stranger.post(f"{MINE}{kept.pk}/end/").status_code == 404
    assert client.post(f"{MINE}{kept.pk}/end/").status_code == 302
    assert not SocialAccount.objects.exists()
    verbs = set(AuditEntry.objects.filter(subject_id=str(clerk.pk)).values_list("verb", flat=True))
    assert {"accounts.user.outside_added", "accounts.user.outside_removed"} <= verbs


def test_subject_of_another_issuer_is_another_person(other, clerk, there, settings):
    connected(other, browser(other, clerk), there)
    # The same server under another name: the same subject, told by another issuer.
    elsewhere = other.url.replace("localhost", "127.0.0.1")
    assert elsewhere != other.url
    settings.ZHIQIAO_SITE_URL = elsewhere
    settings.ZHIQIAO_IDENTITY = replace(other, url=elsewhere)
    fresh = browser(other)
    answer = fresh.get(agreed(other, way_there(fresh), there))
    assert answer.status_code == 403
    assert "登录名和密码登录一次" in answer.content.decode()


def test_description_of_another_issuer_is_refused(other, settings):
    settings.ZHIQIAO_SITE_URL = "https://somebody-else.example"
    assert browser(other).post(GO).status_code == 502


def test_nothing_is_offered_without_a_system(settings, clerk):
    settings.ZHIQIAO_IDENTITY = None
    client = Client()
    client.force_login(clerk)
    assert client.get(MINE).status_code == 404
    assert client.post(GO).status_code == 404
    assert client.get(BACK).status_code == 404
    assert GO not in Client().get("/accounts/login/").content.decode()


def test_sign_in_page_offers_the_system_without_asking_the_database_for_it(other):
    client = browser(other)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        page = client.get("/accounts/login/").content.decode()
    assert "教育账号" in page
    assert not [q for q in asked.captured_queries if "socialaccount" in q["sql"]]
