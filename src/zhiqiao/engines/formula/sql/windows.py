"""Aggregates in SQL: windows over the rows of one year and one group, in the order of entities."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from zhiqiao.engines.formula import ranges
from zhiqiao.engines.formula.problem import Kind
from zhiqiao.engines.formula.sql import floats
from zhiqiao.engines.formula.sql.operations import (
    ESTIMATED,
    NOT_APPLICABLE,
    REPORTED,
    Scene,
    Term,
    as_number,
)
from zhiqiao.engines.formula.words import MAX_MEMBERS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from zhiqiao.engines.formula.tree import Node

MISSING = 4


@dataclass(frozen=True, slots=True)
class Group:
    """A member column, its window, and what is known of the group."""

    member: Term
    over: str
    is_named: str

    @property
    def known(self) -> str:
        """How many members have a value."""
        return f"count({self.member.value}) {self.over}"

    @property
    def applicable(self) -> str:
        """How many members the operand applies to."""
        return f"count(*) FILTER (WHERE {self.member.grade} <> {NOT_APPLICABLE}) {self.over}"

    @property
    def trues(self) -> str:
        """How many members are true."""
        return f"count(*) FILTER (WHERE {self.member.value}) {self.over}"

    @property
    def state(self) -> str:
        """Worst grade of the known members, at least estimated when some are not known."""
        cell = self.member
        worst = f"max({cell.grade}) FILTER (WHERE {cell.value} IS NOT NULL) {self.over}"
        is_partial = f"{self.known} < {self.applicable}"
        return f"GREATEST({worst}, CASE WHEN {is_partial} THEN {ESTIMATED} ELSE {REPORTED} END)"

    def is_covered(self, node: Node, scene: Scene) -> str:
        """Whether enough members are known."""
        wanted = f"{scene.binder.exact(node.coverage)} * {self.applicable}"
        return f"{self.known} > 0 AND {self.known} >= {wanted}"


@dataclass(slots=True)
class Grouping:
    """Groups of a statement.

    Parameters
    ----------
    dimensions : dict of str to str
        Column of each dimension.
    scopes : mapping of str to tuple of str
        Dimensions of each scope.
    risky : set of (str, str)
        Members whose running sum must be looked at before they are summed, with their scopes.
    """

    dimensions: dict[str, str]
    scopes: Mapping[str, tuple[str, ...]]
    risky: set[tuple[str, str]] = field(default_factory=set)

    def keys(self, scope: str) -> list[str]:
        """Columns of a scope's key."""
        return ["year", *(self.dimensions[name] for name in self.scopes[scope])]

    def number(self, scope: str) -> int:
        """Give the place of a scope, which stands for its name in the text."""
        return list(self.scopes).index(scope)

    def running(self, member: str, scope: str) -> str:
        """Name the column with the running sum of a risky member."""
        return f"running_{member}_{self.number(scope)}"

    def peak(self, member: str, scope: str) -> str:
        """Name the column with the greatest running sum of a risky member."""
        return f"peak_{member}_{self.number(scope)}"

    def window(self, scope: str, scene: Scene) -> str:
        """Name the window over a row's group and remember it."""
        name = f"group_{self.number(scope)}"
        scene.windows.add(f"{name} AS (PARTITION BY {', '.join(self.keys(scope))} {WHOLE})")
        return name

    def group(self, node: Node, member: Term, scene: Scene) -> Group:
        """Describe the group of an aggregate."""
        named = [f"{key} IS NOT NULL" for key in self.keys(node.name)[1:]]
        window = self.window(node.name, scene)
        return Group(member, f"OVER {window}", " AND ".join(named) or "true")

    def aggregate(self, node: Node, member: Term, scene: Scene) -> Term:
        """Write an aggregate; its member is a column."""
        group = self.group(node, member, scene)
        value = _AGGREGATES[node.op](self, node, group, scene)
        never = {
            "count": "false",
            "rank": f"{member.grade} = {NOT_APPLICABLE}",
        }.get(node.op, f"{group.applicable} = 0")
        return Term(
            f"CASE WHEN {group.is_named} THEN {value} END",
            f"CASE WHEN NOT ({group.is_named}) THEN {MISSING} WHEN {never} THEN {NOT_APPLICABLE} "
            f"ELSE {group.state} END",
        )

    def total(self, node: Node, group: Group) -> str:
        """Sum the members; floating ones in the order of entities, null when they leave."""
        (operand,) = node.args
        value = group.member.value
        total = ranges.of_sum(operand.bounds, MAX_MEMBERS)
        if operand.kind is Kind.NUMBER and max(map(abs, total)) >= ranges.MAX_FLOAT:
            self.risky.add((value, node.name))
            is_finite = f"{self.peak(value, node.name)} < {floats.LEAVING}"
            value = f"CASE WHEN {is_finite} THEN {value} END"
        return f"sum({value}) {group.over}"


WHOLE = "ORDER BY entity ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING"
RUNNING = "ORDER BY entity ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW"


def _sum(grouping: Grouping, node: Node, group: Group, scene: Scene) -> str:
    total = grouping.total(node, group)
    return f"CASE WHEN {group.is_covered(node, scene)} THEN {total} END"


def _avg(grouping: Grouping, node: Node, group: Group, scene: Scene) -> str:
    total = as_number(scene, node.args[0], grouping.total(node, group))
    known = f"({group.known})::float8"
    may_vanish = scene.magnitudes.may_vanish(node)
    mean = floats.divided(f"({total})", known, may_vanish=may_vanish, may_leave=False)
    return f"CASE WHEN {group.is_covered(node, scene)} THEN {mean} END"


def _count(_grouping: Grouping, _node: Node, group: Group, _scene: Scene) -> str:
    return f"CASE WHEN {group.known} = {group.applicable} THEN ({group.trues})::numeric END"


def _share(_grouping: Grouping, node: Node, group: Group, scene: Scene) -> str:
    share = f"({group.trues})::float8 / ({group.known})::float8"
    return f"CASE WHEN {group.is_covered(node, scene)} THEN {share} END"


def _rank(grouping: Grouping, node: Node, group: Group, scene: Scene) -> str:
    cell = group.member.value
    keys = ", ".join(grouping.keys(node.name))
    place = f"rank() OVER (PARTITION BY {keys} ORDER BY {cell} DESC NULLS LAST)"
    is_there = f"{cell} IS NOT NULL AND {group.is_covered(node, scene)}"
    return f"CASE WHEN {is_there} THEN ({place})::numeric END"


_AGGREGATES: dict[str, Callable[[Grouping, Node, Group, Scene], str]] = {
    "sum": _sum,
    "avg": _avg,
    "count": _count,
    "share": _share,
    "rank": _rank,
}


def share_parts(group: Group) -> tuple[str, str, str]:
    """Write what a share is made of: numerator, known members, known among applicable ones."""
    coverage = (
        f"CASE WHEN {group.is_named} AND {group.applicable} > 0 "
        f"THEN ({group.known})::float8 / ({group.applicable})::float8 END"
    )
    named = f"CASE WHEN {group.is_named} THEN"
    return f"{named} {group.trues} END", f"{named} {group.known} END", coverage
