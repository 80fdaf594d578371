"""What if classes that stay too small were not opened: a proposal beside the allocation, never in it.

Which classes to close so that all others are large enough and nobody is wronged has no good answer in
general: with lower quotas a stable allocation need not exist, and deciding it is hard (Biró, Fleiner, Irving,
Manlove 2010). So this closes one class after another in a stated order and shows each step; people decide.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from zhiqiao.engines.matching.allocation import Allocation, allocate
from zhiqiao.engines.matching.faults import Fault, TableError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from zhiqiao.engines.matching.applications import Tables
    from zhiqiao.engines.matching.rules import Rules
    from zhiqiao.engines.matching.terms import Int32

REASON = "minimum class size"


@dataclass(frozen=True, eq=False)
class Closure:
    """One class that is closed, with the allocations before and after.

    ``before`` and ``after`` are the programmes of all candidates, -1 where none.
    """

    programme: str
    admitted: int
    minimum: int
    before: Int32
    after: Int32


def close_small(
    tables: Tables,
    rules: Rules,
    minimum: Mapping[str, int],
    *,
    closed: Callable[[Closure], None] | None = None,
) -> tuple[list[Closure], Allocation]:
    """Close classes below their minimum one by one, and allocate again after each.

    Of the classes that admit somebody and fewer than their minimum, the one with the smallest share of it
    goes first, ties by name. A class that admits nobody stays open: candidates of a closed one may
    fill it. A class with candidates admitted before stays open whatever its size. ``closed`` is called
    after each of them, to show how far it is, and may raise to stop.

    Raises
    ------
    TableError, MatchingError
        As `allocate`; also where the minimum is of no programme, or not a number from 1.

    Notes
    -----
    One allocation for each closed class and one more.
    """
    allocation = allocate(tables, rules)
    _check(minimum, allocation)
    steps: list[Closure] = []
    while (small := _smallest(allocation, minimum)) is not None:
        programme, admitted = small
        tables = replace(tables, closures=_with(tables.closures, programme))
        again = allocate(tables, rules)
        steps.append(
            Closure(programme, admitted, minimum[programme], allocation.programme, again.programme)
        )
        allocation = again
        if closed is not None:
            closed(steps[-1])
    return steps, allocation


def _smallest(allocation: Allocation, minimum: Mapping[str, int]) -> tuple[str, int] | None:
    names = allocation.applications.programme_names
    placed = allocation.programme[allocation.programme >= 0]
    admitted = np.bincount(placed, minlength=len(names)).tolist()
    earlier = allocation.applications.frozen
    kept = set(earlier[earlier >= 0].tolist())
    small = [
        (admitted[at] / minimum[name], name, admitted[at])
        for at, name in enumerate(names)
        if at not in kept and 0 < admitted[at] < minimum.get(name, 0)
    ]
    if not small:
        return None
    _share, name, number = min(small)
    return name, number


def _with(closures: pl.DataFrame, programme: str) -> pl.DataFrame:
    row = pl.DataFrame({"programme": [programme], "reason": [REASON]})
    return pl.concat([closures, row], how="diagonal_relaxed") if closures.height else row


def _check(minimum: Mapping[str, int], allocation: Allocation) -> None:
    known = set(allocation.applications.programme_names)
    faults = [
        Fault("programmes", 0, "minimum", f"of {name} is {number}: {why}.")
        for name, number in minimum.items()
        for why in [
            "there is no such programme"
            if name not in known
            else "give a whole number from 1"
            if number < 1
            else ""
        ]
        if why
    ]
    if faults:
        raise TableError(faults)
