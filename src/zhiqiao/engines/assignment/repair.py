"""The least change of an assignment after refusals or newly found conflicts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import zip_longest
from typing import TYPE_CHECKING

import numpy as np

from zhiqiao.engines.assignment.bounds import SetPrices, bound_of
from zhiqiao.engines.assignment.chains import Costs, fill_seat
from zhiqiao.engines.assignment.problem import Conflicts
from zhiqiao.engines.assignment.seating import Seating
from zhiqiao.engines.assignment.solve import applications_of
from zhiqiao.engines.assignment.terms import NONE, Proof
from zhiqiao.engines.assignment.valuing import standing_of

if TYPE_CHECKING:
    from zhiqiao.engines.assignment.assembly import Panels
    from zhiqiao.engines.assignment.outcome import Assignment, Prices
    from zhiqiao.engines.assignment.problem import AssignmentProblem
    from zhiqiao.engines.assignment.terms import Int64


@dataclass(frozen=True)
class Change:
    """One seat of a panel that is another's now.

    Seats of a panel are alike, so who has whose is a convention; who left and who entered is not.

    Parameters
    ----------
    application : int
        First application of the panel.
    left, entered : int
        Experts; ``left`` is -1 for a seat that was empty before, ``entered`` where nobody could take it.
    is_move : bool
        Whether the one who left had not refused: the move is the price of filling another seat.
    """

    application: int
    left: int
    entered: int
    is_move: bool


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
        return sum(change.is_move for change in self.changes)

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
        Where there is none the seat stays empty and is told as missing. Who refused and has room now
        takes seats that were empty before, without moving anybody.

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
    was_seated = seating.is_seated.copy()
    costs = _costs(panels)
    for pair in empty.tolist():
        seating.unseat(pair)
    for pair in empty.tolist():
        panel = int(panels.panel[pair])
        fill_seat(seating, costs, panel=panel, reach=problem.experts)
    for expert in np.unique(panels.expert[empty]).tolist():
        _fill_empty(seating, expert)
    gone = np.flatnonzero(was_seated & ~seating.is_seated)
    new = np.flatnonzero(seating.is_seated & ~was_seated)
    changes = _changes(panels, gone, new, empty)
    repaired = Repaired(problem, refused, _repaired(problem, assignment, seating.pair), changes)
    bound = _bound(repaired.problem, assignment.prices)
    return replace(repaired, assignment=replace(repaired.assignment, bound=bound))


def _bound(problem: AssignmentProblem, prices: Prices) -> int:
    """Return what the prices known before prove of a problem with more conflicts."""
    panels, kinds = problem.panels, problem.kinds
    panel = panels.of[prices.application].astype(np.int64)
    row = panel * kinds.number + kinds.offset[prices.quota] + prices.value
    order = np.argsort(row)
    sets = SetPrices(row[order], prices.price[order])
    return bound_of(problem, panels, kinds, price=prices.expert, sets=sets).value


def _costs(panels: Panels) -> Costs:
    """Let a move of somebody else cost more than any chain gains in worth."""
    span = int(panels.worth.max(initial=0)) - int(panels.worth.min(initial=0))
    step = (panels.capacity.size + 2) * span + 1
    return Costs(panels.worth, np.zeros_like(panels.capacity), step=step, least=step - span)


def _fill_empty(seating: Seating, expert: int) -> None:
    """Let an expert with room take empty seats, the best ones first."""
    panels = seating.panels
    own = np.flatnonzero(panels.expert == expert)
    own = own[seating.seated[panels.panel[own]] < panels.size[panels.panel[own]]]
    for pair in own[np.argsort(-panels.worth[own], kind="stable")].tolist():
        panel = int(panels.panel[pair])
        may = seating.legal(panel)[pair - int(panels.first[panel])]
        if may and seating.has_room(expert, panel):
            seating.seat(pair)


def _changes(panels: Panels, gone: Int64, new: Int64, refused: Int64) -> tuple[Change, ...]:
    """Put who left and who entered a panel side by side, who refused first."""
    changes = []
    for panel in np.unique(panels.panel[np.concatenate([gone, new])]).tolist():
        left, entered = (each[panels.panel[each] == panel] for each in (gone, new))
        is_move = ~np.isin(left, refused)
        left, is_move = left[np.argsort(is_move, kind="stable")], np.sort(is_move)
        rows = zip_longest(
            panels.expert[left].tolist(), panels.expert[entered].tolist(), fillvalue=NONE
        )
        for at, (before, after) in enumerate(rows):
            moves = before != NONE and bool(is_move[at])
            changes.append(Change(int(panels.application[panel]), before, after, is_move=moves))
    return tuple(changes)


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
