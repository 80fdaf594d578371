"""From reviews to scores, ranks, the model of reviewers and flags."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from zhiqiao.engines.scoring.agreement import readers_of
from zhiqiao.engines.scoring.flagging import all_flags
from zhiqiao.engines.scoring.graph import groups_of
from zhiqiao.engines.scoring.modelling import calibrated_scores, fit_model
from zhiqiao.engines.scoring.outcome import Scores
from zhiqiao.engines.scoring.plain import plain_figures, standard_scores
from zhiqiao.engines.scoring.ranking import all_ranks, changes_of_cut
from zhiqiao.engines.scoring.terms import NONE, UNKNOWN, Way

if TYPE_CHECKING:
    from zhiqiao.engines.scoring.problem import ScoringProblem


def solve(problem: ScoringProblem) -> Scores:
    """Return what the reviews come to, by every way of counting.

    Parameters
    ----------
    problem : ScoringProblem

    Returns
    -------
    Scores
        The official score is the plain mean; nothing beside it changes it.

    Raises
    ------
    ScoringError
        Where the model cannot be solved to the accuracy needed.

    Notes
    -----
    O(N log N) and O(N) for each step of the model; comments add the pairs that are compared.
    """
    plain, group = plain_figures(problem), groups_of(problem)
    model = fit_model(problem, int(group.max(initial=NONE)) + 1)
    calibrated = np.full(problem.applications, UNKNOWN, np.int64)
    if model.is_known and problem.applications:
        calibrated = calibrated_scores(problem, model.effect)
    standard = np.array(
        [UNKNOWN if each is None else each for each in standard_scores(problem, plain.official)],
        np.int64,
    )
    scores = {
        Way.OFFICIAL: plain.official,
        Way.TRIMMED: plain.trimmed,
        Way.MEDIAN: plain.median,
        Way.CALIBRATED: calibrated,
        Way.STANDARD: standard,
    }
    ranks, readers = all_ranks(scores, group), readers_of(problem)
    return Scores(
        official=plain.official,
        trimmed=plain.trimmed,
        median=plain.median,
        spread=plain.spread,
        calibrated=calibrated,
        standard=standard,
        group=group,
        ranks=ranks,
        changes_cut=changes_of_cut(ranks, group, problem.places),
        model=model,
        readers=readers,
        flags=all_flags(problem, readers, plain.spread, group),
    )
