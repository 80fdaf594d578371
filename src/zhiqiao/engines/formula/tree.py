"""The typed tree: the one thing that all back ends share."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from zhiqiao.engines.formula.problem import Kind
from zhiqiao.engines.formula.ranges import is_wide
from zhiqiao.engines.formula.units import PURE, Unit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhiqiao.engines.formula.ranges import Range
    from zhiqiao.engines.trace import Value

EXACT = (Kind.INTEGER, Kind.DECIMAL)
REFERENCES = ("fact", "parameter", "formula")


@dataclass(frozen=True, slots=True)
class Node:
    """A checked operation.

    Parameters
    ----------
    op : str
        ``literal``, ``fact``, ``parameter``, ``formula``, ``prev``, an operation or a function.
    kind : Kind
        Kind of the result.
    bounds : tuple
        Least and greatest result, see `ranges`.
    scale : int
        Decimal places of the result.
    unit : Unit
        Unit of the result.
    args : tuple of Node
        Operands.
    name : str
        What a reference names, or the scope of an aggregate.
    value : Value
        Of a literal.
    digits : int
        Places of a rounding, years of a look-back.
    shift : int
        Powers of ten by which the dividend of an exact rounded quotient is multiplied.
    coverage : Decimal
        Least known share of the members of an aggregate.
    bare : bool
        Whether it is made of written numbers only and takes the unit of its neighbour.
    text : str
        Its words in the formula.
    position : int
        Where they stand.
    """

    op: str
    kind: Kind
    bounds: Range
    scale: int = 0
    unit: Unit = PURE
    args: tuple[Node, ...] = ()
    name: str = ""
    value: Value = None
    digits: int = 0
    shift: int = 0
    coverage: Decimal = Decimal(1)
    bare: bool = False
    text: str = ""
    position: int = 0

    @property
    def is_exact(self) -> bool:
        """Whether the value is an integer or a decimal."""
        return self.kind in EXACT

    @property
    def is_wide(self) -> bool:
        """Whether the exact value may need 128 bits."""
        return self.is_exact and is_wide(self.bounds)


def walk(root: Node) -> Iterator[Node]:
    """Give the node and everything below it, parents first."""
    stack = [root]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(reversed(node.args))


def is_given(root: Node) -> bool:
    """Whether the value rests on parameters and written numbers alone."""
    return all(node.op not in ("fact", "formula", "prev") for node in walk(root))
