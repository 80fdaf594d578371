"""What a plan of places is made of: requests, bounds, a total, floors and shares.

Lines are numbered 0 to L-1, one for each school, programme, level, region and pathway that may get
places; categories 0 to C-1. All numbers are places.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from zhiqiao.engines.planning.errors import PlanningError

if TYPE_CHECKING:
    from fractions import Fraction

Int64 = npt.NDArray[np.int64]
Truths = npt.NDArray[np.bool_]
MOST_PLACES = 100_000_000
MOST_WEIGHT = 1_000
FINEST = 10_000


@dataclass(frozen=True, eq=False)
class Share:
    """At least a share of some places must be of a kind: of higher vocational places, bachelor ones.

    Parameters
    ----------
    name : str
        How the caller calls it; told in errors and results.
    counted, among : bool arrays of shape (L,)
        Lines above and below the bar; what is counted is among the others too.
    least : Fraction
        The share that must be reached, exactly.
    """

    name: str
    counted: Truths
    among: Truths
    least: Fraction


@dataclass(frozen=True, eq=False)
class Problem:
    """Requests and the rules that the approved plan meets.

    Parameters
    ----------
    requested, least, most : int64 arrays of shape (L,)
        What is asked for, and what each line may get at least and at most.
    total_least, total_most : int
        Between these lies the sum of all lines.
    category : int64 array of shape (L,)
    floors : int64 array of shape (C,)
        What the lines of each category get together at least.
    shares : tuple of Share
    weight : int64 array of shape (L,)
        What a place more or less than requested counts for.

    Raises
    ------
    PlanningError
        When a part does not fit.
    """

    requested: Int64
    least: Int64
    most: Int64
    total_least: int
    total_most: int
    category: Int64
    floors: Int64
    shares: tuple[Share, ...]
    weight: Int64

    def __post_init__(self) -> None:
        for name in ("requested", "least", "most", "category", "weight"):
            self._check_array(name, getattr(self, name), np.int64)
        for share in self.shares:
            self._check_share(share)
        self._check_lines()
        if not 0 <= self.total_least <= self.total_most <= MOST_PLACES:
            raise PlanningError(
                "total", least=self.total_least, most=self.total_most, limit=MOST_PLACES
            )
        for number, floor in enumerate(self.floors.tolist()):
            if not 0 <= floor <= MOST_PLACES:
                raise PlanningError("floor", category=number, given=floor, limit=MOST_PLACES)

    @property
    def lines(self) -> int:
        """Return L."""
        return int(self.requested.size)

    def _check_array(self, name: str, array: npt.NDArray[np.generic], kind: type) -> None:
        if array.dtype != kind:
            raise PlanningError("kind", name=name, given=array.dtype)
        if array.shape != (self.lines,):
            raise PlanningError("length", name=name, given=array.size, wanted=self.lines)

    def _check_lines(self) -> None:
        self._within("requested", self.requested, 0, MOST_PLACES)
        self._within("weight", self.weight, 1, MOST_WEIGHT)
        wrong = (self.least < 0) | (self.most > MOST_PLACES) | (self.least > self.most)
        if wrong.any():
            at = int(np.argmax(wrong))
            least, most = self.least[at], self.most[at]
            raise PlanningError("bounds", line=at, least=least, most=most, limit=MOST_PLACES)
        astray = (self.category < 0) | (self.category >= self.floors.size)
        if astray.any():
            at = int(np.argmax(astray))
            given, number = self.category[at], self.floors.size
            raise PlanningError("category", line=at, given=given, categories=number)

    def _within(self, reason: str, array: Int64, lowest: int, limit: int) -> None:
        wrong = (array < lowest) | (array > limit)
        if wrong.any():
            at = int(np.argmax(wrong))
            raise PlanningError(reason, line=at, given=array[at], limit=limit)

    def _check_share(self, share: Share) -> None:
        for what, array in (("counted", share.counted), ("among", share.among)):
            self._check_array(f"{share.name}: {what}", array, np.bool_)
        if not 0 <= share.least <= 1 or share.least.denominator > FINEST:
            raise PlanningError("share", name=share.name, given=share.least)
        outside = share.counted & ~share.among
        if outside.any():
            raise PlanningError("outside", line=int(np.argmax(outside)), name=share.name)
