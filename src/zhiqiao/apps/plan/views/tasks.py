"""Tasks: the list, the ledger, one task, and what the bureau does with it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zhiqiao.apps.plan import actions, queries
from zhiqiao.apps.plan.choices import Side, TaskKind, TaskState
from zhiqiao.apps.plan.forms import (
    AssignmentForm,
    ClosingForm,
    MatterForm,
    PersonForm,
    ReasonForm,
    ViewForm,
)
from zhiqiao.apps.plan.rules import can_coordinate, can_decide_tasks, can_write_for
from zhiqiao.apps.plan.views.doors import Asked, answered, participants_only
from zhiqiao.core.access import require
from zhiqiao.core.dates import today
from zhiqiao.core.exports import workbook_response
from zhiqiao.core.paging import paginate
from zhiqiao.core.policy import current_pack


@participants_only
@require_safe
def list_tasks(request: HttpRequest) -> HttpResponse:
    wanted = _wanted(request)
    page = paginate(queries.tasks_visible_to(request.user, wanted=wanted), request)
    context = {
        "page": page,
        "lines": queries.task_lines(page.items, today=today()),
        "wanted": wanted,
        "articles": current_pack().articles.values(),
        "kinds": TaskKind.choices,
        "states": TaskState.choices,
        "tally": queries.task_tally(request.user),
        "may_coordinate": bool(can_coordinate(request.user)),
        "not_taken_up": queries.tasks_not_taken_up(request.user),
        "sample": getattr(request.user, "is_demonstration", False),
    }
    if request.htmx:  # type: ignore[attr-defined] # set by the htmx middleware
        return render(request, "plan/tasks.html#rows", context)
    return render(request, "plan/tasks.html", context)


@participants_only
@require_safe
def download_ledger(request: HttpRequest) -> HttpResponseBase:
    rows = queries.ledger_rows(request.user, _wanted(request))
    return workbook_response(f"tasks-{today():%Y-%m-%d}.xlsx", queries.LEDGER, rows)


@participants_only
@require_safe
def show_task(request: HttpRequest, uid: UUID) -> HttpResponse:
    task = queries.task_visible_to(request.user, uid)
    pack = current_pack()
    context = {
        "task": task,
        "article": pack.articles.get(task.article),
        "targets": [pack.targets[name] for name in task.targets if name in pack.targets],
        "duties": [pack.duties[name] for name in task.duties if name in pack.duties],
        "mechanisms": [pack.mechanisms[n] for n in task.mechanisms if n in pack.mechanisms],
        "definition": queries.named_bodies(task),
        "parts": queries.parts_shown_to(request.user, task),
        "sides": queries.sides_of(task),
        "history": queries.history_of_task(request.user, task),
        "may_coordinate": bool(can_coordinate(request.user)),
        "may_decide": bool(can_decide_tasks(request.user)),
        "consequences": queries.consequences(today=today()),
    }
    return render(request, "plan/task.html", context)


@participants_only
@require_POST
def take_up(request: HttpRequest) -> HttpResponse:
    sample = bool(getattr(request.user, "is_demonstration", False))
    counts = actions.take_up_tasks(actor=request.user, demonstration=sample)
    words = _("%(opened)d tasks were opened, %(changed)d follow new words of the plan.")
    messages.success(request, words % counts)
    return redirect("plan:tasks")


@participants_only
@require_http_methods(["GET", "HEAD", "POST"])
def open_matter(request: HttpRequest) -> HttpResponse:
    require(can_coordinate(request.user))
    form = MatterForm(request.POST or None)
    if form.is_valid():
        task = actions.open_matter(actions.Matter(**form.cleaned_data), actor=request.user)
        messages.success(request, _("The matter was opened; now say which bodies take part."))
        return redirect(task)
    status = 422 if form.errors else 200
    return render(request, "plan/matter.html", {"form": form}, status=status)


@participants_only
@require_http_methods(["GET", "HEAD", "POST"])
def assign(request: HttpRequest, uid: UUID) -> HttpResponse:
    task = queries.task_visible_to(request.user, uid)
    require(can_coordinate(request.user))
    has_sides = task.kind != TaskKind.CITY
    form = AssignmentForm(request.POST or None, has_sides=has_sides, initial={"starts_on": today()})

    def write() -> None:
        given = form.cleaned_data
        assignment = actions.Assignment(
            organisation=queries.body_named(request.user, given["body"]),
            role=given["role"],
            side=given.get("side", Side.CITY),
            starts_on=given["starts_on"],
        )
        actions.assign_part(task, assignment, actor=request.user)

    words = Asked(
        _("Give a body its part"),
        _("Assign"),
        _("The body has its part; its reports count from that day."),
        task,
        task.get_absolute_url(),
    )
    return answered(request, form, write, words)


@participants_only
@require_http_methods(["GET", "HEAD", "POST"])
def put_in_charge(request: HttpRequest, uid: UUID) -> HttpResponse:
    part = queries.part_visible_to(request.user, uid)
    require(can_coordinate(request.user))
    form = PersonForm(
        request.POST or None, organisation=part.organisation_id, initial={"person": part.person_id}
    )

    def write() -> None:
        person = form.cleaned_data["person"]
        actions.put_in_charge(part, person=person.pk if person else None, actor=request.user)

    words = Asked(
        _("Who is in charge in %(body)s") % {"body": part.organisation.name},
        _("Save"),
        _("The person in charge was saved."),
        part.task,
        part.task.get_absolute_url(),
    )
    return answered(request, form, write, words)


@participants_only
@require_http_methods(["GET", "HEAD", "POST"])
def end_part(request: HttpRequest, uid: UUID) -> HttpResponse:
    part = queries.part_visible_to(request.user, uid)
    require(can_coordinate(request.user))
    form = ReasonForm(request.POST or None)
    words = Asked(
        _("End the part of %(body)s") % {"body": part.organisation.name},
        _("End this part"),
        _("The part has ended; its reports stay. Assign the body that takes over."),
        part.task,
        part.task.get_absolute_url(),
    )
    return answered(
        request,
        form,
        lambda: actions.end_part(part, actor=request.user, reason=form.cleaned_data["reason"]),
        words,
    )


@participants_only
@require_http_methods(["GET", "HEAD", "POST"])
def close_task(request: HttpRequest, uid: UUID) -> HttpResponse:
    task = queries.task_visible_to(request.user, uid)
    require(can_decide_tasks(request.user))
    form = ClosingForm(request.POST or None)

    def write() -> None:
        given = form.cleaned_data
        done = given["ending"] == "done"
        actions.close_task(task, done=done, actor=request.user, reason=given["reason"])

    words = Asked(
        _("Close the task %(number)s") % {"number": task.code},
        _("Close the task"),
        _("The task is closed; everything in it stays."),
        task,
        task.get_absolute_url(),
    )
    return answered(request, form, write, words)


@participants_only
@require_http_methods(["GET", "HEAD", "POST"])
def write_view(request: HttpRequest, uid: UUID) -> HttpResponse:
    part = queries.part_visible_to(request.user, uid)
    require(can_write_for(request.user, part))
    form = ViewForm(request.POST or None)
    words = Asked(
        part.get_side_display(),
        _("Save the view"),
        _("The view of your side was saved."),
        part.task,
        part.task.get_absolute_url(),
    )
    return answered(
        request,
        form,
        lambda: actions.write_view(part, text=form.cleaned_data["text"], actor=request.user),
        words,
    )


def _wanted(request: HttpRequest) -> queries.TaskFilter:
    given = request.GET
    return queries.TaskFilter(
        text=given.get("q", "")[:100],
        article=given.get("article", ""),
        kind=given.get("kind", ""),
        state=given.get("state", ""),
        lead=given.get("lead", ""),
    )
