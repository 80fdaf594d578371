"""Writes of the register of recognised items; other apps may use every name listed here."""

from zhiqiao.apps.projects.actions.attachments import (
    Upload,
    attach_file_to,
    remove_file,
    scan_waiting,
)
from zhiqiao.apps.projects.actions.beginning import (
    Begun,
    Copied,
    begin_application,
    change_head,
    copy_application,
)
from zhiqiao.apps.projects.actions.calls import (
    CallGiven,
    add_call_file,
    change_call,
    close_call,
    extend_call,
    prepare_call,
    publish_call,
    set_quotas,
)
from zhiqiao.apps.projects.actions.coauthors import (
    add_coauthor,
    remove_coauthor,
)
from zhiqiao.apps.projects.actions.decisions import (
    NO,
    YES,
    decide_judgement,
    decide_several,
    state_level,
)
from zhiqiao.apps.projects.actions.handing_in import hand_in, next_number
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
from zhiqiao.apps.projects.actions.recognitions import (
    attach_citation,
    attach_file,
    correct_recognition,
    match_holder,
    revoke_recognition,
    withdraw_recognition,
)
from zhiqiao.apps.projects.actions.writing import (
    BodyGiven,
    PartGiven,
    PersonGiven,
    UnsuitableGiven,
    save_part,
)

__all__ = [
    "NO",
    "YES",
    "Begun",
    "BodyGiven",
    "CallGiven",
    "Copied",
    "Moved",
    "PartGiven",
    "PersonGiven",
    "Statement",
    "UnsuitableGiven",
    "Upload",
    "add_call_file",
    "add_coauthor",
    "attach_citation",
    "attach_file",
    "attach_file_to",
    "begin_application",
    "change_call",
    "change_head",
    "close_call",
    "copy_application",
    "correct_recognition",
    "decide_judgement",
    "decide_several",
    "declare_list",
    "extend_call",
    "hand_in",
    "import_changes",
    "import_doubts",
    "import_problems",
    "lapse_overdue",
    "match_holder",
    "move_many",
    "next_number",
    "prepare_call",
    "publish_call",
    "put_off",
    "record_recognitions",
    "refuse_move",
    "remove_coauthor",
    "remove_file",
    "revoke_recognition",
    "save_part",
    "scan_waiting",
    "set_quotas",
    "sign_many",
    "sign_move",
    "state_level",
    "take_move",
    "withdraw_recognition",
]
