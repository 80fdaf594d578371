from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from zhiqiao.apps.accounts import actions
from zhiqiao.apps.accounts.forms import ApplicationForm, ReasonForm
from zhiqiao.apps.accounts.queries import applications_visible_to
from zhiqiao.apps.accounts.rules import can_connect_systems
from zhiqiao.apps.accounts.views.proving import prove_again
from zhiqiao.core.access import require


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_variables("new")
def show_applications(request: HttpRequest) -> HttpResponse:
    """List connected systems and connect a further one; its secret is shown in the answer alone."""
    require(can_connect_systems(request.user))
    form = ApplicationForm(request.POST or None, actor=request.user)
    if request.method == "POST" and form.is_valid():
        prove_again(request)
        new = actions.connect_application(form.wanted(), actor=request.user)
        return render(request, "accounts/application_shown.html", {"new": new})
    return _page(request, form, ReasonForm(), status=422 if form.errors else 200)


@login_required
@require_POST
def end_application(request: HttpRequest, uid: UUID) -> HttpResponse:
    require(can_connect_systems(request.user))
    application = get_object_or_404(applications_visible_to(request.user), uid=uid)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _page(request, ApplicationForm(None, actor=request.user), form, status=422)
    reason = form.cleaned_data["reason"]
    actions.end_application(application, actor=request.user, reason=reason)
    messages.success(request, _("The system is disconnected; nobody signs in to it from here."))
    return redirect("accounts:applications")


def _page(
    request: HttpRequest, form: ApplicationForm, reason_form: ReasonForm, *, status: int
) -> HttpResponse:
    context = {
        "applications": applications_visible_to(request.user),
        "form": form,
        "reason_form": reason_form,
    }
    return render(request, "accounts/applications.html", context, status=status)
