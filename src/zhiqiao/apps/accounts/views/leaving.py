from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from zhiqiao.apps.accounts import actions
from zhiqiao.apps.accounts.forms import LeavingForm
from zhiqiao.apps.accounts.queries import memberships_visible_to, users_visible_to
from zhiqiao.apps.accounts.rules import can_keep_account
from zhiqiao.core.access import require
from zhiqiao.core.errors import RuleError
from zhiqiao.core.holdings import holdings_of


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def hand_over(request: HttpRequest, uid: UUID) -> HttpResponse:
    person = get_object_or_404(users_visible_to(request.user), uid=uid)
    require(can_keep_account(request.user, person))
    actions.note_look(person, actor=request.user)
    held = holdings_of(person)
    bodies = {one.organisation: one.organisation_name for one in held if one.organisation}
    form = LeavingForm(request.POST or None, person=person, bodies=bodies)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        try:
            actions.hand_over(person, form.successors(), actor=request.user, reason=reason)
        except RuleError as error:
            form.add_error(None, f"{error.message} {error.remedy}")
        else:
            messages.success(request, _("Everything is handed over, and the account is closed."))
            return redirect("accounts:user", uid=uid)
    memberships = memberships_visible_to(request.user).filter(user=person, ended_at=None)
    context = {"person": person, "held": held, "memberships": memberships, "form": form}
    status = 422 if form.errors else 200
    return render(request, "accounts/hand_over.html", context, status=status)
