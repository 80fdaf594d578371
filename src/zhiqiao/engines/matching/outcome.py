"""What a run says: who is admitted where, and the last one admitted at every line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from zhiqiao.engines.matching.terms import Int32, Int64


@dataclass(frozen=True, eq=False)
class Outcome:
    """An allocation.

    Parameters
    ----------
    choice : int64 array of shape (M,)
        Choice by which each candidate is admitted, or -1: not admitted, or adjusted to a programme
        that was not listed.
    programme : int32 array of shape (M,)
        Programme that admits each candidate, or -1.
    group : int32 array of shape (M,)
        Group of places that the candidate takes, or -1 where no places are reserved.
    shut : int64 array of shape (lines,), optional
        Place of the tied class that a policy for ties shut out of each line; very large where none.
    filed : int64 array of shape (M,), optional
        With the mechanism `GROUPS`, the first choice of the group that the file went to, or -1; with
        `IMMEDIATE`, the last choice under which it was filed.
    """

    choice: Int64
    programme: Int32
    group: Int32
    shut: Int64 | None = None
    filed: Int64 | None = None


@dataclass(frozen=True, eq=False)
class Lines:
    """The lines that decide: one for each programme (or group of its places), then one for each cap.

    Parameters
    ----------
    seats, admitted : int64 arrays of shape (lines,)
        Places and admissions.
    worst : int64 array of shape (lines,)
        Key ``place << 32 | lot`` of the last admitted, or -1.
    last_choice : int64 array of shape (lines,)
        Choice of the last admitted; -1 where nobody is, or where that one was adjusted.
    last_candidate : int64 array of shape (lines,)
        The last admitted, or -1.
    """

    seats: Int64
    admitted: Int64
    worst: Int64
    last_choice: Int64
    last_candidate: Int64

    @property
    def columns(self) -> tuple[Int64, ...]:
        """Return the five arrays in the order of their names."""
        return self.seats, self.admitted, self.worst, self.last_choice, self.last_candidate


def at_choices(values: npt.NDArray[np.signedinteger], choice: Int32 | Int64) -> Int32:
    """Return the value at each choice, -1 where there is none."""
    found = np.full(choice.size, -1, np.int32)
    is_met = choice >= 0
    found[is_met] = values[choice[is_met]]
    return found
