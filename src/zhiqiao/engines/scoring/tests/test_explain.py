"""How an application came to its scores."""

import pytest
from hypothesis import given

from zhiqiao.engines.scoring import FINE, FlagKind, Way, explain, solve
from zhiqiao.engines.scoring.tests.worlds import a_problem, problems

MARKS = [[5000, 4000, None, None], [4000, 5000, None, None], [None, None, 9000, 9500]]


def test_marks_and_what_the_model_takes_off_are_told():
    problem = a_problem(MARKS, ridge=1000, places=1)
    told = explain(problem, solve(problem), application=2)
    assert told.scores == {Way.OFFICIAL: 9250, Way.TRIMMED: 9250, Way.MEDIAN: 9250, Way.CALIBRATED: 9250, Way.STANDARD: 1155}  # fmt: skip
    assert told.ranks[Way.CALIBRATED] == 1
    assert (told.group, told.group_size, told.changes_cut) == (1, 1, False)
    assert told.within == dict.fromkeys(told.scores, True)
    assert [(mark.reviewer, mark.score, mark.effect, mark.others) for mark in told.marks] == [
        (2, 9000, -125 * FINE, 0),
        (3, 9500, 125 * FINE, 0),
    ]
    assert [flag.kind for flag in told.flags] == [FlagKind.INCOMPARABLE]


def test_without_places_nothing_is_within():
    problem = a_problem(MARKS)
    told = explain(problem, solve(problem), application=0)
    assert told.within == {}
    assert Way.CALIBRATED not in told.scores
    assert [mark.effect for mark in told.marks] == [None, None]


@given(problems())
def test_calibrated_score_is_what_the_marks_and_effects_of_the_explanation_give(problem):
    scores = solve(problem)
    for application in range(problem.applications):
        told = explain(problem, scores, application=application)
        if Way.CALIBRATED in told.scores:
            freed = [mark.score - mark.effect / FINE for mark in told.marks]
            assert told.scores[Way.CALIBRATED] == pytest.approx(sum(freed) / len(freed), abs=0.501)
        own = {flag for flag in scores.flags if flag.application == application}
        assert own <= set(told.flags)
        answers = [told.within[way] for way in told.within if (scores.ranks[way] > 0).all()]
        assert (len(set(answers)) > 1) == told.changes_cut
