"""What is known of the present request or job anywhere below it."""

from contextvars import ContextVar

request_id: ContextVar[str] = ContextVar("zhiqiao_request_id", default="")
job_id: ContextVar[str] = ContextVar("zhiqiao_job_id", default="")
# The token by which a program writes for a person; the audit names both.
through: ContextVar[str] = ContextVar("zhiqiao_through", default="")
