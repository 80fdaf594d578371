"""What an assignment is worth, and what it leaves missing and idle."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from zhiqiao.engines.assignment.assembly import Panels
    from zhiqiao.engines.assignment.problem import AssignmentProblem
    from zhiqiao.engines.assignment.terms import Int64


@dataclass(frozen=True, eq=False)
class Standing:
    """Empty seats of each panel, reviews below the least load of each expert, and the value of all."""

    missing: Int64
    idle: Int64
    value: int


def standing_of(problem: AssignmentProblem, panels: Panels, pair: Int64) -> Standing:
    """Say what seated pairs are worth together. O(G + E + pairs)."""
    missing = panels.size - np.bincount(panels.panel[pair], minlength=panels.number)
    load = np.zeros(problem.experts, np.int64)
    np.add.at(load, panels.expert[pair], panels.weight[panels.panel[pair]])
    idle = idle_at(problem, panels, load)
    lost = panels.stakes.missing * panels.unit * int((missing * panels.weight).sum())
    value = int(panels.worth[pair].sum()) - lost - panels.stakes.idle * int(idle.sum())
    return Standing(missing, idle, value)


def idle_at(problem: AssignmentProblem, panels: Panels, load: Int64) -> Int64:
    """Return the reviews that experts are below their least load with some load units."""
    return np.asarray(np.maximum(problem.least_load - load * panels.unit, 0))
