"""Every stable allocation from the candidates' best one: the rotations, and which must come before which.

A rotation is a circle of candidates, each the last admitted at a programme, who all move on to the
next programme on their lists that would take them; there each puts out the next one of the circle.
From the candidates' best allocation each set of rotations that contains what must come before its
members leads to a stable allocation, and every stable allocation is reached by exactly one such set
(D. Gusfield, R. W. Irving, *The Stable Marriage Problem*, 1989, chapters 2 and 3, with the last
admitted in the place of the partner).
"""

from __future__ import annotations

from bisect import bisect_right, insort
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from zhiqiao.engines.matching.kernels.capped import keys_of
from zhiqiao.engines.matching.kernels.deferred import LOT_MASK
from zhiqiao.engines.matching.kernels.lists import compete

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhiqiao.engines.matching.market import Market
    from zhiqiao.engines.matching.problem import Standing
    from zhiqiao.engines.matching.terms import Int64


@dataclass(frozen=True, slots=True)
class Turn:
    """A rotation.

    ``moves`` are candidate, proposal left and proposal entered. ``after`` are numbers of rotations
    that must come before, enough of them to imply all others.
    """

    moves: tuple[tuple[int, int, int], ...]
    after: frozenset[int]


def rotations(market: Market, standing: Standing, best: Int64, worst: Int64) -> list[Turn]:
    """Return all rotations, in an order in which they can be turned.

    Parameters
    ----------
    market : Market
        Groups of places and proposals, without caps.
    standing : Standing
        Whose lots decide between the tied.
    best, worst : int64 arrays of shape (M,)
        Proposal that each candidate holds in the stable allocations best and worst for candidates,
        or -1.

    Notes
    -----
    O(E + L log q + R q): L choices between best and worst of those whom the two serve differently, R
    moves of all rotations together (at most L), q places of a programme.
    """
    movable = np.flatnonzero(best != worst)
    if movable.size == 0:
        return []
    walk = _Walk(market, standing, best, worst)
    for candidate in movable.tolist():
        walk.turn_until_worst(candidate)
    return walk.turns


class _Walk:
    """Walks from the best allocation to the worst, one rotation after the other.

    ``keys`` has those who hold a place of a group, the last admitted at the end; ``limits`` has the
    key of the last admitted after each rotation there, negated so that it rises, and ``turned`` has
    the rotations. Programmes that nobody can pass stay out of it.
    """

    def __init__(self, market: Market, standing: Standing, best: Int64, worst: Int64) -> None:
        self.market, self.drawn = market, standing.drawn
        self.key = keys_of(market.first, market.places, market.by_choice, standing.lots)
        self.holds, self.worst = best.copy(), worst
        self.keys = _holders(market, self.key, best, worst)
        self.limits = {group: [-own[-1]] for group, own in self.keys.items()}
        self.turned: dict[int, list[int]] = {group: [] for group in self.keys}
        self.turns: list[Turn] = []
        self.wish = best.copy()

    def turn_until_worst(self, start: int) -> None:
        """Turn every rotation that a walk from a candidate meets, until this one has the worst."""
        path, place = [start], {start: 0}
        while self.holds[start] != self.worst[start]:
            following = self._put_out_by(path[-1])
            if following not in place:
                place[following] = len(path)
                path.append(following)
                continue
            circle = path[place[following] :]
            del path[place[following] :]
            for each in circle:
                del place[each]
            self._turn(circle)
            if not path:
                path, place = [start], {start: 0}

    def _put_out_by(self, candidate: int) -> int:
        """Return whom the candidate would put out at the next programme that takes the candidate."""
        self.wish[candidate] = max(self.wish[candidate], self.holds[candidate] + 1)
        while not self._would_take(self.wish[candidate]):
            self.wish[candidate] += 1
        group = int(self.market.group[self.wish[candidate]])
        return int(self.drawn[self.keys[group][-1] & LOT_MASK])

    def _would_take(self, proposal: int) -> bool:
        keys = self.keys.get(int(self.market.group[proposal]))
        if not keys or not compete(self.market.bars, proposal):
            return False
        return bool(self.key[proposal] < keys[-1])

    def _turn(self, circle: list[int]) -> None:
        moves = tuple((each, int(self.holds[each]), int(self.wish[each])) for each in circle)
        group, number = self.market.group, len(self.turns)
        after = {each for _who, left, entered in moves for each in self._before(left, entered)}
        self.turns.append(Turn(moves, frozenset(after)))
        for _who, left, _entered in moves:
            self.keys[int(group[left])].pop()
        for who, _left, entered in moves:
            own = int(group[entered])
            insort(self.keys[own], int(self.key[entered]))
            self.limits[own].append(-self.keys[own][-1])
            self.turned[own].append(number)
            self.holds[who] = entered

    def _before(self, left: int, entered: int) -> Iterator[int]:
        """Yield the rotations that must come before a move.

        That is the last one where the candidate leaves (rotations of one programme follow each
        other, since each moves its last admitted), and at every programme passed over the one after
        which it would not take the candidate any more.
        """
        yield from self.turned[int(self.market.group[left])][-1:]
        for passed in range(left + 1, entered):
            group = int(self.market.group[passed])
            if group in self.keys and compete(self.market.bars, passed):
                at = bisect_right(self.limits[group], -int(self.key[passed]))
                yield from self.turned[group][max(at - 1, 0) : at]


def _holders(market: Market, key: Int64, best: Int64, worst: Int64) -> dict[int, list[int]]:
    """Return the keys of those who hold places where somebody can pass or enter, the best first."""
    passed = np.zeros(market.seats.size, np.bool_)
    for candidate in np.flatnonzero(best != worst).tolist():
        passed[market.group[best[candidate] : worst[candidate] + 1]] = True
    held = best[best >= 0]
    held = held[passed[market.group[held]]]
    order = held[np.lexsort((key[held], market.group[held]))]
    groups, begins = np.unique(market.group[order], return_index=True)
    stretches = np.split(key[order], begins[1:])
    return {int(group): own.tolist() for group, own in zip(groups, stretches, strict=True)}
