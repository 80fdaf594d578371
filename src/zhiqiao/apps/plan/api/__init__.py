"""The plan in the open API: the board for everybody, tasks for the bodies that take part."""

from zhiqiao.apps.plan.api.board import router

__all__ = ["router"]
