"""A problem as the loops take it: reserved places unfolded into groups that stand for programmes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from zhiqiao.engines.matching.kernels.expansion import count_proposals, expand
from zhiqiao.engines.matching.outcome import at_choices

if TYPE_CHECKING:
    from zhiqiao.engines.matching.problem import Problem
    from zhiqiao.engines.matching.terms import Int8, Int32, Int64


@dataclass(frozen=True, eq=False)
class Market:
    """Groups of places with proposals to them.

    ``group`` is the group of each proposal and ``origin`` the choice that it comes from; both are
    the choices themselves where no place is reserved.
    """

    seats: Int64
    first: Int64
    group: Int32
    bars: Int8
    places: Int32
    by_choice: bool
    origin: Int64 | None
    programme_of: Int32 | None

    def choices_of(self, holds: Int64) -> Int64:
        """Return the choices behind proposals; -1 stays."""
        if self.origin is None:
            return holds
        found = np.full(holds.size, -1, np.int64)
        is_held = holds >= 0
        found[is_held] = self.origin[holds[is_held]]
        return found

    def groups_of(self, holds: Int64) -> Int32:
        """Return the groups of proposals; -1 stays."""
        return at_choices(self.group, holds)


def market_of(problem: Problem) -> Market:
    """Unfold a problem. O(E groups)."""
    standing, reserves = problem.standing, problem.reserves
    if reserves is None:
        return Market(
            seats=problem.seats,
            first=problem.first,
            group=problem.programme,
            bars=problem.bars,
            places=standing.places,
            by_choice=standing.by_choice,
            origin=None,
            programme_of=None,
        )
    kinds = (reserves.attribute, reserves.value, reserves.reverting, reserves.attributes)
    first = count_proposals(problem.first, problem.programme, problem.bars, reserves.first, *kinds)
    group, places, origin = expand(
        first, problem.first, problem.programme, problem.bars,
        standing.places, standing.by_choice, reserves.first, *kinds, behind_of(problem),
    )  # fmt: skip
    owner = np.repeat(np.arange(problem.programmes, dtype=np.int32), np.diff(reserves.first))
    return Market(
        seats=reserves.seats,
        first=first,
        group=group,
        bars=np.zeros(0, np.uint8),
        places=places,
        by_choice=True,
        origin=origin,
        programme_of=owner,
    )


def behind_of(problem: Problem) -> int:
    """Return how far behind its kind everyone else stands at a reserved place."""
    places = problem.standing.places
    return int(places.max()) + 1 if places.size else 1
