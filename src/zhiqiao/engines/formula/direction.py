"""Whether a figure can only rise, only fall, or not move at all when a fact rises.

The answer holds where the figure has a value before and after, whichever entities' facts rise.
It is what allows "at least" to be said of a figure of which one count is only a lower bound.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from zhiqiao.engines.formula.problem import Kind
from zhiqiao.engines.formula.tree import Node, walk


class Direction(StrEnum):
    """How a figure moves when a fact rises; falsehood lies below truth."""

    CONSTANT = "constant"
    RISING = "rising"
    FALLING = "falling"
    UNKNOWN = "unknown"

    def opposite(self) -> Direction:
        """Turn it round."""
        return {Direction.RISING: Direction.FALLING, Direction.FALLING: Direction.RISING}.get(
            self, self
        )

    def joined(self, other: Direction) -> Direction:
        """Direction of what rises in both and falls in neither."""
        if Direction.CONSTANT in (self, other):
            return other if self is Direction.CONSTANT else self
        return self if self is other else Direction.UNKNOWN

    def signed(self, node: Node) -> Direction:
        """Direction after multiplying by a value of the sign of `node`."""
        low, high = node.bounds
        if self is Direction.CONSTANT or low >= 0:
            return self
        return self.opposite() if high <= 0 else Direction.UNKNOWN


@dataclass(frozen=True, slots=True)
class Compass:
    """Directions in one fact, for the formulas of a program."""

    trees: Mapping[str, Node]
    fact: str
    found: dict[str, Direction]

    def of_formula(self, name: str) -> Direction:
        """Direction of a formula, found once."""
        if name not in self.found:
            self.found[name] = self.of(self.trees[name])
        return self.found[name]

    def of(self, node: Node) -> Direction:
        """Direction of a typed tree."""
        if node.op == "fact":
            return Direction.RISING if node.name == self.fact else Direction.CONSTANT
        if node.op == "formula":
            return self.of_formula(node.name)
        args = [self.of(arg) for arg in node.args]
        if all(arg is Direction.CONSTANT for arg in args):
            return Direction.CONSTANT
        return _RULES.get(node.op, _unknown)(self, node, args)

    def may_vanish(self, node: Node) -> bool:
        """Whether the fact can decide that there is no value, as a zero divisor does."""
        return any(self._vanishes(each) for each in walk(node))

    def _vanishes(self, node: Node) -> bool:
        if node.op == "formula":
            return self.of_formula(node.name) is not Direction.CONSTANT
        if node.op in ("and", "or", "if", "divide", "round_quotient", "coalesce"):
            return any(self.of(arg) is not Direction.CONSTANT for arg in node.args)
        is_guarded = node.kind is Kind.NUMBER and node.op not in ("to_number", "literal", "prev")
        return is_guarded and self.of(node) is not Direction.CONSTANT


def find_direction(trees: Mapping[str, Node], formula: str, fact: str) -> Direction:
    """Find how a formula moves when a fact rises.

    Parameters
    ----------
    trees : mapping of str to Node
        Typed trees of the program.
    formula, fact : str
        Names.

    Returns
    -------
    Direction
        ``unknown`` when the rules cannot tell; never wrong. O(nodes squared) at worst.
    """
    return Compass(trees, fact, {}).of_formula(formula)


Rule = Callable[[Compass, Node, list[Direction]], Direction]


def _unknown(_compass: Compass, _node: Node, _args: list[Direction]) -> Direction:
    return Direction.UNKNOWN


def _joined(_compass: Compass, _node: Node, args: list[Direction]) -> Direction:
    direction = Direction.CONSTANT
    for arg in args:
        direction = direction.joined(arg)
    return direction


def _against(_compass: Compass, _node: Node, args: list[Direction]) -> Direction:
    left, *right = args
    for arg in right:
        left = left.joined(arg.opposite())
    return left


def _reversed(_compass: Compass, _node: Node, args: list[Direction]) -> Direction:
    left, *right = args
    left = left.opposite()
    for arg in right:
        left = left.joined(arg)
    return left


def _multiply(_compass: Compass, node: Node, args: list[Direction]) -> Direction:
    left, right = node.args
    return args[0].signed(right).joined(args[1].signed(left))


def _divide(_compass: Compass, node: Node, args: list[Direction]) -> Direction:
    left, right = node.args
    low, high = right.bounds
    if args[1] is not Direction.CONSTANT and low < 0 < high:
        return Direction.UNKNOWN
    return args[0].signed(right).joined(args[1].opposite().signed(left))


def _if(_compass: Compass, _node: Node, args: list[Direction]) -> Direction:
    condition, then, otherwise = args
    return then.joined(otherwise) if condition is Direction.CONSTANT else Direction.UNKNOWN


def _coalesce(compass: Compass, node: Node, args: list[Direction]) -> Direction:
    if any(compass.may_vanish(arg) for arg in node.args[:-1]):
        return Direction.UNKNOWN
    return _joined(compass, node, args)


def _over_members(compass: Compass, node: Node, args: list[Direction]) -> Direction:
    """Follow the members; below full coverage the fact must not choose which are known."""
    if node.coverage < 1 and compass.may_vanish(node.args[0]):
        return Direction.UNKNOWN
    return args[0]


_RULES: dict[str, Rule] = {
    "add": _joined, "min": _joined, "max": _joined, "and": _joined, "or": _joined,
    "round": _joined, "percent": _joined, "fraction": _joined, "to_number": _joined,
    "prev": _joined, "subtract": _against, "greater": _against, "greater_equal": _against,
    "less": _reversed, "less_equal": _reversed, "negate": _reversed, "not": _reversed,
    "multiply": _multiply, "divide": _divide, "round_quotient": _divide, "if": _if,
    "coalesce": _coalesce, "sum": _over_members, "avg": _over_members, "count": _over_members,
    "share": _over_members,
}  # fmt: skip
