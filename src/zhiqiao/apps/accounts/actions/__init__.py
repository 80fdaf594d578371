"""What may be written about people, their accounts and their roles."""

from zhiqiao.apps.accounts.actions.accounts import (
    NewAccount,
    Person,
    choose_language,
    confirm_person,
    create_account,
    deactivate_account,
    demand_new_password_when_due,
    issue_one_time_password,
    open_own_account,
    reactivate_account,
    replace_own_password,
    set_own_password,
)
from zhiqiao.apps.accounts.actions.applications import (
    NewApplication,
    WantedApplication,
    connect_application,
    current_signing_key,
    end_application,
    forget_applications_leftovers,
    note_consent,
)
from zhiqiao.apps.accounts.actions.factors import (
    end_other_sessions,
    end_session,
    lift_lock,
    note_factor_change,
    reset_second_factors,
)
from zhiqiao.apps.accounts.actions.first_accounts import (
    bootstrap_administrators,
    create_sample_accounts,
)
from zhiqiao.apps.accounts.actions.invitations import (
    Guest,
    Sent,
    accept_invitation,
    end_overdue_invitations,
    forget_guests,
    invite,
    invite_again,
    open_invitation,
    withdraw_invitation,
)
from zhiqiao.apps.accounts.actions.leaving import hand_over
from zhiqiao.apps.accounts.actions.looks import note_look, show_address
from zhiqiao.apps.accounts.actions.outside import end_outside_identity, note_outside_identity
from zhiqiao.apps.accounts.actions.roles import end_membership, grant_role
from zhiqiao.apps.accounts.actions.sessions import forget_ended_sessions
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
    "Guest",
    "NewAccount",
    "NewApplication",
    "NewToken",
    "Person",
    "Sent",
    "WantedApplication",
    "WantedToken",
    "accept_invitation",
    "answer_once",
    "bootstrap_administrators",
    "choose_language",
    "confirm_person",
    "connect_application",
    "create_account",
    "create_sample_accounts",
    "current_signing_key",
    "deactivate_account",
    "demand_new_password_when_due",
    "draw_token",
    "end_application",
    "end_expired_tokens",
    "end_membership",
    "end_other_sessions",
    "end_outside_identity",
    "end_overdue_invitations",
    "end_session",
    "end_token",
    "forget_answers",
    "forget_applications_leftovers",
    "forget_ended_sessions",
    "forget_guests",
    "grant_role",
    "hand_over",
    "invite",
    "invite_again",
    "issue_one_time_password",
    "lift_lock",
    "make_token",
    "note_consent",
    "note_factor_change",
    "note_look",
    "note_outside_identity",
    "offer_token",
    "open_invitation",
    "open_own_account",
    "reactivate_account",
    "replace_own_password",
    "reset_second_factors",
    "set_own_password",
    "show_address",
    "use_token",
    "withdraw_invitation",
]
