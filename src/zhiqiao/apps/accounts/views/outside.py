"""Accounts of another system: going there, coming back, and one's own list of them."""

import logging

from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST, require_safe
from requests import RequestException

from zhiqiao.apps.accounts import actions
from zhiqiao.apps.accounts.queries import outside_identities_of
from zhiqiao.apps.accounts.rules import can_use_outside_identity
from zhiqiao.apps.accounts.sign_in.outside import Conversation, refusal

logger = logging.getLogger(__name__)


@never_cache
@require_POST
def go_outside(request: HttpRequest, provider_id: str) -> HttpResponse:
    return _answered(OAuth2LoginView, request, provider_id)


@never_cache
@require_safe
def come_back(request: HttpRequest, provider_id: str) -> HttpResponse:
    return _answered(OAuth2CallbackView, request, provider_id)


@sensitive_variables()
def _answered(
    view: type[OAuth2LoginView | OAuth2CallbackView], request: HttpRequest, provider_id: str
) -> HttpResponse:
    """Ask the other system; what it answers may be nothing, or not what the standard says."""
    if settings.ZHIQIAO_IDENTITY is None:
        raise Http404
    try:
        answer: HttpResponse = view.adapter_view(Conversation(request, provider_id))(request)
    except (RequestException, LookupError, TypeError, ValueError) as error:
        logger.warning("accounts.other_system_failed", extra={"fault": type(error).__name__})
        return refusal(request, "silent")
    return answer


@never_cache
@login_required
@require_safe
def show_outside(request: HttpRequest) -> HttpResponse:
    if settings.ZHIQIAO_IDENTITY is None:
        raise Http404
    context = {
        "system": settings.ZHIQIAO_IDENTITY.name,
        "connected": outside_identities_of(request.user),
        "verdict": can_use_outside_identity(request.user),
    }
    return render(request, "accounts/outside.html", context)


@login_required
@require_POST
def end_outside(request: HttpRequest, pk: int) -> HttpResponse:
    if not actions.end_outside_identity(request.user, pk):
        raise Http404
    messages.success(request, _("The account of the other system is disconnected."))
    return redirect("accounts:outside")
