"""Pages of the registers, of single items and of the queue."""

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

__all__ = [
    "decide",
    "decide_several",
    "declare_list",
    "pending",
    "recognition",
    "recognition_correct",
    "recognition_evidence",
    "recognition_match",
    "recognition_revoke",
    "register",
    "register_export",
    "registers",
]
