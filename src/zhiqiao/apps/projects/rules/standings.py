"""Figures beside the official score: what another way of counting would make of the same reviews.

The official score is the mean; nothing here replaces it. All figures are whole hundredths, computed
exactly and rounded once, half up.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from zhiqiao.apps.projects.rules.reviews import hundredths, official_of, spread_of

LEAST_FOR_TRIMMING = 5


@dataclass(frozen=True, slots=True)
class Figures:
    """What the reviews of one application come to; ranks are among the applications given."""

    reviews: int
    official: int
    trimmed: int
    median: int
    spread: int
    ranks: Mapping[str, int] = field(default_factory=dict)
    changes_cut: bool = False


def figures_of(
    totals: Mapping[int, Sequence[int]], *, places: int | None = None
) -> dict[int, Figures]:
    """Return the figures of each application that has a review.

    ``changes_cut`` marks an application that is within the places by one way of counting and outside
    by another. Equal scores share a rank, and the next rank is skipped.
    """
    plain = {key: _figures(sorted(values)) for key, values in totals.items() if values}
    ranks = {
        name: _ranks({key: int(getattr(one, name)) for key, one in plain.items()})
        for name in ("official", "trimmed", "median")
    }
    return {
        key: Figures(
            one.reviews,
            one.official,
            one.trimmed,
            one.median,
            one.spread,
            {name: found[key] for name, found in ranks.items()},
            places is not None and len({found[key] <= places for found in ranks.values()}) > 1,
        )
        for key, one in plain.items()
    }


def _figures(totals: Sequence[int]) -> Figures:
    number = len(totals)
    inner = totals[1:-1] if number >= LEAST_FOR_TRIMMING else totals
    middle = totals[(number - 1) // 2] + totals[number // 2]
    return Figures(
        reviews=number,
        official=official_of(totals) or 0,
        trimmed=official_of(inner) or 0,
        median=hundredths(Fraction(middle, 2)),
        spread=spread_of(totals),
    )


def _ranks(scores: Mapping[int, int]) -> dict[int, int]:
    order = sorted(scores.values(), reverse=True)
    first = {score: place for place, score in reversed(list(enumerate(order, start=1)))}
    return {key: first[score] for key, score in scores.items()}
