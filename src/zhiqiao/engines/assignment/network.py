"""The flow from panels over their caps to experts: its arcs, its cheapest flow, and the prices that prove it.

::

    panel --(caps of sets)--> expert --(least load, free load)--> sink
      `---------------- missing reviews -----------------------> sink
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from zhiqiao.engines.assignment.errors import AssignmentError
from zhiqiao.engines.assignment.terms import NONE

if TYPE_CHECKING:
    from zhiqiao.engines.assignment.assembly import Panels
    from zhiqiao.engines.assignment.problem import AssignmentProblem
    from zhiqiao.engines.assignment.terms import Int64, Truths
    from zhiqiao.engines.assignment.tree import Tree

FAR = 2**61
UNREACHED = 2**60


@dataclass(frozen=True, eq=False)
class Flow:
    """A cheapest flow.

    Parameters
    ----------
    units : int64 array, one entry for each pair that was in the network
        Load units that flow; a seat is taken when its whole weight flows.
    price : int64 array of shape (E,)
        What a load unit more of each expert would be worth.
    toll : int64 array of shape (N,)
        What a seat more of each node of the tree would be worth.
    """

    units: Int64
    price: Int64
    toll: Int64


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
    problem: AssignmentProblem, panels: Panels, tree: Tree, *, use: Int64, worth: Int64
) -> Flow:
    """Solve the network of some pairs.

    Parameters
    ----------
    problem, panels, tree
        As made.
    use : int64 array
        Rising positions of the pairs in the network.
    worth : int64 array of shape (Q,)
        What a seat of each eligible pair earns.

    Notes
    -----
    Cost-scaling push-relabel of OR-tools (Goldberg 1997), then shortest distances to the sink in the
    residual network, by rounds of Bellman and Ford. No seat is worth more than a missing review, so
    panels and caps are at most that far away: where every seat is empty and every cap full, nothing
    leads on to the sink, and the distance is that of the empty seats.
    """
    inner = panels.number + problem.experts
    nodes = inner + tree.panel.size + 1
    own = _node_arcs(panels, tree, inner)
    arcs = _joined(
        _pair_arcs(panels, tree, use, worth[use]), own, *_sink_arcs(problem, panels, nodes - 1)
    )
    flow = _solved(arcs, panels.size * panels.weight, nodes)
    far = _distances(arcs, flow, nodes)
    empty = panels.stakes.missing * panels.unit
    above = np.minimum(far, empty)
    return Flow(
        units=flow[: use.size],
        price=np.minimum(far[panels.number : inner], 2 * empty),
        toll=np.maximum(above[own.tail] - above[own.head], 0) * panels.weight[tree.panel],
    )


def _pair_arcs(panels: Panels, tree: Tree, use: Int64, worth: Int64) -> _Arcs:
    panel = panels.panel[use].astype(np.int64)
    leaf = tree.leaf[use]
    inner = panels.number + panels.capacity.size
    weight = panels.weight[panel]
    tail = np.where(leaf == NONE, panel, leaf + inner)
    return _Arcs(
        tail, panels.number + panels.expert[use].astype(np.int64), weight, -(worth // weight)
    )


def _node_arcs(panels: Panels, tree: Tree, inner: int) -> _Arcs:
    tail = np.where(tree.parent == NONE, tree.panel, tree.parent + inner)
    number = tree.panel.size
    cap = tree.cap * panels.weight[tree.panel]
    return _Arcs(tail, inner + np.arange(number), cap, np.zeros(number, np.int64))


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
    solver = SimpleMinCostFlow()
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
