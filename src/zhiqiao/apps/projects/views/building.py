"""Building: the list of projects, one at a look, and changes, tasks, warnings and acceptance."""

from functools import partial
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from zhiqiao.apps.projects import actions, queries
from zhiqiao.apps.projects.forms import (
    AcceptanceForm,
    ChangeDecisionForm,
    ChangeForm,
    ReasonForm,
    TaskDoneForm,
    WarningForm,
)
from zhiqiao.apps.projects.forms.calls import YES
from zhiqiao.apps.projects.models import Application
from zhiqiao.apps.projects.rules import Part, can_run_calls, can_write, may_see, state_words
from zhiqiao.apps.projects.views.doors import (
    FORM_METHODS,
    Asked,
    answered,
    posted,
    signed_in_only,
    staff_only,
)
from zhiqiao.apps.projects.views.lists import ListFile, list_file, wanted_file
from zhiqiao.core.access import require
from zhiqiao.core.dates import today
from zhiqiao.core.errors import MissingError
from zhiqiao.core.files import store
from zhiqiao.core.models import StoredFile
from zhiqiao.core.paging import paginate


@signed_in_only
@require_safe
def list_projects(request: HttpRequest) -> HttpResponseBase:
    """Show what is being built: all to the bureau, their own to others."""
    late = request.GET.get("only") == "late"
    rows = queries.projects_visible_to(request.user, today=today(), late=late)
    if wanted_file(request):
        table = queries.project_table(rows)
        return list_file(
            request, ListFile("projects", _("Projects being built and running"), *table)
        )
    page = paginate(rows, request)
    lines = [(row, state_words(row, is_of_bureau=False)) for row in page.items]
    context = {"page": page, "lines": lines, "late": late}
    return render(request, "projects/building_list.html", context)


@require_safe
def show_project(request: HttpRequest, uid: UUID) -> HttpResponseBase:
    """Show a project: promised and reached to everybody, the rest to whom it concerns."""
    application = queries.application_visible_to(request.user, uid)
    viewers = queries.viewers_of(request.user, application)
    phase = application.phase
    if not may_see(viewers, Part.FIGURES, phase=phase):
        raise MissingError("projects.missing")
    is_inside = may_see(viewers, Part.BUILDING, phase=phase)
    board = queries.board_of(application) if is_inside else queries.figures_for_everybody(application)  # fmt: skip
    if wanted_file(request):
        made = ListFile("figures", application.title, *queries.figure_table(board))
        return list_file(request, made)
    context = {
        "application": application,
        "call": application.call,
        "state": state_words(application, is_of_bureau=False),
        "board": board,
    }
    if is_inside:
        context |= _inside(request, application)
    return render(request, "projects/building_project.html", context)


@signed_in_only
@require_http_methods(FORM_METHODS)
def ask_change(request: HttpRequest, uid: UUID) -> HttpResponse:
    application = queries.building_visible_to(request.user, uid)
    require(can_write(request.user, application))
    tasks = [actions.task_as_given(row) for row in queries.tasks_of(application)]
    promised, planned = queries.promised_of(application), queries.budget_of(application)
    form = ChangeForm(application, tasks, promised, planned, posted(request))
    asked = _asked(
        application, _("Ask for a change"), _("Ask"), _("The bureau decides on it."),
        _("Whatever you leave as it is does not change. Tasks are asked for here for the first time, too."),
    )  # fmt: skip
    write = partial(_ask_change, request, application, form)
    return answered(request, form, write, asked)


@signed_in_only
@require_http_methods(FORM_METHODS)
def show_change(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show a change side by side, and let the bureau decide."""
    change = queries.change_visible_to(request.user, uid)
    form = ChangeDecisionForm(posted(request))
    context = {
        "change": change,
        "application": change.application,
        "call": change.application.call,
        "lines": queries.compared(change),
        "form": form,
        "may_run": queries.is_of_bureau(request.user),
    }
    if request.method != "POST":
        return render(request, "projects/building_change.html", context)
    require(can_run_calls(request.user))
    asked = _asked(change.application, change.subject, _("Decide"), _("The decision was kept."))

    def write() -> None:
        given = form.cleaned_data
        approved = given["approved"] == YES
        actions.decide_change(change, approved=approved, answer=given["answer"], actor=request.user)

    return answered(request, form, write, asked)


@signed_in_only
@require_http_methods(FORM_METHODS)
def finish_task(request: HttpRequest, uid: UUID) -> HttpResponse:
    task = queries.task_visible_to(request.user, uid)
    require(can_write(request.user, task.application))
    form = TaskDoneForm(posted(request), request.FILES or None, initial={"done_on": today()})
    asked = _asked(task.application, task.title, _("Done"), _("The task is done."))

    def write() -> None:
        evidence = _stored(form.cleaned_data["file"], request)
        day = form.cleaned_data["done_on"]
        actions.finish_task(task, done_on=day, evidence=evidence, actor=request.user)

    return answered(request, form, write, asked)


@staff_only
@require_http_methods(FORM_METHODS)
def issue_warning(request: HttpRequest, uid: UUID) -> HttpResponse:
    application = queries.building_visible_to(request.user, uid)
    form = WarningForm(posted(request))
    asked = _asked(application, _("Warn the project"), _("Warn"), _("The warning was issued."))

    def write() -> None:
        actions.issue_warning(application, **form.cleaned_data, actor=request.user)

    return answered(request, form, write, asked)


@staff_only
@require_http_methods(FORM_METHODS)
def lift_warning(request: HttpRequest, uid: UUID) -> HttpResponse:
    warning = queries.warning_visible_to(request.user, uid)
    form = ReasonForm(posted(request))
    asked = _asked(
        warning.application, _("Lift the warning"), _("Lift it"), _("The warning was lifted."),
        warning.reason,
    )  # fmt: skip

    def write() -> None:
        actions.lift_warning(warning, why=form.cleaned_data["reason"], actor=request.user)

    return answered(request, form, write, asked)


@staff_only
@require_http_methods(FORM_METHODS)
def review_acceptance(request: HttpRequest, uid: UUID) -> HttpResponse:
    application = queries.building_visible_to(request.user, uid)
    form = AcceptanceForm(posted(request))
    asked = _asked(
        application, _("Enter the acceptance review"), _("Keep"), _("The review was kept."),
        queries.share_in_words(queries.share_of(application)),
    )  # fmt: skip

    def write() -> None:
        given = form.cleaned_data
        passed = given["passed"] == YES
        actions.review_acceptance(
            application, passed=passed, findings=given["findings"], actor=request.user
        )

    return answered(request, form, write, asked)


def _inside(request: HttpRequest, application: Application) -> dict[str, object]:
    reports = list(queries.reports_of(application))
    return {
        "is_inside": True,
        "reports": queries.report_lines(application, reports, today=today()),
        "tasks": queries.task_lines(application),
        "changes": queries.changes_of(application),
        "warnings": queries.warnings_of(application),
        "acceptances": queries.acceptances_of(application),
        "certificate": queries.certificate_in_force(application),
        "may_run": queries.is_of_bureau(request.user),
        "may_write": bool(can_write(request.user, application)),
    }


def _ask_change(request: HttpRequest, application: Application, form: ChangeForm) -> None:
    actions.ask_change(application, form.wanted(), actor=request.user)


def _stored(upload: UploadedFile | None, request: HttpRequest) -> StoredFile | None:
    if not upload:
        return None
    return store(upload.name or "", upload.chunks(), actor=request.user)


def _asked(application: Application, title: str, button: str, done: str, advice: str = "") -> Asked:
    back = reverse("projects:project", args=[application.uid])
    return Asked(title, button, done, application.call, back, advice, application.title)
