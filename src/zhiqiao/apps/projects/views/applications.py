"""Applications: the lists of the bureau and of applicants, one application, and its moves."""

from collections.abc import Callable
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zhiqiao.apps.projects import actions, queries
from zhiqiao.apps.projects.choices import PHASES
from zhiqiao.apps.projects.forms import (
    MoveForm,
    PutOffForm,
    ReasonForm,
    SeveralMovesForm,
    TickedForm,
)
from zhiqiao.apps.projects.models import Application, Call
from zhiqiao.apps.projects.rules import Part, Viewer, can_write, may_see
from zhiqiao.apps.projects.views.doors import (
    FORM_METHODS,
    Asked,
    answered,
    posted,
    signed_in_only,
    staff_only,
)
from zhiqiao.apps.projects.views.lists import ListFile, list_file, wanted_file
from zhiqiao.core.answering import attempted
from zhiqiao.core.dates import today
from zhiqiao.core.fields import Provenance
from zhiqiao.core.paging import paginate
from zhiqiao.core.policy import spoken
from zhiqiao.packs import Phase

# Part 2's template, where it is there, shows everything that was written; this one the answers.


@staff_only
@require_safe
def list_applications(request: HttpRequest, uid: UUID) -> HttpResponseBase:
    call = queries.call_visible_to(request.user, uid)
    wanted = _wanted(request)
    rows = queries.applications_of_call(request.user, call, wanted, day=today())
    if wanted_file(request):
        table = queries.application_table(rows, call)
        is_sample = call.provenance == Provenance.DEMONSTRATION
        made = ListFile("applications", call.title, *table, is_sample=is_sample)
        return list_file(request, made)
    page = paginate(rows, request, per_page=50)
    context = {
        "call": call,
        "page": page,
        "lines": queries.application_lines(page.items, [Viewer.BUREAU], day=today(), call=call),
        "wanted": wanted,
        "states": queries.rules_in_force(call).flow.states,
        "phases": PHASES.items(),
        "areas": queries.areas_of_call(request.user, call),
        "moves": queries.moves_for_many(request.user, call, wanted.state),
        "sort": wanted.sort,
    }
    part = "#rows" if request.htmx else ""  # type: ignore[attr-defined] # set by the htmx middleware
    return render(request, f"projects/calls_applications.html{part}", context)


@signed_in_only
@require_safe
def list_own_applications(request: HttpRequest) -> HttpResponseBase:
    rows = queries.applications_of_own(request.user)
    if wanted_file(request):
        table = queries.own_table(rows, day=today())
        return list_file(request, ListFile("my-applications", _("My applications"), *table))
    page = paginate(rows, request)
    lines = queries.application_lines(page.items, [Viewer.APPLICANT], day=today())
    context = {"page": page, "lines": lines}
    return render(request, "projects/calls_own.html", context)


@require_safe
def show_application(request: HttpRequest, uid: UUID) -> HttpResponse:
    application = queries.application_visible_to(request.user, uid)
    viewers = queries.sighted_viewers(request.user, application)
    sees = {part.value: may_see(viewers, part, phase=application.phase) for part in Part}
    is_staff = Viewer.BUREAU in viewers
    context = {
        "application": application,
        "call": application.call,
        "kind": queries.kind_or_missing(application.call.kind),
        "lifecycle": application.call.rules.lifecycle,
        "state": queries.state_told(viewers, application, today()),
        "sees": sees,
        "moves": queries.moves_offered(request.user, application, timezone.now()),
        "waiting": queries.waiting_told(application) if is_staff and sees[Part.STEPS] else None,
        "steps": queries.steps_told(viewers, application),
        "shown": _content_shown(application) if sees[Part.CONTENT] else None,
        "may_write": application.phase == Phase.DRAFTING and bool(can_write(request.user, application)),
        "is_staff": is_staff,
        "shows_number": application.number and (is_staff or sees[Part.CONTENT]),
    }  # fmt: skip
    return render(request, "projects/calls_application.html", context)


def _content_shown(application: Application) -> queries.ShownContent:
    return queries.shown_content(queries.written_of(application))


@signed_in_only
@require_http_methods(FORM_METHODS)
def take_move(request: HttpRequest, uid: UUID, move: str) -> HttpResponse:
    application = queries.application_visible_to(request.user, uid)
    offered = queries.move_offered(request.user, application, move, timezone.now())
    form = MoveForm(posted(request), asks_reason=offered.asks_reason)
    title = spoken(offered.move.title)
    asked = Asked(
        title,
        title,
        _("It is done, or waits for the second person who signs."),
        application.call,
        application.get_absolute_url(),
        " ".join(offered.missing),
        application.title,
    )

    def write() -> None:
        reason = form.cleaned_data["reason"]
        actions.take_move(application, move, actor=request.user, reason=reason)

    return answered(request, form, write, asked)


@staff_only
@require_POST
def sign_move(request: HttpRequest, uid: UUID) -> HttpResponse:
    application = queries.application_visible_to(request.user, uid)
    return attempted(
        request,
        lambda: actions.sign_move(application, actor=request.user),
        done=_("You have signed the step."),
        back=application.get_absolute_url(),
    )


@staff_only
@require_http_methods(FORM_METHODS)
def take_step_back(request: HttpRequest, uid: UUID) -> HttpResponse:
    application = queries.application_visible_to(request.user, uid)
    form = ReasonForm(posted(request))
    asked = _asked(
        application,
        _("Take the waiting step back"),
        _("Take it back"),
        _("The step was taken back; nothing changed."),
    )

    def write() -> None:
        reason = form.cleaned_data["reason"]
        actions.refuse_move(application, actor=request.user, reason=reason)

    return answered(request, form, write, asked)


@staff_only
@require_http_methods(FORM_METHODS)
def put_off(request: HttpRequest, uid: UUID) -> HttpResponse:
    application = queries.application_visible_to(request.user, uid)
    form = PutOffForm(posted(request), initial={"due_on": application.due_on})
    asked = _asked(
        application,
        _("More time for an application"),
        _("Give more time"),
        _("There is more time now."),
    )

    def write() -> None:
        actions.put_off(application, **form.cleaned_data, actor=request.user)

    return answered(request, form, write, asked)


@staff_only
@require_POST
def move_several(request: HttpRequest, uid: UUID) -> HttpResponse:
    call = queries.call_visible_to(request.user, uid)
    form = SeveralMovesForm(request.POST)

    def move() -> actions.Moved:
        given = form.cleaned_data
        return actions.move_many(
            call, given["move"], given["rows"], actor=request.user, reason=given["reason"]
        )

    return _several(request, call, form, move)


@staff_only
@require_POST
def sign_several(request: HttpRequest, uid: UUID) -> HttpResponse:
    call = queries.call_visible_to(request.user, uid)
    form = TickedForm(request.POST)

    def sign() -> actions.Moved:
        return actions.sign_many(call, form.cleaned_data["rows"], actor=request.user)

    return _several(request, call, form, sign)


@require_safe
def show_step(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show the paper that a step gave, as it is printed on A4."""
    told = queries.step_visible_to(request.user, uid)
    application = told.step.application
    context = {
        "told": told,
        "application": application,
        "call": application.call,
        "paper": told.paper,
        "due": application.due_on if application.state == told.step.to_state else None,
    }
    return render(request, "projects/calls_paper.html", context)


def _several(
    request: HttpRequest, call: Call, form: TickedForm, write: Callable[[], actions.Moved]
) -> HttpResponse:
    """Say how many went on and, by number, why others did not."""
    moved = write() if form.is_valid() else None
    context = {
        "call": call,
        "form": form,
        "moved": moved,
        "back": f"{reverse('projects:applications', args=[call.uid])}{_query(request)}",
    }
    status = 422 if form.errors else 200
    return render(request, "projects/calls_moved.html", context, status=status)


def _query(request: HttpRequest) -> str:
    """Return the filters of the list from where rows were ticked."""
    query = request.GET.urlencode()
    return f"?{query}" if query else ""


def _asked(application: Application, title: str, button: str, done: str) -> Asked:
    back = application.get_absolute_url()
    return Asked(title, button, done, application.call, back, subject=application.title)


def _wanted(request: HttpRequest) -> queries.ApplicationFilter:
    given = request.GET
    return queries.ApplicationFilter(
        text=given.get("q", "")[:100],
        state=given.get("state", ""),
        phase=given.get("phase", ""),
        applicant=given.get("applicant", "")[:100],
        area=given.get("area", ""),
        only=given.get("only", ""),
        sort=given.get("sort", ""),
    )
