"""The check of form: the questions beside the content, and on to the next application of the stack."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from zhiqiao.apps.projects import actions, queries
from zhiqiao.apps.projects.forms import CheckForm
from zhiqiao.apps.projects.models import Application
from zhiqiao.apps.projects.rules import Part, Viewer, may_see
from zhiqiao.apps.projects.views.doors import FORM_METHODS, posted, staff_only
from zhiqiao.core.answering import note_refusal
from zhiqiao.core.dates import today
from zhiqiao.core.errors import InputError, MissingError, RuleError


@staff_only
@require_http_methods(FORM_METHODS)
def check_form(request: HttpRequest, uid: UUID) -> HttpResponse:
    application = queries.application_visible_to(request.user, uid)
    viewers = queries.viewers_of(request.user, application)
    if not may_see(viewers, Part.CHECKS, phase=application.phase):
        raise MissingError("projects.missing")
    form = CheckForm(application, queries.latest_checks(application), posted(request))
    if form.is_valid() and _was_answered(request, application, form):
        return redirect("projects:application_check", uid=application.uid)
    context = {
        "application": application,
        "call": application.call,
        "lifecycle": application.call.rules.lifecycle,
        "state": queries.state_told([Viewer.BUREAU], application, today()),
        "form": form,
        "answers": queries.latest_checks(application),
        "moves": queries.moves_offered(request.user, application, timezone.now()),
        "waiting": queries.waiting_told(application),
        "shown": queries.shown_content(queries.written_of(application)),
        "sees": {part.value: may_see(viewers, part, phase=application.phase) for part in Part},
    }
    status = 422 if form.errors else 200
    return render(request, "projects/calls_check.html", context, status=status)


@staff_only
@require_safe
def check_next(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Lead to the next form that waits to be checked, behind the one named in the address."""
    call = queries.call_visible_to(request.user, uid)
    after = queries.application_named(request.user, call, request.GET.get("after", ""))
    found = queries.next_to_check(request.user, call, after=after)
    if found is None:
        messages.info(request, _("No other form waits to be checked."))
        return redirect(after or call)
    return redirect("projects:application_check", uid=found.uid)


def _was_answered(request: HttpRequest, application: Application, form: CheckForm) -> bool:
    try:
        made = actions.answer_checks(application, form.found(), actor=request.user)
    except (InputError, RuleError) as error:
        note_refusal(form, error)
        return False
    words = _("The answers are kept.") if made else _("Nothing was changed.")
    messages.success(request, words)
    return True
