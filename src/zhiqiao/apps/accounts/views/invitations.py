from uuid import UUID

from allauth.core.internal import ratelimit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zhiqiao.apps.accounts import actions
from zhiqiao.apps.accounts.forms import AcceptForm, GuestForm
from zhiqiao.apps.accounts.models import Invitation
from zhiqiao.apps.accounts.queries import invitations_visible_to
from zhiqiao.apps.accounts.rules import can_open_accounts, can_see_people
from zhiqiao.core.access import require
from zhiqiao.core.errors import InputError, RuleError
from zhiqiao.core.paging import paginate


@never_cache
@login_required
@require_safe
def show_invitations(request: HttpRequest) -> HttpResponse:
    require(can_see_people(request.user))
    actions.end_overdue_invitations()
    page = paginate(invitations_visible_to(request.user), request)
    context = {"page": page, "may_invite": can_open_accounts(request.user)}
    return render(request, "accounts/invitations.html", context)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: HttpRequest) -> HttpResponse:
    require(can_open_accounts(request.user))
    form = GuestForm(request.POST or None, actor=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            sent = actions.invite(actions.Guest(**form.cleaned_data), actor=request.user)
        except RuleError as error:
            form.add_error(None, f"{error.message} {error.remedy}")
        else:
            return _show_sent(request, sent)
    status = 422 if form.errors else 200
    return render(request, "accounts/invite.html", {"form": form}, status=status)


@login_required
@require_POST
def invite_again(request: HttpRequest, uid: UUID) -> HttpResponse:
    require(can_open_accounts(request.user))
    sent = actions.invite_again(_invitation(request, uid), actor=request.user)
    return _show_sent(request, sent)


@login_required
@require_POST
def withdraw_invitation(request: HttpRequest, uid: UUID) -> HttpResponse:
    require(can_open_accounts(request.user))
    actions.withdraw_invitation(_invitation(request, uid), actor=request.user)
    messages.success(request, _("The invitation is withdrawn."))
    return redirect("accounts:invitations")


@never_cache
@sensitive_post_parameters("password", "again")
@sensitive_variables("token", "form")
@require_http_methods(["GET", "HEAD", "POST"])
def accept(request: HttpRequest, token: str) -> HttpResponse:
    """Let a guest choose login name and password; guessing tokens is slowed by address."""
    too_often: HttpResponse | None = ratelimit.consume_or_429(
        request, app="allauth.account", action="signup"
    )
    if too_often:
        return too_often
    invitation = actions.open_invitation(token)
    guest = {"name": invitation.name, "email": invitation.email}
    form = AcceptForm(request.POST or None, **guest)
    if request.method == "POST" and form.is_valid():
        login, password = form.cleaned_data["login"], form.cleaned_data["password"]
        try:
            actions.accept_invitation(token, login=login, password=password)
        except InputError as error:
            form.add_error("login", f"{error.message} {error.remedy}")
        except RuleError as error:
            form.add_error(None, f"{error.message} {error.remedy}")
        else:
            messages.success(request, _("Your account is open. Sign in with what you chose."))
            return redirect("account_login")
    context = {"form": form, "invitation": invitation}
    return render(request, "accounts/accept.html", context, status=422 if form.errors else 200)


def _show_sent(request: HttpRequest, sent: actions.Sent) -> HttpResponse:
    address = settings.ZHIQIAO_SITE_URL + reverse("accounts:accept", args=[sent.token])
    shown = "" if sent.is_mailed else address
    context = {"invitation": sent.invitation, "address": shown}
    return render(request, "accounts/invited.html", context)


def _invitation(request: HttpRequest, uid: UUID) -> Invitation:
    return get_object_or_404(invitations_visible_to(request.user), uid=uid)
