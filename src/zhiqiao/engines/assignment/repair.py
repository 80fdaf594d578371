"""The least change of an assignment after refusals or newly found conflicts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from zhiqiao.engines.assignment.chains import Costs, fill_seat
from zhiqiao.engines.assignment.problem import Conflicts
from zhiqiao.engines.assignment.seating import Seating
from zhiqiao.engines.assignment.solve import applications_of
from zhiqiao.engines.assignment.terms import NONE, Proof
from zhiqiao.engines.assignment.valuing import standing_of

if TYPE_CHECKING:
    from zhiqiao.engines.assignment.assembly import Panels
    from zhiqiao.engines.assignment.chains import Step
    from zhiqiao.engines.assignment.outcome import Assignment
    from zhiqiao.engines.assignment.problem import AssignmentProblem
    from zhiqiao.engines.assignment.terms import Int64


@dataclass(frozen=True)
class Change:
    """One seat of a panel that was given to somebody else.

    Parameters
    ----------
    application : int
        First application of the panel.
    left, entered : int
        Experts; ``entered`` is -1 where nobody could take the seat.
    is_refused : bool
        Whether the one who left had refused; otherwise the move is the price of filling another seat.
    """

    application: int
    left: int
    entered: int
    is_refused: bool


@dataclass(frozen=True, eq=False)
class Repaired:
    """An assignment after refusals.

    Parameters
    ----------
    before : AssignmentProblem
    refused : Conflicts
    assignment : Assignment
    changes : tuple of Change
        Every seat that changed.
    """

    before: AssignmentProblem
    refused: Conflicts
    assignment: Assignment
    changes: tuple[Change, ...]

    @property
    def moved(self) -> int:
        """Return how many seats changed although nobody had refused them."""
        return sum(not change.is_refused for change in self.changes)

    @cached_property
    def problem(self) -> AssignmentProblem:
        """Return the problem with the refusals among its conflicts."""
        known, new = self.before.conflicts, self.refused
        joined = Conflicts(
            np.concatenate([known.application, new.application]),
            np.concatenate([known.expert, new.expert]),
            np.concatenate([known.kind, new.kind]),
        )
        return replace(self.before, conflicts=joined)


def repair(problem: AssignmentProblem, assignment: Assignment, *, refused: Conflicts) -> Repaired:
    """Fill the seats of experts who refuse, or may not sit there, with the least change.

    Parameters
    ----------
    problem, assignment
        As they were.
    refused : Conflicts
        Pairs that must not be assigned any more; those that are not assigned are only barred. Who
        refuses one of related applications leaves their whole panel.

    Returns
    -------
    Repaired
        For each seat the chain that moves fewest others, and of these the one of the greatest worth.
        Where there is none the seat stays empty and is told as missing.

    Notes
    -----
    A shortest augmenting path of the residual network for each seat, one after the other: least for
    one refusal, and for several each time given those before. With quotas, or groups of different
    size, a chain passes through each panel once, and another chain may move fewer. Least loads are
    not filled up again. O(E^2 + P) for a seat at worst; mostly the first expert with room takes it.
    """
    panels = problem.panels
    seats = panels.positions(assignment.application, assignment.expert)
    barred = panels.positions(refused.application, refused.expert)
    seating = Seating(panels, problem.kinds, np.unique(seats))
    barred = np.unique(barred[barred != NONE])
    empty = barred[seating.is_seated[barred]]
    seating.bar(barred)
    costs = _costs(panels)
    changes: list[Change] = []
    for pair in empty.tolist():
        seating.unseat(pair)
    for pair in empty.tolist():
        panel = int(panels.panel[pair])
        steps = fill_seat(seating, costs, panel=panel, reach=problem.experts)
        changes += _changes(panels, pair, steps)
    repaired = _repaired(problem, assignment, seating.pair)
    return Repaired(problem, refused, repaired, tuple(changes))


def _costs(panels: Panels) -> Costs:
    """Let a move of somebody else cost more than any chain gains in worth."""
    span = int(panels.worth.max(initial=0)) - int(panels.worth.min(initial=0))
    step = (panels.capacity.size + 2) * span + 1
    return Costs(panels.worth, np.zeros_like(panels.capacity), step=step, least=step - span)


def _changes(panels: Panels, pair: int, steps: list[Step]) -> list[Change]:
    application, expert = panels.application, panels.expert
    panel = int(panels.panel[pair])
    if not steps:
        return [Change(int(application[panel]), int(expert[pair]), NONE, is_refused=True)]
    return [
        Change(
            application=int(application[panels.panel[step.entered]]),
            left=int(expert[pair if step.left == NONE else step.left]),
            entered=int(expert[step.entered]),
            is_refused=step.left == NONE,
        )
        for step in steps
    ]


def _repaired(problem: AssignmentProblem, before: Assignment, pair: Int64) -> Assignment:
    panels = problem.panels
    standing = standing_of(problem, panels, pair)
    application, expert = applications_of(panels, pair)
    return replace(
        before,
        application=application,
        expert=expert,
        missing=standing.missing[panels.of],
        idle=standing.idle,
        value=standing.value,
        proof=Proof.REPAIRED,
    )
