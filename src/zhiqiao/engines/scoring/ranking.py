"""Ranks by each way of counting, and where the cut line would run otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from zhiqiao.engines.scoring.terms import UNKNOWN, Way

if TYPE_CHECKING:
    from zhiqiao.engines.scoring.terms import Int32, Int64, Truths


def ranks_in(scores: Int64, group: Int32) -> Int64:
    """Return ranks within groups, the highest score first; equal scores share a rank, unknown ones have 0.

    O(A log A).
    """
    order = np.lexsort((-scores, group))
    sorted_group, sorted_scores = group[order], scores[order]
    place = np.arange(scores.size)
    is_start = np.concatenate([[True], sorted_group[1:] != sorted_group[:-1]])[: scores.size]
    is_new = (
        is_start | np.concatenate([[True], sorted_scores[1:] != sorted_scores[:-1]])[: scores.size]
    )
    start = np.maximum.accumulate(np.where(is_start, place, 0))
    begun = np.maximum.accumulate(np.where(is_new, place, 0))
    ranks = np.empty(scores.size, np.int64)
    ranks[order] = begun - start + 1
    return np.where(scores == UNKNOWN, 0, ranks)


def all_ranks(scores: dict[Way, Int64], group: Int32) -> dict[Way, Int64]:
    """Return the ranks by each way; the calibrated ones within the groups."""
    one = np.zeros_like(group)
    return {
        way: ranks_in(each, group if way is Way.CALIBRATED else one) for way, each in scores.items()
    }


def changes_of_cut(ranks: dict[Way, Int64], group: Int32, places: int | None) -> Truths:
    """Say which applications are within the places by one way and outside by another.

    A group has as many calibrated places as applications that are within officially; so the model
    moves no place from one group to another. A way that does not rank every application is left out.
    """
    if places is None:
        return np.zeros(group.size, np.bool_)
    official = ranks[Way.OFFICIAL] <= places
    own = np.bincount(group[official], minlength=int(group.max(initial=0)) + 1)
    within = [
        rank <= (own[group] if way is Way.CALIBRATED else places)
        for way, rank in ranks.items()
        if (rank > 0).all()
    ]
    changes: Truths = np.any([each != official for each in within], axis=0)
    return changes
