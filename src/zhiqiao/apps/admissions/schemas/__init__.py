"""The tables by which places, candidates, scores, results and control lines come in."""

from zhiqiao.apps.admissions.schemas.candidates import CANDIDATES_IMPORT
from zhiqiao.apps.admissions.schemas.control_lines import CONTROL_LINES_IMPORT
from zhiqiao.apps.admissions.schemas.places import PLACES_IMPORT
from zhiqiao.apps.admissions.schemas.results import RESULTS_KEY, results_import
from zhiqiao.apps.admissions.schemas.scores import SCORES_KEY, scores_import

__all__ = [
    "CANDIDATES_IMPORT",
    "CONTROL_LINES_IMPORT",
    "PLACES_IMPORT",
    "RESULTS_KEY",
    "SCORES_KEY",
    "results_import",
    "scores_import",
]
