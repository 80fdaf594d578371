from allauth.account.views import LoginView, LogoutView, PasswordChangeView
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from zhiqiao.apps.accounts.forms import NewPasswordForm, SignInForm
from zhiqiao.apps.accounts.queries import memberships_visible_to
from zhiqiao.apps.accounts.rules import lacks_second_factor

sign_in = LoginView.as_view(form_class=SignInForm, template_name="accounts/sign_in.html")
sign_out = LogoutView.as_view(template_name="accounts/sign_out.html")
change_password = login_required(
    PasswordChangeView.as_view(
        form_class=NewPasswordForm, template_name="accounts/change_password.html"
    )
)


@require_safe
def show_closed(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/closed.html")


@never_cache
@login_required
@require_safe
def show_profile(request: HttpRequest) -> HttpResponse:
    memberships = memberships_visible_to(request.user).filter(user=request.user.pk)
    context = {"memberships": memberships, "lacks_factor": lacks_second_factor(request.user)}
    return render(request, "accounts/profile.html", context)


def not_offered(_request: HttpRequest, anything: str) -> HttpResponse:
    """Answer for allauth's other pages (sign-up, mail, reset): this platform does not have them."""
    raise Http404(anything)
