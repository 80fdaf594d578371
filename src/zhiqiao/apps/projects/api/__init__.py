"""The registers, the calls and, for programs of a body, its applications in the open API."""

from zhiqiao.apps.projects.api.calls import calls_router
from zhiqiao.apps.projects.api.registers import ITEMS, ItemOut, router

__all__ = ["ITEMS", "ItemOut", "calls_router", "router"]
