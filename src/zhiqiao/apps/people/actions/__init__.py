"""Writes about people; other apps may use every name listed here."""

from zhiqiao.apps.people.actions.experts import (
    ExpertGiven,
    TieGiven,
    change_expert,
    connect_expert,
    declare_tie,
    enter_expert,
    register_expert,
    remove_tie,
    set_expert_state,
)
from zhiqiao.apps.people.actions.files import (
    MERGED,
    NewPerson,
    add_guardian,
    connect_account,
    give_consent,
    merge_people,
    move_file,
    register_people,
    register_person,
    show_identity,
    withdraw_consent,
)
from zhiqiao.apps.people.actions.importing import expert_problems, record_experts

__all__ = [
    "MERGED",
    "ExpertGiven",
    "NewPerson",
    "TieGiven",
    "add_guardian",
    "change_expert",
    "connect_account",
    "connect_expert",
    "declare_tie",
    "enter_expert",
    "expert_problems",
    "give_consent",
    "merge_people",
    "move_file",
    "record_experts",
    "register_expert",
    "register_people",
    "register_person",
    "remove_tie",
    "set_expert_state",
    "show_identity",
    "withdraw_consent",
]
