"""Who moved because of whom between two allocations of the same candidates."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from zhiqiao.engines.matching.errors import MatchingError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhiqiao.engines.matching.terms import Int32, Int64


class End(StrEnum):
    """How a chain of displacements ends."""

    FREE = "free"  # the last one takes a place that nobody had
    OUT = "out"  # the last one has no place any more
    ROUND = "round"  # the last one takes the place of the first


@dataclass(frozen=True, slots=True)
class Move:
    """One candidate's change; -1 stands for no place."""

    candidate: int
    left: int
    entered: int


@dataclass(frozen=True, slots=True)
class Chain:
    """Moves in order: each candidate takes the place that the next one leaves."""

    moves: tuple[Move, ...]
    end: End


def displacements(before: Int32, after: Int32) -> list[Chain]:
    """Return the chains that lead from one allocation to the other, by their first candidate.

    Parameters
    ----------
    before, after : int32 arrays of shape (M,)
        Programme of each candidate, or -1.

    Returns
    -------
    list of Chain
        Every candidate whose programme changed is in exactly one chain, the others in none.

    Raises
    ------
    MatchingError
        ``length`` where the two are not about the same candidates.

    Notes
    -----
    Places of a programme are alike, so who takes whose place is a convention: of those who enter a
    programme and those who leave it, the first by number are paired with the first. How many enter and
    leave, and who, is not a convention. O(M log M).
    """
    if before.shape != after.shape:
        raise MatchingError(
            "length", name="after", given=after.size, wanted=before.size, each="candidate"
        )
    moved = np.flatnonzero(before != after)
    displaced = _displaced(moved, before, after)
    chains = [_follow(start, displaced, before, after) for start in _starts(moved, displaced)]
    return sorted(chains, key=lambda chain: chain.moves[0].candidate)


def _displaced(moved: Int64, before: Int32, after: Int32) -> dict[int, int]:
    """Pair who enters a programme with who leaves it: the key takes the place of the value."""
    leaving: dict[int, list[int]] = {}
    for candidate in moved.tolist()[::-1]:
        leaving.setdefault(int(before[candidate]), []).append(candidate)
    pairs = {}
    for candidate in moved.tolist():
        programme = int(after[candidate])
        if programme >= 0 and leaving.get(programme):
            pairs[candidate] = leaving[programme].pop()
    return pairs


def _starts(moved: Int64, displaced: dict[int, int]) -> Iterator[int]:
    """Yield those whom nobody displaced, and then one of each round that is left."""
    pushed = set(displaced.values())
    seen = set[int]()
    alone = [candidate for candidate in moved.tolist() if candidate not in pushed]
    for start in (*alone, *moved.tolist()):
        if start in seen:
            continue
        yield start
        at: int | None = start
        while at is not None and at not in seen:
            seen.add(at)
            at = displaced.get(at)


def _follow(start: int, displaced: dict[int, int], before: Int32, after: Int32) -> Chain:
    moves, at = [], start
    while True:
        moves.append(Move(at, int(before[at]), int(after[at])))
        following = displaced.get(at)
        if following is None:
            return Chain(tuple(moves), End.OUT if after[at] < 0 else End.FREE)
        if following == start:
            return Chain(tuple(moves), End.ROUND)
        at = following
