"""The hash tree of RFC 6962: leaves and inner nodes are hashed differently, an odd node moves up."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

LEAF, INNER = b"\x00", b"\x01"


def leaf_hash(content: bytes, salt: bytes = b"") -> bytes:
    """Return the hash of a leaf.

    Parameters
    ----------
    content : bytes
        What the leaf stands for.
    salt : bytes
        Random bytes that keep content of few possibilities from being guessed; a leaf without a
        salt hides nothing.
    """
    return hashlib.sha256(LEAF + salt + content).digest()


def root_of(leaves: Sequence[bytes]) -> bytes:
    """Return the root over leaf hashes, in their order; of none, the hash of nothing. O(n)."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    level = list(leaves)
    while len(level) > 1:
        level = _level_above(level)
    return level[0]


def proof_of(leaves: Sequence[bytes], index: int) -> list[tuple[str, bytes]]:
    """Return the hashes that lead from a leaf to the root, each with its side. O(n).

    Raises
    ------
    IndexError
        When there is no such leaf.
    """
    if not 0 <= index < len(leaves):
        raise IndexError(index)
    level, proof = list(leaves), []
    while len(level) > 1:
        beside = index ^ 1
        if beside < len(level):
            proof.append(("left" if beside < index else "right", level[beside]))
        level, index = _level_above(level), index // 2
    return proof


def root_of_proof(leaf: bytes, proof: Sequence[tuple[str, bytes]]) -> bytes:
    """Return the root that a proof leads to from a leaf hash. O(log n)."""
    for side, beside in proof:
        pair = beside + leaf if side == "left" else leaf + beside
        leaf = hashlib.sha256(INNER + pair).digest()
    return leaf


def _level_above(level: list[bytes]) -> list[bytes]:
    above = [
        hashlib.sha256(INNER + left + right).digest()
        for left, right in zip(level[::2], level[1::2], strict=False)
    ]
    return above if len(level) % 2 == 0 else [*above, level[-1]]
