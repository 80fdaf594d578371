"""Rules on who may sit together on a panel."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from zhiqiao.engines.assignment.terms import Int32, Truths


@dataclass(frozen=True, eq=False)
class LeastOf:
    """At least some reviewers of each panel are of a kind: one from industry, two fifths from elsewhere.

    A seat that only one of the kind may take stays empty when there is none, and is named.

    Parameters
    ----------
    name : str
        How the caller calls it; told in reasons and errors.
    members : bool array of shape (E,)
    number : int
    share : Fraction
        Of the size that the panel asks for, rounded up; the larger of both counts.
    applies : bool array of shape (A,), optional
        The applications that it holds for; all without it.
    """

    name: str
    members: Truths
    number: int = 0
    share: Fraction = Fraction(0)
    applies: Truths | None = None

    def needed(self, size: int) -> int:
        """Return how many of the kind a panel of some size needs."""
        return max(self.number, -(-size * self.share.numerator // self.share.denominator))


@dataclass(frozen=True, eq=False)
class MostPerValue:
    """At most some reviewers of each panel have the same label: one of each employer.

    Parameters
    ----------
    name : str
    label : int32 array of shape (E,)
        Dense labels from 0; -1 for an expert without one, who counts nowhere.
    number : int
    applies : bool array of shape (A,), optional
    """

    name: str
    label: Int32
    number: int = 1
    applies: Truths | None = None


Quota: TypeAlias = LeastOf | MostPerValue
