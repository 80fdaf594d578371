"""The words of the engine: mechanisms, policies for ties, and the kinds of arrays."""

from __future__ import annotations

from enum import IntEnum, StrEnum
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Int8: TypeAlias = npt.NDArray[np.uint8]
Int32: TypeAlias = npt.NDArray[np.int32]
Int64: TypeAlias = npt.NDArray[np.int64]
Whole: TypeAlias = int | np.int64
Truths: TypeAlias = npt.NDArray[np.bool_]

MOST_SEATS = 2**31 - 1
OPEN = -1  # the attribute of a group of places that everyone may take


class Mechanism(StrEnum):
    """How choices become admissions.

    ``SERIAL``: in the order of one ranking each takes the best place left.
    ``CANDIDATES``: deferred acceptance with candidates proposing. ``PROGRAMMES``: deferred acceptance
    with programmes proposing. ``IMMEDIATE``: choice by choice, what is taken stays taken. ``GROUPS``: filed to a school's group of majors, placed inside it.
    """

    SERIAL = "serial"
    CANDIDATES = "candidate-proposing"
    PROGRAMMES = "programme-proposing"
    IMMEDIATE = "immediate"
    GROUPS = "groups"


class Ties(StrEnum):
    """What happens to candidates tied in every key at the last place.

    ``STRICT``: such a tie is an error. ``LOTTERY``: the lots decide. ``ADMIT_ALL``: all get in, over
    the plan. ``REJECT_ALL``: none gets in, places stay empty. ``HOLD``: as reject all, but the places
    wait for a decision.
    """

    STRICT = "strict"
    LOTTERY = "lottery"
    ADMIT_ALL = "admit-all"
    REJECT_ALL = "reject-all"
    HOLD = "hold"


DEFERRED = frozenset({Mechanism.SERIAL, Mechanism.CANDIDATES, Mechanism.PROGRAMMES})
BY_LOT = frozenset({Ties.STRICT, Ties.LOTTERY})


class Reason(IntEnum):
    """Why a choice was met or not; a problem's ``bars`` use those that say why one does not compete.

    Each choice has exactly one.
    """

    COMPETES = 0
    BELOW_LINE = 1
    NO_SCORE = 2
    NOT_ELIGIBLE = 3
    STRUCK_OUT = 4
    PLAN_CHANGED = 5
    PLACED_BEFORE = 6
    ADMITTED = 16
    BETTER_HELD = 17
    NO_PLACES = 18
    BELOW_CUTOFF = 19
    TIED_BY_LOT = 20
    TIED_REJECTED = 21
    TIED_HELD = 22
    CAP_FULL = 23
    NOT_FILED = 24
    FILED_ELSEWHERE = 25
    RETURNED = 26
    TAKEN_EARLIER = 27


BARS = frozenset(reason for reason in Reason if 0 < reason < Reason.ADMITTED)
