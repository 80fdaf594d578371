"""Four bodies that coordinate: the bureau, a department, a district and the neighbour's office."""

from dataclasses import dataclass
from datetime import date

import pytest

from zhiqiao.apps.accounts.choices import Role
from zhiqiao.apps.accounts.models import User
from zhiqiao.apps.accounts.tests.factories import bureau, make_member
from zhiqiao.apps.plan.actions import Assignment, Matter, assign_part, open_matter, take_up_tasks
from zhiqiao.apps.plan.models import Task, TaskPart
from zhiqiao.apps.registry.models import Organisation
from zhiqiao.apps.registry.tests.factories import make_organisation


@dataclass(frozen=True)
class TaskWorld:
    clerk: User
    lead: User
    department: User
    district: User
    neighbour: User
    bodies: dict[str, Organisation]
    task: Task
    part: TaskPart

    def assign(self, name, *, task=None, role="with", side="city", starts_on=date(2026, 1, 1)):
        given = Assignment(
            organisation=self.bodies[name].pk, role=role, side=side, starts_on=starts_on
        )
        return assign_part(task or self.task, given, actor=self.clerk)

    def matter(self, kind="two-cities"):
        given = Matter(
            kind=kind, title_zh="共建学分银行", title_en="One credit bank", article="A13"
        )
        return open_matter(given, actor=self.clerk)


def make_world() -> TaskWorld:
    bodies = {
        name: make_organisation(f"{name}（测试）", kind="government")
        for name in ("department", "district", "neighbour")
    }
    clerk = make_member(Role.BUREAU_CLERK, login="clerk", organisation=bureau())
    take_up_tasks(actor=clerk)
    task = Task.objects.get(code="K02")
    given = Assignment(
        organisation=bodies["department"].pk, role="lead", starts_on=date(2026, 1, 1)
    )
    return TaskWorld(
        clerk=clerk,
        lead=make_member(Role.BUREAU_LEAD, login="lead", organisation=bureau()),
        department=make_member(
            Role.BODY_CLERK, login="department", organisation=bodies["department"]
        ),
        district=make_member(Role.BODY_CLERK, login="district", organisation=bodies["district"]),
        neighbour=make_member(Role.BODY_CLERK, login="neighbour", organisation=bodies["neighbour"]),
        bodies=bodies,
        task=task,
        part=assign_part(task, given, actor=clerk),
    )


def code_of(kind, call, *args, **kwargs):
    with pytest.raises(kind) as caught:
        call(*args, **kwargs)
    return caught.value.code
