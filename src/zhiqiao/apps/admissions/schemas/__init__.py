"""The tables by which places, candidates, scores and control lines come in."""

from zhiqiao.apps.admissions.schemas.candidates import CANDIDATES_IMPORT
from zhiqiao.apps.admissions.schemas.control_lines import CONTROL_LINES_IMPORT
from zhiqiao.apps.admissions.schemas.places import PLACES_IMPORT
from zhiqiao.apps.admissions.schemas.scores import SCORES_KEY, scores_import

__all__ = [
    "CANDIDATES_IMPORT",
    "CONTROL_LINES_IMPORT",
    "PLACES_IMPORT",
    "SCORES_KEY",
    "scores_import",
]
