"""Quotas as caps on sets of experts, and which of these sets a flow can hold.

That at least n of a panel of k are of a kind says that at most k - n are not; so every quota is a
cap on the seats that a set of experts takes. Sets that contain each other or have nothing in common
form a tree, and a tree of caps is a network. A set that crosses an admitted one is left out of the
network and seen to afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from zhiqiao.engines.assignment.quotas import LeastOf
from zhiqiao.engines.assignment.terms import MOST_SEATS, NONE

if TYPE_CHECKING:
    from zhiqiao.engines.assignment.assembly import Panels
    from zhiqiao.engines.assignment.problem import AssignmentProblem
    from zhiqiao.engines.assignment.terms import Int32, Int64, Truths


@dataclass(frozen=True, eq=False)
class Kinds:
    """The sets of experts that quotas cap, numbered 0 to S-1 over all quotas.

    Parameters
    ----------
    offset : int64 array of shape (D + 1,)
        Where the sets of each quota begin.
    of : int32 array of shape (E, D)
        Set of each expert in each quota, or -1.
    cap : int64 array of shape (G, D)
        Seats that a set of each quota may take of each panel.
    chain : int32 array of shape (E, D)
        Admitted sets of each expert, the smallest first, then -1.
    above : int32 array of shape (S, D)
        Admitted sets that contain each set, the smallest first, then -1.
    admitted : bool array of shape (S,)
    """

    offset: Int64
    of: Int32
    cap: Int64
    chain: Int32
    above: Int32
    admitted: Truths

    @property
    def number(self) -> int:
        """Return S, at least 1 so that it can number rows."""
        return max(int(self.offset[-1]), 1)

    @property
    def has_crossing(self) -> bool:
        """Say whether some set is left out of the tree."""
        return not bool(self.admitted.all())

    def quota(self, sets: Int64) -> Int64:
        """Return the quota that each set belongs to."""
        return np.searchsorted(self.offset, sets, side="right") - 1

    def rows(self, panel: Int32, expert: Int32, *, quota: int | None = None) -> Int64:
        """Return the row (panel, set) of each pair in each quota, of shape (pairs, D); -1 for none.

        For one quota alone the shape is (pairs,).
        """
        sets = self.of[expert] if quota is None else self.of[expert, quota]
        of = panel[:, None] if quota is None else panel
        return np.where(sets >= 0, of.astype(np.int64) * self.number + sets, NONE)

    def cap_of(self, rows: Int64) -> Int64:
        """Return the cap of each row."""
        return self.cap[rows // self.number, self.quota(rows % self.number)]

    def overfull(self, panel: Int32, expert: Int32) -> Int64:
        """Return the rows whose cap the given pairs exceed together, rising."""
        rows = self.rows(panel, expert).ravel()
        rows, seats = np.unique(rows[rows >= 0], return_counts=True)
        return rows[seats > self.cap_of(rows)] if rows.size else rows

    def is_admitted(self, rows: Int64) -> Truths:
        """Say of each row whether its set is in the tree."""
        return np.append(self.admitted, False)[rows % self.number]


def kinds_of(problem: AssignmentProblem, panels: Panels) -> Kinds:
    """Turn the quotas into sets with caps. O(E D^2 log E + G D)."""
    columns, caps, offset = [], [], [0]
    for quota in problem.quotas:
        if isinstance(quota, LeastOf):
            label = np.where(quota.members, NONE, 0).astype(np.int32)
            cap = _at_most_others(quota, panels)
        else:
            label = quota.label
            cap = np.full(panels.number, quota.number, np.int64)
        if quota.applies is not None:
            cap = np.where(_holds(quota.applies, panels), cap, MOST_SEATS)
        columns.append(np.where(label >= 0, label + offset[-1], NONE).astype(np.int32))
        caps.append(cap)
        offset.append(offset[-1] + int(label.max(initial=NONE)) + 1)
    of = np.array(columns, np.int32).reshape(len(columns), problem.experts).T
    admitted = _admitted(of, offset)
    chain = _chains(of, admitted)
    return Kinds(
        offset=np.array(offset, np.int64),
        of=of,
        cap=np.array(caps, np.int64).reshape(len(caps), panels.number).T,
        chain=chain,
        above=_above(chain, max(offset[-1], 1)),
        admitted=admitted,
    )


def _at_most_others(quota: LeastOf, panels: Panels) -> Int64:
    sizes = np.unique(panels.size)
    needed = np.array([quota.needed(size) for size in sizes.tolist()], np.int64)
    most = np.maximum(sizes - needed, 0)
    return np.asarray(most[np.searchsorted(sizes, panels.size)])


def _holds(applies: Truths, panels: Panels) -> Truths:
    """Say of each panel whether a quota holds for one of its applications."""
    holds = np.zeros(panels.number, np.bool_)
    holds[panels.of[applies]] = True
    return holds


def _admitted(of: Int32, offset: list[int]) -> Truths:
    """Admit set after set that crosses none admitted before, in the order of the quotas."""
    admitted = np.zeros(offset[-1], np.bool_)
    size = np.bincount(of[of >= 0], minlength=offset[-1] + 1)
    for later in range(of.shape[1]):
        crossing = np.zeros(offset[-1], np.bool_)
        for earlier in range(later):
            both = of[(of[:, earlier] >= 0) & (of[:, later] >= 0)]
            both = both[admitted[both[:, earlier]]]
            pairs, shared = np.unique(both[:, [earlier, later]], axis=0, return_counts=True)
            is_crossed = (shared < size[pairs[:, 0]]) & (shared < size[pairs[:, 1]])
            crossing[pairs[is_crossed, 1]] = True
        admitted[offset[later] : offset[later + 1]] = ~crossing[offset[later] : offset[later + 1]]
    return admitted


def _chains(of: Int32, admitted: Truths) -> Int32:
    """Order the admitted sets of each expert by size, then by number."""
    if of.shape[1] == 0:
        return of
    size = np.bincount(of[of >= 0], minlength=admitted.size + 1)
    there = (of >= 0) & np.append(admitted, False)[of]
    rank = np.where(there, size[of] * (admitted.size + 1) + of, np.iinfo(np.int64).max)
    order = np.argsort(rank, axis=1, kind="stable")
    return np.take_along_axis(np.where(there, of, NONE), order, axis=1).astype(np.int32)


def _above(chain: Int32, sets: int) -> Int32:
    above = np.full((sets, chain.shape[1]), NONE, np.int32)
    for depth in range(chain.shape[1]):
        there = np.flatnonzero(chain[:, depth] >= 0)
        rest = chain[there, depth + 1 :]
        above[chain[there, depth], : rest.shape[1]] = rest
    return above
