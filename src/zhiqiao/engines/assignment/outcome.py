"""What a run says: who reviews what, what is missing, and the prices that bound anything better."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zhiqiao.engines.assignment.terms import Int32, Int64, Proof


@dataclass(frozen=True, eq=False)
class Prices:
    """What one more review of an expert, or one more seat of a kind, would be worth.

    Any prices give a bound on the value of every assignment (weak duality); good ones give a tight
    one. That is how `verify` checks a claim without trusting the solver.

    Parameters
    ----------
    expert : int64 array of shape (E,)
        Of one load unit (see `load_unit`); negative where an expert below the least load is sought.
    application, quota, value : int32 arrays of shape (Q,)
        Sets with a price: the first application of a panel, a position in `quotas`, and the label
        (0 for those who are not of the kind of a `LeastOf`).
    price : int64 array of shape (Q,)
        Never negative.
    """

    expert: Int64
    application: Int32
    quota: Int32
    value: Int32
    price: Int64


@dataclass(frozen=True, eq=False)
class Assignment:
    """Who reviews what.

    Parameters
    ----------
    application, expert : int32 arrays of shape (N,)
        Assigned pairs, sorted by application, then by expert.
    missing : int64 array of shape (A,)
        Reviews that each application still needs.
    idle : int64 array of shape (E,)
        Reviews that each expert is below the least load.
    value : int
        Worth of the pairs, less what missing reviews and idle experts count for (`stakes_of`).
    bound : int
        No assignment has a greater value.
    proof : Proof
    prices : Prices
    """

    application: Int32
    expert: Int32
    missing: Int64
    idle: Int64
    value: int
    bound: int
    proof: Proof
    prices: Prices

    @property
    def gap(self) -> int:
        """Return by how much the best assignment may be better, in the unit of the worth."""
        return self.bound - self.value
