"""Conflicts by identity: an application and an expert who are linked to the same person or body."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from zhiqiao.engines.assignment.problem import Conflicts

if TYPE_CHECKING:
    from zhiqiao.engines.assignment.terms import ConflictKind, Int32, Int64


@dataclass(frozen=True, eq=False)
class Links:
    """To whom applications, or experts, are linked.

    Parameters
    ----------
    owner : int32 array of shape (n,)
        Application or expert.
    identity : int64 array of shape (n,)
        The employer, person, project, publication or district, by a key of its own; never a name or
        an address, which two people may share and one may change.
    """

    owner: Int32
    identity: Int64


def conflicts_that_meet(applications: Links, experts: Links, *, kind: ConflictKind) -> Conflicts:
    """Return each application and expert who are linked to the same identity, once.

    Which links still count, such as employments of the last N years, is decided before. With the
    people of an application as its identities and each expert as the own one, it finds experts who
    appear among them. O(n log n + conflicts).
    """
    order = np.argsort(experts.identity, kind="stable")
    known = experts.identity[order]
    begin = np.searchsorted(known, applications.identity, side="left")
    end = np.searchsorted(known, applications.identity, side="right")
    times = end - begin
    place = np.arange(int(times.sum())) - np.repeat(np.cumsum(times) - times, times)
    application = np.repeat(applications.owner, times)
    expert = experts.owner[order[np.repeat(begin, times) + place]]
    both = np.unique(np.stack([application, expert]), axis=1)
    kinds = np.full(both.shape[1], int(kind), np.int32)
    return Conflicts(both[0].astype(np.int32), both[1].astype(np.int32), kinds)


def all_conflicts(*parts: Conflicts) -> Conflicts:
    """Return all conflicts of several kinds together."""
    return Conflicts(
        np.concatenate([np.zeros(0, np.int32), *(part.application for part in parts)]),
        np.concatenate([np.zeros(0, np.int32), *(part.expert for part in parts)]),
        np.concatenate([np.zeros(0, np.int32), *(part.kind for part in parts)]),
    )
