"""The plan itself is a pack; these tables hold what was published, said, assigned and reported."""

from zhiqiao.apps.plan.models.board import BoardFreeze, FigurePoint, ReportedFigure

__all__ = ["BoardFreeze", "FigurePoint", "ReportedFigure"]
