"""Floating arithmetic that PostgreSQL never refuses.

PostgreSQL raises an error where IEEE arithmetic gives an infinity, and also where a product or
quotient other than zero rounds to zero. Each operation here looks first whether that would happen
and gives null for an infinity (`too-large` in the other back ends) and 0 for what rounds to zero.

The looks are exact, because they scale by powers of two only, which changes no digit. Writing
T = 2^1024: a sum of two numbers of one sign reaches T when the smaller is at least (max - greater)
+ 2^970, both steps being exact; products and quotients are compared after scaling by a power that
keeps them between the ends of the normal numbers. Only whether a product of two numbers below 1 is
zero cannot be found by scaling; `percentile_cont` multiplies without the check and tells.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from zhiqiao.engines.formula.problem import Kind
from zhiqiao.engines.formula.words import MAX_MEMBERS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from zhiqiao.engines.formula.tree import Node

SAFE_LEAST = 1e-280
"""No operation of numbers whose result is at least this rounds to zero."""


def constant(value: float) -> str:
    """Write a number of the engine's own; it never comes from a program or a fact."""
    return f"float8 '{value!r}'"


def power(exponent: int) -> str:
    """Write a power of two."""
    return constant(2.0**exponent)


MOST = constant(sys.float_info.max)
ZERO = constant(0.0)


def added(left: str, right: str) -> str:
    """Add, null where the sum is beyond the finite numbers."""
    both = f"abs({left}), abs({right})"
    return (
        f"CASE WHEN GREATEST({both}) < {power(1023)} OR sign({left}) <> sign({right}) "
        f"THEN {left} + {right} WHEN LEAST({both}) < (CASE WHEN GREATEST({both}) >= {power(1023)} "
        f"THEN {MOST} - GREATEST({both}) END) + {power(970)} THEN {left} + {right} END"
    )


def multiplied(left: str, right: str, *, may_vanish: bool, may_leave: bool) -> str:
    """Multiply, null beyond the finite numbers and 0 for what rounds to zero."""
    if not (may_vanish or may_leave):
        return f"{left} * {right}"
    both = f"abs({left}), abs({right})"
    cases: list[str] = []
    if may_leave:
        half = power(512)
        is_great = f"GREATEST({both}) >= {half} AND LEAST({both}) < {half}"
        product = f"GREATEST({both}) * {power(-512)} * LEAST({both})"
        cases.append(f"WHEN LEAST({both}) >= {half} THEN NULL")
        cases.append(
            f"WHEN {is_great} AND (CASE WHEN {is_great} THEN {product} >= {half} END) THEN NULL"
        )
    if may_vanish:
        product = (
            f"(SELECT percentile_cont(GREATEST({both})) WITHIN GROUP (ORDER BY v) "
            f"FROM (VALUES ({ZERO}), (LEAST({both}))) AS ends(v))"
        )
        is_small = f"GREATEST({both}) < {constant(1.0)} AND LEAST({both}) < {power(-400)}"
        vanishes = f"{is_small} AND (CASE WHEN {is_small} THEN {product} END) = 0"
        cases.append(f"WHEN {left} = 0 OR {right} = 0 THEN {left} * {right}")
        cases.append(f"WHEN {vanishes} THEN {ZERO} * {left} * {right}")
    return f"CASE {' '.join(cases)} ELSE {left} * {right} END"


def divided(left: str, right: str, *, may_vanish: bool, may_leave: bool) -> str:
    """Divide, null by zero and beyond the finite numbers, 0 for what rounds to zero."""
    cases = [f"WHEN {right} = 0 THEN NULL", f"WHEN {left} = 0 THEN {left} * {right}"]
    if may_vanish:
        is_small = f"abs({right}) >= 2 AND abs({left}) < {power(-50)}"
        cases.append(
            f"WHEN {is_small} AND (CASE WHEN {is_small} THEN "
            f"abs({left}) * {power(1000)} <= abs({right}) * {power(-75)} END) THEN {ZERO}"
        )
    if may_leave:
        cases.extend(f"WHEN {is_great} THEN NULL" for is_great in _great_quotients(left, right))
    return f"CASE {' '.join(cases)} ELSE {left} / {right} END"


def _great_quotients(left: str, right: str) -> list[str]:
    """Say when a quotient is infinite: by a small divisor, by a tiny one."""
    by_small = f"abs({right}) < 1 AND abs({right}) >= {power(-500)} AND abs({left}) >= {power(523)}"
    by_tiny = f"abs({right}) < {power(-500)} AND abs({left}) >= {power(-51)}"
    small = f"abs({left}) / (abs({right}) * {power(500)}) >= {power(524)}"
    tiny = f"(abs({left}) * {power(-600)}) / (abs({right}) * {power(500)}) >= {power(-76)}"
    return [
        f"{by_small} AND (CASE WHEN {by_small} THEN {small} END)",
        f"{by_tiny} AND (CASE WHEN {by_tiny} THEN {tiny} END)",
    ]


def scaled_down(value: str) -> str:
    """Scale a member so that a million of them never leave the finite numbers."""
    return f"CASE WHEN abs({value}) < {power(-900)} THEN {ZERO} ELSE {value} * {power(-64)} END"


LEAVING = power(960)
"""What a running sum of `scaled_down` members reaches when the true sum is infinite."""


@dataclass(slots=True)
class Magnitudes:
    """The magnitudes below which values of a program are zero, each found once."""

    trees: Mapping[str, Node]
    found: dict[int, float] = field(default_factory=dict)

    def least(self, node: Node) -> float:
        """Give the least magnitude of a value other than zero, 0.0 when there is none to name."""
        if id(node) not in self.found:
            self.found[id(node)] = self._least(node)
        return self.found[id(node)]

    def may_vanish(self, node: Node) -> bool:
        """Whether the result of a floating operation may round to zero."""
        return self._of_operation(node) < SAFE_LEAST

    def _least(self, node: Node) -> float:
        if node.kind is not Kind.NUMBER:
            return _unit(node)
        if node.op in ("formula", "prev") and node.name in self.trees:
            return self.least(self.trees[node.name])
        return self._of_operation(node)

    def _of_operation(self, node: Node) -> float:
        rule = _LEASTS.get(node.op)
        return rule(node, [self.least(arg) for arg in node.args]) if rule else 0.0


def _unit(node: Node) -> float:
    return float(Decimal(1).scaleb(-node.scale))


def _quotient(node: Node, below: list[float]) -> float:
    divisor = node.args[1]
    return below[0] / max(1.0, *(abs(end) * _unit(divisor) for end in divisor.bounds))


def _mean(node: Node, below: list[float]) -> float:
    """Take the least total, which only exact members have, among the greatest number of them."""
    return 0.0 if node.args[0].kind is Kind.NUMBER else below[0] / MAX_MEMBERS / 2


_LEASTS: dict[str, Callable[[Node, list[float]], float]] = {
    "to_number": lambda _node, below: below[0],
    "negate": lambda _node, below: below[0],
    "percent": lambda _node, below: below[0],
    "min": lambda _node, below: min(below),
    "max": lambda _node, below: min(below),
    "coalesce": lambda _node, below: min(below),
    "if": lambda _node, below: min(below[1:]),
    "multiply": lambda _node, below: below[0] * below[1],
    "divide": _quotient,
    "fraction": lambda _node, below: below[0] / 100,
    "avg": _mean,
    "share": lambda _node, _below: 0.5 / MAX_MEMBERS,
}
