"""The model of reviewers: mark = application + reviewer + noise, by ridge least squares.

Applications are fixed and not shrunk; effects of reviewers carry the penalty ridge * effect^2, which
makes them the best linear prediction of random effects whose variance is the noise's over the ridge.
Taking the applications out leaves a system over the reviewers alone, never made as a matrix: its
product with a vector is two sums over the reviews. Summed over a connected group the equations say
that the effects of the group are zero on average, so the model takes the reviewers of every group to
be equally severe on average; that is why groups are not compared.

Sources: least square calibration of Tan, Wu, Bei, Xu (NeurIPS 2021); variances by Henderson's third
method (Biometrics 9, 1953), whose expectation needs only the trace N - A of the reduced system;
conjugate gradients of Hestenes and Stiefel (1952).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from zhiqiao.engines.scoring.errors import ScoringError
from zhiqiao.engines.scoring.outcome import Model
from zhiqiao.engines.scoring.plain import half_up
from zhiqiao.engines.scoring.terms import (
    FINE,
    LEAST_RIDGE,
    MILLI,
    MOST_RIDGE,
    Basis,
)

if TYPE_CHECKING:
    from zhiqiao.engines.scoring.problem import ScoringProblem
    from zhiqiao.engines.scoring.terms import Int64, Reals

ACCURACY = 2e-8  # hundredths of a point, for each review of a reviewer
ROUNDS, STEPS = 8, 20_000
NO_VARIANCE = 1e-9


@dataclass(frozen=True, eq=False)
class System:
    """The equations over the reviewers, as a product with vectors."""

    problem: ScoringProblem
    ridge: float

    def times(self, effects: Reals) -> Reals:
        """Multiply effects by the matrix. O(N)."""
        held = effects * (self.problem.load + self.ridge)
        found: Reals = held - self._shared(effects[self.problem.reviews.reviewer])
        return found

    def right_side(self) -> Reals:
        """Return what the reviewers gave above the means of their applications, summed up."""
        reviews = self.problem.reviews
        score = reviews.score.astype(np.float64)
        given = np.bincount(reviews.reviewer, score, minlength=self.problem.reviewers)
        return given - self._shared(score)

    def diagonal(self) -> Reals:
        """Return the diagonal of the matrix, 1 where it is 0."""
        own = 1 - 1 / self.problem.size[self.problem.reviews.application]
        reviewers = self.problem.reviewers
        held = np.bincount(self.problem.reviews.reviewer, own, minlength=reviewers) + self.ridge
        found: Reals = np.where(held > 0, held, 1.0)
        return found

    def _shared(self, values: Reals) -> Reals:
        """Spread values of reviews over their applications and sum the means up for reviewers."""
        problem = self.problem
        application, reviewer = problem.reviews.application, problem.reviews.reviewer
        mean = np.bincount(application, values, minlength=problem.applications) / problem.size
        spread: Reals = mean[application]
        found: Reals = np.bincount(reviewer, spread, minlength=problem.reviewers).astype(np.float64)
        return found


def effects_of(problem: ScoringProblem, ridge: float, *, rounds: int = ROUNDS) -> Int64:
    """Return the effects of the reviewers in millionths of a hundredth.

    Conjugate gradients with the diagonal as preconditioner, begun anew from the true remainder until
    every equation holds to `ACCURACY`. O(N) a step; steps grow with the root of the condition, at
    most about R a round. Without a ridge the system has a null space for each connected group, which
    the right side has no part in.
    """
    system = System(problem, ridge)
    right = system.right_side()
    scale: Reals = problem.load.astype(np.float64) + ridge
    found = np.zeros(problem.reviewers)
    for _round in range(rounds):
        left = right - system.times(found)
        if np.abs(left / scale).max(initial=0.0) <= ACCURACY:
            return np.rint(found * FINE).astype(np.int64)
        found = found + _descended(system, left, scale)
    raise ScoringError("not-solved", rounds=rounds)


def _descended(system: System, left: Reals, scale: Reals) -> Reals:
    weight = 1 / system.diagonal()
    found = np.zeros_like(left)
    step = weight * left
    length = float(left @ step)
    for _step in range(min(2 * left.size + 50, STEPS)):
        image = system.times(step)
        curve = float(step @ image)
        if curve <= 0:
            break
        found = found + (length / curve) * step
        left = left - (length / curve) * image
        if np.abs(left / scale).max() <= ACCURACY / 4:
            break
        before, length = length, float(left @ (weight * left))
        step = weight * left + (length / before) * step
    return found


def fit_model(problem: ScoringProblem, groups: int) -> Model:
    """Choose the ridge and solve the model; no effects where too little is known.

    Notes
    -----
    With the sum of squares W within applications, Q what the full model leaves of it, C groups and
    d = N - A - R + C degrees of freedom, the noise has the variance Q / d, and the reviewers have
    (W - Q - (R - C) Q / d) / (N - A). The ridge is the ratio of the two, rounded to thousandths and
    kept from 0.01 to 10,000.
    """
    number, nothing = problem.reviews.number, np.zeros(0, np.int64)
    degrees = number - problem.applications - problem.reviewers + groups
    if problem.ridge is not None:
        effect = effects_of(problem, problem.ridge / MILLI)
        return Model(Basis.GIVEN, problem.ridge, degrees, 0.0, 0.0, nothing, effect)
    if degrees < problem.thresholds.least_degrees:
        return Model(Basis.TOO_FEW, 0, degrees, 0.0, 0.0, nothing, nothing)
    unshrunk = effects_of(problem, 0.0)
    within = _left_over(problem, np.zeros(problem.reviewers))
    noise = _left_over(problem, unshrunk / FINE)
    noise_variance = noise / degrees
    between = within - noise - (problem.reviewers - groups) * noise_variance
    reviewer_variance = between / (number - problem.applications)
    basis, ridge = _ridge_of(noise_variance, reviewer_variance)
    effect = effects_of(problem, ridge / MILLI)
    return Model(basis, ridge, degrees, noise_variance, reviewer_variance, unshrunk, effect)


def _ridge_of(noise: float, reviewers: float) -> tuple[Basis, int]:
    if reviewers <= NO_VARIANCE or noise * MILLI >= reviewers * MOST_RIDGE:
        return Basis.MOST, MOST_RIDGE
    ridge = round(noise * MILLI / reviewers)
    return (Basis.ESTIMATED, ridge) if ridge > LEAST_RIDGE else (Basis.LEAST, LEAST_RIDGE)


def _left_over(problem: ScoringProblem, effects: Reals) -> float:
    """Return the sum of squares of marks without effects around the means of the applications."""
    reviews = problem.reviews
    freed = reviews.score - effects[reviews.reviewer]
    mean = np.bincount(reviews.application, freed, minlength=problem.applications) / problem.size
    return float(np.square(freed - mean[reviews.application]).sum())


def calibrated_scores(problem: ScoringProblem, effect: Int64) -> Int64:
    """Return the means of marks after effects are taken off, in whole hundredths; exact."""
    reviews = problem.reviews
    freed = reviews.score * FINE - effect[reviews.reviewer]
    return half_up(np.add.reduceat(freed, problem.first[:-1]), problem.size * FINE)
