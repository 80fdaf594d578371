"""Admission in the open API: what is public for everybody; each file for those whom it concerns."""

from zhiqiao.apps.admissions.api import (
    answers,
    candidates,
    enrolments,
    own,
    papers,
    pathways,
    places,
    steps,
)
from zhiqiao.apps.admissions.api.seasons import router

for part in (pathways, papers, places, candidates, own, steps, answers, enrolments):
    router.add_router("", part.router)

__all__ = ["router"]
