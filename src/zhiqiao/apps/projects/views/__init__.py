"""Pages of the registers, of single items and of the queue."""

from zhiqiao.apps.projects.views.applications import (
    list_applications,
    list_own_applications,
    move_several,
    put_off,
    show_application,
    show_step,
    sign_move,
    sign_several,
    take_move,
    take_step_back,
)
from zhiqiao.apps.projects.views.calls import (
    add_call_file,
    change_call,
    close_call,
    download_call_file,
    extend_call,
    list_calls,
    new_call,
    publish_call,
    set_quotas,
    show_call,
)
from zhiqiao.apps.projects.views.checking import check_form, check_next
from zhiqiao.apps.projects.views.pending import decide, decide_several, pending
from zhiqiao.apps.projects.views.recognitions import (
    recognition,
    recognition_correct,
    recognition_evidence,
    recognition_match,
    recognition_revoke,
)
from zhiqiao.apps.projects.views.recommending import recommend
from zhiqiao.apps.projects.views.registers import (
    declare_list,
    register,
    register_export,
    registers,
)

__all__ = [
    "add_call_file",
    "change_call",
    "check_form",
    "check_next",
    "close_call",
    "decide",
    "decide_several",
    "declare_list",
    "download_call_file",
    "extend_call",
    "list_applications",
    "list_calls",
    "list_own_applications",
    "move_several",
    "new_call",
    "pending",
    "publish_call",
    "put_off",
    "recognition",
    "recognition_correct",
    "recognition_evidence",
    "recognition_match",
    "recognition_revoke",
    "recommend",
    "register",
    "register_export",
    "registers",
    "set_quotas",
    "show_application",
    "show_call",
    "show_step",
    "sign_move",
    "sign_several",
    "take_move",
    "take_step_back",
]
