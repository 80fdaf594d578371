"""Every refusal is reached by an input that deserves it, and says what was given."""

from dataclasses import replace

import numpy as np
import pytest

from zhiqiao.engines.scoring import (
    Reviews,
    ScoringError,
    Thresholds,
    explain,
    solve,
)
from zhiqiao.engines.scoring.errors import REFUSALS
from zhiqiao.engines.scoring.modelling import effects_of
from zhiqiao.engines.scoring.tests.worlds import a_problem, small, whole

BASE = a_problem([[80, 70], [60, None]], ridge=1000)
MANY = 1_000_001


def reviews(application=(0, 0, 1), reviewer=(0, 1, 0), score=(80, 70, 60)):
    return Reviews(small(*application), small(*reviewer), whole(*score))


CASES = [
    ("length", {"reviews": Reviews(small(0, 0, 1), small(0, 1), whole(8, 7, 6))}),
    ("length", {"comments": ("one",)}),
    ("length", {"panel": small(0)}),
    ("kind", {"seconds": small(1, 1, 1)}),
    ("index", {"reviews": reviews(reviewer=(0, 2, 0))}),
    ("index", {"reviews": reviews(application=(0, 0, -1))}),
    ("unreviewed", {"applications": 3}),
    ("unreviewed", {"reviewers": 3}),
    ("order", {"reviews": reviews(application=(0, 1, 0))}),
    ("order", {"reviews": reviews((0, 0, 0, 1), (0, 1, 1, 0), (8, 7, 7, 6))}),
    ("score", {"reviews": reviews(score=(80, -1, 60))}),
    ("score", {"reviews": reviews(score=(80, 1_000_001, 60))}),
    ("seconds", {"seconds": whole(1, -2, 3)}),
    ("panel", {"panel": small(0, -2)}),
    ("places", {"places": -1}),
    ("ridge", {"ridge": 9}),
    ("ridge", {"ridge": 10_000_001}),
    ("too-many", {"reviews": Reviews(*(np.zeros(MANY, kind) for kind in (np.int32, np.int32, np.int64)))}),
]  # fmt: skip


@pytest.mark.parametrize(("reason", "changed"), CASES, ids=[reason for reason, _ in CASES])
def test_input_that_deserves_it_is_refused_with_its_reason(reason, changed):
    with pytest.raises(ScoringError) as refused:
        solve(replace(BASE, **changed))
    assert refused.value.reason == reason
    assert "{" not in str(refused.value)


@pytest.mark.parametrize(
    "given",
    [{"trimmed_from": 2}, {"read_share": 101}, {"agreement_most": -1001}, {"spread_most": -1}],
)
def test_threshold_out_of_its_bounds_is_refused(given):
    with pytest.raises(ScoringError, match=r"The threshold \w+ is") as refused:
        Thresholds(**given)
    assert refused.value.reason == "threshold"


def test_model_that_is_not_solved_in_its_rounds_is_refused():
    with pytest.raises(ScoringError) as refused:
        effects_of(BASE, 1.0, rounds=0)
    assert refused.value.reason == "not-solved"


def test_every_refusal_is_reached():
    assert {reason for reason, _changed in CASES} | {"threshold", "not-solved"} == set(REFUSALS)


def test_question_about_nothing_is_refused():
    with pytest.raises(ScoringError, match="names application 2; there are 2"):
        explain(BASE, solve(BASE), application=2)


def test_the_problem_that_the_cases_change_is_solved():
    assert solve(BASE).official.tolist() == [75, 60]


def test_nothing_given_is_nothing_found():
    empty = Reviews(small(), small(), whole())
    scores = solve(replace(BASE, applications=0, reviewers=0, reviews=empty))
    assert (scores.official.size, scores.groups, scores.flags) == (0, 0, ())
