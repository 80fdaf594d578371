import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from zhiqiao.apps.accounts import actions
from zhiqiao.apps.accounts.choices import Role
from zhiqiao.apps.accounts.models import Invitation, User
from zhiqiao.apps.accounts.tests.factories import PASSWORD, bureau, make_member, make_user
from zhiqiao.core.errors import RefusedError, RuleError
from zhiqiao.core.jobs.runner import run_job
from zhiqiao.core.models import AuditEntry, Job

pytestmark = pytest.mark.django_db
OWN = {"login": "li.hua", "password": "four words of mine", "again": "four words of mine"}


@pytest.fixture(autouse=True)
def fresh_limits():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def system():
    return make_member(Role.SYSTEM_ADMIN, login="system")


def guest(**changed):
    known = {
        "name": "李华",
        "email": "li@example.org",
        "organisation": bureau().pk,
        "role": Role.BUREAU_LEAD,
    }
    return actions.Guest(**{**known, **changed})


def accept(client, token, **changed):
    return client.post(reverse("accounts:accept", args=[token]), {**OWN, **changed})


def test_a_guest_opens_an_account_without_a_role_and_signs_in(client, system):
    sent = actions.invite(guest(), actor=system)
    assert accept(client, sent.token).headers["Location"] == reverse("account_login")
    user = User.objects.get(login="li.hua")
    assert (user.name, user.email, user.role_names) == ("李华", "li@example.org", frozenset())
    client.post(reverse("account_login"), {"login": "li.hua", "password": OWN["password"]})
    assert client.get(reverse("accounts:profile")).status_code == 200


def test_the_proposed_role_is_granted_by_the_security_administrator_alone(client, system):
    sent = actions.invite(guest(), actor=system)
    accept(client, sent.token)
    user = User.objects.get(login="li.hua")
    with pytest.raises(RefusedError):
        actions.grant_role(user, role=Role.BUREAU_LEAD, organisation=bureau().pk, actor=system)
    security = make_member(Role.SECURITY_ADMIN, login="security")
    office = Client()
    office.post(reverse("account_login"), {"login": "security", "password": PASSWORD})
    page = office.get(reverse("accounts:user", args=[user.uid]))
    assert page.context["grant_form"]["role"].value() == Role.BUREAU_LEAD
    actions.grant_role(user, role=Role.BUREAU_LEAD, organisation=bureau().pk, actor=security)
    assert User.objects.get(pk=user.pk).role_names == {Role.BUREAU_LEAD}


def test_only_the_hash_of_the_token_is_kept(system):
    sent = actions.invite(guest(), actor=system)
    stored = str(Invitation.objects.values()[0]) + str(list(AuditEntry.objects.values()))
    assert sent.token not in stored
    assert sent.token not in repr(sent)


@pytest.mark.parametrize("role", [Role.SECURITY_ADMIN, Role.AUDIT_ADMIN, Role.BUREAU_LEAD])
def test_only_the_system_administrator_invites(role):
    with pytest.raises(RefusedError):
        actions.invite(guest(), actor=make_member(role))


def test_an_administrators_role_is_never_proposed(system, client):
    client.force_login(system)
    form = {"name": "李华", "email": "li@example.org", "organisation": "云岭省教育厅", "role": "security-admin",
            "language": "zh-hans"}  # fmt: skip
    assert client.post(reverse("accounts:invite"), form).status_code == 422
    assert not Invitation.objects.exists()


def test_a_token_works_once(client, system):
    sent = actions.invite(guest(), actor=system)
    accept(client, sent.token)
    answer = accept(client, sent.token, login="another")
    assert answer.status_code == 410
    assert "只能使用一次" in answer.content.decode()
    assert not User.objects.filter(login="another").exists()


def test_an_expired_invitation_stays_expired_when_the_clock_is_set_back(client, system):
    sent = actions.invite(guest(), actor=system)
    with time_machine.travel(timezone.now() + timedelta(days=7, minutes=1)):
        assert client.get(reverse("accounts:accept", args=[sent.token])).status_code == 410
    assert accept(client, sent.token).status_code == 410
    assert not User.objects.filter(login="li.hua").exists()


def test_a_clock_before_the_invitation_is_said(client, system):
    sent = actions.invite(guest(), actor=system)
    with time_machine.travel(timezone.now() - timedelta(days=30)):
        assert accept(client, sent.token).status_code == 409


def test_a_second_message_ends_the_first(client, system):
    first = actions.invite(guest(), actor=system)
    second = actions.invite_again(first.invitation, actor=system)
    assert accept(client, first.token).status_code == 404
    assert accept(client, second.token).status_code == 302


def test_a_withdrawn_invitation_is_over(client, system):
    sent = actions.invite(guest(), actor=system)
    actions.withdraw_invitation(sent.invitation, actor=system)
    assert accept(client, sent.token).status_code == 410
    with pytest.raises(RuleError, match="已撤回"):
        actions.withdraw_invitation(sent.invitation, actor=system)


def test_a_withdrawn_invitation_is_not_sent_again(system):
    sent = actions.invite(guest(), actor=system)
    actions.withdraw_invitation(sent.invitation, actor=system)
    with pytest.raises(RuleError, match="已撤回"):
        actions.invite_again(sent.invitation, actor=system)


def test_an_expired_invitation_is_sent_again_but_not_beside_a_newer_one(client, system):
    first = actions.invite(guest(), actor=system)
    with time_machine.travel(timezone.now() + timedelta(days=8)):
        actions.end_overdue_invitations()
        again = actions.invite_again(first.invitation, actor=system)
        assert accept(client, again.token).status_code == 302
    other = actions.invite(guest(email="wang@example.org"), actor=system)
    with time_machine.travel(timezone.now() + timedelta(days=8)):
        actions.end_overdue_invitations()
        actions.invite(guest(email="wang@example.org"), actor=system)
        with pytest.raises(RuleError, match="尚待接受"):
            actions.invite_again(other.invitation, actor=system)


def test_an_address_that_has_an_account_is_not_invited(system):
    user = make_user()
    User.objects.filter(pk=user.pk).update(email="li@example.org")
    with pytest.raises(RuleError):
        actions.invite(guest(email="LI@example.org"), actor=system)


def test_a_person_is_invited_once_at_a_time(system):
    actions.invite(guest(), actor=system)
    with pytest.raises(RuleError):
        actions.invite(guest(email="Li@example.org"), actor=system)


@pytest.mark.parametrize(
    ("changed", "field"),
    [({"again": "other words here"}, "again"), ({"password": "short", "again": "short"}, "password"),
     ({"login": "LI HUA"}, "login"), ({"password": "li@example.org", "again": "li@example.org"}, "password")],
)  # fmt: skip
def test_what_a_guest_types_wrong_is_said_and_nothing_is_used_up(client, system, changed, field):
    sent = actions.invite(guest(), actor=system)
    answer = accept(client, sent.token, **changed)
    assert answer.status_code == 422
    assert answer.context["form"].errors[field]
    assert accept(client, sent.token).status_code == 302


def test_guessing_tokens_is_slowed(client):
    statuses = {accept(client, f"guess-{number}").status_code for number in range(25)}
    assert statuses == {404, 429}


def test_without_a_mail_server_the_address_is_shown_once(client, system, settings):
    settings.EMAIL_HOST = ""
    client.force_login(system)
    form = {"name": "李华", "email": "li@example.org", "organisation": "云岭省教育厅", "role": "bureau-clerk",
            "language": "zh-hans"}  # fmt: skip
    bureau()
    shown = client.post(reverse("accounts:invite"), form).content.decode()
    (token,) = re.findall(r"/accounts/invitation/([\w-]+)/", shown)
    assert token not in client.get(reverse("accounts:invitations")).content.decode()
    assert accept(Client(), token).status_code == 302


def test_with_a_mail_server_the_person_alone_gets_the_address(client, system, settings):
    settings.EMAIL_HOST = "mail.example"
    client.force_login(system)
    sent = actions.invite(guest(), actor=system)
    assert sent.is_mailed
    job = Job.objects.get(kind="accounts.send_invitation")
    assert sent.token not in str(job.arguments)
    run_job(str(job.uid))
    (message,) = mail.outbox
    assert message.to == ["li@example.org"]
    assert sent.token in message.body
    assert "李华" not in message.subject


def test_a_sample_administrator_invites_samples_only(client, system):
    User.objects.filter(pk=system.pk).update(is_demonstration=True)
    sent = actions.invite(guest(), actor=User.objects.get(pk=system.pk))
    accept(client, sent.token)
    assert User.objects.get(login="li.hua").is_demonstration is True


def test_name_and_address_are_forgotten_long_after_the_end(system):
    sent = actions.invite(guest(), actor=system)
    actions.withdraw_invitation(sent.invitation, actor=system)
    assert actions.forget_guests() == 0
    with time_machine.travel(timezone.now() + timedelta(days=91)):
        assert actions.forget_guests() == 1
        assert actions.forget_guests() == 0
    kept = Invitation.objects.get()
    assert (kept.name, kept.email) == ("", "")
