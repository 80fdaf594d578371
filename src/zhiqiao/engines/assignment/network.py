"""The flow from panels over sets to experts: its arcs, its cheapest flow, and the prices that prove it.

::

    panel --(set, cap of seats)--> expert --(least load, free load)--> sink
      `---------------- missing reviews ----------------------------> sink
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from ortools.graph.python import min_cost_flow

from zhiqiao.engines.assignment.errors import AssignmentError
from zhiqiao.engines.assignment.terms import NONE

if TYPE_CHECKING:
    from zhiqiao.engines.assignment.assembly import Panels
    from zhiqiao.engines.assignment.kinds import Kinds
    from zhiqiao.engines.assignment.problem import AssignmentProblem
    from zhiqiao.engines.assignment.terms import Int32, Int64, Truths

FAR = 2**61
UNREACHED = 2**60


@dataclass(frozen=True, eq=False)
class SetPrices:
    """Prices of seats of sets: rows (panel, set) in rising order, and a price for each."""

    row: Int64
    price: Int64


@dataclass(frozen=True, eq=False)
class Flow:
    """A cheapest flow.

    Parameters
    ----------
    units : int64 array, one entry for each pair that was in the network
        Load units that flow; a seat is taken when its whole weight flows.
    price : int64 array of shape (E,)
    sets : SetPrices
    """

    units: Int64
    price: Int64
    sets: SetPrices


@dataclass(frozen=True, eq=False)
class _Arcs:
    tail: Int64
    head: Int64
    cap: Int64
    cost: Int64


def load_segments(problem: AssignmentProblem, panels: Panels) -> tuple[list[Int64], list[Int64]]:
    """Return caps and rewards of the units of each expert's load: least load, its odd part, free."""
    whole = np.minimum(problem.least_load // panels.unit, panels.capacity)
    odd = problem.least_load % panels.unit
    part = np.minimum((odd > 0).astype(np.int64), panels.capacity - whole)
    idle = panels.stakes.idle
    rewards = [np.full_like(whole, idle * panels.unit), idle * odd, np.zeros_like(whole)]
    return [whole, part, panels.capacity - whole - part], rewards


def cheapest_flow(
    problem: AssignmentProblem, panels: Panels, kinds: Kinds, *, use: Int64, active: Int64
) -> Flow:
    """Solve the network of some pairs and some sets.

    Parameters
    ----------
    problem, panels, kinds
        As assembled.
    use : int64 array
        Rising positions of the pairs in the network.
    active : int64 array
        Rising rows (panel, set) of admitted sets in the network.

    Notes
    -----
    Cost-scaling push-relabel of OR-tools (Goldberg 1997), then shortest distances to the sink in the
    residual network, by rounds of Bellman and Ford.
    """
    nodes = panels.number + problem.experts + active.size + 1
    inner = _inner_arcs(panels, kinds, active)
    arcs = _joined(
        _pair_arcs(panels, kinds, use, active), inner, *_sink_arcs(problem, panels, nodes - 1)
    )
    flow = _solved(arcs, panels.size * panels.weight, nodes)
    far = _distances(arcs, flow, nodes)
    experts = slice(panels.number, panels.number + problem.experts)
    spread = far[inner.tail] - far[inner.head]
    price = np.where(far[inner.head] < UNREACHED, np.maximum(spread, 0), 0)
    return Flow(
        units=flow[: use.size],
        price=np.minimum(far[experts], 2 * panels.stakes.missing * panels.unit),
        sets=SetPrices(active, price * panels.weight[active // kinds.number]),
    )


def _pair_arcs(panels: Panels, kinds: Kinds, use: Int64, active: Int64) -> _Arcs:
    panel, expert = panels.panel[use].astype(np.int64), panels.expert[use].astype(np.int64)
    tail = _innermost(kinds, panel, kinds.chain[expert], active)
    tail = np.where(tail == NONE, panel, tail + panels.number + panels.capacity.size)
    weight = panels.weight[panel]
    return _Arcs(tail, panels.number + expert, weight, -(panels.worth[use] // weight))


def _innermost(kinds: Kinds, panel: Int64, chain: Int32 | Int64, active: Int64) -> Int64:
    """Return the position in ``active`` of the first set of each chain that is there, or -1."""
    found = np.full(panel.size, NONE, np.int64)
    if active.size == 0:
        return found
    for sets in chain.T[::-1]:
        row = panel * kinds.number + sets
        at = np.minimum(np.searchsorted(active, row), active.size - 1)
        found = np.where((sets >= 0) & (active[at] == row), at, found)
    return found


def _inner_arcs(panels: Panels, kinds: Kinds, active: Int64) -> _Arcs:
    """Lead from each panel, or from the next larger active set, to each active set."""
    panel, sets = active // kinds.number, active % kinds.number
    above = _chains_above(kinds)[sets]
    parent = _innermost(kinds, panel, above, active)
    base = panels.number + panels.capacity.size
    tail = np.where(parent == NONE, panel, parent + base)
    cap = kinds.cap_of(active) * panels.weight[panel]
    return _Arcs(tail, base + np.arange(active.size), cap, np.zeros(active.size, np.int64))


def _chains_above(kinds: Kinds) -> Int64:
    """Return the admitted sets that contain each set, the smallest first; of shape (S, D)."""
    above = np.full((kinds.number, kinds.chain.shape[1]), NONE, np.int64)
    for depth in range(kinds.chain.shape[1]):
        sets = kinds.chain[:, depth]
        there = np.flatnonzero(sets >= 0)
        rest = kinds.chain[there, depth + 1 :]
        above[sets[there], : rest.shape[1]] = rest
    return above


def _sink_arcs(problem: AssignmentProblem, panels: Panels, sink: int) -> list[_Arcs]:
    panel = np.arange(panels.number)
    empty = np.full(panels.number, panels.stakes.missing * panels.unit)
    arcs = [_Arcs(panel, np.full_like(panel, sink), panels.size * panels.weight, empty)]
    expert = panels.number + np.arange(problem.experts)
    for cap, reward in zip(*load_segments(problem, panels), strict=True):
        arcs.append(_Arcs(expert, np.full_like(expert, sink), cap, -reward))
    return arcs


def _joined(*parts: _Arcs) -> _Arcs:
    names = ("tail", "head", "cap", "cost")
    return _Arcs(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


def _solved(arcs: _Arcs, supply: Int64, nodes: int) -> Int64:
    solver = min_cost_flow.SimpleMinCostFlow()
    numbers = solver.add_arcs_with_capacity_and_unit_cost(
        arcs.tail.astype(np.int32), arcs.head.astype(np.int32), arcs.cap, arcs.cost
    )
    supplies = np.zeros(nodes, np.int64)
    supplies[: supply.size] = supply
    supplies[-1] = -supply.sum()
    solver.set_nodes_supplies(np.arange(nodes, dtype=np.int32), supplies)
    status = solver.solve()
    if status != solver.OPTIMAL:
        largest = int(np.abs(arcs.cost).max(initial=0))
        raise AssignmentError(
            "too-large", applications=supply.size, experts=nodes - supply.size, most=largest
        )
    return np.asarray(solver.flows(numbers), np.int64)


def _distances(arcs: _Arcs, flow: Int64, nodes: int) -> Int64:
    """Return the least cost from each node to the last one in the residual network."""
    onward, back = flow < arcs.cap, flow > 0
    tail = np.concatenate([arcs.tail[onward], arcs.head[back]])
    head = np.concatenate([arcs.head[onward], arcs.tail[back]])
    cost = np.concatenate([arcs.cost[onward], -arcs.cost[back]])
    order = np.argsort(tail, kind="stable")
    tail, head, cost = tail[order], head[order], cost[order]
    starts: Int64 = np.flatnonzero(np.diff(tail, prepend=NONE))
    of: Int64 = tail[starts]
    far = np.full(nodes, FAR)
    far[-1] = 0
    while starts.size:
        best = np.minimum.reduceat(cost + far[head], starts)
        is_nearer: Truths = (best < far[of]) & (best < UNREACHED)
        if not is_nearer.any():
            break
        far[of[is_nearer]] = best[is_nearer]
    return far
