"""The tables that people bring in: recognised items and quotas of recommending bodies."""

from zhiqiao.apps.projects.schemas.quotas import QUOTAS_IMPORT
from zhiqiao.apps.projects.schemas.recognitions import COLUMNS, RECOGNITIONS_IMPORT

__all__ = ["COLUMNS", "QUOTAS_IMPORT", "RECOGNITIONS_IMPORT"]
