"""From a typed tree to SQL expressions: the meaning of each operation but the aggregates.

`Term.value` is numeric for exact kinds, so that exact arithmetic is exact whatever its size, and
null exactly where there is no value. `Term.grade` is the state where there is a value and
`NOT_APPLICABLE` where there never will be one; a null value with any other grade is missing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from zhiqiao.engines.formula.batch import is_guarded
from zhiqiao.engines.formula.problem import Kind
from zhiqiao.engines.formula.rules import NUMERIC
from zhiqiao.engines.formula.sql import floats
from zhiqiao.engines.formula.sql.relation import Binder
from zhiqiao.engines.formula.tree import is_given
from zhiqiao.engines.trace import State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from zhiqiao.engines.formula.sql.floats import Magnitudes
    from zhiqiao.engines.formula.tree import Node

NOT_APPLICABLE = int(State.NOT_APPLICABLE)
REPORTED, DERIVED, ESTIMATED = int(State.REPORTED), int(State.DERIVED), int(State.ESTIMATED)


@dataclass(frozen=True, slots=True)
class Term:
    """Expressions of a value and of its grade."""

    value: str
    grade: str = str(REPORTED)


@dataclass(slots=True)
class Scene:
    """What expressions may refer to, and what they have referred to.

    Parameters
    ----------
    numbers : dict of str to int
        Column number of each name: its value is ``c<n>``, its grade ``g<n>``.
    stored : dict of int to str
        Names of nodes that have a column of their own, by ``id``.
    magnitudes : Magnitudes
        Which floating results may round to zero.
    binder : Binder
        Takes every literal.
    used : set of int
        Columns referred to since it was last emptied.
    windows : set of str
        Windows referred to since they were last emptied.
    """

    numbers: dict[str, int]
    stored: dict[int, str]
    magnitudes: Magnitudes
    binder: Binder = field(default_factory=Binder)
    used: set[int] = field(default_factory=set)
    windows: set[str] = field(default_factory=set)

    def term(self, name: str) -> Term:
        """Refer to a column."""
        number = self.numbers[name]
        self.used.add(number)
        return Term(f"c{number}", f"g{number}")

    def compile(self, node: Node) -> Term:
        """Write a tree as expressions. O(nodes)."""
        if id(node) in self.stored:
            return self.term(self.stored[id(node)])
        return self.compile_operation(node)

    def compile_operation(self, node: Node) -> Term:
        """Write a tree whose own column is yet to be made."""
        if node.op in _LEAVES:
            return _LEAVES[node.op](self, node)
        args = [self.compile(arg) for arg in node.args]
        if node.op in _SPECIAL:
            return _SPECIAL[node.op](self, node, args)
        values = [arg.value for arg in args]
        return Term(_VALUES[node.op](self, node, values), greatest(arg.grade for arg in args))


def greatest(grades: Iterable[str]) -> str:
    """Grade of a value that needs all the given ones."""
    distinct = list(dict.fromkeys(grades))
    varying = [grade for grade in distinct if grade != str(REPORTED)]
    if not varying:
        return str(REPORTED)
    return varying[0] if len(varying) == 1 else f"GREATEST({', '.join(varying)})"


def is_heavy(node: Node) -> bool:
    """Whether the expression of an operation reads its operands many times over."""
    return node.op in _READING_OFTEN or (node.kind is Kind.NUMBER and node.op in _FLOATING)


_READING_OFTEN = {
    "and", "or", "if", "coalesce", "min", "max", "divide", "round", "round_quotient", "fraction",
}  # fmt: skip
_FLOATING = {"add", "subtract", "multiply", "percent"}


def _literal(scene: Scene, node: Node) -> Term:
    if isinstance(node.value, bool):
        return Term(scene.binder.bind(node.value, "boolean"))
    return Term(scene.binder.exact(Decimal(int(node.bounds[0])).scaleb(-node.scale)))


def _named(scene: Scene, node: Node) -> Term:
    return scene.term(node.name)


def _look_back(scene: Scene, node: Node) -> Term:
    """Find the same column some years before; a gap in the years gives an empty frame."""
    here = scene.term(node.name)
    years = f"{scene.binder.bind(node.digits, 'integer')} PRECEDING"
    frame = f"ORDER BY year RANGE BETWEEN {years} AND {years}"
    scene.windows.add(f"before_{node.digits} AS (PARTITION BY entity {frame})")
    over = f"OVER before_{node.digits}"
    return Term(
        f"first_value({here.value}) {over}", f"COALESCE(first_value({here.grade}) {over}, 0)"
    )


_LEAVES: dict[str, Callable[[Scene, Node], Term]] = {
    "literal": _literal,
    "fact": _named,
    "parameter": _named,
    "formula": _named,
    "prev": _look_back,
}


def as_number(scene: Scene, node: Node, value: str) -> str:
    """Bring a value to float8: the whole number of last places, then one division."""
    if node.kind is Kind.NUMBER:
        return value
    if not node.scale:
        return f"({value})::float8"
    factor = scene.binder.exact(10**node.scale)
    return f"(({value}) * {factor})::float8 / {floats.constant(10.0**node.scale)}"


def as_kind(scene: Scene, node: Node, value: str, kind: Kind) -> str:
    """Bring a value to a kind that can hold it; numeric holds every exact one."""
    return as_number(scene, node, value) if kind is Kind.NUMBER else value


Values = list[str]


def _joint(scene: Scene, node: Node, values: Values, kind: Kind) -> Values:
    pairs = zip(node.args, values, strict=True)
    return [f"({as_kind(scene, arg, value, kind)})" for arg, value in pairs]


def _add(scene: Scene, node: Node, values: Values) -> str:
    left, right = _joint(scene, node, values, node.kind)
    if node.op == "subtract":
        right = f"(-{right})"
    return floats.added(left, right) if is_guarded(node) else f"{left} + {right}"


def _negate(_scene: Scene, _node: Node, values: Values) -> str:
    return f"-({values[0]})"


def _multiply(scene: Scene, node: Node, values: Values) -> str:
    left, right = _joint(scene, node, values, node.kind)
    if node.kind is not Kind.NUMBER:
        return f"{left} * {right}"
    may_vanish = scene.magnitudes.may_vanish(node)
    return floats.multiplied(left, right, may_vanish=may_vanish, may_leave=is_guarded(node))


def _divide(scene: Scene, node: Node, values: Values) -> str:
    left, right = _joint(scene, node, values, Kind.NUMBER)
    may_vanish = scene.magnitudes.may_vanish(node)
    return floats.divided(left, right, may_vanish=may_vanish, may_leave=is_guarded(node))


_SIGNS = {
    "less": "<", "less_equal": "<=", "greater": ">", "greater_equal": ">=", "equal": "=",
    "unequal": "<>",
}  # fmt: skip


def _compare(scene: Scene, node: Node, values: Values) -> str:
    left, right = node.args
    kind = Kind.TRUTH
    if left.kind is not Kind.TRUTH:
        kind = max(left.kind, right.kind, key=NUMERIC.index)
    joint = _joint(scene, node, values, kind)
    return f"{joint[0]} {_SIGNS[node.op]} {joint[1]}"


def _extreme(scene: Scene, node: Node, values: Values) -> str:
    joint = _joint(scene, node, values, node.kind)
    choose = "LEAST" if node.op == "min" else "GREATEST"
    are_known = " AND ".join(f"{value} IS NOT NULL" for value in joint)
    return f"CASE WHEN {are_known} THEN {choose}({', '.join(joint)}) END"


def _percent(scene: Scene, node: Node, values: Values) -> str:
    if node.kind is not Kind.NUMBER:
        return f"({values[0]}) * {scene.binder.exact(100)}"
    hundred = floats.constant(100.0)
    value = f"({values[0]})"
    return floats.multiplied(value, hundred, may_vanish=False, may_leave=is_guarded(node))


def _fraction(scene: Scene, node: Node, values: Values) -> str:
    if node.kind is not Kind.NUMBER:
        return f"({values[0]}) * {scene.binder.exact(Decimal('0.01'))}"
    may_vanish = scene.magnitudes.may_vanish(node)
    hundred = floats.constant(100.0)
    return floats.divided(f"({values[0]})", hundred, may_vanish=may_vanish, may_leave=False)


def _to_number(scene: Scene, node: Node, values: Values) -> str:
    return as_number(scene, node.args[0], values[0])


def _round(scene: Scene, node: Node, values: Values) -> str:
    (operand,) = node.args
    value = f"({values[0]})"
    if operand.kind is not Kind.NUMBER:
        return value if operand.scale <= node.digits else f"round({value}, {node.digits})"
    limit = floats.power(63)
    scaled = f"abs({value}) * {floats.constant(10.0**node.digits)} + {floats.constant(0.5)}"
    whole = f"CASE WHEN abs({value}) < {limit} AND {scaled} < {limit} THEN floor({scaled}) END"
    unit = scene.binder.exact(Decimal(1).scaleb(-node.digits))
    return f"sign({value})::numeric * ({whole})::bigint::numeric * {unit}"


def _round_quotient(scene: Scene, node: Node, values: Values) -> str:
    left, right = (f"({value})" for value in values)
    power = scene.binder.exact(2 * 10 ** (node.digits + node.shift))
    unit = scene.binder.exact(Decimal(1).scaleb(-node.digits))
    magnitude = f"div(abs({left}) * {power} + abs({right}), 2 * abs({right}))"
    return f"CASE WHEN {right} <> 0 THEN sign({left}) * sign({right}) * {magnitude} * {unit} END"


def _not(_scene: Scene, _node: Node, values: Values) -> str:
    return f"NOT ({values[0]})"


_VALUES: dict[str, Callable[[Scene, Node, Values], str]] = {
    "add": _add, "subtract": _add, "negate": _negate, "multiply": _multiply, "divide": _divide,
    "min": _extreme, "max": _extreme, "percent": _percent, "fraction": _fraction,
    "to_number": _to_number, "round": _round, "round_quotient": _round_quotient, "not": _not,
    **dict.fromkeys(_SIGNS, _compare),
}  # fmt: skip


def _logic(_scene: Scene, node: Node, args: list[Term]) -> Term:
    """Join truths: what does not apply is skipped; the best that decides, else the worst of all."""
    is_or = node.op == "or"
    joined = f" {node.op.upper()} ".join(
        f"(CASE WHEN {arg.grade} = {NOT_APPLICABLE} THEN {not is_or} ELSE {arg.value} END)"
        for arg in args
    )
    nothing = " AND ".join(f"{arg.grade} = {NOT_APPLICABLE}" for arg in args)
    decides = [f"({arg.value}) IS {is_or}" for arg in args]
    best = _of(args, decides)
    worst = _of(args, [f"({arg.value}) IS NOT NULL" for arg in args])
    return Term(
        f"CASE WHEN NOT ({nothing}) THEN {joined} END",
        f"CASE WHEN {' OR '.join(decides)} THEN LEAST({best}) "
        f"WHEN {nothing} THEN {NOT_APPLICABLE} ELSE COALESCE(GREATEST({worst}), 0) END",
    )


def _of(args: list[Term], conditions: Values) -> str:
    pairs = zip(args, conditions, strict=True)
    return ", ".join(f"CASE WHEN {condition} THEN {arg.grade} END" for arg, condition in pairs)


def _if(scene: Scene, node: Node, args: list[Term]) -> Term:
    condition, then, otherwise = args
    values = [
        as_kind(scene, arg, branch.value, node.kind)
        for arg, branch in zip(node.args[1:], args[1:], strict=True)
    ]
    is_true = f"({condition.value})"
    with_then = greatest((condition.grade, then.grade))
    with_other = greatest((condition.grade, otherwise.grade))
    return Term(
        f"CASE WHEN {is_true} THEN {values[0]} WHEN NOT {is_true} THEN {values[1]} END",
        f"CASE WHEN {is_true} THEN {with_then} WHEN NOT {is_true} THEN {with_other} "
        f"ELSE {condition.grade} END",
    )


def _coalesce(scene: Scene, node: Node, args: list[Term]) -> Term:
    """Fill what is missing, never what does not apply; a filled fact is at least estimated."""
    values = [
        as_kind(scene, arg, term.value, node.kind)
        for arg, term in zip(node.args, args, strict=True)
    ]
    leasts = [DERIVED if is_given(arg) else ESTIMATED for arg in node.args]
    value, grade = values[-1], args[-1].grade
    for place in reversed(range(len(args) - 1)):
        own = args[place]
        absent, known = f"{own.grade} = {NOT_APPLICABLE}", f"{own.value} IS NOT NULL"
        value = f"CASE WHEN {absent} THEN NULL WHEN {known} THEN {values[place]} ELSE {value} END"
        grade = (
            f"CASE WHEN {absent} THEN {NOT_APPLICABLE} WHEN {known} THEN {own.grade} "
            f"ELSE GREATEST({grade}, {leasts[place]}) END"
        )
    return Term(value, grade)


_SPECIAL: dict[str, Callable[[Scene, Node, list[Term]], Term]] = {
    "and": _logic,
    "or": _logic,
    "if": _if,
    "coalesce": _coalesce,
}
