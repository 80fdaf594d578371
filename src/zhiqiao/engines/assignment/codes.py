"""Affinity from topic codes that form a hierarchy by their beginnings, such as catalogues of majors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from zhiqiao.engines.assignment.problem import Pairs
from zhiqiao.engines.assignment.terms import UNIT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zhiqiao.engines.assignment.terms import Int32, Int64


@dataclass(frozen=True, eq=False)
class Codes:
    """The codes of applications or of experts.

    Parameters
    ----------
    owner : int32 array of shape (n,)
        Application or expert of each code.
    code : sequence of str, of length n
    weight : int64 array of shape (n,)
        Of an application's code: its part in the application. Of an expert's: how well the expert
        knows it, in millionths. At least 1.
    """

    owner: Int32
    code: Sequence[str]
    weight: Int64


def affinity_from_codes(
    applications: Codes, experts: Codes, *, levels: Sequence[tuple[int, int]]
) -> Pairs:
    """Return the pairs that share a code, or the beginning of one.

    Parameters
    ----------
    applications, experts : Codes
    levels : sequence of (int, int)
        Length of a common beginning, and what it counts for in millionths, such as ``(6, 1_000_000),
        (4, 600_000), (2, 250_000)``. A code shorter than a level does not take part in it.

    Returns
    -------
    Pairs
        The affinity is the mean over the application's codes, by their weights, of the best match
        among the expert's codes; rounded down. Pairs without any match are not listed.

    Notes
    -----
    A join for each level, O(matches log matches). A short beginning that thousands share makes
    millions of pairs; leave such a level out, or prune afterwards.
    """
    total: dict[int, int] = {}
    for owner, weight in zip(
        applications.owner.tolist(), applications.weight.tolist(), strict=True
    ):
        total[owner] = total.get(owner, 0) + weight
    rows, expert, match = _best_matches(applications, experts, levels)
    owner = applications.owner[rows].astype(np.int64)
    number = int(experts.owner.max(initial=-1)) + 1
    key, which = np.unique(owner * max(number, 1) + expert, return_inverse=True)
    gained = np.zeros(key.size, np.int64)
    np.add.at(gained, which, applications.weight[rows] * match)
    application = (key // max(number, 1)).astype(np.int32)
    weight = np.array([total[each] for each in application.tolist()], np.int64)
    return Pairs(application, (key % max(number, 1)).astype(np.int32), gained // weight)


def _best_matches(
    applications: Codes, experts: Codes, levels: Sequence[tuple[int, int]]
) -> tuple[Int64, Int64, Int64]:
    """Return application code, expert and worth of the best match of each two."""
    number = int(experts.owner.max(initial=-1)) + 1
    found: list[tuple[Int64, Int64]] = []
    for length, worth in levels:
        left, right = _joined(
            [code[:length] if len(code) >= length else "" for code in applications.code],
            [code[:length] if len(code) >= length else "" for code in experts.code],
        )
        known = experts.weight[right] * worth // UNIT
        found.append((left * max(number, 1) + experts.owner[right], known))
    key = np.concatenate([np.zeros(0, np.int64), *(each for each, _known in found)])
    match = np.concatenate([np.zeros(0, np.int64), *(known for _each, known in found)])
    order = np.lexsort((-match, key))
    key, first = np.unique(key[order], return_index=True)
    return key // max(number, 1), key % max(number, 1), match[order][first]


def _joined(left: list[str], right: list[str]) -> tuple[Int64, Int64]:
    """Return positions of equal words, every one with every one; empty words match nothing."""
    places: dict[str, list[int]] = {}
    for at, word in enumerate(right):
        places.setdefault(word, []).append(at)
    pairs = [(at, other) for at, word in enumerate(left) if word for other in places.get(word, [])]
    both = np.array(pairs, np.int64).reshape(-1, 2)
    return both[:, 0], both[:, 1]
