from datetime import timedelta
from io import BytesIO

import openpyxl
import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from zhiqiao.apps.accounts import actions
from zhiqiao.apps.accounts.choices import Role
from zhiqiao.apps.accounts.models import User
from zhiqiao.apps.accounts.queries import log_about
from zhiqiao.apps.accounts.tests.factories import bureau, make_member, make_user
from zhiqiao.core.models import AuditEntry

pytestmark = pytest.mark.django_db
LOG = reverse("accounts:log")


@pytest.fixture
def person():
    user = make_user()
    User.objects.filter(pk=user.pk).update(email="zhang.san@example.org")
    return User.objects.get(pk=user.pk)


@pytest.fixture
def security():
    return make_member(Role.SECURITY_ADMIN, login="security")


def verbs_about(user):
    return list(log_about(user).values_list("verb", "actor_name"))


def test_an_administrator_who_looks_stands_in_the_log_with_role(client, person, security):
    client.force_login(security)
    page = client.get(reverse("accounts:user", args=[person.uid]))
    assert "z***@example.org" in page.content.decode()
    assert "zhang.san" not in page.content.decode()
    assert verbs_about(person) == [("accounts.user.seen", "security")]
    client.force_login(person)
    shown = client.get(LOG).content.decode()
    assert "账号页面被打开" in shown
    assert "安全管理员" in shown


def test_looking_again_within_the_hour_is_one_line_and_later_two(client, person, security):
    client.force_login(security)
    page = reverse("accounts:user", args=[person.uid])
    client.get(page)
    client.get(page)
    assert len(verbs_about(person)) == 1
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        client.force_login(security)
        client.get(page)
    assert len(verbs_about(person)) == 2


def test_the_whole_address_needs_a_reason_that_its_owner_can_read(client, person, security):
    client.force_login(security)
    ask = reverse("accounts:user_address", args=[person.uid])
    assert client.post(ask, {"reason": ""}).status_code == 422
    assert "zhang.san" not in client.post(ask, {"reason": ""}).content.decode()
    assert "zhang.san@example.org" in client.post(ask, {"reason": "联系本人"}).content.decode()
    entry = AuditEntry.objects.get(verb="accounts.user.address_shown")
    assert (entry.reason, entry.actor_id, entry.subject_id) == ("联系本人", security.pk, person.pk)
    client.force_login(person)
    assert "联系本人" in client.get(LOG).content.decode()


def test_looking_at_oneself_is_no_look(security):
    actions.note_look(security, actor=security)
    assert ("accounts.user.seen", "security") not in verbs_about(security)


def test_nobody_reads_the_log_of_another(client, person, security):
    actions.note_look(person, actor=security)
    client.force_login(make_user("stranger"))
    assert client.get(LOG).context["lines"] == []


def test_the_log_comes_as_a_workbook(client, person, security):
    actions.note_look(person, actor=security)
    client.force_login(person)
    answer = client.get(reverse("accounts:log_export"))
    sheet = openpyxl.load_workbook(BytesIO(b"".join(answer.streaming_content))).active
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0] == ("时间", "事项", "经手人", "以何角色", "理由")
    assert rows[1][1:4] == ("账号页面被打开", "security", "安全管理员")


def test_a_role_that_was_granted_and_ended_stands_in_the_log_with_the_role_of_who_did_it(
    client, person, security
):
    held = actions.grant_role(
        person, role=Role.BUREAU_CLERK, organisation=bureau().pk, actor=security, reason="新任"
    )
    actions.end_membership(held, actor=security, reason="调离")
    client.force_login(person)
    lines = [
        (str(what), role, entry.reason) for entry, what, role in client.get(LOG).context["lines"]
    ]
    assert lines == [("角色已终止", "安全管理员", "调离"), ("角色已授予", "安全管理员", "新任")]


def test_opening_the_page_by_another_way_stands_in_the_log_too(client, person, security):
    client.force_login(security)
    client.post(reverse("accounts:user_grant", args=[person.uid]), {})
    assert verbs_about(person) == [("accounts.user.seen", "security")]
    system = make_member(Role.SYSTEM_ADMIN, login="system")
    client.force_login(system)
    client.get(reverse("accounts:user_hand_over", args=[person.uid]))
    assert ("accounts.user.seen", "system") in verbs_about(person)
