"""The words of the engine: ways of counting, where the ridge comes from, flags, and kinds of arrays."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Int32: TypeAlias = npt.NDArray[np.int32]
Int64: TypeAlias = npt.NDArray[np.int64]
Reals: TypeAlias = npt.NDArray[np.float64]
Truths: TypeAlias = npt.NDArray[np.bool_]

NONE = -1
UNKNOWN = -(2**62)  # a figure that cannot be said; never a score, a z or a correlation
FINE = 1_000_000  # effects are whole millionths of a hundredth of a point
MILLI = 1_000  # ridge, z and correlations are whole thousandths
MOST_SCORE = 1_000_000
MOST_REVIEWS = 1_000_000
LEAST_RIDGE = 10
MOST_RIDGE = 10_000_000


class Way(StrEnum):
    """A way of counting the same reviews; the first one is official, the others stand beside it."""

    OFFICIAL = "official"
    TRIMMED = "trimmed"
    MEDIAN = "median"
    CALIBRATED = "calibrated"
    STANDARD = "standard"


class Basis(StrEnum):
    """Where the ridge of the model of reviewers comes from.

    ``GIVEN``: from the problem. ``ESTIMATED``: the ratio of the two variances. ``LEAST``, ``MOST``: the
    ratio is beyond what is used; at the most no difference between reviewers was found. ``TOO_FEW``:
    the reviews leave too few degrees of freedom, and nothing is calibrated.
    """

    GIVEN = "given"
    ESTIMATED = "estimated"
    LEAST = "least"
    MOST = "most"
    TOO_FEW = "too-few"


class FlagKind(StrEnum):
    """What a person should look at. What it means is for the person to judge."""

    HARDLY_READ = "hardly-read"
    SHORT_COMMENT = "short-comment"
    COPIED_OWN = "copied-own"
    COPIED_OTHER = "copied-other"
    COPIED_ELSEWHERE = "copied-elsewhere"
    AGREES_WITH_NOBODY = "agrees-with-nobody"
    NO_SPREAD = "no-spread"
    OUTLYING_MARK = "outlying-mark"
    APART = "apart"
    INCOMPARABLE = "incomparable"
