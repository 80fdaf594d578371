"""Who can sign in, and what for."""

from zhiqiao.apps.accounts.models.invitations import Invitation
from zhiqiao.apps.accounts.models.passwords import UsedPassword
from zhiqiao.apps.accounts.models.people import Membership, User

__all__ = ["Invitation", "Membership", "UsedPassword", "User"]
