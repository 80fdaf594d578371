"""The plan in the open API: the board for everybody, tasks for the bodies that take part."""

from zhiqiao.apps.plan.api.board import router
from zhiqiao.apps.plan.api.reports import tasks_router

__all__ = ["router", "tasks_router"]
