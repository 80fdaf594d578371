"""Polars expressions of a value with its state: what one formula cell is made of in batch.

`Cell.value` holds exact kinds as raw integers (units of the last decimal place), so that all
exact arithmetic is integer arithmetic; it is null exactly where there is no value. `Cell.absent`
tells not applicable from missing and is ``None`` when nothing can be not applicable, which is
usual and costs nothing. `Cell.grade` is followed only when states are asked for.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import reduce
from typing import TYPE_CHECKING

import polars as pl

from zhiqiao.engines.formula.problem import Kind
from zhiqiao.engines.trace import State

if TYPE_CHECKING:
    from collections.abc import Iterable

    from zhiqiao.engines.formula.tree import Node

Grade = pl.Expr | int
"""State of a value that is there: a constant, or a UInt8 expression."""

REPORTED, DERIVED, ESTIMATED = int(State.REPORTED), int(State.DERIVED), int(State.ESTIMATED)
ONE = "one__"
"""Column of the working frame that holds 1.0 in every row."""
ABSENT, GRADE = "__absent", "__grade"


@dataclass(frozen=True, slots=True)
class Cell:
    """Expressions of a value, of where it is not applicable, and of its grade."""

    value: pl.Expr
    absent: pl.Expr | None = None
    grade: Grade = REPORTED


@dataclass(slots=True)
class Columns:
    """Which columns of the working frame carry a mark of absence or a grade.

    Parameters
    ----------
    with_states : bool
        Whether grades are followed.
    absent : set of str
        Names with a column ``<name>__absent``.
    graded : dict of str to Grade
        Grade of each name; names not listed are reported.
    """

    with_states: bool = False
    absent: set[str] = field(default_factory=set)
    graded: dict[str, Grade] = field(default_factory=dict)

    def cell(self, name: str) -> Cell:
        """Refer to a column of the working frame."""
        absent = pl.col(f"{name}{ABSENT}") if name in self.absent else None
        return Cell(pl.col(name), absent, self.graded.get(name, REPORTED))


def literal_grade(grade: Grade) -> pl.Expr:
    """Write a grade as an expression."""
    return pl.lit(grade, dtype=pl.UInt8) if isinstance(grade, int) else grade


def greatest_grade(grades: Iterable[Grade]) -> Grade:
    """Grade of a value that needs all the given ones; constants are folded."""
    all_grades = list(grades)
    constant = max((each for each in all_grades if isinstance(each, int)), default=REPORTED)
    varying = [each for each in all_grades if not isinstance(each, int)]
    if not varying:
        return constant
    return pl.max_horizontal(*varying, literal_grade(constant))


def any_absent(cells: Iterable[Cell]) -> pl.Expr | None:
    """Where at least one of the cells is not applicable."""
    marks = [cell.absent for cell in cells if cell.absent is not None]
    return reduce(lambda left, right: left | right, marks) if marks else None


def as_number(node: Node, value: pl.Expr) -> pl.Expr:
    """Bring a value to float64: the raw integer, then one division by the power of ten."""
    if node.kind is Kind.NUMBER:
        return value
    number = value.cast(pl.Float64)
    return number / divisor(10.0**node.scale) if node.scale else number


def divisor(value: pl.Expr | float) -> pl.Expr:
    """Write a divisor as a whole column.

    Polars divides a column by a single number, also by a column that it knows to hold only one,
    as a product with its reciprocal, which is not correctly rounded: 230236 / 10000 would not be
    23.0236. The product with a column of ones changes no value and makes it a real column.
    """
    return pl.col(ONE) * value


def as_exact(node: Node, value: pl.Expr, scale: int, *, is_wide: bool) -> pl.Expr:
    """Bring an exact value to more decimal places, in 64 or 128 bits."""
    dtype = pl.Int128 if is_wide or node.is_wide else pl.Int64
    if dtype is pl.Int128:
        value = value.cast(dtype)
    factor = 10 ** (scale - node.scale)
    return value * pl.lit(factor, dtype=dtype) if factor != 1 else value


def as_kind(node: Node, value: pl.Expr, kind: Kind, scale: int, *, is_wide: bool) -> pl.Expr:
    """Bring a value to a kind and scale that can hold it."""
    if kind is Kind.NUMBER:
        return as_number(node, value)
    return value if kind is Kind.TRUTH else as_exact(node, value, scale, is_wide=is_wide)


def finite(value: pl.Expr) -> pl.Expr:
    """Turn a floating value beyond the finite numbers into none."""
    return pl.when(value.is_finite()).then(value)
