"""What may be written of the plan: boards, history, published figures, tasks and their reports."""

from zhiqiao.apps.plan.actions.board import (
    freeze_board,
    record_figures,
    record_reported_figures,
)
from zhiqiao.apps.plan.actions.reports import (
    Words,
    accept_report,
    return_report,
    save_report,
    submit_report,
)
from zhiqiao.apps.plan.actions.supervision import answer_supervision, take_step
from zhiqiao.apps.plan.actions.tasks import (
    Assignment,
    Matter,
    assign_part,
    close_task,
    end_part,
    open_matter,
    pass_parts_on,
    put_in_charge,
    take_up_tasks,
    write_view,
)

__all__ = [
    "Assignment",
    "Matter",
    "Words",
    "accept_report",
    "answer_supervision",
    "assign_part",
    "close_task",
    "end_part",
    "freeze_board",
    "open_matter",
    "pass_parts_on",
    "put_in_charge",
    "record_figures",
    "record_reported_figures",
    "return_report",
    "save_report",
    "submit_report",
    "take_step",
    "take_up_tasks",
    "write_view",
]
