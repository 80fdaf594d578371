"""Random keys from a seed, so that whoever knows the seed can draw again."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np

from zhiqiao.engines.assignment.errors import AssignmentError
from zhiqiao.engines.assignment.terms import KEYS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zhiqiao.engines.assignment.problem import Pairs
    from zhiqiao.engines.assignment.terms import Int64

SHIFT = 64 - (KEYS.bit_length() - 1)


def commitment_of(seed: bytes) -> str:
    """Return what is published of a seed before the applications are closed."""
    return hashlib.sha256(b"zhiqiao assignment seed\0" + seed).hexdigest()


def draw_keys(
    pairs: Pairs,
    *,
    applications: Sequence[str],
    experts: Sequence[str],
    seed: bytes,
    commitment: str = "",
) -> Int64:
    """Draw a key for each pair: the first 28 bits of SHA-256(seed, application, expert).

    It depends on nothing but the seed and the two names, so neither the order of rows nor who else is
    listed changes it. O(P).

    Parameters
    ----------
    pairs : Pairs
    applications, experts : sequences of str
        Names by number.
    seed : bytes
    commitment : str, optional
        What was published of the seed by `commitment_of`.

    Raises
    ------
    AssignmentError
        ``commitment`` where the seed is not the one that was committed to.
    """
    if commitment and commitment != commitment_of(seed):
        raise AssignmentError("commitment", given=commitment)
    firsts = [seed + b"\0" + name.encode() + b"\0" for name in applications]
    seconds = [name.encode() for name in experts]
    named = zip(pairs.application.tolist(), pairs.expert.tolist(), strict=True)
    digests = b"".join(hashlib.sha256(firsts[a] + seconds[e]).digest()[:8] for a, e in named)
    return (np.frombuffer(digests, dtype=">u8") >> SHIFT).astype(np.int64)
