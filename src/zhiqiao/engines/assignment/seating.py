"""Panels while they are changed seat by seat: who sits where, loads, and whether a seat may be taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from zhiqiao.engines.assignment.ranking import grouped

if TYPE_CHECKING:
    from zhiqiao.engines.assignment.assembly import Panels
    from zhiqiao.engines.assignment.kinds import Kinds
    from zhiqiao.engines.assignment.terms import Int64, Truths


class Seating:
    """Who sits on which panel.

    Parameters
    ----------
    panels, kinds
        As assembled.
    pair : int64 array
        Positions of the eligible pairs that are seated.
    """

    def __init__(self, panels: Panels, kinds: Kinds, pair: Int64) -> None:
        self.panels, self.kinds = panels, kinds
        self.is_seated = np.zeros(panels.worth.size, np.bool_)
        self.is_seated[pair] = True
        self.is_barred = np.zeros(0, np.bool_)
        expert, weight = panels.expert[pair], panels.weight[panels.panel[pair]]
        self.load = np.zeros(panels.capacity.size, np.int64)
        np.add.at(self.load, expert, weight)
        self.seated = np.bincount(panels.panel[pair], minlength=panels.number)
        order, self._first = grouped(expert, panels.capacity.size)
        self._by_expert = pair[order]
        self._changed: dict[int, list[int]] = {}

    @property
    def pair(self) -> Int64:
        """Return the seated pairs, rising. O(Q)."""
        return np.flatnonzero(self.is_seated)

    def bar(self, pair: Int64) -> None:
        """Keep pairs from being seated from now on."""
        self.is_barred = np.zeros(self.is_seated.size, np.bool_)
        self.is_barred[pair] = True

    def open_seats(self, panel: int) -> int:
        """Return how many seats of a panel are empty."""
        return int(self.panels.size[panel] - self.seated[panel])

    def held_by(self, expert: int) -> list[int]:
        """Return the pairs by which an expert sits on panels."""
        if expert not in self._changed:
            begin, end = self._first[expert : expert + 2].tolist()
            self._changed[expert] = self._by_expert[begin:end].tolist()
        return self._changed[expert]

    def has_room(self, expert: int, panel: int, *, released: int = 0) -> bool:
        """Say whether an expert can take a seat of a panel, after releasing some load units."""
        needed = self.load[expert] + self.panels.weight[panel] - released
        return bool(needed <= self.panels.capacity[expert])

    def legal(self, panel: int, *, without: int = -1) -> Truths:
        """Say of each eligible pair of a panel whether it may take a seat.

        Parameters
        ----------
        panel : int
        without : int
            A seated pair that gives its seat up.

        Returns
        -------
        bool array, one entry for each eligible pair of the panel
            Loads are not looked at.
        """
        own = slice(int(self.panels.first[panel]), int(self.panels.first[panel + 1]))
        is_legal: Truths = ~self.is_seated[own]
        if self.is_barred.size:
            is_legal &= ~self.is_barred[own]
        if self.kinds.of.shape[1] == 0:
            return is_legal
        members = np.flatnonzero(self.is_seated[own]) + own.start
        members = members[members != without]
        sets = self.kinds.of[self.panels.expert[own]]
        taken = np.bincount(
            self.kinds.of[self.panels.expert[members]].ravel() + 1, minlength=self.kinds.number + 1
        )
        is_full = taken[sets + 1] >= self.kinds.cap[panel]
        return np.asarray(is_legal & ~((sets >= 0) & is_full).any(axis=1))

    def seat(self, pair: int) -> None:
        """Seat a pair."""
        self.held_by(int(self.panels.expert[pair])).append(pair)
        self._count(pair, 1)

    def unseat(self, pair: int) -> None:
        """Take the seat of a pair away."""
        self.held_by(int(self.panels.expert[pair])).remove(pair)
        self._count(pair, -1)

    def _count(self, pair: int, step: int) -> None:
        panel = int(self.panels.panel[pair])
        self.is_seated[pair] = step > 0
        self.load[self.panels.expert[pair]] += step * self.panels.weight[panel]
        self.seated[panel] += step
