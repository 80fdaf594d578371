import pytest
from django.urls import reverse
from django.utils import translation

from zhiqiao.apps.accounts.choices import Role
from zhiqiao.apps.projects.tests import factories as items

pytestmark = pytest.mark.django_db


def titles(client):
    tasks = client.get("/workspace/").context["tasks"]
    with translation.override("en"):
        return [str(task.title) for task in tasks]


def test_workspace_asks_a_stranger_to_sign_in(client):
    response = client.get("/workspace/")

    assert response["Location"] == f"{reverse('account_login')}?next=/workspace/"


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        (
            Role.BUREAU_CLERK,
            [
                "Pending decisions",
                "Reports to review",
                "Tasks of the plan",
                "Waiting in admission",
                "Waiting in calls",
                "Unfinished imports",
                "Lists not loaded",
                "Unread notices",
            ],
        ),
        (
            Role.BUREAU_LEAD,
            [
                "Pending decisions",
                "Reports to review",
                "Tasks of the plan",
                "Waiting in admission",
                "Waiting in calls",
                "Lists not loaded",
                "Targets not met",
                "Unread notices",
            ],
        ),
        (
            Role.BODY_CLERK,
            [
                "To report and to answer",
                "Tasks of the plan",
                "To recommend",
                "Applications to hand in",
                "Unread notices",
            ],
        ),
        (
            Role.SCHOOL_CLERK,
            [
                "To report and to answer",
                "Files to review",
                "To recommend",
                "Applications to hand in",
                "Unfinished imports",
                "Unread notices",
            ],
        ),
        (Role.SYSTEM_ADMIN, ["Accounts", "Failed jobs", "Unread notices"]),
        (Role.SECURITY_ADMIN, ["Accounts", "Unread notices"]),
        (Role.AUDIT_ADMIN, ["Sealed audit entries", "Unread notices"]),
        (None, []),
    ],
)
def test_workspace_shows_the_tasks_of_the_role(client, role, expected):
    items.region()
    client.force_login(items.person(role=role))

    assert titles(client) == expected


def test_workspace_counts_the_rows_that_wait(client):
    items.region()
    items.recognition(kind="vr-base", level="")
    client.force_login(items.person())

    tasks = {task.address: task.count for task in client.get("/workspace/").context["tasks"]}

    assert tasks[reverse("projects:pending")] == 1
