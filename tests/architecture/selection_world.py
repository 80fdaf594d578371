"""Calls and applications in the states that the addresses of the selection need."""

from collections.abc import Mapping
from datetime import timedelta

from zhiqiao.apps.accounts.models import User
from zhiqiao.apps.accounts.tests.factories import bureau
from zhiqiao.apps.people.actions import TieGiven, declare_tie
from zhiqiao.apps.people.models import Person
from zhiqiao.apps.projects.actions import (
    ChangeWanted,
    TaskGiven,
    add_call_file,
    add_report_file,
    ask_change,
    issue_warning,
    object_to,
    sign_move,
    take_move,
)
from zhiqiao.apps.projects.actions.asking import ask_expert
from zhiqiao.apps.projects.models import (
    Application,
    ApplicationFile,
    BuildReport,
    BuildTask,
    Draw,
    Panel,
    PanelItem,
    Step,
    Visit,
)
from zhiqiao.apps.projects.tests.calls import make_application, make_call, make_expert_of
from zhiqiao.apps.registry.models import Organisation
from zhiqiao.core import files
from zhiqiao.core.dates import today


def selection_objects(people: Mapping[str, User], body: Organisation) -> dict[str, object]:
    """Return the objects by the place and name of the parameter that stands for them."""
    return {
        **_reviews(people),
        **_writing(),
        **_results(people),
        **_selection(people, body),
    }


def _writing() -> dict[str, object]:
    """An open call and a draft with a file, which the body of the school clerk writes."""
    call = make_call(kind="course-ideology-centre")
    draft = make_application(call, applicant=bureau())
    attached = ApplicationFile.objects.create(
        application=draft,
        wanted="annexes",
        file=files.store("annex.pdf", b"%PDF-1.7", actor=None),
        added_at=draft.begun_at,
    )
    return {
        "apply.uid": call.uid,
        "writing.uid": draft.uid,
        "part": "plan",
        "wanted": "annexes",
        "application-files.uid": attached.uid,
    }


def _results(people: Mapping[str, User]) -> dict[str, object]:
    """A project under construction of the bureau's body, and an application on public notice."""
    call = make_call(kind="talent-class")
    noticed = make_application(call, applicant=bureau(), state="publicity", number="2026-0002")
    Application.objects.filter(pk=noticed.pk).update(publicity_until=today())
    row = make_application(
        call, applicant=bureau(), state="publicity", number="2026-0001", title="在建项目"
    )
    objection = object_to(noticed, text="不实", name="某人", contact="1", actor=None)
    take_move(row, "recognise", actor=people["clerk"])
    sign_move(row, actor=people["lead"])
    project = Application.objects.select_related("call").get(pk=row.pk)
    task = BuildTask.objects.create(application=project, position=1, title="任务", due_on=today())
    wanted = ChangeWanted(
        subject="任务书", reason="x", tasks=[TaskGiven(title="x", due_on=today())]
    )
    change = ask_change(project, wanted, actor=people["school"])
    report = BuildReport.objects.filter(application=project).order_by("due_on").first()
    late = today() + timedelta(days=9)
    warning = issue_warning(project, reason="滞后", until=late, actor=people["clerk"])
    file = add_report_file(report, name="a.pdf", content=b"%PDF-1.4", actor=people["school"])
    return {
        "calls.uid": call.uid,
        "applications.uid": project.uid,
        "on-notice.uid": noticed.uid,
        "objections.uid": objection.uid,
        "receipts.code": objection.code,
        "certificates.code": project.certificates.get().code,
        "building.uid": project.uid,
        "building-changes.uid": change.uid,
        "building-tasks.uid": task.uid,
        "building-warnings.uid": warning.uid,
        "building-reports.uid": report.uid,
        "building-files.uid": file.uid,
    }


def _selection(people: Mapping[str, User], body: Organisation) -> dict[str, object]:
    """A call with one application in check, of the bureau's body, recommended by the other one."""
    call = make_call()
    row = make_application(call, applicant=bureau(), recommender=body, state="checking")
    file = add_call_file(call, title="", name="notice.txt", content=b"notice", actor=None)
    step = Step.objects.create(
        application=row, move="hand-in", from_state="draft", to_state="recommending",
        party="applicant", asked_at=row.begun_at, ended_at=row.begun_at, is_taken=True,
        asked_by=people["school"],
    )  # fmt: skip
    return {
        "move": "return",
        "calls.uid": call.uid,
        "call-files.uid": file.uid,
        "applications.uid": row.uid,
        "steps.uid": step.uid,
    }


def _reviews(people: Mapping[str, User]) -> dict[str, object]:
    """An application under review whose reviewer signs in as the candidate, a panel and a visit."""
    call = make_call(kind="mobile-station")
    application = make_application(call, state="reviewing")
    expert = make_expert_of(Person.objects.get(account=people["candidate"]))
    review = ask_expert(application, expert.pk, actor=None)
    draw = Draw.objects.create(call=call, made_at=review.asked_at)
    panel = Panel.objects.create(call=call, title="评审会", held_on=today())
    visit = Visit.objects.create(
        application=application,
        visited_on=today(),
        visitors="甲",
        report="属实",
        file=files.store("visit.txt", b"visit", actor=None),
        entered_at=review.asked_at,
    )
    annex = ApplicationFile.objects.create(
        application=application,
        wanted="annexes",
        file=files.store("annex.txt", b"annex", actor=None),
        added_at=review.asked_at,
    )
    tie = declare_tie(expert, TieGiven(kind="other", words="顾问"), actor=None)
    return {
        "calls.uid": call.uid,
        "applications.uid": application.uid,
        "application-files.uid": annex.uid,
        "my-reviews.uid": review.uid,
        "reviews.uid": review.uid,
        "draws.uid": draw.uid,
        "draws.application": application.uid,
        "panels.uid": panel.uid,
        "item": PanelItem.objects.create(panel=panel, application=application).pk,
        "visits.uid": visit.uid,
        "number": 1,
        "experts.uid": expert.uid,
        "expert-ties.uid": tie.uid,
    }
