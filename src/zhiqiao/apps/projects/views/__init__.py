"""Pages of the registers, of single items and of the queue."""

from zhiqiao.apps.projects.views.attachments import (
    attach,
    attachment,
    attachments,
    detach,
)
from zhiqiao.apps.projects.views.handing_in import (
    coauthors,
    hand_in,
    handed_in,
    paper,
    problems,
    remove_coauthor,
    withdraw,
)
from zhiqiao.apps.projects.views.pending import decide, decide_several, pending
from zhiqiao.apps.projects.views.recognitions import (
    recognition,
    recognition_correct,
    recognition_evidence,
    recognition_match,
    recognition_revoke,
)
from zhiqiao.apps.projects.views.registers import (
    declare_list,
    register,
    register_export,
    registers,
)
from zhiqiao.apps.projects.views.writing import (
    begin,
    write_head,
    write_part,
    writing,
)

__all__ = [
    "attach",
    "attachment",
    "attachments",
    "begin",
    "coauthors",
    "decide",
    "decide_several",
    "declare_list",
    "detach",
    "hand_in",
    "handed_in",
    "paper",
    "pending",
    "problems",
    "recognition",
    "recognition_correct",
    "recognition_evidence",
    "recognition_match",
    "recognition_revoke",
    "register",
    "register_export",
    "registers",
    "remove_coauthor",
    "withdraw",
    "write_head",
    "write_part",
    "writing",
]
