"""Tokens of the API: made, offered, drawn, ended, and never more than their owner."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from zhiqiao.apps.accounts import actions
from zhiqiao.apps.accounts.actions import WantedToken
from zhiqiao.apps.accounts.choices import Role
from zhiqiao.apps.accounts.models import ApiToken, KeptAnswer, Program, User
from zhiqiao.apps.accounts.queries import tokens_visible_to
from zhiqiao.apps.accounts.tests.factories import (
    bureau,
    make_member,
    make_user,
    prove_again,
)
from zhiqiao.apps.registry.tests.factories import make_organisation
from zhiqiao.core.audit import history_of
from zhiqiao.core.dates import today
from zhiqiao.core.errors import InputError, RefusedError, RuleError
from zhiqiao.core.models import AuditEntry, Event
from zhiqiao.core.token_text import digest_of_token, fresh_token, is_well_typed

pytestmark = pytest.mark.django_db
SCOPES = ("plan:read", "tasks:read")


def wanted(**changes):
    given = {"name": "统计程序", "scopes": SCOPES, "expires_on": today() + timedelta(days=90)}
    return WantedToken(**(given | changes))


def made(owner, **changes):
    return actions.make_token(wanted(**changes), actor=owner)


def used(text, scope="plan:read", address="10.0.0.7"):
    return actions.use_token(text, scope=scope, address=address)


def code_of(kind, call, *args, **kwargs):
    with pytest.raises(Exception) as caught:  # noqa: PT011 - the code is what is compared
        call(*args, **kwargs)
    assert caught.value.status == kind, caught.value
    return caught.value.code


@pytest.fixture
def clerk():
    return make_member(Role.BUREAU_CLERK, login="clerk")


@pytest.fixture
def guard():
    return make_member(Role.SECURITY_ADMIN, login="guard")


def test_a_token_is_256_bits_with_a_mark_and_a_check():
    tokens = {fresh_token() for _ in range(200)}

    assert len(tokens) == 200
    assert {len(token) for token in tokens} == {52}
    assert all(token.startswith("zq_") and is_well_typed(token) for token in tokens)


@pytest.mark.parametrize("place", [3, 20, 45, 46, 51])
def test_a_mistyped_letter_is_told_from_an_unknown_token(place):
    token = fresh_token()
    other = "b" if token[place] == "a" else "a"

    assert not is_well_typed(token[:place] + other + token[place + 1 :])
    assert not is_well_typed(token[:-1])
    assert code_of(401, used, token[:-1]) == "accounts.token-mistyped"
    assert code_of(401, used, token) == "accounts.token-unknown"


def test_only_the_hash_of_a_token_is_kept(clerk):
    new = made(clerk)

    row = ApiToken.objects.values().get()
    assert (row["digest"], row["hint"]) == (digest_of_token(new.text), new.text[:7])
    assert new.text not in str(row)
    assert new.text not in repr(new)
    assert new.text not in str(list(AuditEntry.objects.values()))
    assert row["digest"] not in str(list(AuditEntry.objects.values("before", "after")))


def test_a_token_acts_as_its_owner(clerk):
    admitted = used(made(clerk).text)

    assert (admitted.user.pk, admitted.user.role_names) == (clerk.pk, {"bureau-clerk"})
    assert isinstance(admitted.user, User)


def test_what_the_owner_loses_the_token_loses_at_once(clerk):
    new = made(clerk)
    actions.end_membership(clerk.memberships.get(), actor=None, reason="调离")

    assert used(new.text).user.roles_held == ()


def test_no_administrators_role_is_reached_by_a_token(clerk):
    """Whose role is changed to an administrator's keeps a token that gives nothing of it."""
    new = made(clerk)
    clerk.memberships.update(role="security-admin")
    program = used(new.text).user

    assert User.objects.get(pk=clerk.pk).role_names == {"security-admin"}
    assert program.role_names == set()
    program.forget_roles()
    assert program.role_names == set()


@pytest.mark.parametrize("role", [Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN])
def test_administrators_make_no_tokens(role):
    administrator = make_member(role, login="admin")

    assert code_of(403, made, administrator) == "accounts.token-not-for-administrators"


def test_a_person_without_a_role_makes_no_token():
    assert code_of(403, made, make_user("nobody")) == "accounts.token-needs-role"


@pytest.mark.parametrize("days", [-1, 367])
def test_a_token_lasts_a_year_at_most(clerk, days):
    with pytest.raises(InputError):
        made(clerk, expires_on=today() + timedelta(days=days))
    new = made(clerk, expires_on=today() + timedelta(days=366))
    with pytest.raises(IntegrityError), transaction.atomic():
        ApiToken.objects.filter(pk=new.token.pk).update(
            expires_on=new.token.made_on + timedelta(days=days)
        )


@pytest.mark.parametrize("scopes", [(), ("everything",), ("plan:read", "accounts:write")])
def test_only_known_scopes_are_given(clerk, scopes):
    assert code_of(422, made, clerk, scopes=scopes) == "accounts.token-scope-unknown"


def test_twenty_tokens_are_enough(clerk):
    for _ in range(20):
        made(clerk)

    with pytest.raises(RuleError) as caught:
        made(clerk)
    assert caught.value.code == "accounts.token-too-many"


def test_a_scope_that_is_missing_is_refused_and_counted(clerk):
    new = made(clerk, scopes=("plan:read",))

    assert code_of(403, used, new.text, "tasks:report") == "accounts.token-scope-missing"
    assert ApiToken.objects.get().refusals == 1


def test_a_revoked_token_ends_at_once(clerk):
    new = made(clerk)
    used(new.text)
    actions.end_token(new.token, actor=clerk)

    assert code_of(401, used, new.text) == "accounts.token-revoked"
    assert code_of(409, actions.end_token, new.token, actor=clerk) == "accounts.token-ended-already"
    assert [entry.verb for entry in history_of(new.token)] == [
        "accounts.token.ended",
        "accounts.token.made",
    ]


def test_an_expired_token_stays_expired_when_the_clock_is_set_back(clerk, monkeypatch):
    new = made(clerk, expires_on=today() + timedelta(days=3))
    module = "zhiqiao.apps.accounts.actions.token_use.today"
    day = today()
    monkeypatch.setattr(module, lambda: day + timedelta(days=4))
    assert code_of(401, used, new.text) == "accounts.token-expired"
    monkeypatch.setattr(module, lambda: day + timedelta(days=1))

    assert code_of(401, used, new.text) == "accounts.token-expired"
    assert ApiToken.objects.get().refusals == 2


def test_a_token_is_good_on_its_last_day(clerk):
    assert used(made(clerk, expires_on=today()).text).user.pk == clerk.pk


def test_what_has_expired_is_ended_in_the_morning_and_makes_room(clerk, monkeypatch):
    token, lasting = made(clerk, expires_on=today()).token, made(clerk).token
    tomorrow = today() + timedelta(days=1)
    monkeypatch.setattr("zhiqiao.apps.accounts.actions.tokens.today", lambda: tomorrow)

    assert [actions.end_expired_tokens(), actions.end_expired_tokens()] == [1, 0]
    token.refresh_from_db()
    lasting.refresh_from_db()
    assert (token.ended_why, lasting.ended_why) == ("expired", "")


def test_an_offer_that_has_expired_is_not_drawn(clerk, guard, monkeypatch):
    offered = wanted(organisation=bureau().pk, expires_on=today())
    token = actions.offer_token(offered, owner=clerk, actor=guard)
    tomorrow = today() + timedelta(days=1)
    monkeypatch.setattr("zhiqiao.apps.accounts.actions.tokens.today", lambda: tomorrow)

    assert code_of(409, actions.draw_token, token, actor=clerk) == "accounts.token-drawn"


def test_answers_are_kept_for_two_days(clerk):
    token = made(clerk).token
    for days in (1, 3):
        KeptAnswer.objects.create(
            token=token,
            key=f"k{days}",
            request_digest="0" * 64,
            made_at=timezone.now() - timedelta(days=days),
        )

    assert actions.forget_answers() == 1
    assert KeptAnswer.objects.get().key == "k1"


def test_a_day_before_the_last_use_is_no_day_to_judge_by(clerk, monkeypatch):
    new = made(clerk)
    used(new.text)
    day = today()
    monkeypatch.setattr(
        "zhiqiao.apps.accounts.actions.token_use.today", lambda: day - timedelta(days=1)
    )

    assert code_of(503, used, new.text) == "accounts.token-clock-behind"


def test_a_closed_account_ends_its_tokens_for_good(clerk):
    new = made(clerk)
    actions.deactivate_account(clerk, actor=None, reason="离职")
    assert code_of(401, used, new.text) == "accounts.token-revoked"
    actions.reactivate_account(clerk, actor=None, reason="返岗")

    assert code_of(401, used, new.text) == "accounts.token-revoked"


def test_an_issued_password_ends_tokens_and_an_own_one_does_not(clerk):
    new = made(clerk)
    actions.set_own_password(clerk, "four words of my own")
    assert used(new.text).user.pk == clerk.pk
    actions.issue_one_time_password(clerk, actor=None, reason="忘记密码")

    assert code_of(401, used, new.text) == "accounts.token-revoked"


def test_a_token_rests_while_its_owner_is_not_in_effect(clerk):
    new = made(clerk)
    User.objects.filter(pk=clerk.pk).update(must_be_confirmed=True)

    assert code_of(401, used, new.text) == "accounts.token-rests"


def test_the_day_of_use_is_written_once(clerk, django_assert_num_queries):
    new = made(clerk)
    used(new.text)

    with django_assert_num_queries(3):
        used(new.text)
    assert ApiToken.objects.get().last_used_on == today()


def test_a_new_network_is_listed_and_told_once(clerk):
    new = made(clerk)
    for address in ("10.0.0.7", "10.0.0.9", "192.0.2.5", "192.0.2.5", "2001:db8::1"):
        used(new.text, address=address)

    token = ApiToken.objects.get()
    assert set(token.networks) == {"10.0.0.0/24", "192.0.2.0/24", "2001:db8::/48"}
    assert Event.objects.filter(name="accounts.token_new_network").count() == 2


def test_too_many_requests_wait_for_the_next_minute(clerk, monkeypatch):
    new = made(clerk, per_minute=3)
    module = "zhiqiao.apps.accounts.actions.token_use.time.time"
    monkeypatch.setattr(module, lambda: 6_000.0 + 20)
    for _ in range(3):
        used(new.text)
    with pytest.raises(Exception, match="token-too-fast") as caught:
        used(new.text)
    monkeypatch.setattr(module, lambda: 6_060.0)

    assert (caught.value.status, caught.value.parameters["after"]) == (429, 41)
    assert used(new.text).user.pk == clerk.pk
    assert ApiToken.objects.get().refusals == 0


def test_an_offered_token_is_seen_by_its_owner_alone(clerk, guard):
    body = bureau()
    token = actions.offer_token(wanted(organisation=body.pk), owner=clerk, actor=guard)

    assert code_of(403, actions.draw_token, token, actor=guard) == "accounts.token-of-another"
    new = actions.draw_token(token, actor=clerk)
    assert used(new.text).user.pk == clerk.pk
    assert code_of(409, actions.draw_token, token, actor=clerk) == "accounts.token-drawn"


def test_a_program_of_one_body_acts_for_no_other(clerk, guard):
    other = make_organisation("云岭学院")
    actions.grant_role(clerk, role="school-clerk", organisation=other.pk, actor=None)
    clerk = User.objects.get(pk=clerk.pk)
    token = actions.offer_token(wanted(organisation=other.pk), owner=clerk, actor=guard)

    program = used(actions.draw_token(token, actor=clerk).text).user

    assert isinstance(program, Program)
    assert program.roles_held == (("school-clerk", other.pk),)


def test_a_token_is_offered_by_the_security_administrator_alone(clerk):
    system = make_member(Role.SYSTEM_ADMIN, login="system")
    colleague = make_member(Role.BUREAU_LEAD, login="lead")
    for actor in (system, colleague):
        with pytest.raises(RefusedError):
            actions.offer_token(wanted(organisation=bureau().pk), owner=clerk, actor=actor)
    assert ApiToken.objects.count() == 0


def test_nobody_sees_or_ends_the_token_of_another(clerk, guard):
    token = made(clerk).token
    thief = make_member(Role.BUREAU_LEAD, login="thief")

    assert list(tokens_visible_to(thief)) == []
    assert list(tokens_visible_to(guard)) == [token]
    assert code_of(403, actions.end_token, token, actor=thief) == "accounts.token-of-another"


def client_of(person):
    client = Client()
    client.force_login(person)
    return client


def test_the_page_shows_a_token_once(clerk):
    client = client_of(clerk)
    given = {"name": "程序", "scopes": ["plan:read"], "expires_on": f"{today():%Y-%m-%d}"}
    shown = prove_again(client, client.post(reverse("accounts:tokens"), given))
    text = shown.context["new"].text
    later = client.get(reverse("accounts:tokens")).content.decode()

    assert text in shown.content.decode()
    assert "no-store" in shown.headers["Cache-Control"]
    assert text not in later
    assert text[:7] in later
    client.post(reverse("accounts:token_revoke", args=[shown.context["new"].token.uid]))
    assert code_of(401, used, text) == "accounts.token-revoked"


def test_the_page_keeps_what_was_typed_wrong(clerk):
    answer = client_of(clerk).post(reverse("accounts:tokens"), {"name": "程序", "expires_on": "x"})

    assert answer.status_code == 422
    assert "程序" in answer.content.decode()


def test_the_security_administrator_offers_on_the_page_and_the_owner_draws(clerk, guard):
    given = {"name": "报送程序", "scopes": ["tasks:report"], "expires_on": f"{today():%Y-%m-%d}"}
    given |= {"organisation": bureau().pk, "per_minute": "60"}
    offered = client_of(guard).post(reverse("accounts:user_tokens", args=[clerk.uid]), given)
    token = ApiToken.objects.get()
    client = client_of(clerk)
    drawn = prove_again(client, client.post(reverse("accounts:token_draw", args=[token.uid])))

    assert offered.status_code == 302
    assert is_well_typed(drawn.context["new"].text)
    assert client_of(guard).post(reverse("accounts:token_draw", args=[token.uid])).status_code in {
        403,
        404,
    }


def test_a_session_left_open_makes_no_token(clerk):
    client = client_of(clerk)
    given = {"name": "程序", "scopes": ["plan:read"], "expires_on": f"{today():%Y-%m-%d}"}
    asked = client.post(reverse("accounts:tokens"), given)
    client.post(asked["Location"], {"password": "wrong"})

    assert not ApiToken.objects.exists()


def test_the_table_of_rates_is_unlogged():
    with connection.cursor() as cursor:
        cursor.execute("SELECT relpersistence FROM pg_class WHERE relname = 'accounts_tokenrate'")
        assert cursor.fetchone() == ("u",)
