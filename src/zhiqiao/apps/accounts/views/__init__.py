"""Pages of accounts: signing in, one's own page, and the two administrators' pages."""

from zhiqiao.apps.accounts.views.people import (
    close_account,
    confirm_person,
    end_role,
    give_role,
    issue_password,
    open_account,
    reopen_account,
    show_user,
    show_users,
)
from zhiqiao.apps.accounts.views.signing import (
    change_password,
    not_offered,
    show_closed,
    show_profile,
    sign_in,
    sign_out,
)
from zhiqiao.apps.accounts.views.tokens import (
    draw_token,
    offer_token,
    revoke_token,
    show_tokens,
)

__all__ = [
    "change_password",
    "close_account",
    "confirm_person",
    "draw_token",
    "end_role",
    "give_role",
    "issue_password",
    "not_offered",
    "offer_token",
    "open_account",
    "reopen_account",
    "revoke_token",
    "show_closed",
    "show_profile",
    "show_tokens",
    "show_user",
    "show_users",
    "sign_in",
    "sign_out",
]
