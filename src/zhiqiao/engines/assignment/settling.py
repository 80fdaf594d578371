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
    from zhiqiao.engines.assignment.terms import Int32, Int64

REACH = 40


def settle(rounds: Rounds, relaxed: Relaxed) -> Int64:
    """Return seated pairs near the optimum of the network that meet every rule.

    Whole seats of the flow stay, except the worst of a panel that breaks a quota; empty seats are
    filled by the cheapest chains; then single seats are exchanged while that gains.
    """
    panels, kinds, left = rounds.panels, rounds.kinds, relaxed.bound.left
    kept = _legal_part(panels, kinds, rounds.piece(relaxed), left)
    seating = Seating(panels, kinds, kept)
    costs = Costs(left, relaxed.bound.price)
    short = np.flatnonzero(seating.seated < panels.size)
    for panel in short[np.argsort(-panels.weight[short], kind="stable")].tolist():
        while seating.open_seats(panel) > 0:
            if not fill_seat(seating, costs, panel=panel, reach=REACH):
                break
    return _exchanged(rounds.problem, seating)


def polish(problem: AssignmentProblem, pair: Int64) -> Int64:
    """Exchange single seats, and fill empty ones, while that gains."""
    return _exchanged(problem, Seating(problem.panels, problem.kinds, pair))


def _exchanged(problem: AssignmentProblem, seating: Seating) -> Int64:
    """Every exchange gains a whole number and values are bounded, so it ends."""
    has_gained = True
    while has_gained:
        has_gained = False
        for panel in _promising(problem, seating).tolist():
            has_gained |= _fill(problem, seating, panel) or _exchange(problem, seating, panel)
    return seating.pair


def _promising(problem: AssignmentProblem, seating: Seating) -> Int64:
    """Return panels where somebody with room is worth more than a seat, quotas not looked at."""
    panels, every = seating.panels, np.arange(seating.panels.worth.size)
    gain = np.where(seating.is_seated, -LARGEST, _gain(problem, seating, every))
    best, worst = np.full(panels.number, -LARGEST), np.full(panels.number, LARGEST)
    np.maximum.at(best, panels.panel, gain)
    seated = seating.pair
    np.minimum.at(worst, panels.panel[seated], _loss(problem, seating, seated))
    worst[seating.seated < panels.size] = -LARGEST
    return np.flatnonzero(best > worst)


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


def _fill(problem: AssignmentProblem, seating: Seating, panel: int) -> bool:
    """Give an empty seat of a panel to the best expert with room."""
    if seating.open_seats(panel) == 0:
        return False
    may = np.flatnonzero(seating.legal(panel)) + int(seating.panels.first[panel])
    gain = _gain(problem, seating, may)
    if gain.max(initial=-LARGEST) == -LARGEST:
        return False
    seating.seat(int(may[np.argmax(gain)]))
    return True


def _exchange(problem: AssignmentProblem, seating: Seating, panel: int) -> bool:
    """Give each seat of a panel to an expert with room where that gains."""
    begin, end = seating.panels.first[panel : panel + 2].tolist()
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
    has_room = seating.load[expert] + weight <= panels.capacity[expert]
    filled = _filled(problem, seating, expert, seating.load[expert], weight)
    return np.where(has_room, panels.worth[pair] + panels.stakes.idle * filled, -LARGEST)


def _loss(problem: AssignmentProblem, seating: Seating, pair: Int64) -> Int64:
    """Return what seated pairs lose when they leave."""
    panels = seating.panels
    expert, weight = panels.expert[pair], panels.weight[panels.panel[pair]]
    filled = _filled(problem, seating, expert, seating.load[expert] - weight, weight)
    return np.asarray(panels.worth[pair] + panels.stakes.idle * filled)


def _filled(
    problem: AssignmentProblem, seating: Seating, expert: Int32, load: Int64, weight: Int64
) -> Int64:
    """Return the reviews of least loads that load units more fill."""
    least, unit = problem.least_load[expert], seating.panels.unit
    now, then = (np.maximum(least - units * unit, 0) for units in (load, load + weight))
    return np.asarray(now - then)
