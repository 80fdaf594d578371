"""The typing rule of each operation: which kinds and units it takes and what it gives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from zhiqiao.engines.formula import ranges
from zhiqiao.engines.formula.errors import FormulaTypeError
from zhiqiao.engines.formula.problem import Kind
from zhiqiao.engines.formula.tree import EXACT, Node
from zhiqiao.engines.formula.units import PERCENT, PURE, Unit
from zhiqiao.engines.formula.words import MAX_MEMBERS, MAX_SCALE

TRUTH_RANGE = (0, 1)
NUMERIC = (Kind.INTEGER, Kind.DECIMAL, Kind.NUMBER)
"""From the narrowest kind to the widest: joined values take the widest."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where in which formula a rule is applied, for messages and explanations."""

    formula: str
    op: str
    position: int
    text: str

    def refused(self, reason: str, **values: object) -> FormulaTypeError:
        """Make the error for this place."""
        return FormulaTypeError(
            self.formula, self.position, reason, **{"function": f"'{self.op}'", **values}
        )

    def placed(self, node: Node) -> Node:
        """Give the node its words and position."""
        return replace(node, text=self.text, position=self.position)

    def apply(self, rule: Rule, args: tuple[Node, ...]) -> Node:
        """Type an operation."""
        node = rule(self, args)
        self.check_exact(node)
        return self.placed(node)

    def check_exact(self, node: Node) -> None:
        """Refuse exact results that 128 bits or the carried decimal places cannot hold."""
        if node.kind not in EXACT:
            return
        if node.scale > MAX_SCALE:
            raise self.refused("scale", given=node.scale, limit=MAX_SCALE)
        if ranges.is_beyond(node.bounds):
            digits = len(str(int(max(map(abs, node.bounds))))) - 1 - node.scale
            raise self.refused("too-large", given=f"10^{digits}")


Rule = Callable[[Place, tuple[Node, ...]], Node]


def raw_bounds(node: Node, kind: Kind, scale: int) -> ranges.Range:
    """Bounds of a node brought to another kind and scale."""
    low, high = node.bounds
    if kind is Kind.NUMBER and node.is_exact:
        return low / 10**node.scale, high / 10**node.scale
    if kind is Kind.DECIMAL:
        factor = 10 ** (scale - node.scale)
        return low * factor, high * factor
    return low, high


def _numeric(place: Place, args: tuple[Node, ...]) -> tuple[Kind, int]:
    for arg in args:
        if arg.kind not in NUMERIC:
            raise place.refused("kind", given=arg.kind, wanted="numbers")
    kind = max((arg.kind for arg in args), key=NUMERIC.index)
    return kind, max(arg.scale for arg in args) if kind is Kind.DECIMAL else 0


def _truths(place: Place, args: tuple[Node, ...]) -> None:
    for arg in args:
        if arg.kind is not Kind.TRUTH:
            raise place.refused("kind", given=arg.kind, wanted="truths")


def _joined_unit(place: Place, args: tuple[Node, ...]) -> Unit:
    """Find the one unit of values that are added, compared or chosen from."""
    fixed = [arg for arg in args if not arg.bare]
    unit = fixed[0].unit if fixed else PURE
    for arg in fixed:
        if arg.unit != unit:
            reason = "percent-mixed" if PERCENT in (arg.unit, unit) else "unit-mismatch"
            other = unit if arg.unit == PERCENT else arg.unit
            raise place.refused(reason, left=unit, right=arg.unit, other=other)
    for arg in args:
        if arg.bare and unit == PERCENT and arg.bounds != (0, 0):
            raise place.refused("percent-mixed", other=f"the plain number {arg.text}")
    return unit


def _is_bare(args: tuple[Node, ...]) -> bool:
    return all(arg.bare for arg in args)


def _additive(place: Place, args: tuple[Node, ...]) -> Node:
    kind, scale = _numeric(place, args)
    left, right = (raw_bounds(arg, kind, scale) for arg in args)
    if place.op == "subtract":
        right = ranges.opposite(right)
    bounds = ranges.total(left, right)
    unit = _joined_unit(place, args)
    return Node(place.op, kind, _guarded(kind, bounds), scale, unit, args, bare=_is_bare(args))


def _guarded(kind: Kind, bounds: ranges.Range) -> ranges.Range:
    return ranges.clamped(bounds) if kind is Kind.NUMBER else bounds


def _negate(place: Place, args: tuple[Node, ...]) -> Node:
    kind, scale = _numeric(place, args)
    bounds = ranges.opposite(args[0].bounds)
    return Node("negate", kind, bounds, scale, args[0].unit, args, bare=args[0].bare)


def _multiply(place: Place, args: tuple[Node, ...]) -> Node:
    kind, _ = _numeric(place, args)
    scale = 0 if kind is Kind.NUMBER else args[0].scale + args[1].scale
    own = [raw_bounds(arg, Kind.NUMBER, 0) if kind is Kind.NUMBER else arg.bounds for arg in args]
    bounds = _guarded(kind, ranges.product(own[0], own[1]))
    unit = _scaled_unit(place, args[0].unit, args[1].unit, 1)
    return Node("multiply", kind, bounds, scale, unit, args, bare=_is_bare(args))


def _divide(place: Place, args: tuple[Node, ...]) -> Node:
    _numeric(place, args)
    left, right = (raw_bounds(arg, Kind.NUMBER, 0) for arg in args)
    least = 10.0 ** -args[1].scale if args[1].is_exact else 0.0
    bounds = ranges.clamped(ranges.quotient(left, right, least=least))
    unit = _scaled_unit(place, args[0].unit, args[1].unit, -1)
    return Node("divide", Kind.NUMBER, bounds, 0, unit, args, bare=_is_bare(args))


def _scaled_unit(place: Place, left: Unit, right: Unit, sign: int) -> Unit:
    if PERCENT not in (left, right):
        return left.times(right, sign)
    if left == right and sign < 0:
        return PURE
    if left == PURE and sign > 0:
        return PERCENT
    if right == PURE:
        return PERCENT
    raise place.refused("percent-mixed", other=right if left == PERCENT else left)


def _compare(place: Place, args: tuple[Node, ...]) -> Node:
    if place.op in ("equal", "unequal") and args[0].kind is Kind.TRUTH:
        _truths(place, args)
    else:
        kind, scale = _numeric(place, args)
        _joined_unit(place, args)
        for arg in args:
            joint = Node("compare", kind, raw_bounds(arg, kind, scale), scale)
            place.check_exact(joint)
    return Node(place.op, Kind.TRUTH, TRUTH_RANGE, args=args)


def _logic(place: Place, args: tuple[Node, ...]) -> Node:
    _truths(place, args)
    return Node(place.op, Kind.TRUTH, TRUTH_RANGE, args=args)


def _if(place: Place, args: tuple[Node, ...]) -> Node:
    _truths(place, args[:1])
    chosen = _choice(place, args[1:])
    return replace(chosen, args=args)


def _choice(place: Place, args: tuple[Node, ...]) -> Node:
    if all(arg.kind is Kind.TRUTH for arg in args):
        return Node(place.op, Kind.TRUTH, TRUTH_RANGE, args=args)
    kind, scale = _numeric(place, args)
    bounds = ranges.union([raw_bounds(arg, kind, scale) for arg in args])
    unit = _joined_unit(place, args)
    return Node(place.op, kind, bounds, scale, unit, args, bare=_is_bare(args))


def _extreme(place: Place, args: tuple[Node, ...]) -> Node:
    _numeric(place, args)
    node = _choice(place, args)
    end = min if place.op == "min" else max
    all_bounds = [raw_bounds(arg, node.kind, node.scale) for arg in args]
    bounds = end(low for low, _ in all_bounds), end(high for _, high in all_bounds)
    return node if node.is_wide else replace(node, bounds=bounds)


def _percent(place: Place, args: tuple[Node, ...]) -> Node:
    kind, scale = _numeric(place, args)
    if args[0].unit != PURE:
        remedy = "It multiplies a share by 100 and shows it in %."
        raise place.refused(
            "percent-of", wanted="a value of unit 1", given=args[0].unit, remedy=remedy
        )
    bounds = _guarded(kind, ranges.product(args[0].bounds, (100, 100)))
    return Node("percent", kind, bounds, scale, PERCENT, args)


def _fraction(place: Place, args: tuple[Node, ...]) -> Node:
    kind, scale = _numeric(place, args)
    if args[0].unit != PERCENT:
        remedy = "It turns a percentage such as 80% into the share 0.8."
        raise place.refused("percent-of", wanted="a value in %", given=args[0].unit, remedy=remedy)
    low, high = args[0].bounds
    if kind is Kind.NUMBER:
        return Node("fraction", kind, (low / 100, high / 100), args=args)
    return Node("fraction", Kind.DECIMAL, (low, high), scale + 2, args=args)


def _to_number(place: Place, args: tuple[Node, ...]) -> Node:
    _numeric(place, args)
    bounds = raw_bounds(args[0], Kind.NUMBER, 0)
    return Node("to_number", Kind.NUMBER, bounds, 0, args[0].unit, args, bare=args[0].bare)


def rounding(place: Place, operand: Node, digits: int) -> Node:
    """Type a rounding half away from zero; the quotient of exact values is rounded exactly.

    Parameters
    ----------
    place : Place
        For messages.
    operand : Node
        What is rounded.
    digits : int
        Decimal places kept.

    Returns
    -------
    Node
        ``round``, or ``round_quotient`` on the operands of an exact division.
    """
    _numeric(place, (operand,))
    kind = Kind.DECIMAL if digits else Kind.INTEGER
    exact = _exact_quotient(place, operand, digits)
    if exact is not None:
        return replace(exact, kind=kind)
    if operand.kind is Kind.NUMBER:
        bounds = ranges.rounded(operand.bounds, digits)
    else:
        low, high = operand.bounds
        down, up = 10 ** max(operand.scale - digits, 0), 10 ** max(digits - operand.scale, 0)
        bounds = low * up // down, -(-high * up // down)
    node = Node(
        "round", kind, bounds, digits, operand.unit, (operand,), digits=digits, bare=operand.bare
    )
    place.check_exact(node)
    return node


def _exact_quotient(place: Place, operand: Node, digits: int) -> Node | None:
    shift = 2 if operand.op == "percent" else 0
    division = operand.args[0] if shift else operand
    if division.op != "divide" or not all(arg.is_exact for arg in division.args):
        return None
    left, right = division.args
    up = digits + shift + right.scale - left.scale
    dividend = max(map(abs, left.bounds)) * 10 ** max(up, 0)
    divisor = max(map(abs, right.bounds)) * 10 ** max(-up, 0)
    reach = 2 * dividend + divisor
    place.check_exact(Node("round", Kind.INTEGER, (0, reach)))
    low = -dividend - 1 if min(*left.bounds, *right.bounds) < 0 else 0
    return Node(
        "round_quotient", Kind.DECIMAL, (low, dividend + 1), digits, operand.unit, (left, right),
        digits=digits, shift=shift, bare=operand.bare,
    )  # fmt: skip


def quotient_reach(node: Node) -> int:
    """Greatest intermediate value of an exact rounded quotient, to choose 64 or 128 bits."""
    left, right = node.args
    up = node.digits + node.shift + right.scale - left.scale
    dividend = int(max(map(abs, left.bounds))) * 10 ** max(up, 0)
    divisor = int(max(map(abs, right.bounds))) * 10 ** max(-up, 0)
    return int(2 * (dividend + divisor))


def _sum(place: Place, args: tuple[Node, ...]) -> Node:
    kind, scale = _numeric(place, args)
    bounds = _guarded(kind, ranges.of_sum(args[0].bounds, MAX_MEMBERS))
    return Node("sum", kind, bounds, scale, args[0].unit, args)


def _avg(place: Place, args: tuple[Node, ...]) -> Node:
    _numeric(place, args)
    total = ranges.of_sum(args[0].bounds, MAX_MEMBERS)
    place.check_exact(Node("sum", args[0].kind, total, args[0].scale))
    bounds = raw_bounds(args[0], Kind.NUMBER, 0)
    return Node("avg", Kind.NUMBER, bounds, 0, args[0].unit, args)


def _count(place: Place, args: tuple[Node, ...]) -> Node:
    _truths(place, args)
    return Node("count", Kind.INTEGER, (0, MAX_MEMBERS), args=args)


def _share(place: Place, args: tuple[Node, ...]) -> Node:
    _truths(place, args)
    return Node("share", Kind.NUMBER, (0.0, 1.0), args=args)


def _rank(place: Place, args: tuple[Node, ...]) -> Node:
    _numeric(place, args)
    return Node("rank", Kind.INTEGER, (1, MAX_MEMBERS), args=args)


RULES: dict[str, Rule] = {
    "add": _additive, "subtract": _additive, "negate": _negate, "multiply": _multiply,
    "divide": _divide, "less": _compare, "less_equal": _compare, "greater": _compare,
    "greater_equal": _compare, "equal": _compare, "unequal": _compare, "and": _logic,
    "or": _logic, "not": _logic, "if": _if, "min": _extreme, "max": _extreme,
    "coalesce": _choice, "percent": _percent, "fraction": _fraction, "to_number": _to_number,
    "sum": _sum, "avg": _avg, "count": _count, "share": _share, "rank": _rank,
}  # fmt: skip
