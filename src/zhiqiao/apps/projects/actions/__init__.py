"""Writes of the register of recognised items; other apps may use every name listed here."""

from zhiqiao.apps.projects.actions.calls import (
    CallGiven,
    Kept,
    add_call_file,
    change_call,
    close_call,
    extend_call,
    prepare_call,
    publish_call,
    rules_to_keep,
    set_quotas,
)
from zhiqiao.apps.projects.actions.checking import Found, answer_checks
from zhiqiao.apps.projects.actions.decisions import (
    NO,
    YES,
    decide_judgement,
    decide_several,
    state_level,
)
from zhiqiao.apps.projects.actions.imports import (
    import_changes,
    import_doubts,
    import_problems,
    record_recognitions,
)
from zhiqiao.apps.projects.actions.lists import Statement, declare_list
from zhiqiao.apps.projects.actions.moves import (
    Moved,
    lapse_overdue,
    move_many,
    put_off,
    refuse_move,
    sign_many,
    sign_move,
    take_move,
)
from zhiqiao.apps.projects.actions.quotas import quota_problems, record_quotas, set_quotas_named
from zhiqiao.apps.projects.actions.recognitions import (
    attach_citation,
    attach_file,
    correct_recognition,
    match_holder,
    revoke_recognition,
    withdraw_recognition,
)
from zhiqiao.apps.projects.actions.recommending import rank_recommended

__all__ = [
    "NO",
    "YES",
    "CallGiven",
    "Found",
    "Kept",
    "Moved",
    "Statement",
    "add_call_file",
    "answer_checks",
    "attach_citation",
    "attach_file",
    "change_call",
    "close_call",
    "correct_recognition",
    "decide_judgement",
    "decide_several",
    "declare_list",
    "extend_call",
    "import_changes",
    "import_doubts",
    "import_problems",
    "lapse_overdue",
    "match_holder",
    "move_many",
    "prepare_call",
    "publish_call",
    "put_off",
    "quota_problems",
    "rank_recommended",
    "record_quotas",
    "record_recognitions",
    "refuse_move",
    "revoke_recognition",
    "rules_to_keep",
    "set_quotas",
    "set_quotas_named",
    "sign_many",
    "sign_move",
    "state_level",
    "take_move",
    "withdraw_recognition",
]
