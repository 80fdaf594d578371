"""The model of reviewers, looked at again: whether its effects satisfy its equations."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from zhiqiao.engines.scoring.terms import Basis
from zhiqiao.engines.scoring.verify.facts import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhiqiao.engines.scoring.terms import Int64, Reals
    from zhiqiao.engines.scoring.verify.facts import Facts

UNIT = 10**6  # of effects, to a hundredth of a point
SMALLEST, GREATEST = 10, 10_000_000
# What rounding effects to millionths, and the accuracy of the solver, leave in an equation.
SLACK = 3e-6
CLOSE = 1e-6


def ridge_is_justified(facts: Facts) -> Iterator[Violation]:
    """P3: the ridge is the given one, or the ratio of the two variances that the marks show."""
    problem, model = facts.problem, facts.scores.model
    degrees = (
        problem.reviews.number - problem.applications - problem.reviewers + len(facts.connected)
    )
    if model.degrees != degrees:
        yield Violation("P3", f"the degrees of freedom are {degrees}, and {model.degrees} told")
    elif problem.ridge is not None or degrees < problem.thresholds.least_degrees:
        expected = (Basis.TOO_FEW, 0) if problem.ridge is None else (Basis.GIVEN, problem.ridge)
        if (model.basis, model.ridge) != expected:
            yield Violation(
                "P3", f"the ridge is {expected}, and {model.basis, model.ridge} is told"
            )
        if model.unshrunk.size or model.noise_variance or model.reviewer_variance:
            yield Violation("P3", "variances are told where none were estimated")
    else:
        yield from _estimate(facts, degrees)


def _estimate(facts: Facts, degrees: int) -> Iterator[Violation]:
    problem, model = facts.problem, facts.scores.model
    if model.unshrunk.shape != (problem.reviewers,):
        yield Violation("P3", "there is not one effect without a ridge for each reviewer")
        return
    wrong = _unbalanced(facts, model.unshrunk, 0.0)
    if wrong.size:
        yield Violation(
            "P3", "effects without a ridge do not satisfy their equations", (), _few(wrong)
        )
        return
    noise = float((_remainders(facts, model.unshrunk) ** 2).sum())
    within = float((_remainders(facts, np.zeros(problem.reviewers, np.int64)) ** 2).sum())
    rank = problem.reviewers - len(facts.connected)
    noise_variance = noise / degrees
    reviewer_variance = (within - noise - rank * noise_variance) / (
        problem.reviews.number - problem.applications
    )
    scale = CLOSE * max(within / problem.reviews.number, 1)
    for name, own, told in (
        ("the noise", noise_variance, model.noise_variance),
        ("reviewers", reviewer_variance, model.reviewer_variance),
    ):
        if abs(own - told) > scale:
            yield Violation("P3", f"the variance of {name} is {own:.6g}, and {told:.6g} is told")
    yield from _ratio(model.noise_variance, model.reviewer_variance, (model.basis, model.ridge))


def _ratio(noise: float, reviewers: float, told: tuple[Basis, int]) -> Iterator[Violation]:
    """Hold the ridge against the told variances; next to a bound both answers are right."""
    ridge = 1000 * noise / reviewers if reviewers > 1e-9 else float("inf")
    bounded = round(min(max(ridge, SMALLEST), GREATEST))
    basis = Basis.ESTIMATED
    if bounded in {SMALLEST, GREATEST}:
        basis = Basis.LEAST if bounded == SMALLEST else Basis.MOST
    if told != (basis, bounded):
        yield Violation("P3", f"the variances give the ridge {basis, bounded}, and {told} is told")


def effects_satisfy_equations(facts: Facts) -> Iterator[Violation]:
    """P4: of each reviewer, what is left of the marks after all effects is the ridge times the effect."""
    model = facts.scores.model
    size = facts.problem.reviewers if model.ridge else 0
    if model.effect.shape != (size,):
        yield Violation("P4", f"effects needed: {size}, and {model.effect.size} told")
    elif size:
        wrong = _unbalanced(facts, model.effect, model.ridge / 1000)
        if wrong.size:
            yield Violation("P4", "the effects do not satisfy the equations", (), _few(wrong))


def _unbalanced(facts: Facts, effect: Int64, ridge: float) -> Int64:
    """Return the reviewers whose equation does not hold."""
    reviewer, number = facts.problem.reviews.reviewer, facts.problem.reviewers
    left = np.zeros(number)
    np.add.at(left, reviewer, _remainders(facts, effect))
    load = np.zeros(number)
    np.add.at(load, reviewer, 1)
    return np.flatnonzero(np.abs(left - ridge * effect / UNIT) > SLACK * (load + ridge))


def _remainders(facts: Facts, effect: Int64) -> Reals:
    """Return what is left of each mark after the effect and the mean of the application."""
    reviews = facts.problem.reviews
    freed = reviews.score - effect[reviews.reviewer] / UNIT
    total, number = np.zeros(facts.problem.applications), np.zeros(facts.problem.applications)
    np.add.at(total, reviews.application, freed)
    np.add.at(number, reviews.application, 1)
    left: Reals = freed - (total / number)[reviews.application]
    return left


def _few(found: Int64) -> tuple[int, ...]:
    return tuple(found[:5].tolist())
