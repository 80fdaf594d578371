"""Who can sign in, and what for."""

from zhiqiao.apps.accounts.models.people import Membership, User
from zhiqiao.apps.accounts.models.tokens import ApiToken, KeptAnswer, Program, TokenRate

__all__ = ["ApiToken", "KeptAnswer", "Membership", "Program", "TokenRate", "User"]
