"""Tables of places, candidates, scores and control lines that people bring in.

What stays of a table: the rows in the staging table until it is written or given up (identity numbers
and telephones sealed there, the cells beside them masked), the file and, after a check with problems,
the workbook of problems for good. See the README of the app.
"""

from zhiqiao.apps.admissions.actions.importing.candidates import (
    candidate_problems,
    record_candidates,
)
from zhiqiao.apps.admissions.actions.importing.control_lines import (
    control_line_changes,
    control_line_problems,
    record_control_lines,
)
from zhiqiao.apps.admissions.actions.importing.places import place_problems, record_places
from zhiqiao.apps.admissions.actions.importing.results import (
    RESULT,
    record_results,
    result_problems,
)
from zhiqiao.apps.admissions.actions.importing.scores import (
    MARK,
    record_scores,
    score_problems,
)

__all__ = [
    "MARK",
    "RESULT",
    "candidate_problems",
    "control_line_changes",
    "control_line_problems",
    "place_problems",
    "record_candidates",
    "record_control_lines",
    "record_places",
    "record_results",
    "record_scores",
    "result_problems",
    "score_problems",
]
