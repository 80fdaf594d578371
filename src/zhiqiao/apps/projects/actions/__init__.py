"""Writes of the register of recognised items; other apps may use every name listed here."""

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
from zhiqiao.apps.projects.actions.recognitions import (
    attach_citation,
    attach_file,
    correct_recognition,
    match_holder,
    revoke_recognition,
    withdraw_recognition,
)

__all__ = [
    "NO",
    "YES",
    "Statement",
    "attach_citation",
    "attach_file",
    "correct_recognition",
    "decide_judgement",
    "decide_several",
    "declare_list",
    "import_changes",
    "import_doubts",
    "import_problems",
    "match_holder",
    "record_recognitions",
    "revoke_recognition",
    "state_level",
    "withdraw_recognition",
]
