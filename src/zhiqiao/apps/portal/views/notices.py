from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zhiqiao.apps.portal import actions
from zhiqiao.apps.portal.forms.notices import WishesForm
from zhiqiao.apps.portal.queries.notices import (
    deliveries_visible_to,
    dispatches_visible_to,
    hours_of,
    notices_visible_to,
    unread_count,
    wishes_of,
)
from zhiqiao.apps.portal.rules import can_see_dispatches
from zhiqiao.core import events
from zhiqiao.core.access import require
from zhiqiao.core.errors import RuleError
from zhiqiao.core.paging import paginate

SHOWN = 100


@login_required
@require_safe
def list_notices(request: HttpRequest) -> HttpResponse:
    context = {
        "page": paginate(notices_visible_to(request.user), request),
        "unread": unread_count(request.user),
        "may_see_messages": bool(can_see_dispatches(request.user)),
    }
    return render(request, "portal/notices.html", context)


@login_required
@require_POST
def read_notices(request: HttpRequest) -> HttpResponse:
    actions.mark_all_read(actor=request.user)
    return redirect("portal:notices")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def choose_notices(request: HttpRequest) -> HttpResponse:
    hours = hours_of(request.user)
    initial = {name: getattr(hours, name) for name in ("quiet_from", "quiet_to", "digest_at")}
    form = WishesForm(request.POST or None, wishes=wishes_of(request.user), initial=initial)
    if form.is_valid():
        actions.choose_notices(form.wishes(), form.hours(), actor=request.user)
        messages.success(request, _("Your choices are kept; they hold for notices from now on."))
        return redirect("portal:notices")
    status = 422 if form.errors else 200
    return render(request, "portal/notice_wishes.html", {"form": form}, status=status)


@login_required
@require_safe
def list_dispatches(request: HttpRequest) -> HttpResponse:
    require(can_see_dispatches(request.user))
    context = {
        "page": paginate(dispatches_visible_to(request.user), request),
        "deliveries": list(deliveries_visible_to(request.user)[:SHOWN]),
    }
    return render(request, "portal/dispatches.html", context)


@login_required
@require_POST
def retry_dispatch(request: HttpRequest, uid: UUID) -> HttpResponse:
    require(can_see_dispatches(request.user))
    dispatch = get_object_or_404(dispatches_visible_to(request.user), uid=uid)
    try:
        actions.retry_dispatch(dispatch, actor=request.user)
    except RuleError as error:
        messages.error(request, f"{error.message} {error.remedy}")
    else:
        messages.success(request, _("The message is sent again."))
    return redirect("portal:dispatches")


@login_required
@require_POST
def retry_delivery(request: HttpRequest, uid: UUID) -> HttpResponse:
    require(can_see_dispatches(request.user))
    delivery = get_object_or_404(deliveries_visible_to(request.user), uid=uid)
    events.retry_delivery(delivery, actor=request.user, reason="")
    messages.success(request, _("The event is delivered again."))
    return redirect("portal:dispatches")
