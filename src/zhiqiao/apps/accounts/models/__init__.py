"""Who can sign in, and what for."""

from zhiqiao.apps.accounts.models.applications import Application, SigningKey
from zhiqiao.apps.accounts.models.invitations import Invitation
from zhiqiao.apps.accounts.models.passwords import UsedPassword
from zhiqiao.apps.accounts.models.people import Membership, User
from zhiqiao.apps.accounts.models.tokens import ApiToken, KeptAnswer, Program, TokenRate

__all__ = [
    "ApiToken",
    "Application",
    "Invitation",
    "KeptAnswer",
    "Membership",
    "Program",
    "SigningKey",
    "TokenRate",
    "UsedPassword",
    "User",
]
