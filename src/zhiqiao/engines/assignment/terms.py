"""The words of the engine: modes, kinds of conflict, proofs, reasons, and the kinds of arrays."""

from __future__ import annotations

from enum import IntEnum, StrEnum
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Int32: TypeAlias = npt.NDArray[np.int32]
Int64: TypeAlias = npt.NDArray[np.int64]
Truths: TypeAlias = npt.NDArray[np.bool_]

UNIT = 1_000_000  # affinities are whole millionths: 1,000,000 is a fit of 1
MOST_AFFINITY = 2**30
MOST_SEATS = 1_000
MOST_LOAD = 1_000_000
KEYS = 2**28  # random keys of a draw are from 0 to this, exclusive
NONE = -1


def counted(number: int, one: str) -> str:
    """Say a number of things: 1 review, 2 reviews."""
    return f"{number} {one if number == 1 else f'{one}s'}"


class Mode(StrEnum):
    """How reviewers are chosen among the eligible.

    ``FIT``: the greatest sum of affinities. ``DRAW``: the greatest sum of random keys, so that chance
    decides and nothing else.
    """

    FIT = "fit"
    DRAW = "draw"


class ConflictKind(IntEnum):
    """Why an expert must not review an application."""

    EMPLOYER = 0
    FORMER_EMPLOYER = 1
    AFFILIATED = 2
    JOINT_WORK = 3
    KINSHIP = 4
    TEACHER_STUDENT = 5
    UNSUITABLE = 6
    DISTRICT = 7
    LISTED_PERSON = 8
    REFUSED = 9
    OTHER = 10


class Proof(StrEnum):
    """What is known about how good an assignment is.

    ``OPTIMAL``: its prices prove that none is better. ``SEARCHED``: a complete search proved it, and
    the prices alone leave a gap. ``BOUNDED``: the gap to the bound is all that is known. ``REPAIRED``:
    the least change of another assignment; nothing is claimed about the best one.
    """

    OPTIMAL = "optimal"
    SEARCHED = "searched"
    BOUNDED = "bounded"
    REPAIRED = "repaired"


class Reason(IntEnum):
    """Why an expert reviews an application, or why not; each pair has exactly one.

    Up to ``REPLACES`` they say why one does, from ``NOT_LISTED`` on why one does not.
    """

    BEST = 0
    BETTER_FULL = 1
    FOR_QUOTA = 2
    FOR_LEAST_LOAD = 3
    FOR_OTHERS = 4
    NOT_LISTED = 16
    CONFLICT = 17
    TOO_LOW = 18
    GROUP = 19
    LESS_FIT = 20
    FULL = 21
    QUOTA = 22
    LEAST_LOAD = 23
    OTHERS = 24
