"""How one application came to its scores: every mark, what the model takes off, and what is flagged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from zhiqiao.engines.scoring.errors import ScoringError
from zhiqiao.engines.scoring.terms import NONE, UNKNOWN, Way

if TYPE_CHECKING:
    from zhiqiao.engines.scoring.outcome import Flag, Scores
    from zhiqiao.engines.scoring.problem import ScoringProblem


@dataclass(frozen=True, slots=True)
class Mark:
    """A review of the application.

    ``score`` in hundredths of a point; ``effect``, what the model takes off, in millionths of a
    hundredth, or nothing without a model; ``others`` is how many other applications the reviewer marked.
    """

    review: int
    reviewer: int
    score: int
    effect: int | None
    others: int


@dataclass(frozen=True, slots=True)
class Explanation:
    """Scores and ranks of an application by each way that can be said, with what they are made of.

    ``within`` says by each way whether it is within the places (a group has as many calibrated ones as
    official ones); empty without places. ``group_size`` counts the applications it can be compared with.
    """

    application: int
    scores: dict[Way, int]
    ranks: dict[Way, int]
    within: dict[Way, bool]
    spread: int
    marks: tuple[Mark, ...]
    group: int
    group_size: int
    changes_cut: bool
    flags: tuple[Flag, ...]


def explain(problem: ScoringProblem, scores: Scores, *, application: int) -> Explanation:
    """Explain the scores of one application.

    Flags are its own, those of its reviews, and those of its reviewers. O(A + flags).

    Raises
    ------
    ScoringError
        When there is no such application.
    """
    if not 0 <= application < problem.applications:
        number = problem.applications
        raise ScoringError("index", at=NONE, what="application", given=application, number=number)
    marks = tuple(_marks(problem, scores, application))
    reviewers = {mark.reviewer for mark in marks}
    figures = {
        Way.OFFICIAL: scores.official,
        Way.TRIMMED: scores.trimmed,
        Way.MEDIAN: scores.median,
        Way.CALIBRATED: scores.calibrated,
        Way.STANDARD: scores.standard,
    }
    said = {way: int(each[application]) for way, each in figures.items()}
    said = {way: figure for way, figure in said.items() if figure != UNKNOWN}
    return Explanation(
        application=application,
        scores=said,
        ranks={way: int(scores.ranks[way][application]) for way in said},
        within=_within(problem, scores, application, list(said)),
        spread=int(scores.spread[application]),
        marks=marks,
        group=int(scores.group[application]),
        group_size=int((scores.group == scores.group[application]).sum()),
        changes_cut=bool(scores.changes_cut[application]),
        flags=tuple(
            flag
            for flag in scores.flags
            if flag.application == application
            or (flag.application == NONE and flag.reviewer in reviewers)
        ),
    )


def _marks(problem: ScoringProblem, scores: Scores, application: int) -> list[Mark]:
    effect = scores.model.effect
    found = []
    for at in range(int(problem.first[application]), int(problem.first[application + 1])):
        reviewer = int(problem.reviews.reviewer[at])
        own = int(effect[reviewer]) if scores.model.is_known else None
        others = int(problem.load[reviewer]) - 1
        found.append(Mark(at, reviewer, int(problem.reviews.score[at]), own, others))
    return found


def _within(
    problem: ScoringProblem, scores: Scores, application: int, ways: list[Way]
) -> dict[Way, bool]:
    if problem.places is None:
        return {}
    own = scores.group == scores.group[application]
    places = int((scores.ranks[Way.OFFICIAL][own] <= problem.places).sum())
    return {
        way: bool(
            scores.ranks[way][application] <= (places if way is Way.CALIBRATED else problem.places)
        )
        for way in ways
    }
