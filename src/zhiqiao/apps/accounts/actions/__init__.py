"""What may be written about people, their accounts and their roles."""

from zhiqiao.apps.accounts.actions.accounts import (
    NewAccount,
    Person,
    choose_language,
    confirm_person,
    create_account,
    deactivate_account,
    issue_one_time_password,
    reactivate_account,
    set_own_password,
)
from zhiqiao.apps.accounts.actions.first_accounts import (
    bootstrap_administrators,
    create_sample_accounts,
)
from zhiqiao.apps.accounts.actions.roles import end_membership, grant_role
from zhiqiao.apps.accounts.actions.token_use import Answer, answer_once, forget_answers, use_token
from zhiqiao.apps.accounts.actions.tokens import (
    NewToken,
    WantedToken,
    draw_token,
    end_expired_tokens,
    end_token,
    make_token,
    offer_token,
)

__all__ = [
    "Answer",
    "NewAccount",
    "NewToken",
    "Person",
    "WantedToken",
    "answer_once",
    "bootstrap_administrators",
    "choose_language",
    "confirm_person",
    "create_account",
    "create_sample_accounts",
    "deactivate_account",
    "draw_token",
    "end_expired_tokens",
    "end_membership",
    "end_token",
    "forget_answers",
    "grant_role",
    "issue_one_time_password",
    "make_token",
    "offer_token",
    "reactivate_account",
    "set_own_password",
    "use_token",
]
