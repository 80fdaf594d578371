"""Writes of the register of recognised items; other apps may use every name listed here."""

from zhiqiao.apps.projects.actions.accepting import issue_warning, lift_warning, review_acceptance
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
from zhiqiao.apps.projects.actions.building import (
    ChangeWanted,
    TaskGiven,
    ask_change,
    decide_change,
    finish_task,
    task_as_given,
)
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
from zhiqiao.apps.projects.actions.coauthors import add_coauthor, remove_coauthor
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
from zhiqiao.apps.projects.actions.objections import answer_objection, object_to
from zhiqiao.apps.projects.actions.proposing import ByRank, propose, propose_by_rank, propose_many
from zhiqiao.apps.projects.actions.publicity import begin_notice
from zhiqiao.apps.projects.actions.quotas import quota_problems, record_quotas, set_quotas_named
from zhiqiao.apps.projects.actions.recognising import (
    end_recognition,
    enter_recognition,
    renew_recognition,
)
from zhiqiao.apps.projects.actions.recognitions import (
    attach_citation,
    attach_file,
    correct_recognition,
    match_holder,
    revoke_recognition,
    withdraw_recognition,
)
from zhiqiao.apps.projects.actions.recommending import rank_recommended
from zhiqiao.apps.projects.actions.reporting import (
    ReportGiven,
    accept_report,
    add_report_file,
    hand_in_report,
    return_report,
    save_report,
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
    "ByRank",
    "CallGiven",
    "ChangeWanted",
    "Copied",
    "Found",
    "Kept",
    "Moved",
    "PartGiven",
    "PersonGiven",
    "ReportGiven",
    "Statement",
    "TaskGiven",
    "UnsuitableGiven",
    "Upload",
    "accept_report",
    "add_call_file",
    "add_coauthor",
    "add_report_file",
    "answer_checks",
    "answer_objection",
    "ask_change",
    "attach_citation",
    "attach_file",
    "attach_file_to",
    "begin_application",
    "begin_notice",
    "change_call",
    "change_head",
    "close_call",
    "copy_application",
    "correct_recognition",
    "decide_change",
    "decide_judgement",
    "decide_several",
    "declare_list",
    "end_recognition",
    "enter_recognition",
    "extend_call",
    "finish_task",
    "hand_in",
    "hand_in_report",
    "import_changes",
    "import_doubts",
    "import_problems",
    "issue_warning",
    "lapse_overdue",
    "lift_warning",
    "match_holder",
    "move_many",
    "next_number",
    "object_to",
    "prepare_call",
    "propose",
    "propose_by_rank",
    "propose_many",
    "publish_call",
    "put_off",
    "quota_problems",
    "rank_recommended",
    "record_quotas",
    "record_recognitions",
    "refuse_move",
    "remove_coauthor",
    "remove_file",
    "renew_recognition",
    "return_report",
    "review_acceptance",
    "revoke_recognition",
    "rules_to_keep",
    "save_part",
    "save_report",
    "scan_waiting",
    "set_quotas",
    "set_quotas_named",
    "sign_many",
    "sign_move",
    "state_level",
    "take_move",
    "task_as_given",
    "withdraw_recognition",
]
