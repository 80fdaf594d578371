"""What connected systems are told of a person, and by which key; allauth speaks the protocol."""

from collections.abc import Iterable
from typing import Any, Literal

from allauth.idp.oidc.adapter import DefaultOIDCAdapter
from allauth.idp.oidc.internal.private_keys import filter_keys
from allauth.idp.oidc.models import Client, PrivateKey
from django.conf import settings
from django.core.exceptions import ValidationError

from zhiqiao.apps.accounts.actions import current_signing_key
from zhiqiao.apps.accounts.actions.applications import SIGNS
from zhiqiao.apps.accounts.choices import Shared
from zhiqiao.apps.accounts.models import SigningKey, User
from zhiqiao.apps.accounts.queries import roles_told
from zhiqiao.core.sealing import unseal


class Identity(DefaultOIDCAdapter):  # type: ignore[misc] # allauth has no types
    scope_display = {scope.value: scope.label for scope in Shared}

    def get_issuer(self) -> str:
        issuer: str = settings.ZHIQIAO_SITE_URL or super().get_issuer()
        return issuer

    def get_user_sub(self, client: Client, user: User) -> str:  # noqa: ARG002 - allauth's signature
        return str(user.uid)

    def get_user_by_sub(self, client: Client, sub: str) -> User | None:  # noqa: ARG002 - allauth's signature
        try:
            return User.objects.filter(uid=sub, is_active=True).first()
        except ValidationError:
            return None

    def get_claims(
        self,
        purpose: Literal["id_token", "userinfo"],  # noqa: ARG002 - allauth's signature
        user: User,
        client: Client,
        scopes: Iterable[str],
        email: str | None = None,  # noqa: ARG002
        **rest: Any,  # noqa: ARG002
    ) -> dict[str, Any]:
        """Tell what the person agreed to; an address is never called verified, because nobody did."""
        asked = set(scopes)
        claims: dict[str, Any] = {"sub": self.get_user_sub(client, user)}
        if Shared.NAME in asked:
            claims |= {"name": user.name, "preferred_username": user.login}
        if Shared.ADDRESS in asked and user.email:
            claims |= {"email": user.email, "email_verified": False}
        if Shared.ROLES in asked:
            claims["roles"] = roles_told(user)
        return claims

    def list_private_keys(
        self,
        *,
        did_activate: Literal[True] | None = None,
        is_active: Literal[True] | None = None,
    ) -> list[PrivateKey]:
        current_signing_key()
        keys = [
            PrivateKey(
                pem=unseal(key.sealed), issued_at=key.made_at, expires_at=key.made_at + 2 * SIGNS
            )
            for key in SigningKey.objects.all()
        ]
        found: list[PrivateKey] = filter_keys(keys, did_activate=did_activate, is_active=is_active)
        return found
