"""The registers, the calls and, for programs of a body, its applications in the open API."""

from zhiqiao.apps.projects.api.calls import calls_router
from zhiqiao.apps.projects.api.registers import ITEMS, ItemOut, router
from zhiqiao.apps.projects.api.results import CALL_ITEMS, OWN_REPORTS

__all__ = ["CALL_ITEMS", "ITEMS", "OWN_REPORTS", "ItemOut", "calls_router", "router"]
