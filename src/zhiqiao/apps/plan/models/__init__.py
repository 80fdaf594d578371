"""The plan itself is a pack; these tables hold what was published, said, assigned and reported."""

from zhiqiao.apps.plan.models.board import BoardFreeze, FigurePoint, ReportedFigure
from zhiqiao.apps.plan.models.tasks import (
    ProgressReport,
    ReportEvidence,
    SideView,
    Supervision,
    Task,
    TaskPart,
)

__all__ = [
    "BoardFreeze",
    "FigurePoint",
    "ProgressReport",
    "ReportEvidence",
    "ReportedFigure",
    "SideView",
    "Supervision",
    "Task",
    "TaskPart",
]
