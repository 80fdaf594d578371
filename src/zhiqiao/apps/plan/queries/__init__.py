"""What other apps may read of the plan."""

from zhiqiao.apps.plan.queries.board import (
    Board,
    board,
    board_strip,
    figure_json,
    plain_number,
    sentence,
    values_of_target,
)
from zhiqiao.apps.plan.queries.drill import (
    MeasureRow,
    StepRow,
    area_of,
    formula_in_words,
    frozen_rows,
    measures_of,
    records_of,
    step_row,
)
from zhiqiao.apps.plan.queries.figures import Figure, compute_figures
from zhiqiao.apps.plan.queries.freezes import (
    Replay,
    freezes_visible_to,
    replay_freeze,
    reported_figures_visible_to,
)
from zhiqiao.apps.plan.queries.search import search_plan

__all__ = [
    "Board",
    "Figure",
    "MeasureRow",
    "Replay",
    "StepRow",
    "area_of",
    "board",
    "board_strip",
    "compute_figures",
    "figure_json",
    "formula_in_words",
    "freezes_visible_to",
    "frozen_rows",
    "measures_of",
    "plain_number",
    "records_of",
    "replay_freeze",
    "reported_figures_visible_to",
    "search_plan",
    "sentence",
    "step_row",
    "values_of_target",
]
