"""What is known of the present request anywhere below it."""

from contextvars import ContextVar

request_id: ContextVar[str] = ContextVar("zhiqiao_request_id", default="")
