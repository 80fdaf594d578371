"""From a syntax tree to a typed tree: names, literals, references and the declared result."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from difflib import get_close_matches
from typing import TYPE_CHECKING

from zhiqiao.engines.formula.errors import FormulaTypeError, ProgramError
from zhiqiao.engines.formula.problem import Fact, Formula, Kind, Parameter, Scope
from zhiqiao.engines.formula.ranges import of_fact, union
from zhiqiao.engines.formula.rules import RULES, Place, rounding
from zhiqiao.engines.formula.tree import EXACT, Node
from zhiqiao.engines.formula.units import PERCENT, PURE, parse_unit
from zhiqiao.engines.formula.words import AGGREGATES, MAX_LOOK_BACK

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zhiqiao.engines.formula.parse import Syntax
    from zhiqiao.engines.formula.ranges import Range

Declared = Fact | Parameter | Formula
TRUTH_RANGE = (0, 1)
_WANTED_ARGUMENTS = {
    "if": (3, 3, "if(condition, then, otherwise)"),
    "min": (2, 50, "min(a, b)"),
    "max": (2, 50, "max(a, b)"),
    "coalesce": (2, 50, "coalesce(a, b)"),
    "round": (1, 2, "round(a, 2)"),
    "percent": (1, 1, "percent(a)"),
    "fraction": (1, 1, "fraction(a)"),
    "number": (1, 1, "number(a)"),
    "param": (1, 1, "param(a)"),
    "prev": (1, 2, "prev(a, 1)"),
    "sum": (2, 2, "sum(a, district)"),
    "count": (2, 2, "count(a > b, district)"),
    "avg": (2, 3, "avg(a, district, 0.95)"),
    "share": (2, 3, "share(a > b, district, 0.95)"),
    "rank": (2, 3, "rank(a, district, 0.95)"),
}


@dataclass(frozen=True, slots=True)
class Names:
    """What the names of a program mean; `bounds` grows as formulas are checked in order."""

    declared: Mapping[str, Declared]
    scopes: Mapping[str, Scope]
    bounds: dict[str, Range] = field(default_factory=dict)


def check_formula(formula: Formula, syntax: Syntax, names: Names) -> Node:
    """Check kinds and units of a formula and of its declared result.

    Parameters
    ----------
    formula : Formula
        The declaration.
    syntax : Syntax
        Its parsed text.
    names : Names
        What names mean; formulas that it refers to are already in ``names.bounds``.

    Returns
    -------
    Node
        The typed root; for a decimal result with the rounding put in.

    Raises
    ------
    FormulaTypeError
        When kinds or units do not fit.
    ProgramError
        When a name is not declared or used for what it is not.
    """
    root = _Checker(formula, names).check(syntax)
    return _declared_result(formula, root)


class _Checker:
    def __init__(self, formula: Formula, names: Names) -> None:
        self.formula = formula
        self.names = names

    def check(self, syntax: Syntax) -> Node:
        self.count_arguments(syntax)
        if syntax.op in AGGREGATES:
            return self.aggregate(syntax)
        special = {
            "number": self.literal_number,
            "truth": self.literal_truth,
            "name": self.reference,
            "param": self.param,
            "prev": self.look_back,
            "round": self.round,
        }
        if syntax.op == "number" and syntax.args:
            return self.place(syntax).apply(RULES["to_number"], (self.check(syntax.args[0]),))
        if syntax.op in special:
            return special[syntax.op](syntax)
        args = tuple(self.check(each) for each in syntax.args)
        return self.place(syntax).apply(RULES[syntax.op], args)

    def place(self, syntax: Syntax) -> Place:
        return Place(
            self.formula.name,
            syntax.op,
            syntax.position,
            self.formula.text[syntax.start : syntax.end],
        )

    def count_arguments(self, syntax: Syntax) -> None:
        if syntax.op not in _WANTED_ARGUMENTS or (syntax.op == "number" and not syntax.args):
            return
        least, most, example = _WANTED_ARGUMENTS[syntax.op]
        given = len(syntax.args)
        if not least <= given <= most:
            wanted = str(least) if least == most else f"{least} to {most}"
            raise self.place(syntax).refused(
                "count-of-arguments", given=given, wanted=wanted, example=example
            )

    def literal_number(self, syntax: Syntax) -> Node:
        digits = syntax.text.rstrip("%")
        percent = syntax.text.endswith("%")
        value = Decimal(digits) if "." in digits else int(digits)
        scale = len(digits.partition(".")[2])
        raw = int(digits.replace(".", ""))
        node = Node(
            "literal",
            Kind.DECIMAL if scale else Kind.INTEGER,
            (raw, raw),
            scale,
            PERCENT if percent else PURE,
            value=value,
            bare=not percent,
        )
        place = self.place(syntax)
        place.check_exact(node)
        return place.placed(node)

    def literal_truth(self, syntax: Syntax) -> Node:
        value = syntax.text == "true"
        node = Node("literal", Kind.TRUTH, (int(value), int(value)), value=value)
        return self.place(syntax).placed(node)

    def reference(self, syntax: Syntax) -> Node:
        return self.place(syntax).placed(self.named(syntax, syntax.text))

    def named(self, syntax: Syntax, name: str) -> Node:
        declared = self.names.declared.get(name)
        if declared is None:
            if name in self.names.scopes:
                raise ProgramError(
                    self.formula.name, syntax.position, "wrong-use",
                    given=name, what="scope", function="an expression", wanted="fact or formula",
                )  # fmt: skip
            raise self.unknown(syntax, name)
        unit = parse_unit(declared.unit) or PURE
        op = type(declared).__name__.lower()
        return Node(op, declared.kind, self.bounds(declared), declared.scale, unit, name=name)

    def bounds(self, declared: Declared) -> Range:
        if isinstance(declared, Formula):
            return self.names.bounds[declared.name]
        if declared.kind is Kind.TRUTH:
            return TRUTH_RANGE
        factor = 10**declared.scale
        if isinstance(declared, Fact):
            return of_fact(factor, signed=declared.signed)
        values = [each.value for each in declared.values if each.value is not None]
        raws = [float(each) if isinstance(each, float) else int(each * factor) for each in values]
        return union([(raw, raw) for raw in raws]) if raws else (0, 0)

    def unknown(self, syntax: Syntax, name: str) -> ProgramError:
        close = get_close_matches(name, self.names.declared, n=1)
        near = f" (did you mean {close[0]}?)" if close else ""
        return ProgramError(
            self.formula.name, syntax.position, "unknown-name", given=name, near=near
        )

    def param(self, syntax: Syntax) -> Node:
        node = self.plain_name(syntax, "parameter")
        if node.op != "parameter":
            raise ProgramError(
                self.formula.name, syntax.args[0].position, "wrong-use",
                given=node.name, what=node.op, function="param", wanted="parameter",
            )  # fmt: skip
        return self.place(syntax).placed(node)

    def plain_name(self, syntax: Syntax, wanted: str) -> Node:
        argument = syntax.args[0]
        if argument.op != "name":
            raise FormulaTypeError(
                self.formula.name, argument.position, "plain-name",
                function=syntax.op, wanted=wanted, example=f"{syntax.op}(pupils)",
            )  # fmt: skip
        return self.named(argument, argument.text)

    def look_back(self, syntax: Syntax) -> Node:
        node = self.plain_name(syntax, "fact or formula")
        if node.op == "parameter":
            raise ProgramError(
                self.formula.name, syntax.args[0].position, "wrong-use",
                given=node.name, what="parameter", function="prev", wanted="fact or formula",
            )  # fmt: skip
        years = self.whole_number(syntax, 1, MAX_LOOK_BACK) if len(syntax.args) == 2 else 1
        back = replace(node, op="prev", args=(node,), digits=years)
        return self.place(syntax).placed(back)

    def round(self, syntax: Syntax) -> Node:
        digits = self.whole_number(syntax, 0, 9) if len(syntax.args) == 2 else 0
        operand = self.check(syntax.args[0])
        place = self.place(syntax)
        return place.placed(rounding(place, operand, digits))

    def whole_number(self, syntax: Syntax, low: int, high: int) -> int:
        argument = syntax.args[1]
        if (
            argument.op != "number"
            or not argument.text.isdigit()
            or not low <= int(argument.text) <= high
        ):
            raise FormulaTypeError(
                self.formula.name, argument.position, "whole-number",
                function=syntax.op, low=low, high=high,
            )  # fmt: skip
        return int(argument.text)

    def aggregate(self, syntax: Syntax) -> Node:
        operand = self.check(syntax.args[0])
        scope = self.scope(syntax.args[1])
        coverage = self.coverage(syntax)
        place = self.place(syntax)
        node = place.apply(RULES[syntax.op], (operand,))
        unit = parse_unit(scope.unit) if syntax.op == "count" else node.unit
        return replace(node, name=scope.name, coverage=coverage, unit=unit or PURE)

    def scope(self, argument: Syntax) -> Scope:
        name = argument.text if argument.op == "name" else self.place(argument).text
        if argument.op != "name" or name not in self.names.scopes:
            known = ", ".join(self.names.scopes) or "none is declared"
            raise ProgramError(
                self.formula.name, argument.position, "unknown-scope", given=name, known=known
            )
        return self.names.scopes[name]

    def coverage(self, syntax: Syntax) -> Decimal:
        if len(syntax.args) < 3:
            return Decimal(1)
        argument = syntax.args[2]
        is_number = argument.op == "number" and not argument.args
        value = Decimal(argument.text) if is_number and argument.text[-1] != "%" else Decimal(0)
        if not 0 < value <= 1:
            raise FormulaTypeError(
                self.formula.name, argument.position, "coverage", function=syntax.op
            )
        return value


def _declared_result(formula: Formula, root: Node) -> Node:
    place = Place(formula.name, "The formula", root.position, root.text)
    unit = parse_unit(formula.unit) or PURE
    _check_kind(place, formula, root)
    if not (root.bare and unit != PERCENT) and root.unit != unit:
        raise place.refused("declared-unit", declared=unit, given=root.unit)
    if formula.kind is Kind.DECIMAL and (root.kind is Kind.NUMBER or root.scale > formula.scale):
        root = place.placed(rounding(place, root, formula.scale))
    return replace(root, unit=unit)


def _check_kind(place: Place, formula: Formula, root: Node) -> None:
    given, declared = root.kind, formula.kind
    fits = {
        Kind.TRUTH: given is Kind.TRUTH,
        Kind.INTEGER: given is Kind.INTEGER,
        Kind.DECIMAL: given is not Kind.TRUTH,
        Kind.NUMBER: given is not Kind.TRUTH,
    }
    if not fits[declared]:
        raise place.refused("declared-kind", declared=declared, given=given)


def result_bounds(formula: Formula, root: Node) -> Range:
    """Bounds of the stored result of a formula, in the raw units of its declaration."""
    if formula.kind is Kind.NUMBER and root.kind in EXACT:
        return root.bounds[0] / 10**root.scale, root.bounds[1] / 10**root.scale
    if formula.kind is Kind.DECIMAL and root.scale < formula.scale:
        factor = 10 ** (formula.scale - root.scale)
        return root.bounds[0] * factor, root.bounds[1] * factor
    return root.bounds
