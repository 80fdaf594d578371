"""What may be written of the plan: frozen boards, history, published figures."""

from zhiqiao.apps.plan.actions.board import (
    freeze_board,
    record_figures,
    record_reported_figures,
)

__all__ = ["freeze_board", "record_figures", "record_reported_figures"]
