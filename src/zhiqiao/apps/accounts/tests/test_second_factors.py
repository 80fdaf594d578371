import time
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.usersessions.models import UserSession
from django.core.cache import cache, caches
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from zhiqiao.apps.accounts import actions
from zhiqiao.apps.accounts.choices import Role
from zhiqiao.apps.accounts.models import User
from zhiqiao.apps.accounts.tests.factories import PASSWORD, make_member, make_user
from zhiqiao.apps.accounts.views.visits import device_of, masked_address
from zhiqiao.core.errors import RefusedError
from zhiqiao.core.models import AuditEntry
from zhiqiao.core.sealing import SealError, seal, unseal
from zhiqiao.core.sign_in_policy import PROFILES

pytestmark = pytest.mark.django_db
LOGIN = reverse("account_login")
ASK = reverse("mfa_authenticate")
PROFILE = reverse("accounts:profile")
ADD = reverse("mfa_activate_totp")


@pytest.fixture(autouse=True)
def fresh_limits():
    cache.clear()
    yield
    cache.clear()


def sign_in(client, login="someone", password=PASSWORD):
    return client.post(LOGIN, {"login": login, "password": password})


def code_of(secret, *, steps=0):
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def set_up_app(client):
    """Sign in, type the password again as asked, and set up the app; return its secret."""
    sign_in(client)
    asked = client.get(ADD)
    assert asked.headers["Location"].startswith(reverse("account_reauthenticate"))
    client.post(asked.headers["Location"], {"password": PASSWORD})
    secret = client.get(ADD).context["form"].secret
    client.post(ADD, {"code": code_of(secret)})
    return secret


@pytest.fixture
def secret(client):
    """Someone with an app, signed out again; the codes of half a minute later are fresh."""
    make_user()
    found = set_up_app(client)
    client.logout()
    cache.clear()
    return found


def test_the_password_alone_does_not_sign_in_any_more(client, secret):
    assert sign_in(client).headers["Location"] == ASK
    assert client.get(PROFILE).status_code == 302
    client.post(ASK, {"code": code_of(secret)})
    assert client.get(PROFILE).status_code == 200


def test_a_wrong_code_is_refused_and_after_five_the_right_one_too(client, secret):
    sign_in(client)
    for _ in range(5):
        client.post(ASK, {"code": "000000"})
    client.post(ASK, {"code": code_of(secret)})
    assert client.get(PROFILE).status_code == 302


def test_a_code_works_once_also_when_the_clock_is_set_back(client, secret):
    now = timezone.now().replace(second=5, microsecond=0)
    with time_machine.travel(now, tick=False):
        code = code_of(secret)
        sign_in(client)
        client.post(ASK, {"code": code})
        assert client.get(PROFILE).status_code == 200
    for moment in (now, now - timedelta(seconds=4), now + timedelta(seconds=10)):
        thief = Client()
        with time_machine.travel(moment, tick=False):
            sign_in(thief)
            thief.post(ASK, {"code": code})
            assert thief.get(PROFILE).status_code == 302


def test_a_recovery_code_works_once(client):
    make_user()
    set_up_app(client)
    codes = client.get(reverse("mfa_view_recovery_codes")).context["unused_codes"]
    assert len(set(codes)) == 10
    client.logout()
    sign_in(client)
    client.post(ASK, {"code": codes[0]})
    assert client.get(PROFILE).status_code == 200
    client.logout()
    sign_in(client)
    client.post(ASK, {"code": codes[0]})
    assert client.get(PROFILE).status_code == 302


def test_recovery_codes_are_shown_once(client):
    make_user()
    set_up_app(client)
    page = reverse("mfa_view_recovery_codes")
    first, second = client.get(page), client.get(page)
    assert first.context["can_view_codes"] is True
    assert second.context["can_view_codes"] is False
    for code in first.context["unused_codes"]:
        assert code not in second.content.decode()


def test_secrets_are_sealed_in_the_database(client, secret):
    stored = [str(factor.data) for factor in Authenticator.objects.all()]
    assert stored
    assert not any(secret in one for one in stored)


def test_setting_up_an_app_is_audited_without_its_secret(
    secret, django_capture_on_commit_callbacks
):
    make_user("another")
    client = Client()
    with django_capture_on_commit_callbacks(execute=True):
        client.post(LOGIN, {"login": "another", "password": PASSWORD})
        client.post(reverse("account_reauthenticate") + f"?next={ADD}", {"password": PASSWORD})
        shown = client.get(ADD).context["form"].secret
        client.post(ADD, {"code": code_of(shown)})
    entries = AuditEntry.objects.filter(verb="accounts.user.app_added", actor_name="another")
    assert entries.count() == 1
    assert shown not in str(entries.values()[0])


def test_sealed_text_opens_with_the_old_key_and_not_without(settings):
    settings.SECRET_KEY = "first" * 10
    sealed = seal("secret")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "second" * 10, ["first" * 10]
    assert unseal(sealed) == "secret"
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(SealError):
        unseal(sealed)


def test_only_a_security_administrator_resets_the_factor_of_another(client, secret):
    user = User.objects.get()
    sign_in(client)
    client.post(ASK, {"code": code_of(secret)})
    for role in (Role.SYSTEM_ADMIN, Role.AUDIT_ADMIN, Role.BUREAU_LEAD):
        with pytest.raises(RefusedError):
            actions.reset_second_factors(
                user, actor=make_member(role, login=f"a-{role}"), reason="-"
            )
    security = make_member(Role.SECURITY_ADMIN, login="security")
    with pytest.raises(RefusedError):
        actions.reset_second_factors(security, actor=security, reason="-")
    actions.reset_second_factors(user, actor=security, reason="已当面核实")
    assert not Authenticator.objects.filter(user=user).exists()
    assert client.get(PROFILE).status_code == 302
    assert (
        AuditEntry.objects.filter(verb="accounts.user.factors_reset", actor_id=security.pk).count()
        == 1
    )


def test_after_a_reset_the_old_password_opens_nothing_and_two_persons_open_the_way_back(client):
    user = make_member(Role.BUREAU_LEAD, login="someone")
    set_up_app(client)
    client.logout()
    security = make_member(Role.SECURITY_ADMIN, login="security")
    system = make_member(Role.SYSTEM_ADMIN, login="system")
    actions.reset_second_factors(user, actor=security, reason="手机遗失")
    assert sign_in(client).status_code == 200
    assert client.get(PROFILE).status_code == 302
    issued = actions.issue_one_time_password(user, actor=system, reason="重置后")
    sign_in(client, password=issued.one_time_password)
    change = {
        "oldpassword": issued.one_time_password,
        "password1": "four words of mine",
        "password2": "four words of mine",
    }
    client.post(reverse("account_change_password"), change)
    assert User.objects.get(pk=user.pk).role_names == frozenset()
    actions.confirm_person(user, actor=security, reason="已当面核实")
    assert User.objects.get(pk=user.pk).role_names == {Role.BUREAU_LEAD}


def test_an_old_cookie_does_not_come_back_with_a_reopened_account(client):
    user = make_user()
    sign_in(client)
    actions.deactivate_account(user, actor=None, reason="离职")
    actions.reactivate_account(user, actor=None, reason="返聘")
    assert client.get(PROFILE).status_code == 302


def test_an_administrator_without_a_factor_is_told_so(client):
    make_member(Role.AUDIT_ADMIN, login="someone")
    sign_in(client)
    assert client.get(PROFILE).context["advises_factor"] is True
    client.logout()
    set_up_app(client)
    assert client.get(PROFILE).context["advises_factor"] is False


def test_an_issued_password_does_not_pass_the_second_factor(client, secret):
    user = User.objects.get()
    system = make_member(Role.SYSTEM_ADMIN, login="system")
    issued = actions.issue_one_time_password(user, actor=system, reason="忘记密码")
    answer = sign_in(client, password=issued.one_time_password)
    assert answer.headers["Location"] == ASK
    assert client.get(PROFILE).status_code == 302


def test_a_lock_is_said_and_a_security_administrator_lifts_it(client):
    user = make_user()
    for _ in range(5):
        sign_in(client, password="wrong")
    answer = sign_in(client)
    assert "五分钟" in str(answer.context["form"].non_field_errors())
    security = make_member(Role.SECURITY_ADMIN, login="security")
    office = Client()
    sign_in(office, "security")
    lift = reverse("accounts:user_lock_lift", args=[user.uid])
    office.post(lift, {"reason": "本人来电，已核实"})
    assert sign_in(client).status_code == 302
    assert (
        AuditEntry.objects.filter(verb="accounts.user.lock_lifted", actor_id=security.pk).count()
        == 1
    )


@pytest.fixture
def graded(settings):
    settings.ZHIQIAO_SIGN_IN = PROFILES["mlps3"]
    return settings


def test_a_graded_installation_gives_no_role_without_a_second_factor(client, graded):
    make_member(Role.BUREAU_CLERK, login="someone")
    assert sign_in(client).headers["Location"] == reverse("mfa_index")
    assert User.objects.get().role_names == frozenset()
    client.logout()
    set_up_app(client)
    assert User.objects.get().role_names == {Role.BUREAU_CLERK}


def test_the_last_factor_stays_where_roles_need_one(client, graded):
    make_member(Role.BUREAU_CLERK, login="someone")
    set_up_app(client)
    client.post(reverse("mfa_deactivate_totp"))
    assert Authenticator.objects.filter(type="totp").count() == 1


def test_a_password_that_is_due_must_be_replaced_and_does_not_return(client, graded):
    graded.ZHIQIAO_SIGN_IN = replace(PROFILES["mlps3"], second_factor_for=frozenset())
    make_user()
    with time_machine.travel(timezone.now() + timedelta(days=91)):
        answer = sign_in(client)
        assert answer.headers["Location"] == reverse("account_change_password")
        change = {
            "oldpassword": PASSWORD,
            "password1": "Four-new-words-1",
            "password2": "Four-new-words-1",
        }
        client.post(reverse("account_change_password"), change)
        again = {
            "oldpassword": "Four-new-words-1",
            "password1": "Four-new-words-1",
            "password2": "Four-new-words-1",
        }
        refused = client.post(reverse("account_change_password"), again)
        assert refused.context["form"].errors
        assert User.objects.get().must_change_password is False


def test_a_modern_installation_never_asks_for_a_new_password(client):
    make_user()
    with time_machine.travel(timezone.now() + timedelta(days=3_000)):
        assert sign_in(client).headers["Location"] != reverse("account_change_password")


def test_sessions_are_listed_with_device_and_masked_address(client):
    make_user()
    client.post(
        LOGIN, {"login": "someone", "password": PASSWORD},
        HTTP_USER_AGENT="Mozilla/5.0 (Windows NT 10.0) Chrome/140", REMOTE_ADDR="10.1.2.3",
    )  # fmt: skip
    page = client.get(
        reverse("usersessions_list"),
        HTTP_USER_AGENT="Mozilla/5.0 (Windows NT 10.0) Chrome/140", REMOTE_ADDR="10.1.2.3",
    )  # fmt: skip
    (visit,) = page.context["visits"]
    (place,) = visit.places
    assert (place.device, place.address, visit.is_here) == ("Windows 上的 Chrome", "10.1.*.*", True)


def test_a_session_used_from_elsewhere_shows_both_places_whoever_was_last(client):
    make_user()
    sign_in(client)
    client.get(PROFILE, REMOTE_ADDR="10.1.2.3")
    client.get(PROFILE, REMOTE_ADDR="203.0.113.9", HTTP_USER_AGENT="curl/8")
    caches["process"].clear()
    client.get(PROFILE, REMOTE_ADDR="10.1.2.3")
    (visit,) = client.get(reverse("usersessions_list"), REMOTE_ADDR="10.1.2.3").context["visits"]
    assert "203.0.*.*" in {place.address for place in visit.places}
    assert visit.places[0].address == "10.1.*.*"


def test_other_sessions_end_and_nobody_ends_those_of_others(client):
    user = make_user()
    sign_in(client)
    elsewhere, stranger = Client(), Client()
    sign_in(elsewhere)
    make_user("stranger")
    sign_in(stranger, "stranger")
    own = UserSession.objects.filter(user=user).latest("pk")
    assert stranger.post(reverse("accounts:end_session", args=[own.pk])).status_code == 404
    assert elsewhere.get(PROFILE).status_code == 200
    client.post(reverse("accounts:end_other_sessions"))
    assert elsewhere.get(PROFILE).status_code == 302
    assert client.get(PROFILE).status_code == 200


def test_a_new_password_ends_the_other_sessions(client):
    make_user()
    sign_in(client)
    elsewhere = Client()
    sign_in(elsewhere)
    change = {
        "oldpassword": PASSWORD,
        "password1": "four entirely new words",
        "password2": "four entirely new words",
    }
    client.post(reverse("account_change_password"), change)
    assert elsewhere.get(PROFILE).status_code == 302


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        ("Mozilla/5.0 (Linux; Android 14) MicroMessenger/8.0", "Android 上的 WeChat"),
        ("Mozilla/5.0 (iPhone) Safari/605", "iOS 上的 Safari"),
        ("curl/8.0", "未知程序"),
    ],
)
def test_device_is_told_in_words(agent, device):
    with translation.override("zh-hans"):
        assert device_of(agent) == device


def test_address_is_masked():
    assert masked_address("2001:db8:1:2::5") == "2001:0db8:0001:*"


def test_ended_sessions_are_forgotten_and_living_ones_kept(client):
    make_user()
    sign_in(client)
    client.get(PROFILE)
    assert actions.forget_ended_sessions() == 0
    assert client.get(PROFILE).status_code == 200
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        assert actions.forget_ended_sessions() == 1
    assert not UserSession.objects.exists()
