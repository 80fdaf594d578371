"""What an assignment is made of: panels to fill, loads of experts, fits, conflicts and quotas.

Applications are numbered 0 to A-1, experts 0 to E-1, listed pairs 0 to P-1. Who is not listed for an
application is not eligible for it: a fit that nobody has stated is not a fit of zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from zhiqiao.engines.assignment.assembly import Panels, assemble
from zhiqiao.engines.assignment.checks import check_problem
from zhiqiao.engines.assignment.kinds import Kinds, kinds_of
from zhiqiao.engines.assignment.terms import Mode

if TYPE_CHECKING:
    from zhiqiao.engines.assignment.quotas import Quota
    from zhiqiao.engines.assignment.terms import Int32, Int64


@dataclass(frozen=True, eq=False)
class Pairs:
    """Applications and experts who fit, sorted by application, then by expert, each pair once.

    Parameters
    ----------
    application, expert : int32 arrays of shape (P,)
    affinity : int64 array of shape (P,)
        Whole millionths, from 0 to 2^30.
    """

    application: Int32
    expert: Int32
    affinity: Int64


def sorted_pairs(application: Int32, expert: Int32, affinity: Int64) -> Pairs:
    """Return pairs in the order that a problem needs. O(P log P)."""
    order = np.lexsort((expert, application))
    return Pairs(application[order], expert[order], affinity[order])


@dataclass(frozen=True, eq=False)
class Conflicts:
    """Pairs that must not be assigned, in any order; a pair may have several kinds.

    Parameters
    ----------
    application, expert : int32 arrays of shape (C,)
    kind : int32 array of shape (C,)
        A `ConflictKind`.
    """

    application: Int32
    expert: Int32
    kind: Int32


@dataclass(frozen=True, eq=False)
class Penalties:
    """Soft conflicts, such as reciprocal review: what a pair costs; several of one pair add up.

    Parameters
    ----------
    application, expert : int32 arrays of shape (S,)
    penalty : int64 array of shape (S,)
        Whole millionths of affinity, from 0 to 2^30. With the mode draw the pair comes after all
        that have none, whatever it is.
    """

    application: Int32
    expert: Int32
    penalty: Int64


@dataclass(frozen=True, eq=False)
class AssignmentProblem:
    """Reviewers to be assigned to applications.

    Parameters
    ----------
    panel_size : int64 array of shape (A,)
        Reviews that each application needs.
    least_load, most_load : int64 arrays of shape (E,)
        Reviews that each expert gets at least, where there are enough, and at most.
    pairs : Pairs
    conflicts : Conflicts
    penalties : Penalties
    quotas : tuple of LeastOf or MostPerValue
    group : int32 array of shape (A,), optional
        Related applications, of the same number, share one panel; -1 for a panel of its own. An
        expert is eligible for a group who is eligible for each of its applications.
    least_affinity : int
        Pairs of less affinity are not eligible.
    mode : Mode
    keys : int64 array of shape (P,), optional
        Random keys of the mode draw, from 0 to 2^28.

    Raises
    ------
    AssignmentError
        When a part does not fit.
    """

    panel_size: Int64
    least_load: Int64
    most_load: Int64
    pairs: Pairs
    conflicts: Conflicts
    penalties: Penalties
    quotas: tuple[Quota, ...] = ()
    group: Int32 | None = None
    least_affinity: int = 0
    mode: Mode = Mode.FIT
    keys: Int64 | None = None

    def __post_init__(self) -> None:
        check_problem(self)

    @property
    def applications(self) -> int:
        """Return A."""
        return int(self.panel_size.size)

    @property
    def experts(self) -> int:
        """Return E."""
        return int(self.most_load.size)

    @cached_property
    def panels(self) -> Panels:
        """Return the panels, assembled once."""
        return assemble(self)

    @cached_property
    def kinds(self) -> Kinds:
        """Return the quotas as sets with caps, made once."""
        return kinds_of(self, self.panels)


def no_conflicts() -> Conflicts:
    """Return that nobody is in conflict."""
    return Conflicts(*(np.zeros(0, np.int32) for _part in range(3)))


def no_penalties() -> Penalties:
    """Return that no pair costs anything."""
    return Penalties(np.zeros(0, np.int32), np.zeros(0, np.int32), np.zeros(0, np.int64))
