"""The explaining back end: one figure at a time, in plain Python, with every step kept.

It shares nothing with the batch back end but the typed trees and the checked table: look-backs,
parameters, groups and arithmetic are done again in another way, so that agreement proves both.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

from zhiqiao.engines.formula.aggregation import AGGREGATIONS
from zhiqiao.engines.formula.errors import FactsError
from zhiqiao.engines.formula.frames import STATE, Facts
from zhiqiao.engines.formula.semantics import OPERATIONS, Operation, Outcome
from zhiqiao.engines.formula.tree import Node, is_given
from zhiqiao.engines.trace import Record, State, Step

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zhiqiao.engines.formula.compiling import Checked
    from zhiqiao.engines.formula.problem import DatedValue
    from zhiqiao.engines.trace import Value
    from zhiqiao.engines.trace.step import Detail

Entity = str | int
Origins = Callable[[str, Entity, int], tuple[Record, ...]]
Details = tuple[tuple[str, "Detail"], ...]
Fixed = tuple[Operation, Details, dict[str, "Detail"]]
"""Meaning and details of a node, which are the same for every row."""


class Explainer:
    """Explains figures of one table of facts; steps that figures share are made once.

    Parameters
    ----------
    checked : Checked
        The program.
    facts : Facts
        The checked table.
    origins : callable, optional
        ``(fact, entity, year)`` to the records that the fact was read from.
    """

    def __init__(self, checked: Checked, facts: Facts, origins: Origins | None = None) -> None:
        self._checked = checked
        self._columns = {name: facts.frame[name] for name in facts.frame.columns}
        self._stated = facts.stated
        self._origins = origins
        self._entities: list[Entity] = facts.frame["entity"].to_list()
        self._years: list[int] = facts.frame["year"].to_list()
        self._made: dict[tuple[str, int], Step] = {}
        self._groups: dict[str, dict[tuple[object, ...], list[int]]] = {}
        self._fixed = checked.fixed
        self._in_force: dict[tuple[str, tuple[str, ...]], list[DatedValue]] = {}
        for name, parameter in checked.parameters.items():
            for dated in sorted(parameter.values, key=lambda each: each.valid_from):
                self._in_force.setdefault((name, dated.key), []).append(dated)

    def explain(self, *, entity: Entity, year: int, formula: str) -> Step:
        """Explain one figure.

        Parameters
        ----------
        entity : str or int
            Whose figure.
        year : int
            Of which year.
        formula : str
            Name of the formula.

        Returns
        -------
        Step
            Down to facts with their records, parameters with their sources, and gaps. O(nodes),
            times the members of a group for an aggregate.

        Raises
        ------
        FactsError
            When there is no such formula or row.
        """
        if formula not in self._checked.formulas:
            known = ", ".join(self._checked.formulas)
            raise FactsError("", 0, "no-such-formula", given=formula, known=known)
        row = self._row(entity, year)
        if row is None:
            raise FactsError("", 0, "no-such-figure", entity=entity, year=year)
        return self._formula(formula, row)

    def _row(self, entity: Entity, year: int) -> int | None:
        if not self._entities or type(entity) is not type(self._entities[0]):
            return None
        low = bisect_left(self._entities, entity)
        high = bisect_right(self._entities, entity, low)
        row = bisect_left(self._years, year, low, high)
        return row if row < high and self._years[row] == year else None

    def _formula(self, name: str, row: int) -> Step:
        made = self._made.get((name, row))
        if made is not None:
            return made
        declared = self._checked.formulas[name]
        root = self._node(self._checked.trees[name], row)
        key = id(declared)
        fixed = self._fixed.get(key)
        if fixed is None:
            details: Details = (("kind", declared.kind.value), ("scale", declared.scale))
            fixed = self._fixed[key] = (OPERATIONS["formula"], details, dict(details))
        operation, details, named = fixed
        outcome = operation((root,), named)
        step = Step(
            "formula",
            name,
            declared.text,
            outcome.value,
            outcome.state,
            declared.unit or "1",
            (root,),
            reason=outcome.reason,
            entity=str(self._entities[row]),
            year=self._years[row],
            details=details,
        )
        self._made[name, row] = step
        return step

    def _node(self, node: Node, row: int) -> Step:
        special = _SPECIAL.get(node.op)
        if special is not None:
            return special(self, node, row)
        inputs = tuple([self._node(arg, row) for arg in node.args])
        fixed = self._fixed.get(id(node))
        if fixed is None:
            details = _details(node)
            fixed = self._fixed[id(node)] = (OPERATIONS[node.op], details, dict(details))
        operation, details, named = fixed
        return _step(node, operation(inputs, named), inputs, details)

    def _literal(self, node: Node, _row: int) -> Step:
        return Step("literal", "", node.text, node.value, State.REPORTED, node.unit.text)

    def _fact(self, node: Node, row: int) -> Step:
        name = node.name
        made = self._made.get((name, row))
        if made is not None:
            return made
        value = self._columns[name][row]
        state = self._state(name, row, value)
        entity, year = self._entities[row], self._years[row]
        step = Step(
            "fact",
            name,
            node.text,
            value,
            state,
            node.unit.text,
            records=self._origins(name, entity, year) if self._origins else (),
            reason="" if value is not None else "not-reported",
            entity=str(entity),
            year=year,
        )
        self._made[name, row] = step
        return step

    def _state(self, name: str, row: int, value: Value) -> State:
        given = self._columns[f"{name}{STATE}"][row] if name in self._stated else None
        if value is None:
            return State(given) if given == State.NOT_APPLICABLE else State.MISSING
        return State.REPORTED if given is None else State(given)

    def _parameter(self, node: Node, row: int) -> Step:
        parameter = self._checked.parameters[node.name]
        key = tuple([self._columns[column][row] for column in parameter.by])
        year = self._years[row]
        dated = self._dated(node.name, key, year)
        details: Details = tuple(zip(parameter.by, key, strict=True))
        if dated is None:
            reason = "no-value-in-force"
            return Step(
                "parameter", node.name, node.text, unit=node.unit.text, reason=reason,
                year=year, details=details,
            )  # fmt: skip
        state = State.NOT_APPLICABLE if dated.value is None else State.REPORTED
        return Step(
            "parameter",
            node.name,
            node.text,
            dated.value,
            state,
            node.unit.text,
            source=dated.source,
            valid_from=dated.valid_from,
            checked_by=dated.checked_by,
            reason="" if dated.value is not None else "does-not-apply",
            year=year,
            details=details,
        )

    def _dated(self, name: str, key: tuple[str, ...], year: int) -> DatedValue | None:
        values = self._in_force.get((name, key), [])
        until = date(year, *self._checked.day)
        place = bisect_right(values, until, key=lambda dated: dated.valid_from)
        return values[place - 1] if place else None

    def _reference(self, node: Node, row: int) -> Step:
        return self._formula(node.name, row)

    def _prev(self, node: Node, row: int) -> Step:
        year = self._years[row] - node.digits
        before = self._row(self._entities[row], year)
        if before is None:
            return Step(
                "prev", node.name, node.text, unit=node.unit.text, reason="no-row",
                entity=str(self._entities[row]), year=year,
            )  # fmt: skip
        (target,) = node.args
        inputs = (self._node(target, before),)
        return _step(node, OPERATIONS["prev"](inputs, {}), inputs, (("years", node.digits),))

    def _aggregate(self, node: Node, row: int) -> Step:
        members = self._members(node.name, row)
        if members is None:
            unit = node.unit.text
            return Step(node.op, node.name, node.text, unit=unit, reason="group-unknown")
        (operand,) = node.args
        inputs = tuple([self._node(operand, member) for member in members])
        details: Details = (("coverage", node.coverage),)
        if node.op == "rank":
            details = (*details, ("member", members.index(row)))
        outcome = AGGREGATIONS[node.op](inputs, dict(details))
        return _step(node, outcome, inputs, (*details, *outcome.extra))

    def _members(self, scope: str, row: int) -> list[int] | None:
        by = self._checked.scopes[scope].by
        if scope not in self._groups:
            self._groups[scope] = self._grouped(by)
        key = (self._years[row], *(self._columns[column][row] for column in by))
        return None if None in key else self._groups[scope][key]

    def _grouped(self, by: Sequence[str]) -> dict[tuple[object, ...], list[int]]:
        groups: dict[tuple[object, ...], list[int]] = {}
        keys = zip(self._years, *(self._columns[column].to_list() for column in by), strict=True)
        for row, key in enumerate(keys):
            groups.setdefault(key, []).append(row)
        return groups


_SPECIAL: dict[str, Callable[[Explainer, Node, int], Step]] = {
    "literal": Explainer._literal,  # noqa: SLF001 - the table of this class's own methods
    "fact": Explainer._fact,  # noqa: SLF001
    "parameter": Explainer._parameter,  # noqa: SLF001
    "formula": Explainer._reference,  # noqa: SLF001
    "prev": Explainer._prev,  # noqa: SLF001
    **dict.fromkeys(AGGREGATIONS, Explainer._aggregate),  # noqa: SLF001
}


def _step(node: Node, outcome: Outcome, inputs: tuple[Step, ...], details: Details) -> Step:
    return Step(
        node.op,
        node.name,
        node.text,
        outcome.value,
        outcome.state,
        node.unit.text,
        inputs,
        reason=outcome.reason,
        details=details,
    )


def _details(node: Node) -> Details:
    """Keep what `replay` needs beside the inputs, and nothing else."""
    details: dict[str, Detail] = {}
    if node.op in ("min", "max", "if", "coalesce"):
        details |= {"kind": str(node.kind), "scale": node.scale}
    if node.op in ("round", "round_quotient"):
        details["digits"] = node.digits
    if node.shift:
        details["shift"] = node.shift
    if node.op == "coalesce":
        details |= {f"given{place}": is_given(arg) for place, arg in enumerate(node.args)}
    return tuple(details.items())
