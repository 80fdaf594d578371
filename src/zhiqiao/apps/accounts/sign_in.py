"""How allauth behaves here: nobody signs up, and a one-time password is replaced first."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from zhiqiao.apps.accounts.actions import set_own_password
from zhiqiao.apps.accounts.models import User


class ClosedSignup(DefaultAccountAdapter):  # type: ignore[misc] # allauth has no types
    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 - allauth's signature
        return False

    def post_login(
        self, request: HttpRequest, user: User, *, redirect_url: str | None, **rest: object
    ) -> HttpResponse:
        """Lead to the change of a one-time password first, whatever page was asked for."""
        if user.must_change_password:
            redirect_url = reverse("account_change_password")
        response: HttpResponse = super().post_login(
            request, user, redirect_url=redirect_url, **rest
        )
        return response

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:  # noqa: ARG002 - allauth's signature
        return reverse("accounts:profile")

    def set_password(self, user: User, password: str) -> None:
        set_own_password(user, password)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, object]) -> None:
        """Send nothing: this release has no mail, and no page of it promises any."""
