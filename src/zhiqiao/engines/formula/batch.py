"""From a typed tree to polars expressions: the batch back end, operation by operation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import reduce

import polars as pl

from zhiqiao.engines.formula import cells, ranges
from zhiqiao.engines.formula.cells import Cell, Columns, as_exact, as_kind, as_number, finite
from zhiqiao.engines.formula.problem import Kind
from zhiqiao.engines.formula.ranges import is_wide
from zhiqiao.engines.formula.rules import NUMERIC, quotient_reach, raw_bounds
from zhiqiao.engines.formula.tree import Node, is_given, walk
from zhiqiao.engines.formula.words import MAX_INT64

Compile = Callable[[Node], Cell]
Values = list[pl.Expr]
COMPARERS: dict[str, Callable[[pl.Expr, pl.Expr], pl.Expr]] = {
    "less": lambda left, right: left < right,
    "less_equal": lambda left, right: left <= right,
    "greater": lambda left, right: left > right,
    "greater_equal": lambda left, right: left >= right,
    "equal": lambda left, right: left == right,
    "unequal": lambda left, right: left != right,
}
_MIRRORED = {
    "less": "greater", "less_equal": "greater_equal", "greater": "less",
    "greater_equal": "less_equal",
}  # fmt: skip


def compile_node(node: Node, columns: Columns, stored: dict[int, str]) -> Cell:
    """Write a typed tree as expressions over the working frame.

    Parameters
    ----------
    node : Node
        The tree; aggregates and their operands are columns already.
    columns : Columns
        What the working frame carries.
    stored : dict of int to str
        Columns of the nodes that were computed in an earlier stage, by ``id``.

    Returns
    -------
    Cell
        Expressions of value, absence and grade. O(nodes).
    """
    if id(node) in stored:
        return columns.cell(stored[id(node)])
    return compile_operation(node, columns, stored)


def compile_operation(node: Node, columns: Columns, stored: dict[int, str]) -> Cell:
    """Write a tree whose own column is yet to be made, see `compile_node`."""
    if node.op in _LEAVES:
        return _LEAVES[node.op](node, columns)
    args = [compile_node(arg, columns, stored) for arg in node.args]
    if node.op in _SPECIAL:
        cell = _SPECIAL[node.op](node, args)
        return cell if columns.with_states else replace(cell, grade=cells.REPORTED)
    values = [arg.value for arg in args]
    return Cell(
        _VALUES[node.op](node, values),
        cells.any_absent(args),
        cells.greatest_grade(arg.grade for arg in args),
    )


def _literal(node: Node, _columns: Columns) -> Cell:
    if node.kind is Kind.TRUTH:
        return Cell(pl.lit(node.value, dtype=pl.Boolean))
    return Cell(pl.lit(int(node.bounds[0]), dtype=pl.Int64))


def _named(node: Node, columns: Columns) -> Cell:
    return columns.cell(node.name)


def _look_back(node: Node, columns: Columns) -> Cell:
    here = columns.cell(node.name)
    row = pl.col(look_back_column(node.digits))
    absent = here.absent.gather(row).fill_null(value=False) if here.absent is not None else None
    grade = here.grade if isinstance(here.grade, int) else here.grade.gather(row)
    return Cell(here.value.gather(row), absent, grade)


_LEAVES: dict[str, Callable[[Node, Columns], Cell]] = {
    "literal": _literal,
    "fact": _named,
    "parameter": _named,
    "formula": _named,
    "prev": _look_back,
}


def look_back_column(years: int) -> str:
    """Name the column with the row number of the same entity some years before."""
    return f"row__{years}"


def _joint(node: Node, values: Values) -> Values:
    """Bring operands to the kind, scale and width of the result."""
    return [
        as_kind(arg, value, node.kind, node.scale, is_wide=node.is_wide)
        for arg, value in zip(node.args, values, strict=True)
    ]


def guarded(node: Node, value: pl.Expr) -> pl.Expr:
    """Guard a floating result whose bounds reach the end of the finite numbers."""
    return finite(value) if is_guarded(node) else value


def is_guarded(node: Node) -> bool:
    """Whether a floating result may leave the finite numbers."""
    return node.kind is Kind.NUMBER and max(map(abs, node.bounds)) >= ranges.MAX_FLOAT


def _add(node: Node, values: Values) -> pl.Expr:
    left, right = _joint(node, values)
    return guarded(node, left + right)


def _subtract(node: Node, values: Values) -> pl.Expr:
    left, right = _joint(node, values)
    return guarded(node, left - right)


def _negate(node: Node, values: Values) -> pl.Expr:
    return -values[0] if node.kind is Kind.NUMBER else _opposite(values[0])


def _opposite(value: pl.Expr) -> pl.Expr:
    """Negate an exact value; polars has no negation of 128-bit integers."""
    return pl.lit(0, dtype=pl.Int64) - value


def _multiply(node: Node, values: Values) -> pl.Expr:
    if node.kind is Kind.NUMBER:
        left, right = _joint(node, values)
        return guarded(node, left * right)
    left, right = (
        as_exact(arg, value, arg.scale, is_wide=node.is_wide)
        for arg, value in zip(node.args, values, strict=True)
    )
    return left * right


def _divide(node: Node, values: Values) -> pl.Expr:
    dividend, divisor = (
        as_number(arg, value) for arg, value in zip(node.args, values, strict=True)
    )
    quotient = dividend / pl.when(values[1] != 0).then(cells.divisor(divisor))
    return guarded(node, quotient)


def _compare(node: Node, values: Values) -> pl.Expr:
    left, right = node.args
    if left.kind is Kind.TRUTH:
        return COMPARERS[node.op](values[0], values[1])
    kind = max(left.kind, right.kind, key=NUMERIC.index)
    scale = max(left.scale, right.scale)
    wide = kind is not Kind.NUMBER and any(
        is_wide(raw_bounds(arg, Kind.DECIMAL, scale)) for arg in node.args
    )
    joint = [
        _lengthless(as_kind(arg, value, kind, scale, is_wide=wide))
        for arg, value in zip(node.args, values, strict=True)
    ]
    if _is_written(left):
        # With the constant on the left polars loses the length of a column that is one value.
        return COMPARERS[_MIRRORED.get(node.op, node.op)](joint[1], joint[0])
    return COMPARERS[node.op](joint[0], joint[1])


def _lengthless(value: pl.Expr) -> pl.Expr:
    """Mark what no column is in as one value for every row; polars forgets it within conditions."""
    return value if value.meta.root_names() else value.first()


def _is_written(node: Node) -> bool:
    return all(each.op == "literal" for each in walk(node) if not each.args)


def _extreme(node: Node, values: Values) -> pl.Expr:
    joint = _joint(node, values)
    choose = pl.min_horizontal if node.op == "min" else pl.max_horizontal
    is_known = pl.all_horizontal([value.is_not_null() for value in values])
    return pl.when(is_known).then(choose(joint))


def _percent(node: Node, values: Values) -> pl.Expr:
    if node.kind is Kind.NUMBER:
        return guarded(node, values[0] * 100.0)
    dtype = pl.Int128 if node.is_wide else pl.Int64
    return values[0].cast(dtype) * pl.lit(100, dtype=dtype)


def _fraction(node: Node, values: Values) -> pl.Expr:
    return values[0] / cells.divisor(100.0) if node.kind is Kind.NUMBER else values[0]


def _to_number(node: Node, values: Values) -> pl.Expr:
    return as_number(node.args[0], values[0])


def _round(node: Node, values: Values) -> pl.Expr:
    (operand,) = node.args
    if operand.kind is Kind.NUMBER:
        scaled = (values[0].abs() * 10.0**node.digits + 0.5).floor()
        magnitude = pl.when(scaled < 2.0**63).then(scaled).cast(pl.Int64)
        return pl.when(values[0] < 0).then(_opposite(magnitude)).otherwise(magnitude)
    if operand.scale <= node.digits:
        return as_exact(operand, values[0], node.digits, is_wide=node.is_wide)
    dtype = pl.Int128 if operand.is_wide else pl.Int64
    step = 10 ** (operand.scale - node.digits)
    raw = values[0].cast(dtype)
    half = pl.lit(step // 2, dtype=dtype)
    magnitude = (raw.abs() + half) // pl.lit(step, dtype=dtype)
    signed = pl.when(raw < 0).then(_opposite(magnitude)).otherwise(magnitude)
    return signed if node.is_wide or not operand.is_wide else signed.cast(pl.Int64)


def _round_quotient(node: Node, values: Values) -> pl.Expr:
    wide = quotient_reach(node) > MAX_INT64
    dtype = pl.Int128 if wide else pl.Int64
    left, right = node.args
    up = node.digits + node.shift + right.scale - left.scale
    dividend = values[0].cast(dtype).abs() * pl.lit(10 ** max(up, 0), dtype=dtype)
    divisor = values[1].cast(dtype).abs() * pl.lit(10 ** max(-up, 0), dtype=dtype)
    divisor = pl.when(divisor != 0).then(divisor)
    two = pl.lit(2, dtype=dtype)
    magnitude = (dividend * two + divisor) // (divisor * two)
    is_negative = (values[0] < 0) != (values[1] < 0)
    signed = pl.when(is_negative).then(_opposite(magnitude)).otherwise(magnitude)
    return signed if node.is_wide or not wide else signed.cast(pl.Int64)


def _not(_node: Node, values: Values) -> pl.Expr:
    return ~values[0]


_VALUES: dict[str, Callable[[Node, Values], pl.Expr]] = {
    "add": _add, "subtract": _subtract, "negate": _negate, "multiply": _multiply,
    "divide": _divide, "min": _extreme, "max": _extreme, "percent": _percent,
    "fraction": _fraction, "to_number": _to_number, "round": _round,
    "round_quotient": _round_quotient, "not": _not, **dict.fromkeys(COMPARERS, _compare),
}  # fmt: skip


def _logic(node: Node, args: list[Cell]) -> Cell:
    """Join truths: the deciding truth first, then missing, then the other; skip what is absent."""
    decider = node.op == "or"
    left, right = args
    joined = [_neutral(cell, not decider) for cell in args]
    value = joined[0] | joined[1] if decider else joined[0] & joined[1]
    absent = None
    if left.absent is not None and right.absent is not None:
        absent = left.absent & right.absent
        value = pl.when(~absent).then(value)
    return Cell(value, absent, _logic_grade(value, args, decider=decider))


def _neutral(cell: Cell, truth: bool) -> pl.Expr:  # noqa: FBT001 - the truth is the subject here
    if cell.absent is None:
        return cell.value
    return pl.when(cell.absent).then(pl.lit(truth, dtype=pl.Boolean)).otherwise(cell.value)


def _logic_grade(value: pl.Expr, args: list[Cell], *, decider: bool) -> cells.Grade:
    """Grade a joined truth: the best one that decides, else the worst of all that count."""
    grades = [arg.grade for arg in args]
    if all(isinstance(grade, int) for grade in grades) and len(set(map(str, grades))) == 1:
        return grades[0]

    def where(truth: bool) -> list[pl.Expr]:  # noqa: FBT001 - the truth is the subject here
        return [
            pl.when(arg.value if truth else ~arg.value).then(cells.literal_grade(arg.grade))
            for arg in args
        ]

    decided = value if decider else ~value
    return (
        pl.when(decided)
        .then(pl.min_horizontal(where(decider)))
        .otherwise(pl.max_horizontal(where(not decider)))
    )


def _if(node: Node, args: list[Cell]) -> Cell:
    condition, *branches = args
    then, otherwise = (
        as_kind(arg, branch.value, node.kind, node.scale, is_wide=node.is_wide)
        for arg, branch in zip(node.args[1:], branches, strict=True)
    )
    chosen = condition.value
    value = pl.when(chosen).then(then).when(~chosen).then(otherwise)
    marks = [
        (side & branch.absent).fill_null(value=False)
        for side, branch in zip((chosen, ~chosen), branches, strict=True)
        if branch.absent is not None
    ]
    if condition.absent is not None:
        marks.append(condition.absent)
    absent = reduce(lambda left, right: left | right, marks) if marks else None
    return Cell(value, absent, _chosen_grade(condition, branches))


def _chosen_grade(condition: Cell, branches: list[Cell]) -> cells.Grade:
    grades = [branch.grade for branch in branches]
    if all(isinstance(grade, int) for grade in grades) and len(set(map(str, grades))) == 1:
        return cells.greatest_grade([condition.grade, grades[0]])
    then, otherwise = map(cells.literal_grade, grades)
    chosen = pl.when(condition.value).then(then).otherwise(otherwise)
    return cells.greatest_grade([condition.grade, chosen])


def _coalesce(node: Node, args: list[Cell]) -> Cell:
    """Fill what is missing, never what does not apply; a filled fact is at least estimated."""
    values = [
        as_kind(arg, cell.value, node.kind, node.scale, is_wide=node.is_wide)
        for arg, cell in zip(node.args, args, strict=True)
    ]
    joint = [replace(cell, value=value) for cell, value in zip(args, values, strict=True)]
    filled = joint[-1]
    for arg, cell in zip(reversed(node.args[:-1]), reversed(joint[:-1]), strict=True):
        filled = _filled(cell, filled, cells.DERIVED if is_given(arg) else cells.ESTIMATED)
    return filled


def _filled(first: Cell, second: Cell, least: int) -> Cell:
    is_there = first.value.is_not_null()
    value = pl.coalesce(first.value, second.value)
    absent = first.absent
    if first.absent is not None:
        value = pl.when(~first.absent).then(value)
    if second.absent is not None:
        below = ~is_there & second.absent
        absent = below if first.absent is None else first.absent | below
    replaced = cells.literal_grade(cells.greatest_grade([second.grade, least]))
    grade = pl.when(is_there).then(cells.literal_grade(first.grade)).otherwise(replaced)
    return Cell(value, absent, grade)


_SPECIAL: dict[str, Callable[[Node, list[Cell]], Cell]] = {
    "and": _logic,
    "or": _logic,
    "if": _if,
    "coalesce": _coalesce,
}
