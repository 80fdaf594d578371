"""A system administrator who issues a password must not come by the roles of its owner."""

from io import StringIO

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from zhiqiao.apps.accounts import actions
from zhiqiao.apps.accounts.choices import Role
from zhiqiao.apps.accounts.models import User
from zhiqiao.apps.accounts.queries import roles_of
from zhiqiao.apps.accounts.tests.factories import make_member, make_user
from zhiqiao.core.audit import history_of
from zhiqiao.core.errors import RefusedError, RuleError

pytestmark = pytest.mark.django_db
OWN = "my own four words"
VICTIMS = [Role.SECURITY_ADMIN, Role.AUDIT_ADMIN, Role.SYSTEM_ADMIN, Role.BUREAU_LEAD]


def taken_over(victim: User, thief: User) -> Client:
    """Do what the thief would: issue, sign in with it, set a password of the thief's own."""
    cache.clear()
    account = actions.issue_one_time_password(victim, actor=thief, reason="忘记密码")
    client = Client()
    given = {"login": victim.login, "password": account.one_time_password}
    client.post(reverse("account_login"), given)
    passwords = {
        "oldpassword": account.one_time_password,
        "password1": OWN,
        "password2": OWN,
    }
    client.post(reverse("account_change_password"), passwords)
    return client


@pytest.mark.parametrize("role", VICTIMS)
def test_an_issued_password_gives_no_role(role):
    thief = make_member(Role.SYSTEM_ADMIN, login="thief")
    victim = make_member(role, login="victim")
    taken_over(victim, thief)
    victim = User.objects.get(pk=victim.pk)
    assert victim.check_password(OWN)
    assert roles_of(victim) == frozenset()


def test_a_thief_with_a_security_administrators_password_grants_nothing():
    thief = make_member(Role.SYSTEM_ADMIN, login="thief")
    victim = make_member(Role.SECURITY_ADMIN, login="victim")
    friend = make_user("friend")
    client = taken_over(victim, thief)
    answers = [
        client.get(reverse("accounts:users")),
        client.post(reverse("accounts:user_grant", args=[friend.uid])),
        client.post(reverse("accounts:user_confirm", args=[victim.uid]), {"reason": "是本人"}),
    ]
    assert [answer.status_code for answer in answers] == [403, 403, 403]


def test_neither_a_second_password_nor_reopening_takes_the_confirmation_away():
    thief = make_member(Role.SYSTEM_ADMIN, login="thief")
    victim = make_member(Role.AUDIT_ADMIN, login="victim")
    taken_over(victim, thief)
    actions.deactivate_account(victim, actor=thief, reason="离职")
    actions.reactivate_account(victim, actor=thief, reason="返岗")
    taken_over(victim, thief)
    assert roles_of(User.objects.get(pk=victim.pk)) == frozenset()


def test_the_security_administrator_confirms_with_a_trace(client):
    issuer = make_member(Role.SYSTEM_ADMIN, login="sys")
    confirmer = make_member(Role.SECURITY_ADMIN, login="sec")
    person = make_member(Role.BUREAU_LEAD, login="lead")
    taken_over(person, issuer)
    client.force_login(confirmer)
    page = client.get(reverse("accounts:user", args=[person.uid]))
    answer = client.post(
        reverse("accounts:user_confirm", args=[person.uid]), {"reason": "已与本人通话"}
    )
    person = User.objects.get(pk=person.pk)
    entry = history_of(person)[0]
    assert (bool(page.context["may_confirm"]), answer.status_code) == (True, 302)
    assert roles_of(person) == {Role.BUREAU_LEAD}
    assert (entry.verb, entry.actor, entry.reason) == (
        "accounts.user.confirmed",
        confirmer,
        "已与本人通话",
    )


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.SECURITY_ADMIN}))
def test_nobody_but_a_security_administrator_confirms(role):
    actor = make_member(role, login="actor")
    person = make_member(Role.BUREAU_LEAD, login="lead")
    taken_over(person, make_member(Role.SYSTEM_ADMIN, login="sys"))
    with pytest.raises(RefusedError) as refused:
        actions.confirm_person(person, actor=actor, reason="是本人")
    assert refused.value.code == "accounts.not_security_admin"


def test_nobody_confirms_oneself_or_twice():
    confirmer = make_member(Role.SECURITY_ADMIN, login="sec")
    with pytest.raises(RefusedError) as oneself:
        actions.confirm_person(confirmer, actor=confirmer, reason="是本人")
    with pytest.raises(RuleError) as nothing:
        actions.confirm_person(make_user("other"), actor=confirmer, reason="是本人")
    assert (oneself.value.code, nothing.value.code) == (
        "accounts.own_confirmation",
        "accounts.nothing_to_confirm",
    )


def test_an_account_without_roles_needs_no_confirmation():
    person = make_user("new")
    actions.issue_one_time_password(
        person, actor=make_member(Role.SYSTEM_ADMIN, login="sys"), reason="忘记密码"
    )
    assert User.objects.get(pk=person.pk).must_be_confirmed is False


def test_the_operator_helps_the_only_security_administrator():
    person = make_member(Role.SECURITY_ADMIN, login="sec")
    out = StringIO()
    call_command("issue_password", "sec", "--reason=唯一的安全管理员忘记密码", stdout=out)
    person = User.objects.get(pk=person.pk)
    assert person.check_password(out.getvalue().strip())
    assert (person.must_change_password, person.must_be_confirmed) == (True, False)
    with pytest.raises(CommandError):
        call_command("issue_password", "nobody", "--reason=试试")
