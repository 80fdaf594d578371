"""From keys to places, and from a seed to lots."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np

from zhiqiao.engines.matching.kernels.call_order import call
from zhiqiao.engines.matching.kernels.lists import owners
from zhiqiao.engines.matching.kernels.offers import applications, rank_applications
from zhiqiao.engines.matching.problem import Standing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zhiqiao.engines.matching.terms import Int8, Int32, Int64, Truths

LARGEST = np.iinfo(np.int64).max
DENSE_AT_MOST = 1 << 24


def dense_places(keys: Sequence[Int64]) -> Int32:
    """Map lexicographic keys, each higher is better, to dense places from 0, the best first.

    Parameters
    ----------
    keys : sequence of int64 arrays of one shape
        The first key decides, the next among those equal in it, and so on.

    Returns
    -------
    int32 array
        Equal places exactly where all keys are equal.

    Notes
    -----
    Keys are packed into one integer as long as their ranges fit, so that a nation's candidates are
    ranked by one pass. O(n) where scores have few values, else O(n log n).
    """
    places = np.zeros(keys[0].shape if keys else 0, np.int64)
    span = 1
    for key in keys:
        worst_first = key.max(initial=0) - key
        width = int(worst_first.max(initial=0)) + 1
        if span > LARGEST // max(width, 1):
            places, span = _dense(places)
        if span > LARGEST // max(width, 1):
            worst_first, width = _dense(worst_first)
        places = places * width + worst_first
        span *= width
    return _dense(places)[0].astype(np.int32)


def _dense(values: Int64) -> tuple[Int64, int]:
    if values.size == 0:
        return values, 1
    largest = int(values.max())
    if largest < DENSE_AT_MOST:
        is_used = np.zeros(largest + 1, np.bool_)
        is_used[values] = True
        places = np.cumsum(is_used) - 1
        return places[values], int(places[-1]) + 1
    unique, places = np.unique(values, return_inverse=True)
    return places.astype(np.int64), unique.size


def draw_lots(names: Sequence[str], seed: bytes) -> Int32:
    """Draw a lot for each candidate from a seed: the order of SHA-256(seed, name).

    It depends on nothing but seed and names, so whoever knows the seed can draw it again, in any
    order of rows. O(M log M).
    """
    digests = np.array(
        [hashlib.sha256(seed + b"\0" + name.encode()).digest() for name in names], dtype="S32"
    )
    # Digests may end in NUL, which numpy strips from what it compares; as numbers they are whole.
    parts = np.frombuffer(digests.tobytes(), dtype=">u8").reshape(len(names), 4)
    order = np.lexsort((parts[:, 3], parts[:, 2], parts[:, 1], parts[:, 0]))
    lots = np.empty(len(names), np.int32)
    lots[order] = np.arange(len(names), dtype=np.int32)
    return lots


def commitment_of(seed: bytes) -> str:
    """Return what is published of a seed before the choices are closed."""
    return hashlib.sha256(b"zhiqiao lottery seed\0" + seed).hexdigest()


def called_standing(
    first: Int64,
    programme: Int32,
    bars: Int8,
    standing: Standing,
    *,
    is_of_kind: Truths,
    rate_thousandths: Int64,
) -> Standing:
    """Return the order of call that holds a minimum rate in every prefix of each programme's ranking.

    Among the first k of a programme's applicants at least ``ceil(rate x k)`` are of the kind, as
    long as there are any; otherwise the ranking is kept (the two-list merge of Parcoursup's order of
    call, presentation of 2023). The places of the result are strict. O(E log E).
    """
    owner = owners(first)
    begins, choices = applications(rate_thousandths.size, programme, bars)
    rank_applications(begins, choices, owner, standing.places, standing.by_choice, standing.lots)
    places = call(begins, choices, owner, is_of_kind, rate_thousandths, programme.size)
    return Standing(places=places, lots=standing.lots, by_choice=True)
