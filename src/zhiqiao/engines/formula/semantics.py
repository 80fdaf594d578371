"""What each operation means, on one value at a time in plain Python.

This is the reference of the language: `explain` builds explanations with it, `replay` computes
stored ones again with it, and the batch back end is proved equal to it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from decimal import Context, Decimal, Inexact, InvalidOperation
from typing import NamedTuple, Protocol

from zhiqiao.engines.formula.words import MAX_INT64
from zhiqiao.engines.trace import State, Value

EXACT = Context(prec=120, traps=[Inexact, InvalidOperation])
"""Decimal arithmetic that would fail rather than round."""

Details = Mapping[str, int | Decimal | float | bool | str | None]


class Input(Protocol):
    """A value with its state; a `trace.Step` is one."""

    @property
    def value(self) -> Value:
        """The value, ``None`` where there is none."""

    @property
    def state(self) -> State:
        """How far it can be relied on."""


class Outcome(NamedTuple):
    """A result: `reason` says why there is no value, `extra` what else is worth keeping."""

    value: Value
    state: State
    reason: str = ""
    extra: tuple[tuple[str, int | float], ...] = ()


Found = tuple[Value, str]
"""A value, or ``None`` with the reason."""
Operation = Callable[[Sequence[Input], Details], Outcome]
Exact = int | Decimal


def missing(reason: str) -> Outcome:
    """Give no value, for a reason."""
    return Outcome(None, State.MISSING, reason)


def to_number(value: Value) -> float:
    """Bring an exact value to float64: the raw integer, then one division by a power of ten."""
    if isinstance(value, Decimal):
        places = -int(value.as_tuple().exponent)
        return float(int(value.scaleb(places, EXACT))) / 10.0**places
    if value is None:
        raise TypeError(value)
    return float(value)


def exact(value: Value) -> Decimal:
    """Bring an exact value to a decimal."""
    if isinstance(value, float | bool) or value is None:
        raise TypeError(value)
    return Decimal(value)


def fitted(value: Value, details: Details) -> Value:
    """Bring a value to the kind and scale that the details name."""
    kind = details.get("kind")
    if value is None or isinstance(value, bool):
        return value
    if kind == "number":
        return to_number(value)
    if kind == "decimal":
        scale = details["scale"]
        if not isinstance(scale, int):
            raise TypeError(scale)
        return EXACT.quantize(exact(value), Decimal(1).scaleb(-scale))
    return value


def strict(compute: Callable[[Sequence[Value], Details], Found]) -> Operation:
    """Make an operation that needs every input: not applicable first, then missing."""

    def operate(inputs: Sequence[Input], details: Details) -> Outcome:
        state = State.REPORTED
        for each in inputs:
            state = max(state, each.state)
        if state >= State.MISSING:
            return Outcome(None, state, "input")
        value, reason = compute([each.value for each in inputs], details)
        return Outcome(value, state) if value is not None else missing(reason)

    return operate


def _found(value: Value) -> Found:
    if isinstance(value, float) and not math.isfinite(value):
        return None, "too-large"
    return value, ""


def _arithmetic(
    on_numbers: Callable[[float, float], float], on_exact: Callable[[Decimal, Decimal], Decimal]
) -> Operation:
    def compute(values: Sequence[Value], _details: Details) -> Found:
        left, right = values
        if isinstance(left, float) or isinstance(right, float):
            return _found(on_numbers(to_number(left), to_number(right)))
        result = on_exact(exact(left), exact(right))
        is_whole = isinstance(left, int) and isinstance(right, int)
        return _found(int(result) if is_whole else result)

    return strict(compute)


def _divide(values: Sequence[Value], _details: Details) -> Found:
    dividend, divisor = values
    if divisor == 0:
        return None, "division-by-zero"
    try:
        return _found(to_number(dividend) / to_number(divisor))
    except OverflowError:
        return None, "too-large"


def _negate(values: Sequence[Value], _details: Details) -> Found:
    (value,) = values
    if isinstance(value, float):
        return _found(-value)
    return _found(EXACT.minus(value) if isinstance(value, Decimal) else -int(exact(value)))


def _comparison(compare: Callable[[float | Decimal, float | Decimal], bool]) -> Operation:
    def compute(values: Sequence[Value], _details: Details) -> Found:
        left, right = values
        if isinstance(left, bool) and isinstance(right, bool):
            return _found(compare(float(left), float(right)))
        if isinstance(left, float) or isinstance(right, float):
            return _found(compare(to_number(left), to_number(right)))
        return _found(compare(exact(left), exact(right)))

    return strict(compute)


def _extreme(choose: Callable[[list[float | Decimal]], float | Decimal]) -> Operation:
    def compute(values: Sequence[Value], details: Details) -> Found:
        joint = [fitted(value, details) for value in values]
        if details.get("kind") == "number":
            return _found(choose([to_number(value) for value in joint]))
        found = choose([exact(value) for value in joint])
        return _found(int(found) if details.get("kind") == "integer" else found)

    return strict(compute)


def _percent(values: Sequence[Value], _details: Details) -> Found:
    (value,) = values
    if isinstance(value, float):
        return _found(value * 100.0)
    found = EXACT.multiply(exact(value), Decimal(100))
    return _found(found if isinstance(value, Decimal) else int(found))


def _fraction(values: Sequence[Value], _details: Details) -> Found:
    (value,) = values
    if isinstance(value, float):
        return _found(value / 100.0)
    return _found(exact(value).scaleb(-2, EXACT))


def _number(values: Sequence[Value], _details: Details) -> Found:
    return _found(to_number(values[0]))


def _whole(details: Details, name: str) -> int:
    value = details.get(name, 0)
    if not isinstance(value, int):
        raise TypeError(value)
    return value


def _scaled_back(raw: int, digits: int) -> Value:
    return Decimal(raw).scaleb(-digits, EXACT) if digits else raw


def _round(values: Sequence[Value], details: Details) -> Found:
    """Round half away from zero; a floating value as the float64 product says."""
    (value,) = values
    digits = _whole(details, "digits")
    if isinstance(value, float):
        scaled = abs(value) * 10.0**digits + 0.5
        if not scaled < 2.0**63:
            return None, "too-large"
        magnitude = math.floor(scaled)
    else:
        magnitude = _half_up(exact(value).copy_abs().scaleb(digits, EXACT))
        value = exact(value)
    return _found(_scaled_back(-magnitude if value < 0 else magnitude, digits))


def _half_up(value: Decimal) -> int:
    whole, rest = EXACT.divmod(value, Decimal(1))
    return int(whole) + (rest * 2 >= 1)


def _round_quotient(values: Sequence[Value], details: Details) -> Found:
    """Round an exact quotient half away from zero without ever leaving the integers."""
    dividend, divisor = (exact(value) for value in values)
    if divisor == 0:
        return None, "division-by-zero"
    digits = _whole(details, "digits")
    up = digits + _whole(details, "shift")
    top, bottom = dividend.copy_abs().scaleb(up, EXACT).as_integer_ratio()
    over, under = divisor.copy_abs().as_integer_ratio()
    numerator, denominator = top * under, bottom * over
    magnitude = (2 * numerator + denominator) // (2 * denominator)
    is_negative = (dividend < 0) != (divisor < 0)
    return _found(_scaled_back(-magnitude if is_negative else magnitude, digits))


def _not(values: Sequence[Value], _details: Details) -> Found:
    return _found(not values[0])


def _joined(decider: bool) -> Operation:  # noqa: FBT001 - the truth is the subject here
    def operate(inputs: Sequence[Input], _details: Details) -> Outcome:
        deciding = [each.state for each in inputs if each.value is decider]
        if deciding:
            return Outcome(decider, min(deciding))
        if any(each.state is State.MISSING for each in inputs):
            return Outcome(None, State.MISSING, "input")
        counting = [each.state for each in inputs if each.value is not None]
        if not counting:
            return Outcome(None, State.NOT_APPLICABLE, "input")
        return Outcome(not decider, max(counting))

    return operate


def _if(inputs: Sequence[Input], details: Details) -> Outcome:
    condition, then, otherwise = inputs
    if condition.value is None:
        return Outcome(None, condition.state, "input")
    chosen = then if condition.value else otherwise
    if chosen.value is None:
        return Outcome(None, chosen.state, "input")
    return Outcome(fitted(chosen.value, details), max(condition.state, chosen.state))


def _coalesce(inputs: Sequence[Input], details: Details) -> Outcome:
    """Take the first that is not missing; passing over a fact makes an estimate."""
    least = State.REPORTED
    for place, each in enumerate(inputs):
        if each.state is State.NOT_APPLICABLE:
            return Outcome(None, State.NOT_APPLICABLE, "input")
        if each.value is not None:
            return Outcome(fitted(each.value, details), max(each.state, least))
        is_given = details.get(f"given{place}") is True
        least = max(least, State.DERIVED if is_given else State.ESTIMATED)
    return Outcome(None, State.MISSING, "input")


def formula(inputs: Sequence[Input], details: Details) -> Outcome:
    """Bring a root to the declared kind; beyond 64 bits an exact value is missing."""
    (root,) = inputs
    if root.value is None:
        return Outcome(None, root.state, "input")
    value = fitted(root.value, details)
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        raw = exact(value).scaleb(_whole(details, "scale"), EXACT)
        if abs(raw) > MAX_INT64:
            return missing("too-large")
    return Outcome(value, max(root.state, State.DERIVED))


def _prev(inputs: Sequence[Input], _details: Details) -> Outcome:
    (before,) = inputs
    return Outcome(before.value, before.state, "" if before.value is not None else "input")


OPERATIONS: dict[str, Operation] = {
    "add": _arithmetic(lambda a, b: a + b, EXACT.add),
    "subtract": _arithmetic(lambda a, b: a - b, EXACT.subtract),
    "multiply": _arithmetic(lambda a, b: a * b, EXACT.multiply),
    "divide": strict(_divide),
    "negate": strict(_negate),
    "less": _comparison(lambda a, b: a < b),
    "less_equal": _comparison(lambda a, b: a <= b),
    "greater": _comparison(lambda a, b: a > b),
    "greater_equal": _comparison(lambda a, b: a >= b),
    "equal": _comparison(lambda a, b: a == b),
    "unequal": _comparison(lambda a, b: a != b),
    "min": _extreme(min),
    "max": _extreme(max),
    "percent": strict(_percent),
    "fraction": strict(_fraction),
    "to_number": strict(_number),
    "round": strict(_round),
    "round_quotient": strict(_round_quotient),
    "not": strict(_not),
    "and": _joined(decider=False),
    "or": _joined(decider=True),
    "if": _if,
    "coalesce": _coalesce,
    "formula": formula,
    "prev": _prev,
}
"""Meaning of every operation but the aggregates, see `aggregation`."""
