"""Calls: the list for everybody, one call, and what the bureau does with it."""

from uuid import UUID

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from zhiqiao.apps.projects import actions, queries
from zhiqiao.apps.projects.choices import CallStage, CallState, Level
from zhiqiao.apps.projects.forms import (
    CallFileForm,
    CallForm,
    ExtensionForm,
    QuotasForm,
    ReasonForm,
    call_of,
    kind_choices,
)
from zhiqiao.apps.projects.models import Call
from zhiqiao.apps.projects.rules import can_apply, can_run_calls
from zhiqiao.apps.projects.views.doors import FORM_METHODS, Asked, answered, posted, staff_only
from zhiqiao.apps.projects.views.lists import ListFile, list_file, wanted_file
from zhiqiao.apps.registry.queries import bodies_named, organisations_named
from zhiqiao.core.answering import note_refusal
from zhiqiao.core.dates import today
from zhiqiao.core.errors import InputError, RuleError
from zhiqiao.core.files import open_file
from zhiqiao.core.paging import paginate


@require_safe
def list_calls(request: HttpRequest) -> HttpResponseBase:
    wanted, now = _wanted(request), timezone.now()
    rows = queries.calls_listed(request.user, wanted, now=now)
    if wanted_file(request):
        return list_file(request, ListFile("calls", _("Calls"), *queries.call_table(rows, now)))
    page = paginate(rows, request)
    samples = queries.calls_listed(request.user, queries.CallFilter(), now=now, sample=True)
    context = {
        "page": page,
        "lines": queries.call_lines(page.items, now),
        "wanted": wanted,
        "kinds": kind_choices(),
        "levels": Level.choices,
        "years": queries.years_of_calls(request.user),
        "stages": [one for one in CallStage.choices if one[0] != CallStage.DRAFT or _may_run(request)],
        "samples": queries.call_lines(list(samples[:10]), now),
        "may_run": _may_run(request),
        "may_apply": bool(can_apply(request.user)),
    }  # fmt: skip
    part = "#rows" if request.htmx else ""  # type: ignore[attr-defined] # set by the htmx middleware
    return render(request, f"projects/calls_list.html{part}", context)


@require_safe
def show_call(request: HttpRequest, uid: UUID) -> HttpResponse:
    call = queries.call_visible_to(request.user, uid)
    may_run, outline = _may_run(request), queries.outline_of(call)
    counts = queries.state_counts(request.user, call)
    context = {
        "call": call,
        "kind": queries.kind_or_missing(call.kind),
        "clock": queries.clock_of(call, queries.closes_at(call), timezone.now()),
        "outline": outline,
        "lifecycle": outline.rules.lifecycle,
        "files": call.files.select_related("file"),
        "extensions": queries.extensions_visible_to(request.user, call),
        "quotas": call.quotas.select_related("organisation") if may_run else (),
        "counts": [(name, state, counts[name]) for name, state in outline.rules.flow.states.items() if name in counts],
        "work": queries.work_in_call(request.user, call, day=today()) if may_run else None,
        "bodies": queries.recommending_bodies(request.user, call),
        "own": queries.own_applications(request.user).filter(call=call),
        "may_run": may_run,
        "may_apply": bool(can_apply(request.user)),
    }  # fmt: skip
    return render(request, "projects/calls_call.html", context)


@require_safe
def download_call_file(request: HttpRequest, uid: UUID) -> FileResponse:
    """Send a file of an announcement to whoever may read the call."""
    stored = queries.call_file_visible_to(request.user, uid).file
    return FileResponse(
        open_file(stored),
        as_attachment=True,
        filename=stored.name,
        content_type=stored.media_type or "application/octet-stream",
    )


@staff_only
@require_http_methods(FORM_METHODS)
def new_call(request: HttpRequest) -> HttpResponse:
    form = CallForm(posted(request), initial={"year": today().year, "reserve_places": 0})
    if form.is_valid():
        try:
            call = actions.prepare_call(form.given(), actor=request.user)
        except (InputError, RuleError) as error:
            note_refusal(form, error)
        else:
            return redirect(call)
    asked = Asked(_("Prepare a call"), _("Save as a draft"), "", None, reverse("projects:calls"))
    status = 422 if form.errors else 200
    return render(request, "projects/calls_ask.html", {"form": form, "asked": asked}, status=status)


@staff_only
@require_http_methods(FORM_METHODS)
def change_call(request: HttpRequest, uid: UUID) -> HttpResponse:
    call = queries.call_visible_to(request.user, uid)
    form = CallForm(posted(request), initial=call_of(call))
    asked = _asked(call, _("Change the call"), _("Save"), _("The call was changed."))
    return answered(
        request,
        form,
        lambda: actions.change_call(call, form.given(), actor=request.user),
        asked,
    )


@staff_only
@require_http_methods(FORM_METHODS)
def publish_call(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show the rules that the call would keep, with their digest, and publish on the button."""
    call = queries.call_visible_to(request.user, uid)
    preview = actions.rules_to_keep(call) if call.state == CallState.DRAFT else None
    if request.method == "POST":
        try:
            actions.publish_call(call, actor=request.user)
        except RuleError as error:
            refusal = f"{error.message} {error.remedy}"
        else:
            return redirect(call)
    else:
        refusal = ""
    context = {
        "call": call,
        "outline": queries.outline_of(call),
        "preview": preview,
        "refusal": refusal,
    }
    status = 409 if refusal else 200
    return render(request, "projects/calls_publish.html", context, status=status)


@staff_only
@require_http_methods(FORM_METHODS)
def close_call(request: HttpRequest, uid: UUID) -> HttpResponse:
    call = queries.call_visible_to(request.user, uid)
    form = ReasonForm(posted(request))
    asked = _asked(call, _("Close the call"), _("Close"), _("The call was closed."),
                   _("Nothing of it is selected any more; what is being built goes on."))  # fmt: skip
    return answered(
        request,
        form,
        lambda: actions.close_call(call, actor=request.user, reason=form.cleaned_data["reason"]),
        asked,
    )


@staff_only
@require_http_methods(FORM_METHODS)
def extend_call(request: HttpRequest, uid: UUID) -> HttpResponse:
    call = queries.call_visible_to(request.user, uid)
    form = ExtensionForm(posted(request))

    def write() -> None:
        given = form.cleaned_data
        actions.extend_call(
            call,
            until=given["until"],
            actor=request.user,
            reason=given["reason"],
            organisation=_body_named(given["organisation"]),
        )

    asked = _asked(call, _("More time to apply"), _("Extend"), _("There is more time now."))
    return answered(request, form, write, asked)


@staff_only
@require_http_methods(FORM_METHODS)
def set_quotas(request: HttpRequest, uid: UUID) -> HttpResponse:
    call = queries.call_visible_to(request.user, uid)
    quotas = call.quotas.select_related("organisation")
    lines = "\n".join(f"{row.organisation.name} {row.most}" for row in quotas)
    form = QuotasForm(posted(request), initial={"lines": lines})
    asked = _asked(call, _("Quotas of recommendations"), _("Save"), _("The quotas were set."),
                   _("A table can be brought in as Excel, too: see the page of the call."))  # fmt: skip
    return answered(
        request,
        form,
        lambda: actions.set_quotas_named(call, form.cleaned_data["lines"], actor=request.user),
        asked,
    )


@staff_only
@require_http_methods(FORM_METHODS)
def add_call_file(request: HttpRequest, uid: UUID) -> HttpResponse:
    call = queries.call_visible_to(request.user, uid)
    form = CallFileForm(posted(request), request.FILES or None)

    def write() -> None:
        given = form.cleaned_data
        actions.add_call_file(
            call,
            title=given["title"],
            name=given["file"].name,
            content=given["file"].chunks(),
            actor=request.user,
        )

    asked = _asked(call, _("Add a file to the call"), _("Add"), _("The file was added."))
    return answered(request, form, write, asked)


def _asked(call: Call, title: str, button: str, done: str, advice: str = "") -> Asked:
    return Asked(title, button, done, call, call.get_absolute_url(), advice)


def _body_named(name: str) -> int | None:
    if not name:
        return None
    matched = organisations_named([name])[name].organisation_id
    found = matched or bodies_named({name}).get(name)
    if found is None:
        raise InputError("projects.body-unknown", name=name)
    return found


def _may_run(request: HttpRequest) -> bool:
    return request.user.is_authenticated and bool(can_run_calls(request.user))


def _wanted(request: HttpRequest) -> queries.CallFilter:
    given = request.GET
    return queries.CallFilter(
        text=given.get("q", "")[:100],
        kind=given.get("kind", ""),
        level=given.get("level", ""),
        year=given.get("year", ""),
        stage=given.get("stage", ""),
    )
