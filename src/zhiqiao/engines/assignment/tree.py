"""Caps of panels as trees: nodes between a panel and its pairs, each with the seats that it lets through."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from zhiqiao.engines.assignment.terms import NONE

if TYPE_CHECKING:
    from zhiqiao.engines.assignment.assembly import Panels
    from zhiqiao.engines.assignment.kinds import Kinds
    from zhiqiao.engines.assignment.terms import Int32, Int64


@dataclass(frozen=True, eq=False)
class Tree:
    """Nodes numbered 0 to N-1.

    Parameters
    ----------
    leaf : int64 array of shape (Q,)
        Node that each eligible pair hangs on, or -1 for the panel itself.
    panel, parent, cap : int64 arrays of shape (N,)
        Panel of each node, the node above it (-1 for the panel), and its seats.
    row : int64 array of shape (N,)
        The row (panel, set) that a node stands for; -1 for a piece of one.
    """

    leaf: Int64
    panel: Int64
    parent: Int64
    cap: Int64
    row: Int64

    def along_paths(self, price: Int64) -> Int64:
        """Return what each eligible pair pays to all nodes above it, for prices of nodes."""
        total, above = price.copy(), self.parent.copy()
        while (above != NONE).any():
            total = total + np.where(above != NONE, price[above], 0)
            above = np.where(above != NONE, self.parent[above], NONE)
        return np.append(total, 0)[self.leaf]


def tree_of(panels: Panels, kinds: Kinds, active: Int64) -> Tree:
    """Make a node of each active row, a rising array of rows of admitted sets. O(Q D log N)."""
    panel, sets = active // kinds.number, active % kinds.number
    return Tree(
        leaf=_innermost(kinds, panels.panel, kinds.chain[panels.expert], active),
        panel=panel,
        parent=_innermost(kinds, panel, kinds.above[sets], active),
        cap=kinds.cap_of(active),
        row=active,
    )


def _innermost(kinds: Kinds, panel: Int32 | Int64, chain: Int32, active: Int64) -> Int64:
    """Return the position in ``active`` of the first set of each chain that is there, or -1."""
    found = np.full(panel.size, NONE, np.int64)
    if active.size == 0:
        return found
    for sets in chain.T[::-1]:
        row = panel.astype(np.int64) * kinds.number + sets
        at = np.minimum(np.searchsorted(active, row), active.size - 1)
        found = np.where((sets >= 0) & (active[at] == row), at, found)
    return found


def with_pieces(tree: Tree, panels: Panels, kinds: Kinds, *, rows: Int64, order: Int64) -> Tree:
    """Cap crossing sets piece by piece.

    A set that crosses others meets each node in a piece, and a piece lies inside its node. The seats
    of the set are dealt out to its pieces, so that no assignment breaks the cap, though not every one
    that keeps it is possible any more.

    Parameters
    ----------
    tree, panels, kinds
        As made.
    rows : int64 array
        Rising rows of crossing sets.
    order : int64 array of shape (Q,)
        A permutation of the eligible pairs: the seats of a set go to the pieces of its first ones.
    """
    rank = np.empty(order.size, np.int64)
    rank[order] = np.arange(order.size)
    for quota in np.unique(kinds.quota(rows % kinds.number)).tolist():
        own = kinds.rows(panels.panel, panels.expert, quota=quota)
        inside = np.flatnonzero(np.isin(own, rows))
        inside = inside[np.lexsort((rank[inside], own[inside]))]
        tree = _dealt_out(tree, kinds, inside, own[inside])
    return tree


def _dealt_out(tree: Tree, kinds: Kinds, inside: Int64, row: Int64) -> Tree:
    """Deal the seats of rows out to the pieces that their pairs lie in, in the order given."""
    nodes = tree.panel.size
    cell = row * (nodes + 1) + tree.leaf[inside] + 1
    piece, first, which = np.unique(cell, return_index=True, return_inverse=True)
    starts = np.flatnonzero(np.diff(row, prepend=NONE))
    place = np.arange(row.size) - np.repeat(starts, np.diff(np.append(starts, row.size)))
    served = place < kinds.cap_of(row)
    leaf = tree.leaf.copy()
    leaf[inside] = nodes + which
    return Tree(
        leaf=leaf,
        panel=np.concatenate([tree.panel, row[first] // kinds.number]),
        parent=np.concatenate([tree.parent, tree.leaf[inside][first]]),
        cap=np.concatenate([tree.cap, np.bincount(which[served], minlength=piece.size)]),
        row=np.concatenate([tree.row, np.full(piece.size, NONE)]),
    )
