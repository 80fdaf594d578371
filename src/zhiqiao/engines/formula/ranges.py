"""How large and how small a value can become, so that exact arithmetic never overflows unseen.

A range is ``(low, high)``: raw integers (units of the last decimal place) for exact kinds, floats
for numbers. Rounding of floating arithmetic is monotone, so bounds computed in it hold for it.
"""

from __future__ import annotations

import math
import sys
from itertools import product as pairs

from zhiqiao.engines.formula.words import MAX_FACT, MAX_INT64, MAX_INT128

Bound = int | float
Range = tuple[Bound, Bound]

MAX_FLOAT = sys.float_info.max


def is_wide(bounds: Range) -> bool:
    """Whether an exact value may need more than 64 bits."""
    return max(abs(bounds[0]), abs(bounds[1])) > MAX_INT64


def is_beyond(bounds: Range) -> bool:
    """Whether an exact value may need more than 128 bits."""
    return max(abs(bounds[0]), abs(bounds[1])) > MAX_INT128


def is_unbounded(bounds: Range) -> bool:
    """Whether a floating value may leave the finite numbers."""
    return not (math.isfinite(bounds[0]) and math.isfinite(bounds[1]))


def clamped(bounds: Range) -> Range:
    """Bounds after the guard that turns a value beyond the finite numbers into a missing one."""
    return max(bounds[0], -MAX_FLOAT), min(bounds[1], MAX_FLOAT)


def of_fact(factor: int, *, signed: bool) -> Range:
    """Bounds of a fact with `factor` raw units to its unit."""
    return (-MAX_FACT * factor if signed else 0), MAX_FACT * factor


def total(left: Range, right: Range) -> Range:
    """Bounds of a sum."""
    return left[0] + right[0], left[1] + right[1]


def opposite(bounds: Range) -> Range:
    """Bounds of the negative."""
    return -bounds[1], -bounds[0]


def product(left: Range, right: Range) -> Range:
    """Bounds of a product; zero times anything is zero."""
    ends = [0 if 0 in (a, b) else a * b for a, b in pairs(left, right)]
    return min(ends), max(ends)


def quotient(left: Range, right: Range, *, least: float) -> Range:
    """Bounds of a floating quotient by a divisor that is not zero.

    `least` is the smallest magnitude of a divisor other than zero, 0.0 when it has none.
    """
    low, high = float(right[0]), float(right[1])
    if low >= 0:
        return _by_positive(left, max(low, least), high)
    if high <= 0:
        return _by_positive(opposite(left), max(-high, least), -low)
    below = _by_positive(opposite(left), least, -low)
    above = _by_positive(left, least, high)
    return union([below, above])


def _by_positive(left: Range, low: float, high: float) -> Range:
    ends = [_divided(float(a), b) for a, b in pairs(left, (low, max(low, high)))]
    return min(ends), max(ends)


def _divided(dividend: float, divisor: float) -> float:
    if dividend == 0:
        return 0.0
    return dividend / divisor if divisor else math.copysign(math.inf, dividend)


def union(ranges: list[Range]) -> Range:
    """Bounds of a value that is one of several."""
    return min(low for low, _ in ranges), max(high for _, high in ranges)


def of_sum(bounds: Range, members: int) -> Range:
    """Bounds of a sum over one to `members` values."""
    low, high = bounds
    return min(low, low * members), max(high, high * members)


def rounded(bounds: Range, digits: int) -> Range:
    """Raw bounds of a floating value rounded to `digits` places, within 64 bits."""
    ends = [
        MAX_INT64 if abs(end) * 10.0**digits >= MAX_INT64 else int(abs(end) * 10**digits) + 1
        for end in bounds
    ]
    low = -ends[0] if bounds[0] < 0 else 0
    high = ends[1] if bounds[1] > 0 else 0
    return low, high
