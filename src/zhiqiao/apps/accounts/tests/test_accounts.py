from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings
from django.utils import translation

from zhiqiao.apps.accounts import actions
from zhiqiao.apps.accounts.actions import Person
from zhiqiao.apps.accounts.choices import Role
from zhiqiao.apps.accounts.models import User
from zhiqiao.apps.accounts.queries import roles_of
from zhiqiao.apps.accounts.tests.factories import make_member, make_user
from zhiqiao.apps.registry.queries import organisations_visible_to
from zhiqiao.core.errors import InputError, RefusedError, RuleError
from zhiqiao.core.models import AuditEntry

pytestmark = pytest.mark.django_db


def test_an_account_begins_with_a_password_to_replace_and_no_role():
    account = actions.create_account(login="Zhang.San", name="张三", actor=None)
    user = account.user
    assert (user.login, user.must_change_password, roles_of(user)) == (
        "zhang.san",
        True,
        frozenset(),
    )
    assert user.check_password(account.one_time_password)


@pytest.mark.parametrize("login", ["张三", "a", "a b", "-ab", "a" * 61, "a@b"])
def test_a_login_that_cannot_be_typed_everywhere_is_refused(login):
    with pytest.raises(InputError) as refused:
        actions.create_account(login=login, name="某人", actor=None)
    assert refused.value.code == "accounts.login_unreadable"


def test_logins_and_addresses_are_unique_whatever_their_case():
    actions.create_account(login="li.si", name="李四", email="Li@Example.org", actor=None)
    with pytest.raises(RuleError) as login:
        actions.create_account(login="LI.SI", name="李四", actor=None)
    with pytest.raises(RuleError) as email:
        actions.create_account(login="li.wu", name="李五", email="li@example.ORG", actor=None)
    assert (login.value.code, email.value.code) == (
        "accounts.login_taken",
        "accounts.email_taken",
    )


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.SYSTEM_ADMIN}))
def test_only_the_system_administrator_opens_and_closes(role):
    actor, user = make_member(role), make_user()
    for act in (
        lambda: actions.create_account(login="new", name="新人", actor=actor),
        lambda: actions.deactivate_account(user, actor=actor, reason="离职"),
        lambda: actions.issue_one_time_password(user, actor=actor, reason="忘记"),
    ):
        with pytest.raises(RefusedError) as refused:
            act()
        assert refused.value.code == "accounts.not_system_admin"


def test_nobody_closes_or_reissues_their_own_account():
    actor = make_member(Role.SYSTEM_ADMIN)
    for act in (actions.deactivate_account, actions.issue_one_time_password):
        with pytest.raises(RefusedError) as refused:
            act(actor, actor=actor, reason="误")
        assert refused.value.code == "accounts.own_account"


def test_closing_and_opening_again_is_traced():
    actor, user = make_member(Role.SYSTEM_ADMIN), make_user()
    actions.deactivate_account(user, actor=actor, reason="离职")
    assert actions.reactivate_account(user, actor=actor, reason="返聘").is_active
    verbs = AuditEntry.objects.filter(subject_id=user.pk, actor=actor).order_by("id")
    assert list(verbs.values_list("verb", "reason")) == [
        ("accounts.user.deactivated", "离职"),
        ("accounts.user.reactivated", "返聘"),
    ]


def test_an_own_password_puts_the_roles_into_effect():
    user = make_member(Role.BUREAU_CLERK)
    actions.issue_one_time_password(user, actor=None, reason="忘记")
    user = User.objects.get(pk=user.pk)
    before = roles_of(user)
    actions.set_own_password(user, "four words nobody guesses")
    assert (before, roles_of(user)) == (frozenset(), {Role.BUREAU_CLERK})


def test_no_password_and_no_hash_is_written_into_the_audit():
    account = actions.create_account(login="wang", name="王五", actor=None)
    actions.set_own_password(account.user, "four words nobody guesses")
    text = str(list(AuditEntry.objects.values_list("before", "after", "reason", "subject_label")))
    hashed = User.objects.get(login="wang").password
    assert "wang" in text
    assert [
        secret for secret in (account.one_time_password, "four words", hashed) if secret in text
    ] == []


def test_a_new_account_does_not_print_its_password():
    account = actions.create_account(login="wang", name="王五", actor=None)
    assert account.one_time_password not in repr(account)


@override_settings(ZHIQIAO_EMBEDDED=True)
def test_sample_accounts_cover_every_role_and_are_marked():
    users = actions.create_sample_accounts(password="sample-password-1")
    again = actions.create_sample_accounts(password="other-password-2")
    assert {user.login: roles_of(user) for user in users} == {
        "clerk": {Role.BUREAU_CLERK},
        "lead": {Role.BUREAU_LEAD},
        "body": {Role.BODY_CLERK},
        "school": {Role.SCHOOL_CLERK},
        "sysadmin": {Role.SYSTEM_ADMIN},
        "secadmin": {Role.SECURITY_ADMIN},
        "audit": {Role.AUDIT_ADMIN},
    }
    assert all(user.is_demonstration for user in users)
    assert [user.pk for user in again] == [user.pk for user in users]
    assert User.objects.get(login="clerk").check_password("sample-password-1")
    assert organisations_visible_to(None).count() == 0


@override_settings(ZHIQIAO_EMBEDDED=False)
def test_sample_accounts_are_refused_on_a_real_server():
    with pytest.raises(RuleError) as refused:
        actions.create_sample_accounts(password="sample-password-1")
    assert refused.value.code == "accounts.samples_need_embedded"
    assert User.objects.count() == 0


def bootstrap(**changes):
    people = {
        "system_admin": Person(login="sys", name="甲"),
        "security_admin": Person(login="sec", name="乙"),
        "organisation": "云岭省教育厅",
    }
    return actions.bootstrap_administrators(**{**people, **changes})


def test_the_first_two_administrators_are_two_persons_and_open_once():
    first, second = bootstrap()
    assert [{m.role for m in one.user.memberships.all()} for one in (first, second)] == [
        {Role.SYSTEM_ADMIN},
        {Role.SECURITY_ADMIN},
    ]
    with pytest.raises(RuleError) as again:
        bootstrap(system_admin=Person(login="x1", name="丙"))
    assert again.value.code == "accounts.bootstrapped_already"


def test_one_person_cannot_be_both_administrators():
    with pytest.raises(RuleError) as refused:
        bootstrap(security_admin=Person(login="SYS", name="甲"))
    assert refused.value.code == "accounts.bootstrap_needs_two"
    assert User.objects.count() == 0


def test_the_command_prints_each_password_once():
    out = StringIO()
    arguments = ["--system-login=sys", "--system-name=甲", "--security-login=sec"]
    arguments += ["--security-name=乙", "--organisation=云岭省教育厅"]
    with translation.override("en"):
        call_command("bootstrap_administrators", *arguments, stdout=out)
    lines = out.getvalue().splitlines()
    assert [line.split(":")[0] for line in lines] == ["sys", "sec"]
    with pytest.raises(CommandError):
        call_command("bootstrap_administrators", *arguments, stdout=out)


@override_settings(ZHIQIAO_EMBEDDED=True)
def test_first_real_accounts_close_the_samples_for_good():
    samples = actions.create_sample_accounts(password="sample-password-1")
    first, _second = bootstrap()

    assert not User.objects.filter(is_demonstration=True, is_active=True).exists()
    assert {roles_of(User.objects.get(pk=one.pk)) for one in samples} == {frozenset()}
    with pytest.raises(RuleError) as refused:
        actions.reactivate_account(samples[0], actor=first.user, reason="再试一次")
    assert refused.value.code == "accounts.samples_closed"
    with pytest.raises(RuleError) as closed:
        actions.create_sample_accounts(password="sample-password-1")
    assert closed.value.code == "accounts.samples_closed"


@override_settings(ZHIQIAO_EMBEDDED=True)
def test_what_a_sample_account_opens_is_a_sample():
    samples = actions.create_sample_accounts(password="sample-password-1")
    sysadmin = next(user for user in samples if user.login == "sysadmin")

    account = actions.create_account(login="wang", name="王五", actor=sysadmin)

    assert account.user.is_demonstration
