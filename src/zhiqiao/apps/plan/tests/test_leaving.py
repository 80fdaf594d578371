from datetime import date

import pytest
from django.urls import reverse

from zhiqiao.apps.accounts import actions
from zhiqiao.apps.accounts.choices import Role
from zhiqiao.apps.accounts.models import User
from zhiqiao.apps.accounts.tests.factories import bureau, make_member
from zhiqiao.apps.plan.actions import Assignment, Words, assign_part, save_report, take_up_tasks
from zhiqiao.apps.plan.models import ProgressReport, Task, TaskPart
from zhiqiao.apps.registry.tests.factories import make_organisation
from zhiqiao.core.errors import RefusedError, RuleError
from zhiqiao.core.models import AuditEntry, Event

pytestmark = pytest.mark.django_db
PERIOD = date(2026, 9, 30)


@pytest.fixture
def body():
    return make_organisation("云岭区教育局", kind="government")


@pytest.fixture
def leaver(body):
    return make_member(Role.BODY_CLERK, login="leaver", organisation=body)


@pytest.fixture
def successor(body):
    return make_member(Role.BODY_CLERK, login="successor", organisation=body)


@pytest.fixture
def system():
    return make_member(Role.SYSTEM_ADMIN, login="system")


@pytest.fixture
def part(body, leaver):
    clerk = make_member(Role.BUREAU_CLERK, login="clerk")
    take_up_tasks(actor=clerk)
    given = Assignment(
        organisation=body.pk, role="lead", starts_on=date(2026, 1, 1), person=leaver.pk
    )
    return assign_part(Task.objects.get(code="K02"), given, actor=clerk)


def test_what_a_person_holds_goes_to_the_successor_and_the_account_closes(
    client, part, body, leaver, successor, system
):
    client.force_login(system)
    page = reverse("accounts:user_hand_over", args=[leaver.uid])
    assert "K02" in client.get(page).content.decode()
    answer = client.post(page, {f"body_{body.pk}": successor.pk, "reason": "退休"})
    assert answer.status_code == 302
    assert TaskPart.objects.get(pk=part.pk).person_id == successor.pk
    assert User.objects.get(pk=leaver.pk).is_active is False
    entry = AuditEntry.objects.get(verb="accounts.user.handed_over")
    assert (entry.reason, entry.after["successors"]) == ("退休", {str(body.pk): "successor"})


def test_a_report_in_the_middle_loses_nothing_and_keeps_its_writer(
    part, body, leaver, successor, system
):
    save_report(part, PERIOD, Words(progress="已完成一半"), actor=leaver)
    actions.hand_over(leaver, {body.pk: successor}, actor=system, reason="调离")
    report = ProgressReport.objects.get()
    assert (report.progress, report.written_by_id, report.state) == (
        "已完成一半",
        leaver.pk,
        "draft",
    )
    words = Words(progress="已完成一半，其余下月完成", version=report.version)
    again = save_report(TaskPart.objects.get(pk=part.pk), PERIOD, words, actor=successor)
    assert again.progress == "已完成一半，其余下月完成"


def test_the_body_is_told(part, body, leaver, successor, system):
    before = Event.objects.count()
    actions.hand_over(leaver, {body.pk: successor}, actor=system, reason="调离")
    assert Event.objects.count() == before + 1


def test_without_a_successor_nothing_is_closed(client, part, body, leaver, system):
    with pytest.raises(RuleError):
        actions.hand_over(leaver, {}, actor=system, reason="调离")
    client.force_login(system)
    page = reverse("accounts:user_hand_over", args=[leaver.uid])
    assert client.post(page, {"reason": "调离"}).status_code == 422
    assert User.objects.get(pk=leaver.pk).is_active is True
    assert TaskPart.objects.get(pk=part.pk).person_id == leaver.pk


def test_a_successor_of_another_body_is_refused(part, body, leaver, system):
    stranger = make_member(Role.SCHOOL_CLERK, login="stranger", organisation=bureau())
    with pytest.raises(RuleError):
        actions.hand_over(leaver, {body.pk: stranger}, actor=system, reason="调离")
    with pytest.raises(RuleError):
        actions.hand_over(leaver, {body.pk: leaver}, actor=system, reason="调离")
    assert User.objects.get(pk=leaver.pk).is_active is True


@pytest.mark.parametrize("role", [Role.SECURITY_ADMIN, Role.AUDIT_ADMIN, Role.BUREAU_LEAD])
def test_only_the_system_administrator_hands_over(part, body, leaver, successor, role):
    with pytest.raises(RefusedError):
        actions.hand_over(
            leaver, {body.pk: successor}, actor=make_member(role, login="other"), reason="-"
        )


def test_somebody_without_anything_just_leaves(leaver, system):
    actions.hand_over(leaver, {}, actor=system, reason="离职")
    assert User.objects.get(pk=leaver.pk).is_active is False
