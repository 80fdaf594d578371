"""How allauth behaves here: nobody signs up, a one-time password is replaced first, factors are sealed."""

import re

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy

from zhiqiao.apps.accounts.actions import (
    demand_new_password_when_due,
    note_factor_change,
    set_own_password,
)
from zhiqiao.apps.accounts.models import User
from zhiqiao.apps.accounts.queries import is_used_before
from zhiqiao.apps.accounts.rules import lacks_second_factor, may_remove_factor
from zhiqiao.core.sealing import seal, unseal

FACTOR_VERBS = {
    "totp_activated": "accounts.user.app_added",
    "totp_deactivated": "accounts.user.app_removed",
    "webauthn_added": "accounts.user.key_added",
    "webauthn_removed": "accounts.user.key_removed",
    "recovery_codes_generated": "accounts.user.codes_drawn",
}
OUTSIDE_OF_ANOTHER = "socialaccount/messages/account_connected_other.txt"
_STYLE = re.compile(r' style="[^"]*"')


class ClosedSignup(DefaultAccountAdapter):  # type: ignore[misc] # allauth has no types
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "too_many_login_attempts": gettext_lazy(
            "There were too many wrong attempts. Wait five minutes and try again, or ask the security"
            " administrator to lift the lock."
        ),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 - allauth's signature
        return False

    def post_login(
        self, request: HttpRequest, user: User, *, redirect_url: str | None, **rest: object
    ) -> HttpResponse:
        """Lead to what must be done first, whatever page was asked for: password, then factor."""
        demand_new_password_when_due(user)
        if user.must_change_password:
            redirect_url = reverse("account_change_password")
        elif lacks_second_factor(user):
            redirect_url = reverse("mfa_index")
        response: HttpResponse = super().post_login(
            request, user, redirect_url=redirect_url, **rest
        )
        return response

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:  # noqa: ARG002 - allauth's signature
        return reverse("accounts:profile")

    def set_password(self, user: User, password: str) -> None:
        set_own_password(user, password)

    def send_notification_mail(
        self,
        template_prefix: str,
        user: User,
        context: dict[str, object] | None = None,  # noqa: ARG002 - allauth's signature
        email: str | None = None,  # noqa: ARG002
    ) -> None:
        """Keep in the audit what allauth would mail: a factor came or went."""
        verb = FACTOR_VERBS.get(template_prefix.removeprefix("mfa/email/"))
        if verb:
            note_factor_change(user, verb)

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        *rest: object,
        **named: object,
    ) -> None:
        """Say what to do where allauth only says that an outside account is somebody else's."""
        if message_template == OUTSIDE_OF_ANOTHER:
            said = gettext(
                "That account of the other system signs in to another account here. Disconnect it"
                " there first, or connect an account of your own."
            )
            super().add_message(request, level, message=said)
        else:
            super().add_message(request, level, message_template, *rest, **named)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, object]) -> None:
        """Send nothing: messages of this platform are its own notices."""


class SecondFactors(DefaultMFAAdapter):  # type: ignore[misc] # allauth has no types
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": gettext_lazy("The code is wrong, was used before, or is too old."),
        "cannot_delete_authenticator": gettext_lazy(
            "Your roles need a second factor; set up another one before you remove this one."
        ),
    }

    def encrypt(self, text: str) -> str:
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text)

    def build_totp_svg(self, url: str) -> str:
        """Leave out the style attribute, which the policy for content forbids and nobody needs."""
        svg: str = super().build_totp_svg(url)
        return _STYLE.sub("", svg[svg.index("<svg") :])

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        return bool(may_remove_factor(authenticator.user, authenticator))

    def generate_authenticator_name(
        self,
        user: AbstractBaseUser,
        type: Authenticator.Type,  # noqa: A002 - allauth's signature
    ) -> str:
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return gettext("Key %(number)s") % {"number": number}


class NotUsedBefore:
    """Refuses the passwords that a person had last, as many as the profile remembers."""

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:
        if isinstance(user, User) and is_used_before(user, password):
            raise ValidationError(self.get_help_text(), code="password_used_before")

    def get_help_text(self) -> str:
        return gettext("Take a password that you did not have here before.")
