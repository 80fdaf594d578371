"""Aggregates in batch: windows over numbered groups of one year and one scope."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from zhiqiao.engines.formula import cells
from zhiqiao.engines.formula.batch import guarded
from zhiqiao.engines.formula.cells import Cell, as_number
from zhiqiao.engines.formula.problem import Kind

if TYPE_CHECKING:
    from collections.abc import Callable

    from zhiqiao.engines.formula.tree import Node


@dataclass(frozen=True, slots=True)
class Group:
    """Expressions about the members of each row's group, for one operand."""

    key: pl.Expr
    member: Cell
    known: pl.Expr
    applicable: pl.Expr

    @property
    def is_named(self) -> pl.Expr:
        """Whether the row belongs to a group at all."""
        return self.key.is_not_null()


def group_column(scope: str) -> str:
    """Name the column with the number of a row's group."""
    return f"group__{scope}"


def aggregate(node: Node, member: Cell, *, with_states: bool) -> Cell:
    """Write an aggregate as expressions over the working frame.

    Parameters
    ----------
    node : Node
        The aggregate.
    member : Cell
        Its operand, as columns.
    with_states : bool
        Whether grades are followed.

    Returns
    -------
    Cell
        Null where the group is unknown, where nothing applies, or where fewer members are known
        than the declared coverage.
    """
    key = pl.col(group_column(node.name))
    is_known = member.value.is_not_null()
    applicable = pl.len() if member.absent is None else (~member.absent).sum()
    group = Group(key, member, is_known.sum().over(key), applicable.over(key))
    value, absent = _AGGREGATES[node.op](node, group)
    grade = _grade(group) if with_states else cells.REPORTED
    return Cell(pl.when(group.is_named).then(value), absent, grade)


def _is_covered(node: Node, group: Group) -> pl.Expr:
    """Whether enough members are known, compared in whole numbers."""
    scale = -int(node.coverage.as_tuple().exponent)
    wanted = int(node.coverage.scaleb(scale))
    known: pl.Expr = group.known.cast(pl.Int64) * int(10**scale)
    return known >= group.applicable.cast(pl.Int64) * wanted


def _nothing_applies(group: Group) -> pl.Expr | None:
    return None if group.member.absent is None else group.is_named & (group.applicable == 0)


def _over_known(node: Node, group: Group, value: pl.Expr) -> pl.Expr:
    return pl.when(_is_covered(node, group) & (group.known > 0)).then(value)


def _total(node: Node, group: Group) -> pl.Expr:
    """Sum the members; numbers one after the other in the order of entities."""
    (operand,) = node.args
    value = group.member.value
    if operand.kind is Kind.NUMBER:
        return value.fill_null(0.0).cum_sum().last().over(group.key)
    dtype = pl.Int128 if node.op == "avg" or node.is_wide else pl.Int64
    return value.cast(dtype).sum().over(group.key)


def _sum(node: Node, group: Group) -> tuple[pl.Expr, pl.Expr | None]:
    total = guarded(node, _total(node, group))
    return _over_known(node, group, total), _nothing_applies(group)


def _avg(node: Node, group: Group) -> tuple[pl.Expr, pl.Expr | None]:
    total = as_number(node.args[0], _total(node, group))
    mean = total / cells.divisor(group.known.cast(pl.Float64))
    return _over_known(node, group, cells.finite(mean)), _nothing_applies(group)


def _count(_node: Node, group: Group) -> tuple[pl.Expr, pl.Expr | None]:
    trues = group.member.value.sum().over(group.key).cast(pl.Int64)
    return pl.when(group.known == group.applicable).then(trues), None


def _share(node: Node, group: Group) -> tuple[pl.Expr, pl.Expr | None]:
    trues = group.member.value.sum().over(group.key)
    share = trues.cast(pl.Float64) / cells.divisor(group.known.cast(pl.Float64))
    return _over_known(node, group, share), _nothing_applies(group)


def _rank(node: Node, group: Group) -> tuple[pl.Expr, pl.Expr | None]:
    place = group.member.value.rank("min", descending=True).over(group.key).cast(pl.Int64)
    absent = None if group.member.absent is None else group.is_named & group.member.absent
    return pl.when(_is_covered(node, group)).then(place), absent


_AGGREGATES: dict[str, Callable[[Node, Group], tuple[pl.Expr, pl.Expr | None]]] = {
    "sum": _sum,
    "avg": _avg,
    "count": _count,
    "share": _share,
    "rank": _rank,
}


def _grade(group: Group) -> cells.Grade:
    """Worst grade among the known members; at least estimated when some are not known."""
    member = pl.when(group.member.value.is_not_null()).then(cells.literal_grade(group.member.grade))
    worst = member.max().over(group.key)
    is_partial = group.known < group.applicable
    estimated = pl.lit(cells.ESTIMATED, dtype=pl.UInt8)
    least = pl.when(is_partial).then(estimated).otherwise(pl.lit(cells.REPORTED, dtype=pl.UInt8))
    return pl.max_horizontal(worst, least)


def share_columns(node: Node, member: Cell, name: str) -> list[pl.Expr]:
    """Publish what a share is made of.

    Parameters
    ----------
    node : Node
        The share.
    member : Cell
        Its condition.
    name : str
        Formula whose value the share is.

    Returns
    -------
    list of polars.Expr
        ``<name>__numerator``, ``<name>__denominator`` (known members) and ``<name>__coverage``
        (known among applicable members, null when none applies).
    """
    key = pl.col(group_column(node.name))
    applicable = pl.len() if member.absent is None else (~member.absent).sum()
    known = member.value.is_not_null().sum().over(key).cast(pl.Int64)
    applicable_members = applicable.over(key).cast(pl.Int64)
    coverage = known / cells.divisor(pl.when(applicable_members > 0).then(applicable_members))
    trues = member.value.sum().over(key).cast(pl.Int64)
    is_named = key.is_not_null()
    return [
        pl.when(is_named).then(trues).alias(f"{name}__numerator"),
        pl.when(is_named).then(known).alias(f"{name}__denominator"),
        pl.when(is_named).then(coverage).alias(f"{name}__coverage"),
    ]
