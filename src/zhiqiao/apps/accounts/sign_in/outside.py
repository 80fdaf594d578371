"""Signing in here with an account of another system: what it may prove, and what it may not.

It proves that the same person is back, after that person connected it here with the password. It opens
no account, matches no address, says nothing that is kept, and never signs an administrator in.
"""

import hashlib
from http import HTTPStatus
from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.base import AuthError
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from zhiqiao.apps.accounts.actions import note_outside_identity
from zhiqiao.apps.accounts.models import User
from zhiqiao.apps.accounts.rules import can_use_outside_identity

OUTSIDE = "outside"
ADDED = "socialaccount/email/account_connected"


class Conversation(OpenIDConnectOAuth2Adapter):  # type: ignore[misc] # allauth has no types
    @property
    def openid_config(self) -> dict[str, Any]:
        """Refuse a description that names another issuer (OpenID Connect Discovery 1.0, 4.3)."""
        told: dict[str, Any] = super().openid_config
        named = self.get_provider().app.settings["server_url"]
        if told["issuer"].rstrip("/") != named:
            raise ValueError("the description is of another issuer")
        return told


class OutsideProvider(OpenIDConnectProvider):  # type: ignore[misc] # allauth has no types
    oauth2_adapter_class = Conversation

    def extract_uid(self, data: dict[str, Any]) -> str:
        """Keep a digest of issuer and subject: another issuer's subject is another person."""
        subject = super().extract_uid(data)
        issuer = self.app.settings["server_url"]
        return hashlib.sha256(f"{issuer}\n{subject}".encode()).hexdigest()

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:  # noqa: ARG002 - allauth's signature
        return {}

    def extract_common_fields(self, data: dict[str, Any]) -> dict[str, Any]:  # noqa: ARG002
        return {}

    def extract_email_addresses(self, data: dict[str, Any]) -> list[object]:  # noqa: ARG002
        return []


class OutsideIdentities(DefaultSocialAccountAdapter):  # type: ignore[misc] # allauth has no types
    def list_apps(
        self,
        request: HttpRequest,  # noqa: ARG002 - allauth's signature
        provider: str | None = None,
        client_id: str | None = None,  # noqa: ARG002
    ) -> list[SocialApp]:
        """Name the system of the environment; what stands in a table is no system."""
        one = settings.ZHIQIAO_IDENTITY
        if one is None or provider not in {None, OUTSIDE, OpenIDConnectProvider.id}:
            return []
        asked = {
            "server_url": one.url,
            "scope": ["openid"],
            "fetch_userinfo": False,
            "oauth_pkce_enabled": True,
        }
        return [
            SocialApp(
                provider=OpenIDConnectProvider.id,
                provider_id=OUTSIDE,
                name=one.name,
                client_id=one.client_id,
                secret=one.client_secret,
                settings=asked,
            )
        ]

    def get_provider(
        self, request: HttpRequest, provider: str, client_id: str | None = None
    ) -> OutsideProvider:
        found = super().get_provider(request, provider, client_id=client_id)
        return OutsideProvider(request, app=found.app)

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        sociallogin.token = None
        is_connecting = sociallogin.state.get("process") == "connect"
        person = request.user if is_connecting else sociallogin.user
        if isinstance(person, User) and person.pk and not can_use_outside_identity(person):
            raise ImmediateHttpResponse(refusal(request, "administrator"))

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:  # noqa: ARG002
        raise ImmediateHttpResponse(refusal(request, "unknown"))

    def authenticate_by_email(self, sociallogin: SocialLogin) -> None:
        """Match nobody by address: whoever runs the other system could sign in as anybody."""

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: OutsideProvider,  # noqa: ARG002 - allauth's signature
        error: str | None = None,
        exception: Exception | None = None,  # noqa: ARG002
        extra_context: dict[str, object] | None = None,  # noqa: ARG002
    ) -> None:
        why = "cancelled" if error == AuthError.CANCELLED else "failed"
        raise ImmediateHttpResponse(refusal(request, why))

    def get_connect_redirect_url(self, request: HttpRequest, socialaccount: object) -> str:  # noqa: ARG002
        return reverse("accounts:outside")

    def send_notification_mail(
        self, template_prefix: str, user: User, *_args: object, **_rest: object
    ) -> None:
        """Keep in the audit what allauth would mail."""
        if template_prefix == ADDED:
            note_outside_identity(user)


STATUS = {
    "administrator": HTTPStatus.FORBIDDEN,
    "unknown": HTTPStatus.FORBIDDEN,
    "cancelled": HTTPStatus.OK,
    "failed": HTTPStatus.BAD_REQUEST,
    "silent": HTTPStatus.BAD_GATEWAY,
}


def other_system() -> str:
    """Return the name of the system, or nothing where the installation names none."""
    return settings.ZHIQIAO_IDENTITY.name if settings.ZHIQIAO_IDENTITY else ""


def refusal(request: HttpRequest, why: str) -> HttpResponse:
    context = {"why": why, "system": other_system()}
    return render(request, "accounts/outside_refused.html", context, status=STATUS[why])
