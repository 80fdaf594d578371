"""What a flow leaves open: split seats and crossing quotas, settled by chains and exchanges.

With groups of different size, or with quotas whose sets cross, the best assignment is a hard problem
(it contains three-dimensional matching). The flow is then a bound, and what is settled from it a good
assignment whose gap to the bound is told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from zhiqiao.engines.assignment.assembly import LARGEST
from zhiqiao.engines.assignment.chains import Costs, fill_seat
from zhiqiao.engines.assignment.seating import Seating

if TYPE_CHECKING:
    from zhiqiao.engines.assignment.assembly import Panels
    from zhiqiao.engines.assignment.kinds import Kinds
    from zhiqiao.engines.assignment.problem import AssignmentProblem
    from zhiqiao.engines.assignment.relaxing import Relaxed, Rounds
    from zhiqiao.engines.assignment.terms import Int64

ROUNDS = 4
REACH = 40


def settle(rounds: Rounds, relaxed: Relaxed) -> Int64:
    """Return seated pairs near the optimum of the network that meet every rule.

    Whole seats of the flow stay, except the worst of a panel that breaks a quota; empty seats are
    filled by the cheapest chains; then seats of the panels concerned are exchanged while that gains.
    """
    panels, kinds, left = rounds.panels, rounds.kinds, relaxed.bound.left
    whole, pieced = rounds.piece(relaxed)
    kept = _legal_part(panels, kinds, whole, left)
    seating = Seating(panels, kinds, kept)
    costs = Costs(left, relaxed.bound.price)
    short = np.flatnonzero(seating.seated < panels.size)
    for panel in short[np.argsort(-panels.weight[short], kind="stable")].tolist():
        while seating.open_seats(panel) > 0:
            if not fill_seat(seating, costs, panel=panel, reach=REACH):
                break
    concerned = np.union1d(short, pieced)
    for _round in range(ROUNDS):
        gained = [_exchange(rounds.problem, seating, panel) for panel in concerned.tolist()]
        if not any(gained):
            break
    return seating.pair


def _legal_part(panels: Panels, kinds: Kinds, pair: Int64, left: Int64) -> Int64:
    """Take the worst after prices away from each set of a panel that is over its cap."""
    while True:
        over = kinds.overfull(panels.panel[pair], panels.expert[pair])
        if over.size == 0:
            return pair
        rows = kinds.rows(panels.panel[pair], panels.expert[pair])
        is_over = np.isin(rows, over).any(axis=1)
        worst = pair[is_over][np.lexsort((left[pair[is_over]], panels.panel[pair[is_over]]))]
        first = np.flatnonzero(np.diff(panels.panel[worst], prepend=-1))
        pair = np.setdiff1d(pair, worst[first])


def _exchange(problem: AssignmentProblem, seating: Seating, panel: int) -> bool:
    """Give each seat of a panel to an expert with room where that gains."""
    panels = seating.panels
    begin, end = panels.first[panel : panel + 2].tolist()
    has_gained = False
    for pair in (np.flatnonzero(seating.is_seated[begin:end]) + begin).tolist():
        seating.unseat(pair)
        may = np.flatnonzero(seating.legal(panel)) + begin
        gain = _gain(problem, seating, may)
        best = int(may[np.argmax(gain)])
        if gain.max() > gain[may == pair][0]:
            has_gained = True
            seating.seat(best)
        else:
            seating.seat(pair)
    return has_gained


def _gain(problem: AssignmentProblem, seating: Seating, pair: Int64) -> Int64:
    """Return what pairs gain when they are seated; nothing good where the expert has no room."""
    panels = seating.panels
    expert, weight = panels.expert[pair], panels.weight[panels.panel[pair]]
    load, unit = seating.load[expert], panels.unit
    least = problem.least_load[expert]
    filled = np.maximum(least - load * unit, 0) - np.maximum(least - (load + weight) * unit, 0)
    has_room = load + weight <= panels.capacity[expert]
    return np.where(has_room, panels.worth[pair] + panels.stakes.idle * filled, -LARGEST)
