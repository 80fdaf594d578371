import pytest
from django.urls import reverse
from django.utils import translation

from zhiqiao.apps.accounts.choices import Role
from zhiqiao.apps.projects.actions import take_move
from zhiqiao.apps.projects.models import Standing
from zhiqiao.apps.projects.tests import factories as items
from zhiqiao.apps.projects.tests.calls import make_application, make_call, people

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


@pytest.mark.parametrize(
    ("language", "title"), [("en", "Return for correction"), ("zh-hans", "退回补正")]
)
def test_recent_work_names_a_move_by_its_title_in_the_language_of_the_reader(
    client, language, title
):
    application = make_application(make_call(), state="checking")
    clerk = people()["clerk"]
    take_move(application, "return", actor=clerk, reason="缺少盖章页")
    client.force_login(clerk)
    client.cookies["zhiqiao_language"] = language
    page = client.get("/workspace/")

    (line,) = page.context["recent"]
    assert (line.move, line.entry.reason) == (title, "缺少盖章页")
    assert f" · {title}</p>" in page.content.decode()


def test_step_that_waits_is_named_in_recent_work_without_a_reason_that_nobody_gave(client):
    application = make_application(make_call(), state="deciding")
    Standing.objects.update(proposal="recognise")
    clerk = people()["clerk"]
    take_move(application, "announce", actor=clerk)
    client.force_login(clerk)
    client.cookies["zhiqiao_language"] = "en"

    (line,) = client.get("/workspace/").context["recent"]
    assert (line.entry.verb, line.move, line.entry.reason) == (
        "projects.application.asked",
        "Put on public notice",
        "",
    )
