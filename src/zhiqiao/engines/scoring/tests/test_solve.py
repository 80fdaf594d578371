"""Scores against other ways of reckoning them: fractions, dense equations, and other formulas."""

from fractions import Fraction
from statistics import median

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhiqiao.engines.scoring import (
    FINE,
    UNKNOWN,
    Basis,
    Thresholds,
    Way,
    half_up,
    solve,
    verify,
)
from zhiqiao.engines.scoring.tests.worlds import a_problem, problems, small


def marks_of(problem):
    found = [[] for _each in range(problem.applications)]
    for application, score in zip(
        problem.reviews.application.tolist(), problem.reviews.score.tolist(), strict=True
    ):
        found[application].append(score)
    return found


def rounded(value):
    return int((Fraction(value) + Fraction(1, 2)) // 1)


@given(problems())
def test_what_is_solved_violates_nothing(problem):
    assert verify(problem, solve(problem)) == []


@given(problems())
def test_plain_figures_are_those_of_fractions(problem):
    scores, limit = solve(problem), problem.thresholds.trimmed_from
    for at, own in enumerate(marks_of(problem)):
        inner = sorted(own)[1:-1] if len(own) >= limit else own
        assert scores.official[at] == rounded(Fraction(sum(own), len(own)))
        assert scores.trimmed[at] == rounded(Fraction(sum(inner), len(inner)))
        assert scores.median[at] == rounded(Fraction(median(map(Fraction, own))))
        assert scores.spread[at] == max(own) - min(own)


def dense_effects(problem, ridge):
    """Solve the whole system of applications and reviewers as one dense least-squares problem."""
    reviews, number = problem.reviews, problem.reviews.number
    design = np.zeros((number + problem.reviewers, problem.applications + problem.reviewers))
    design[np.arange(number), reviews.application] = 1
    design[np.arange(number), problem.applications + reviews.reviewer] = 1
    below = np.arange(problem.reviewers)
    design[number + below, problem.applications + below] = np.sqrt(ridge)
    right = np.concatenate([reviews.score, np.zeros(problem.reviewers)])
    solution, _rest, rank, _singular = np.linalg.lstsq(design, right, rcond=None)
    left = float(((design @ solution - right) ** 2).sum())
    return solution[: problem.applications], solution[problem.applications :], left, rank


@given(problems())
def test_effects_and_calibrated_scores_are_those_of_the_dense_equations(problem):
    scores = solve(problem)
    if not scores.model.is_known:
        assert (scores.calibrated == UNKNOWN).all()
        return
    deserved, effects, _left, _rank = dense_effects(problem, scores.model.ridge / 1000)
    assert np.abs(scores.model.effect / FINE - effects).max() < 1e-3
    assert np.abs(scores.calibrated - deserved).max() < 0.5 + 1e-3


@given(problems(with_ridge=False))
def test_variances_are_those_of_hendersons_third_method(problem):
    """The reduction in squares is taken from two dense fits, and its trace from the projection itself."""
    model = solve(problem).model
    _deserved, _effects, left, rank = dense_effects(problem, 0.0)
    degrees = problem.reviews.number - rank
    assert model.degrees == degrees
    if model.basis is Basis.TOO_FEW:
        assert degrees < problem.thresholds.least_degrees
        return
    number = problem.reviews.number
    own = np.zeros((number, problem.applications))
    own[np.arange(number), problem.reviews.application] = 1
    seen = np.zeros((number, problem.reviewers))
    seen[np.arange(number), problem.reviews.reviewer] = 1
    beside = np.eye(number) - own @ np.linalg.pinv(own)
    trace = float(np.trace(seen.T @ beside @ seen))
    score = problem.reviews.score.astype(float)
    reduction = float(score @ beside @ score) - left
    noise = left / degrees
    reviewers = (reduction - noise * (rank - problem.applications)) / trace
    assert model.noise_variance == pytest.approx(noise, abs=1e-3, rel=1e-6)
    assert model.reviewer_variance == pytest.approx(reviewers, abs=1e-3, rel=1e-6)


@settings(max_examples=30)
@given(problems(), st.data())
def test_order_in_which_reviewers_are_numbered_does_not_matter(problem, data):
    order = np.array(data.draw(st.permutations(range(problem.reviewers))), np.int32)
    marks = [[None] * problem.reviewers for _each in range(problem.applications)]
    reviews = problem.reviews
    columns = reviews.application.tolist(), reviews.reviewer.tolist(), reviews.score.tolist()
    for application, reviewer, score in zip(*columns, strict=True):
        marks[application][order[reviewer]] = score
    other = a_problem(marks, ridge=problem.ridge or 1000, thresholds=problem.thresholds)
    same = a_problem(
        [[row[order[r]] for r in range(problem.reviewers)] for row in marks],
        ridge=problem.ridge or 1000,
        thresholds=problem.thresholds,
    )
    one, two = solve(same), solve(other)
    assert np.abs(one.calibrated - two.calibrated).max() <= 1
    assert (one.readers.agreement == two.readers.agreement[order]).all()


def test_severe_reviewer_is_seen_through():
    """Reviewer 2 marks ten points lower; the third application had the bad luck of meeting it twice as much."""
    deserved, effect = [9000, 8000, 8500, 7000], [0, 0, -1000, 0]
    marks = [[d + e for e in effect] for d in deserved]
    marks[2] = [None, None, 7500, 8500]
    marks[1] = [8000, 8000, None, 8000]
    scores = solve(a_problem(marks, ridge=10, places=2))
    assert scores.official.tolist() == [8750, 8000, 8000, 6750]
    calibrated = scores.calibrated.tolist()
    assert calibrated[2] > calibrated[1] + 400
    assert scores.ranks[Way.OFFICIAL].tolist() == [1, 2, 2, 4]
    assert scores.ranks[Way.CALIBRATED].tolist() == [1, 3, 2, 4]


def test_ridge_is_greatest_where_reviewers_do_not_differ():
    rng = np.random.default_rng(3)
    marks = rng.integers(6000, 9000, (30, 1)) + np.array([[-5, 5, -5, 5]]) * rng.choice(
        [-1, 1], (30, 1)
    )
    model = solve(a_problem(marks.tolist())).model
    assert (model.basis, model.ridge_text) == (Basis.MOST, "10000.000")


def test_without_enough_reviews_nothing_is_calibrated():
    scores = solve(a_problem([[80, 70], [60, 50]]))
    assert (scores.model.basis, scores.model.degrees) == (Basis.TOO_FEW, 1)
    assert scores.calibrated.tolist() == [UNKNOWN, UNKNOWN]
    assert scores.ranks[Way.CALIBRATED].tolist() == [0, 0]


def test_groups_without_a_common_reviewer_are_ranked_apart():
    marks = [
        [5000, 4000, None, None],
        [4000, 5000, None, None],
        [None, None, 9000, 9500],
        [6000, 6000, None, None],
    ]
    scores = solve(a_problem(marks, ridge=1000, places=2))
    assert scores.group.tolist() == [0, 0, 1, 0]
    assert scores.ranks[Way.OFFICIAL].tolist() == [3, 3, 1, 2]
    assert scores.ranks[Way.CALIBRATED].tolist() == [2, 2, 1, 1]
    assert not scores.changes_cut.any()


def test_extremes_are_cut_from_five_reviews_on():
    five, four = [0, 8000, 8000, 8000, 10_000], [0, 8000, 8000, 10_000, None]
    scores = solve(a_problem([five, four]))
    assert (scores.official.tolist(), scores.trimmed.tolist()) == ([6800, 6500], [8000, 6500])


def test_figures_are_exact_and_equal_scores_share_a_rank():
    scores = solve(a_problem([[8000, 8001], [9000, 7001], [5000, None]]))
    assert scores.official.tolist() == [8001, 8001, 5000]
    assert scores.ranks[Way.OFFICIAL].tolist() == [1, 1, 3]
    assert (scores.median[1], scores.spread[1]) == (8001, 1999)


def test_cut_line_is_flagged_where_another_way_would_decide_otherwise():
    marks = [[0, 9000, 9000], [7000, 7000, 7000], [1, 1, 1]]
    scores = solve(a_problem(marks, places=1, thresholds=Thresholds(least_degrees=100)))
    assert scores.changes_cut.tolist() == [True, True, False]


def test_standard_scores_compare_within_panels():
    marks = [[100], [200], [300], [9000], [9100], [9200]]
    panel = small(0, 0, 0, 1, 1, 1)
    scores = solve(a_problem(marks, panel=panel))
    assert scores.standard.tolist() == [-1000, 0, 1000, -1000, 0, 1000]
    alone = solve(a_problem(marks, panel=small(0, 0, -1, 1, 1, -1)))
    assert (alone.standard == UNKNOWN).all()


@given(problems())
def test_correlation_is_that_of_average_ranks(problem):
    """Pearson's formula in floats over ranks that are counted one against all."""
    scores = solve(problem)
    reviews = problem.reviews
    for reviewer in range(problem.reviewers):
        rows = np.flatnonzero(
            (reviews.reviewer == reviewer) & (problem.size[reviews.application] > 1)
        )
        told = scores.readers.agreement[reviewer]
        own = [Fraction(int(reviews.score[at])) for at in rows]
        others = [
            Fraction(int(reviews.score[reviews.application == reviews.application[at]].sum()))
            - mark
            for at, mark in zip(rows, own, strict=True)
        ]
        others = [
            total / int(problem.size[reviews.application[at]] - 1)
            for at, total in zip(rows, others, strict=True)
        ]
        ranks = [
            [sum(b < a for b in values) + (sum(b == a for b in values) + 1) / 2 for a in values]
            for values in (own, others)
        ]
        if len(rows) < problem.thresholds.agreement_least or 0 in map(np.ptp, ranks):
            assert told == UNKNOWN
        else:
            assert told == pytest.approx(1000 * np.corrcoef(*ranks)[0, 1], abs=0.51)


def test_halves_are_rounded_upwards():
    assert [half_up(number, 2) for number in (-3, -1, 1, 3)] == [-1, 0, 1, 2]


def test_long_chain_of_reviewers_is_solved():
    """Each reviewer shares one application with the next: the worst case for a descent."""
    number = 3000
    marks = np.arange(2 * number) * 37 % 1009
    application = np.repeat(np.arange(number, dtype=np.int32), 2)
    reviewer = (application + np.tile([0, 1], number)).astype(np.int32)
    base = a_problem([[1]])
    problem = type(base)(
        applications=number,
        reviewers=number + 1,
        reviews=type(base.reviews)(application, reviewer, marks.astype(np.int64)),
        thresholds=Thresholds(least_degrees=1),
        ridge=10,
    )
    scores = solve(problem)
    assert scores.groups == 1
    assert [v for v in verify(problem, scores) if v.name in {"P3", "P4"}] == []
