"""What a rule costs: the best plan with it beside the best plan without it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from zhiqiao.engines.planning.solve import SECONDS, solve

if TYPE_CHECKING:
    from zhiqiao.engines.planning.problem import Int64, Problem


@dataclass(frozen=True, eq=False)
class Cost:
    """Both plans, and what the rule moves between categories.

    Parameters
    ----------
    with_rule, without_rule : int64 arrays of shape (L,)
    changed : int
        Places changed from what was requested because of the rule: with it less without it.
    moved : int64 array of shape (C,)
        Places that each category gets more (or less) because of the rule.
    """

    with_rule: Int64
    without_rule: Int64
    changed: int
    moved: Int64


def cost_of_share(problem: Problem, name: str, *, seconds: float = SECONDS) -> Cost:
    """Solve with and without the share of that name; two integer programmes.

    The plan without the rule need not be the only best one, so what is moved is one answer among
    several that change as few places; the number of changed places is exact.
    """
    kept = tuple(share for share in problem.shares if share.name != name)
    if len(kept) == len(problem.shares):
        raise KeyError(name)
    with_rule = solve(problem, seconds=seconds)
    without = solve(replace(problem, shares=kept), seconds=seconds)
    moved = np.zeros(problem.floors.size, dtype=np.int64)
    np.add.at(moved, problem.category, with_rule - without)
    changed = _changed(problem, with_rule) - _changed(problem, without)
    return Cost(with_rule, without, changed, moved)


def _changed(problem: Problem, places: Int64) -> int:
    return int((np.abs(places - problem.requested) * problem.weight).sum())
