"""What the plan does when records below it change."""

from typing import Any

from zhiqiao.apps.plan.actions import record_figures
from zhiqiao.core.events import subscribe


@subscribe("projects.recognition_changed")
@subscribe("projects.list_declared")
def keep_history_of_figures(*, audit_entry: Any = None, **_payload: object) -> None:
    record_figures(audit_entry)
