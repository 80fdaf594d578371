"""What the aggregates mean, on the members of one group in plain Python.

Members to which the operand does not apply are no part of the group. A group in which too few
members are known gives no value; it is never filled with zeros.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from zhiqiao.engines.formula.semantics import (
    EXACT,
    Details,
    Input,
    Operation,
    Outcome,
    exact,
    missing,
    to_number,
)
from zhiqiao.engines.trace import State

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from zhiqiao.engines.trace import Value


@dataclass(frozen=True, slots=True)
class Members:
    """The applicable members of a group and the known ones among them."""

    applicable: int
    known: list[Input]
    coverage: Decimal

    @property
    def state(self) -> State:
        """Worst state of the known members; an estimate when some are not known."""
        state = max(each.state for each in self.known)
        return state if len(self.known) == self.applicable else max(state, State.ESTIMATED)

    @property
    def is_covered(self) -> bool:
        """Whether enough members are known."""
        return bool(self.known) and len(self.known) >= self.coverage * self.applicable


def _members(inputs: Sequence[Input], details: Details) -> Members:
    applicable = [each for each in inputs if each.state is not State.NOT_APPLICABLE]
    coverage = details.get("coverage", Decimal(1))
    if not isinstance(coverage, Decimal):
        raise TypeError(coverage)
    known = [each for each in applicable if each.value is not None]
    return Members(len(applicable), known, coverage)


def _over(compute: Callable[[list[Value], Details], Value]) -> Operation:
    def operate(inputs: Sequence[Input], details: Details) -> Outcome:
        members = _members(inputs, details)
        if not members.applicable:
            return Outcome(None, State.NOT_APPLICABLE, "empty-group")
        if not members.is_covered:
            return missing("below-coverage")
        value = compute([each.value for each in members.known], details)
        return missing("too-large") if value is None else Outcome(value, members.state)

    return operate


def _total(values: list[Value]) -> float | int | Decimal:
    """Sum numbers one after the other in the order of entities, exact values exactly."""
    if isinstance(values[0], float):
        total = 0.0
        for value in values:
            total += to_number(value)
        return total
    sum_ = Decimal(0)
    for value in values:
        sum_ = EXACT.add(sum_, exact(value))
    return int(sum_) if isinstance(values[0], int) else sum_


def _sum(values: list[Value], _details: Details) -> Value:
    total = _total(values)
    return total if not isinstance(total, float) or abs(total) < float("inf") else None


def _avg(values: list[Value], _details: Details) -> Value:
    mean = to_number(_total(values)) / float(len(values))
    return mean if abs(mean) < float("inf") else None


def _count(inputs: Sequence[Input], details: Details) -> Outcome:
    members = _members(inputs, details)
    if len(members.known) < members.applicable:
        return missing("below-coverage")
    state = members.state if members.known else State.REPORTED
    return Outcome(sum(each.value is True for each in members.known), state)


def _share(inputs: Sequence[Input], details: Details) -> Outcome:
    members = _members(inputs, details)
    trues = sum(each.value is True for each in members.known)
    known = len(members.known)
    extra = (("numerator", trues), ("denominator", known), ("members", members.applicable))
    if not members.applicable:
        return Outcome(None, State.NOT_APPLICABLE, "empty-group", extra)
    if not members.is_covered:
        return Outcome(None, State.MISSING, "below-coverage", extra)
    return Outcome(float(trues) / float(known), members.state, "", extra)


def _rank(inputs: Sequence[Input], details: Details) -> Outcome:
    """Competition ranking from the greatest: equal values share the best place (1, 2, 2, 4)."""
    place = details.get("member")
    if not isinstance(place, int) or not 0 <= place < len(inputs):
        raise TypeError(place)
    own = inputs[place]
    if own.value is None:
        return Outcome(None, own.state, "input")
    members = _members(inputs, details)
    if not members.is_covered:
        return missing("below-coverage")
    ahead = sum(_is_greater(each.value, own.value) for each in members.known)
    return Outcome(1 + ahead, members.state)


def _is_greater(left: Value, right: Value) -> bool:
    if isinstance(left, float) and isinstance(right, float):
        return left > right
    return exact(left) > exact(right)


AGGREGATIONS: dict[str, Operation] = {
    "sum": _over(_sum),
    "avg": _over(_avg),
    "count": _count,
    "share": _share,
    "rank": _rank,
}
"""Meaning of the aggregates; `member` in the details of a rank is its own place."""
