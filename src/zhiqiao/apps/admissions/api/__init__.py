"""Admission in the open API: seasons, results and pathways for everybody; letters and privileges for schools."""

from zhiqiao.apps.admissions.api import papers, pathways
from zhiqiao.apps.admissions.api.seasons import router

router.add_router("", pathways.router)
router.add_router("", papers.router)

__all__ = ["router"]
