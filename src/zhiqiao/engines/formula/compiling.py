"""From declarations to a checked set of typed trees in an order in which each can be computed."""

from __future__ import annotations

from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

from zhiqiao.engines.formula.errors import ProgramError
from zhiqiao.engines.formula.parse import Syntax, parse
from zhiqiao.engines.formula.problem import Fact, Formula, Kind, Parameter, Scope
from zhiqiao.engines.formula.ranges import is_wide
from zhiqiao.engines.formula.tree import Node, walk
from zhiqiao.engines.formula.typecheck import Declared, Names, check_formula, result_bounds
from zhiqiao.engines.formula.words import AGGREGATES, MAX_CHAIN, MAX_INT64

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from zhiqiao.engines.formula.explain import Fixed
    from zhiqiao.engines.formula.solve import Script

Day = tuple[int, int]
Reach = frozenset[str]


@dataclass(frozen=True, slots=True)
class Checked:
    """Declarations and typed trees of a program, formulas in order of computation.

    Parameters
    ----------
    formulas : mapping of str to Formula
        In the order in which they were declared.
    facts : mapping of str to Fact
        By name.
    parameters : mapping of str to Parameter
        By name.
    scopes : mapping of str to Scope
        By name.
    trees : mapping of str to Node
        Typed trees, each after those that it refers to.
    day : (int, int)
        Month and day of a year on which a parameter must be in force.
    reaches : mapping of str to frozenset of str
        Scopes on the way to each formula, see `find_reaches`.
    scripts : dict
        What was compiled for tables of one shape, see `solve.make_script`.
    memory : dict
        Answers of the methods below, found once.
    fixed : dict
        What the explaining back end knows of a node whatever the row.
    """

    formulas: Mapping[str, Formula]
    facts: Mapping[str, Fact]
    parameters: Mapping[str, Parameter]
    scopes: Mapping[str, Scope]
    trees: Mapping[str, Node]
    day: Day
    reaches: Mapping[str, Reach]
    scripts: dict[object, Script] = field(default_factory=dict, repr=False, compare=False)
    memory: dict[object, tuple[str, ...]] = field(default_factory=dict, repr=False, compare=False)
    fixed: dict[int, Fixed] = field(default_factory=dict, repr=False, compare=False)

    def used(self, op: str) -> tuple[str, ...]:
        """Names of one kind of reference that any formula uses, in order of declaration."""
        if op not in self.memory:
            self.memory[op] = self._find_used(op)
        return self.memory[op]

    def _find_used(self, op: str) -> tuple[str, ...]:
        found = {node.name for tree in self.trees.values() for node in walk(tree) if node.op == op}
        declared = {"fact": self.facts, "parameter": self.parameters, "formula": self.formulas}[op]
        return tuple(name for name in declared if name in found)

    def used_scopes(self) -> tuple[Scope, ...]:
        """Scopes that any formula groups over."""
        found = {
            node.name
            for tree in self.trees.values()
            for node in walk(tree)
            if node.op in AGGREGATES
        }
        return tuple(scope for name, scope in self.scopes.items() if name in found)

    def dimensions(self) -> tuple[str, ...]:
        """Columns beside the facts that a run needs."""
        if "dimensions" not in self.memory:
            self.memory["dimensions"] = self._find_dimensions()
        return self.memory["dimensions"]

    def facts_of(self, trees: Mapping[str, Node]) -> tuple[str, ...]:
        """Names of the facts that some trees use, in order of declaration."""
        key = ("facts", *trees)
        if key not in self.memory:
            found = {node.name for tree in trees.values() for node in walk(tree)}
            self.memory[key] = tuple(name for name in self.facts if name in found)
        return self.memory[key]

    def earlier_results(self, trees: Mapping[str, Node]) -> tuple[str, ...]:
        """Names of the formulas that some trees refer to and that are not among them."""
        key = ("earlier", *trees)
        if key not in self.memory:
            nodes = [node for tree in trees.values() for node in walk(tree)]
            found = {node.name for node in nodes if node.op in ("formula", "prev")}
            self.memory[key] = tuple(sorted((found & self.formulas.keys()) - trees.keys()))
        return self.memory[key]

    def _find_dimensions(self) -> tuple[str, ...]:
        columns = [column for scope in self.used_scopes() for column in scope.by]
        for name in self.used("parameter"):
            columns.extend(self.parameters[name].by)
        return tuple(dict.fromkeys(columns))


def check_program(
    formulas: Sequence[Formula],
    *,
    facts: Sequence[Fact],
    parameters: Sequence[Parameter],
    scopes: Sequence[Scope],
    day: Day,
) -> Checked:
    """Parse, order and type all formulas.

    Parameters
    ----------
    formulas, facts, parameters, scopes : sequence
        The declarations.
    day : (int, int)
        Month and day on which parameters are resolved.

    Returns
    -------
    Checked
        The typed program.

    Raises
    ------
    FormulaError
        The first fault, in the order syntax, names, cycles, kinds and units. O(total length).
    """
    declared = _by_name([*facts, *parameters, *formulas])
    scopes_by_name = _by_name_of_scopes(scopes)
    _check_columns(declared, scopes, parameters)
    parsed = {formula.name: parse(formula.name, formula.text) for formula in formulas}
    order = _ordered(parsed)
    names = Names(declared, scopes_by_name)
    by_name = {formula.name: formula for formula in formulas}
    trees: dict[str, Node] = {}
    for name in order:
        tree = check_formula(by_name[name], parsed[name], names)
        trees[name] = tree
        names.bounds[name] = _stored_bounds(by_name[name], tree)
    _check_chains(trees)
    return Checked(
        by_name,
        {fact.name: fact for fact in facts},
        {parameter.name: parameter for parameter in parameters},
        scopes_by_name,
        trees,
        day,
        find_reaches(trees),
    )


def _by_name(declarations: list[Declared]) -> dict[str, Declared]:
    found: dict[str, Declared] = {}
    for each in declarations:
        if each.name in found:
            raise ProgramError(each.name, 0, "duplicate", given=each.name)
        found[each.name] = each
    return found


def _by_name_of_scopes(scopes: Sequence[Scope]) -> dict[str, Scope]:
    found: dict[str, Scope] = {}
    for scope in scopes:
        if scope.name in found:
            raise ProgramError(scope.name, 0, "duplicate", given=scope.name)
        found[scope.name] = scope
    return found


def _check_columns(
    declared: Mapping[str, Declared], scopes: Sequence[Scope], parameters: Sequence[Parameter]
) -> None:
    columns = [(owner.name, column) for owner in scopes for column in owner.by]
    columns += [(owner.name, column) for owner in parameters for column in owner.by]
    for name, column in columns:
        if column in declared:
            raise ProgramError(name, 0, "duplicate", given=column)


def _ordered(parsed: Mapping[str, Syntax]) -> list[str]:
    references = {name: _references(syntax, parsed) for name, syntax in parsed.items()}
    graph = {name: list(found) for name, found in references.items()}
    try:
        return list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        circle: list[str] = list(reversed(error.args[1]))
        position = references[circle[0]][circle[1]]
        raise ProgramError(circle[0], position, "cycle", cycle=" → ".join(circle)) from error


def _references(root: Syntax, parsed: Mapping[str, Syntax]) -> dict[str, int]:
    """Formulas that a text refers to, with the place of the first reference."""
    found: dict[str, int] = {}
    stack = [root]
    while stack:
        syntax = stack.pop()
        if syntax.op == "name" and syntax.text in parsed:
            found.setdefault(syntax.text, syntax.position)
        stack.extend(reversed(syntax.args))
    return found


def _stored_bounds(formula: Formula, tree: Node) -> tuple[int | float, int | float]:
    low, high = result_bounds(formula, tree)
    if formula.kind in (Kind.INTEGER, Kind.DECIMAL) and is_wide((low, high)):
        return max(low, -MAX_INT64), min(high, MAX_INT64)
    return low, high


def _check_chains(trees: Mapping[str, Node]) -> None:
    depths: dict[str, int] = {}
    for name, tree in trees.items():
        depths[name] = 1 + _depth(tree, depths)
        if depths[name] > MAX_CHAIN:
            raise ProgramError(name, 0, "chain", limit=MAX_CHAIN)


def _depth(node: Node, depths: Mapping[str, int]) -> int:
    below = depths[node.name] if node.op == "formula" else 0
    return 1 + max([below, *(_depth(arg, depths) for arg in node.args)])


def find_reaches(trees: Mapping[str, Node]) -> dict[str, Reach]:
    """Find the scopes on the way to each formula.

    Parameters
    ----------
    trees : mapping of str to Node
        In order of computation.

    Returns
    -------
    dict of str to frozenset of str
        Empty for a formula that looks at its own entity alone. O(nodes).
    """
    reaches: dict[str, Reach] = {}
    for name, tree in trees.items():
        found: set[str] = set()
        for node in walk(tree):
            if node.op in AGGREGATES:
                found.add(node.name)
            elif node.op == "formula":
                found |= reaches[node.name]
        reaches[name] = frozenset(found)
    return reaches
