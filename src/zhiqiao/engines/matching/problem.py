"""What an allocation is made of: places, lists of choices, standings, reserves and caps.

Everything is an array, so that a nation's candidates fit in memory; names and files are the
business of whoever calls. Candidates are numbered 0 to M-1, programmes 0 to N-1, choices 0 to E-1.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from zhiqiao.engines.matching.checks import check_problem

if TYPE_CHECKING:
    from zhiqiao.engines.matching.terms import Int8, Int32, Int64, Mechanism, Ties, Truths


@dataclass(frozen=True, eq=False)
class Standing:
    """How candidates compare: a smaller place is better, equal places are tied in every key.

    Parameters
    ----------
    places : int32 array
        Of shape (M,), or (E,) where `by_choice`.
    lots : int32 array of shape (M,)
        A permutation of 0 to M-1. It decides among the tied where the policy says so, and makes
        every run repeatable where it does not matter.
    by_choice : bool
        Whether programmes rank a candidate differently: then there is a place for each choice, that
        of the candidate in the ranking of its programme. Else one order serves all that one lists.
    """

    places: Int32
    lots: Int32
    by_choice: bool = False

    @cached_property
    def drawn(self) -> Int32:
        """Return the candidate of each lot."""
        drawn = np.empty_like(self.lots)
        drawn[self.lots] = np.arange(self.lots.size, dtype=np.int32)
        return drawn


@dataclass(frozen=True, eq=False)
class Reserves:
    """The places of each programme as groups, filled in the order given.

    A group takes the best of its kind that no earlier group took. A candidate asks a programme's
    groups one after the other, so the order decides who uses a reserved place: reserved first is a
    minimum guarantee, reserved last is over and above (or, with reversion, open seats first).

    Parameters
    ----------
    first : int64 array of shape (N + 1,)
        Where the groups of each programme begin.
    seats : int64 array of shape (S,)
        Places of each group; those of a programme add up to its places.
    attribute : int32 array of shape (S,)
        Row of `attributes` that a candidate must have, or -1: open to everyone.
    value : int32 array of shape (S,)
        The value that the attribute must have.
    reverting : bool array of shape (S,)
        Whether anyone may take what candidates of the kind leave.
    attributes : int32 array of shape (A, M)
        Values of the candidates; -1 where a candidate has none.
    """

    first: Int64
    seats: Int64
    attribute: Int32
    value: Int32
    reverting: Truths
    attributes: Int32


@dataclass(frozen=True, eq=False)
class Caps:
    """Limits above programmes that contain each other or are apart: campus, school, workshop, region.

    Parameters
    ----------
    above : int32 array of shape (N,)
        The smallest cap that each programme lies under, or -1.
    parent : int32 array of shape (C,)
        The next larger cap, or -1.
    limit : int64 array of shape (C,)
        How many may be admitted under each cap.
    """

    above: Int32
    parent: Int32
    limit: Int64


@dataclass(frozen=True, eq=False)
class Groups:
    """Schools' groups of majors, for the mechanism `GROUPS`.

    Parameters
    ----------
    group : int32 array of shape (N,)
        Group of each programme.
    adjusts : bool array of shape (E,)
        Whether the candidate takes any major of the group when the listed ones are full;
        read at the first choice of each group.
    ratio_thousandths : int
        Files sent to a group per thousand places, 1050 for 105 %; rounded down to whole files.
    class_of : int32 array of shape (N,), optional
        Class of each programme, -1 for one that takes nobody. Without it all majors are alike.
    takes : bool array of shape (M, C), optional
        Whether a candidate may be adjusted to a major of a class.
    """

    group: Int32
    adjusts: Truths
    ratio_thousandths: int = 1000
    class_of: Int32 | None = None
    takes: Truths | None = None


@dataclass(frozen=True, eq=False)
class Problem:
    """One batch of an allocation.

    Parameters
    ----------
    mechanism : Mechanism
        How choices become admissions.
    ties : Ties
        What happens to the tied at a last place.
    seats : int64 array of shape (N,)
        Places of each programme.
    first : int64 array of shape (M + 1,)
        Where each candidate's choices begin.
    programme : int32 array of shape (E,)
        Programme of each choice, the most wanted first.
    standing : Standing
        How candidates compare.
    bars : uint8 array of shape (E,), or empty
        0 where a choice competes; otherwise a code of `explain.Reason` that says why it does not.
    reserves, caps, groups : optional
        As described there.
    rank : int32 array of shape (E,), optional
        Number that the candidate gave the choice; the mechanism `IMMEDIATE` goes by it. Without it
        the choices are numbered from 1.
    ratio_thousandths : int
        Filing ratio of the mechanism `IMMEDIATE`.

    Raises
    ------
    MatchingError
        When a part does not fit.
    """

    mechanism: Mechanism
    ties: Ties
    seats: Int64
    first: Int64
    programme: Int32
    standing: Standing
    bars: Int8
    reserves: Reserves | None = None
    caps: Caps | None = None
    groups: Groups | None = None
    rank: Int32 | None = None
    ratio_thousandths: int = 1000

    def __post_init__(self) -> None:
        check_problem(self)

    @property
    def candidates(self) -> int:
        """Return M."""
        return int(self.first.size - 1)

    @property
    def programmes(self) -> int:
        """Return N."""
        return int(self.seats.size)

    @property
    def choices(self) -> int:
        """Return E."""
        return int(self.programme.size)
