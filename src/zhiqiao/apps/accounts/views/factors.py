"""One's own second factors and sessions: allauth's views with our pages."""

from allauth.account.views import ReauthenticateView
from allauth.mfa.base import views as base
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as keys
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from zhiqiao.apps.accounts import actions
from zhiqiao.apps.accounts.queries import sessions_of
from zhiqiao.apps.accounts.views.visits import Visit, places_of

# A page with a secret, or one that follows from it, is kept nowhere.
show_factors = never_cache(base.IndexView.as_view(template_name="accounts/factors.html"))
ask_factor = never_cache(base.AuthenticateView.as_view(template_name="accounts/ask_factor.html"))
ask_password_again = never_cache(
    ReauthenticateView.as_view(template_name="accounts/ask_password_again.html")
)
ask_code_again = never_cache(
    base.ReauthenticateView.as_view(template_name="accounts/ask_code_again.html")
)
ask_key_again = never_cache(
    keys.ReauthenticateWebAuthnView.as_view(
        template_name="accounts/ask_key_again.html",
        extra_context={"button": "mfa_webauthn_reauthenticate"},
    )
)
add_app = never_cache(totp.ActivateTOTPView.as_view(template_name="accounts/add_app.html"))
remove_app = never_cache(totp.DeactivateTOTPView.as_view(template_name="accounts/remove_app.html"))
show_codes = never_cache(
    codes.ViewRecoveryCodesView.as_view(template_name="accounts/recovery_codes.html")
)
draw_codes = never_cache(
    codes.GenerateRecoveryCodesView.as_view(template_name="accounts/draw_codes.html")
)
add_key = never_cache(
    keys.AddWebAuthnView.as_view(
        template_name="accounts/add_key.html", extra_context={"button": "mfa_webauthn_add"}
    )
)
show_keys = never_cache(keys.ListWebAuthnView.as_view(template_name="accounts/keys.html"))
remove_key = never_cache(keys.RemoveWebAuthnView.as_view(template_name="accounts/remove_key.html"))
name_key = never_cache(keys.EditWebAuthnView.as_view(template_name="accounts/name_key.html"))
sign_in_by_key = never_cache(keys.LoginWebAuthnView.as_view())


@never_cache
@login_required
@require_safe
def show_sessions(request: HttpRequest) -> HttpResponse:
    found = sessions_of(request.user)
    here = request.session.session_key
    visits = [
        Visit(
            pk=one.pk,
            places=places_of(one),
            since=one.created_at,
            is_here=one.session_key == here,
        )
        for one in sorted(found, key=lambda one: one.last_seen_at, reverse=True)
    ]
    return render(request, "accounts/sessions.html", {"visits": visits})


@login_required
@require_POST
def end_session(request: HttpRequest, pk: int) -> HttpResponse:
    if not actions.end_session(request.user, pk):
        raise Http404
    messages.success(request, _("The session is ended."))
    return redirect("usersessions_list")


@login_required
@require_POST
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    actions.end_other_sessions(request.user, but=request.session.session_key or "")
    messages.success(request, _("All other sessions are ended."))
    return redirect("usersessions_list")
