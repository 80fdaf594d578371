"""Counts for the board: of the registers, and of what went through calls."""

from zhiqiao.apps.projects.measures.applications import count_applications
from zhiqiao.apps.projects.measures.recognitions import count_recognitions

__all__ = ["count_applications", "count_recognitions"]
