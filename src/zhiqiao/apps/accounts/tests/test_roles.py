import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from zhiqiao.apps.accounts.actions import end_membership, grant_role
from zhiqiao.apps.accounts.choices import ADMIN_ROLES, BUSINESS_ROLES, Role
from zhiqiao.apps.accounts.models import Membership
from zhiqiao.apps.accounts.queries import holds_role, memberships_visible_to, roles_of
from zhiqiao.apps.accounts.tests.factories import bureau, make_member, make_user
from zhiqiao.apps.registry.tests.factories import make_organisation
from zhiqiao.core.audit import history_of
from zhiqiao.core.errors import RefusedError, RuleError

pytestmark = pytest.mark.django_db
PAIRS = [
    (first, second)
    for first in Role
    for second in Role
    if first != second and (first in ADMIN_ROLES or second in ADMIN_ROLES)
]


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_the_rule_keeps_administrators_apart(first, second):
    user = make_member(first)
    with pytest.raises(RuleError) as refused:
        grant_role(user, role=second, organisation=bureau().pk, actor=None)
    assert refused.value.code == "accounts.administrator_has_other_role"


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_the_database_keeps_administrators_apart(first, second):
    user = make_member(first)
    with (
        pytest.raises(IntegrityError, match="membership_separates_administrators"),
        transaction.atomic(),
    ):
        Membership.objects.create(
            user=user, organisation=bureau(), role=second, granted_at=timezone.now()
        )


def test_the_database_refuses_a_role_that_is_changed_into_an_administrators():
    user = make_member(Role.BUREAU_CLERK)
    grant_role(user, role=Role.BUREAU_LEAD, organisation=bureau().pk, actor=None)
    with (
        pytest.raises(IntegrityError, match="membership_separates_administrators"),
        transaction.atomic(),
    ):
        user.memberships.filter(role=Role.BUREAU_LEAD).update(role=Role.AUDIT_ADMIN)


def test_business_roles_may_be_held_together():
    user = make_user()
    for role in sorted(BUSINESS_ROLES):
        grant_role(user, role=role, organisation=bureau().pk, actor=None)
    assert roles_of(user) == BUSINESS_ROLES


def test_an_administrator_may_take_another_role_after_the_first_ended():
    user = make_member(Role.SYSTEM_ADMIN)
    end_membership(user.memberships.get(), actor=None, reason="调岗")
    grant_role(user, role=Role.BUREAU_CLERK, organisation=bureau().pk, actor=None)
    assert roles_of(user) == {Role.BUREAU_CLERK}


def test_a_role_counts_in_its_organisation():
    school = make_organisation("甲学院")
    user = make_member(Role.SCHOOL_CLERK, organisation=school)
    assert holds_role(user, Role.SCHOOL_CLERK, school.pk)
    assert not holds_role(user, Role.SCHOOL_CLERK, bureau().pk)


def test_a_closed_account_and_one_with_an_issued_password_have_no_role_in_effect():
    user = make_member(Role.BUREAU_CLERK)
    for field, value in (("is_active", False), ("must_change_password", True)):
        other = type(user).objects.get(pk=user.pk)
        setattr(other, field, value)
        assert roles_of(other) == frozenset()
    assert roles_of(user) == {Role.BUREAU_CLERK}


def test_roles_are_read_once_per_request(django_assert_num_queries):
    user = make_member(Role.BUREAU_CLERK)
    user.forget_roles()
    with django_assert_num_queries(1):
        assert roles_of(user) == {Role.BUREAU_CLERK}
        assert holds_role(user, Role.BUREAU_CLERK)


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.SECURITY_ADMIN}))
def test_only_the_security_administrator_grants(role):
    actor, user = make_member(role), make_user()
    with pytest.raises(RefusedError) as refused:
        grant_role(user, role=Role.BUREAU_CLERK, organisation=bureau().pk, actor=actor)
    assert refused.value.code == "accounts.not_security_admin"


def test_the_security_administrator_grants_with_a_trace():
    actor, user = make_member(Role.SECURITY_ADMIN), make_user()
    membership = grant_role(
        user, role=Role.BUREAU_CLERK, organisation=bureau().pk, actor=actor, reason="申请表"
    )
    entry = history_of(membership)[0]
    assert (entry.verb, entry.actor, entry.reason) == ("accounts.role.granted", actor, "申请表")
    assert membership.granted_by == actor


def test_nobody_grants_to_oneself():
    actor = make_member(Role.SECURITY_ADMIN)
    with pytest.raises(RefusedError) as refused:
        grant_role(actor, role=Role.SECURITY_ADMIN, organisation=bureau().pk, actor=actor)
    assert refused.value.code == "accounts.role_to_oneself"
    with pytest.raises(IntegrityError, match="membership_is_not_granted_to_oneself"):
        Membership.objects.filter(user=actor).update(granted_by=actor)


def test_a_role_is_granted_once_and_ended_once():
    user = make_member(Role.BUREAU_CLERK)
    with pytest.raises(RuleError) as twice:
        grant_role(user, role=Role.BUREAU_CLERK, organisation=bureau().pk, actor=None)
    membership = end_membership(user.memberships.get(), actor=None, reason="离职")
    with pytest.raises(RuleError) as again:
        end_membership(membership, actor=None, reason="离职")
    assert (twice.value.code, again.value.code) == (
        "accounts.role_held_already",
        "accounts.membership_ended",
    )


def test_others_see_only_their_own_memberships():
    clerk, admin = make_member(Role.BUREAU_CLERK), make_member(Role.SECURITY_ADMIN, login="sec")
    assert [row.user for row in memberships_visible_to(clerk)] == [clerk]
    assert {row.user for row in memberships_visible_to(admin)} == {clerk, admin}
    assert list(memberships_visible_to(None)) == []
