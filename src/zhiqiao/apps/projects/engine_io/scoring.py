"""Rows to arrays and back: what the reviews of a call come to by the scoring engine.

Reading time is what the server counted between signs of life; of a review that was never opened here
(handed in on paper) it is not known. Who is compared with whom in a panel follows the grouping of the
lifecycle, where it has one.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass

import numpy as np
import numpy.typing as npt

from zhiqiao.apps.projects.models import Call
from zhiqiao.apps.projects.queries.scores import ReviewRow, panels_of, rows_to_score
from zhiqiao.core.errors import RuleError
from zhiqiao.engines import scoring as engine

# These are told of an application by other means, or of its own row.
OF_APPLICATIONS = (engine.FlagKind.APART, engine.FlagKind.INCOMPARABLE)


@dataclass(frozen=True, slots=True)
class FlagRow:
    """A flag by the keys of reviews; of a whole reviewer by the first review."""

    kind: str
    review: int
    other: int | None
    figure: int
    threshold: int
    number: int


@dataclass(frozen=True, slots=True)
class Figures:
    """What the reviews of one application come to: hundredths, thousandths (standard), and ranks.

    What cannot be said is nothing. ``group`` counts from 1; the calibrated rank is the one within it.
    """

    reviews: int
    official: int
    trimmed: int
    median: int
    spread: int
    calibrated: int | None
    standard: int | None
    group: int
    group_size: int
    ranks: Mapping[str, int | None]
    changes_cut: bool


@dataclass(frozen=True, slots=True)
class Scored:
    """What a call came to: figures of each application by its key, of the whole, and flags."""

    applications: Mapping[int, Figures]
    figures: Mapping[str, object]
    flags: tuple[FlagRow, ...]


def score_call(call: Call) -> Scored:
    """Score, verify and give back; what does not pass its own check is refused."""
    rows = rows_to_score(call)
    keys = sorted({row.application for row in rows})
    problem = _problem(call, rows, keys)
    try:
        found = engine.solve(problem)
    except engine.ScoringError as error:
        raise RuleError("projects.scores-refused", problem=error.message) from error
    faults = engine.verify(problem, found)
    if faults:
        raise RuleError("projects.scores-refused", problem=str(faults[0]))
    sizes = np.bincount(found.group).tolist()
    figures = {key: _figures(problem, found, sizes, place) for place, key in enumerate(keys)}
    return Scored(figures, _whole(problem, found), tuple(_flags(rows, found)))


def _problem(call: Call, rows: list[ReviewRow], keys: list[int]) -> engine.ScoringProblem:
    place = {key: number for number, key in enumerate(keys)}
    experts = sorted({row.expert for row in rows})
    seat = {key: number for number, key in enumerate(experts)}
    return engine.ScoringProblem(
        applications=len(keys),
        reviewers=len(experts),
        reviews=engine.Reviews(
            np.array([place[row.application] for row in rows], np.int32),
            np.array([seat[row.expert] for row in rows], np.int32),
            np.array([row.total for row in rows], np.int64),
        ),
        seconds=np.array([-1 if row.seconds is None else row.seconds for row in rows], np.int64),
        comments=tuple(row.words for row in rows),
        panel=_panel(call, keys),
        places=call.places,
    )


def _panel(call: Call, keys: list[int]) -> npt.NDArray[np.int32] | None:
    names = panels_of(call, keys)
    if names is None:
        return None
    numbers = {name: number for number, name in enumerate(sorted(set(names.values())))}
    return np.array([numbers[names[key]] if key in names else -1 for key in keys], np.int32)


def _figures(
    problem: engine.ScoringProblem, found: engine.Scores, sizes: list[int], place: int
) -> Figures:
    group = int(found.group[place])
    return Figures(
        reviews=int(problem.size[place]),
        official=int(found.official[place]),
        trimmed=int(found.trimmed[place]),
        median=int(found.median[place]),
        spread=int(found.spread[place]),
        calibrated=_known(int(found.calibrated[place])),
        standard=_known(int(found.standard[place])),
        group=group + 1,
        group_size=sizes[group],
        ranks={str(way): int(ranks[place]) or None for way, ranks in found.ranks.items()},
        changes_cut=bool(found.changes_cut[place]),
    )


def _known(figure: int) -> int | None:
    return None if figure == engine.UNKNOWN else figure


def _whole(problem: engine.ScoringProblem, found: engine.Scores) -> dict[str, object]:
    model, readers = found.model, found.readers
    return {
        "applications": problem.applications,
        "reviewers": problem.reviewers,
        "reviews": problem.reviews.number,
        "basis": str(model.basis),
        "ridge": model.ridge_text,
        "degrees": model.degrees,
        "groups": found.groups,
        "has_panels": problem.panel is not None,
        "changes_cut": int(found.changes_cut.sum()),
        "untimed": int((readers.reviews - readers.timed).sum()),
        "unjudged": int((readers.reviews - readers.judged).sum()),
        "uncorrelated": int((readers.agreement == engine.UNKNOWN).sum()),
        "thresholds": asdict(problem.thresholds),
    }


def _flags(rows: list[ReviewRow], found: engine.Scores) -> Iterator[FlagRow]:
    experts = sorted({row.expert for row in rows})
    first = {row.expert: row.key for row in reversed(rows)}
    for flag in found.flags:
        if flag.kind in OF_APPLICATIONS:
            continue
        review = rows[flag.review].key if flag.review >= 0 else first[experts[flag.reviewer]]
        other = rows[flag.other].key if flag.other >= 0 else None
        yield FlagRow(str(flag.kind), review, other, flag.figure, flag.threshold, flag.number)
