"""The first parts of a statement: which records are read, what is wrong with them, and their rows."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from zhiqiao.engines.formula.problem import Fact, Kind
from zhiqiao.engines.formula.sql.operations import NOT_APPLICABLE
from zhiqiao.engines.formula.words import AGGREGATES, MAX_FACT, MAX_MEMBERS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from zhiqiao.engines.formula.sql.relation import Binder, Relation
    from zhiqiao.engines.formula.tree import Node

LEAST_FLOAT = Decimal("2.4703282292062328e-324")
"""A decimal at most this great is 0 as a float64."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a statement reads of a relation.

    Parameters
    ----------
    relation : Relation
        Where from.
    binder : Binder
        Takes names and values.
    facts : sequence of Fact
        Facts that are used.
    dimensions : sequence of str
        Dimensions that are used.
    """

    relation: Relation
    binder: Binder
    facts: Sequence[Fact]
    dimensions: Sequence[str]

    def source(self) -> str:
        """Write the relation with the types that the rest counts on."""
        entity = 'entity::text COLLATE "C"' if self.relation.is_text else "entity::bigint"
        columns = (
            f"{entity} AS entity, year::integer AS year, name::text AS name, "
            "value::numeric AS value, text::text AS text, state::integer AS state"
        )
        return f"source AS NOT MATERIALIZED (SELECT {columns} FROM ({self.relation.text}) AS given)"

    def records(self, entity: str | int | None, hops: Sequence[Sequence[str]] | None) -> list[str]:
        """Write the records that a figure of one entity can rest on, or all of them.

        With `hops`, the entities that share a group with it, with those again, as often as
        aggregates stand above each other; more than are needed change no figure.
        """
        if entity is None or hops is None:
            return ["records AS MATERIALIZED (SELECT * FROM source)"]
        own = self.binder.entity(entity, is_text=self.relation.is_text)
        if not hops:
            return [f"records AS MATERIALIZED (SELECT * FROM source WHERE entity = {own})"]
        near = f"entity IN (SELECT entity FROM near_{len(hops)})"
        return [
            f"near_0 AS MATERIALIZED (SELECT {own} AS entity)",
            *(self._hop(place, names) for place, names in enumerate(hops)),
            f"records AS MATERIALIZED (SELECT * FROM source WHERE {near})",
        ]

    def _hop(self, place: int, names: Sequence[str]) -> str:
        wanted = self.binder.bind(list(names), "text[]")
        return (
            f"near_{place + 1} AS MATERIALIZED (SELECT entity FROM near_{place} UNION "
            "SELECT near.entity FROM source AS own JOIN source AS near ON "
            "near.name = own.name AND near.text = own.text AND near.year = own.year "
            f"WHERE own.name = ANY({wanted}) AND own.entity IN (SELECT entity FROM near_{place}))"
        )

    def rows(self) -> str:
        """Turn records into rows: one per entity and year, in them a column per name."""
        columns = [
            f"max(text) FILTER (WHERE name = {self.binder.bind(name, 'text')}) AS d{number}"
            for number, name in enumerate(self.dimensions)
        ]
        for number, fact in enumerate(self.facts):
            own = f"FILTER (WHERE name = {self.binder.bind(fact.name, 'text')})"
            columns.append(f"max({self._fitted(fact)}) {own} AS v{number}")
            columns.append(f"max(state) {own} AS s{number}")
        return (
            f"given_rows AS MATERIALIZED (SELECT {', '.join(['entity', 'year', *columns])} "
            "FROM records WHERE entity IS NOT NULL AND year IS NOT NULL GROUP BY entity, year)"
        )

    def _fitted(self, fact: Fact) -> str:
        """Leave out a value that `fault` names, so that nothing computed from it can fail."""
        least, most = self._ends(fact)
        is_within = f"value BETWEEN {least} AND {most}"
        if fact.kind is not Kind.NUMBER:
            return f"CASE WHEN {is_within} THEN round(value, {fact.scale}) END"
        zero = self.binder.exact(LEAST_FLOAT)
        return (
            f"CASE WHEN {is_within} THEN "
            f"CASE WHEN abs(value) > {zero} THEN value::float8 ELSE float8 '0' END END"
        )

    def _ends(self, fact: Fact) -> tuple[str, str]:
        if fact.kind is Kind.TRUTH:
            return self.binder.exact(0), self.binder.exact(1)
        return self.binder.exact(-MAX_FACT if fact.signed else 0), self.binder.exact(MAX_FACT)

    def fact_columns(self, numbers: Mapping[str, int]) -> list[str]:
        """Write value and grade of each fact over the rows."""
        written: list[str] = []
        for place, fact in enumerate(self.facts):
            value = f"v{place} = 1" if fact.kind is Kind.TRUTH else f"v{place}"
            grade = (
                f"CASE WHEN v{place} IS NULL THEN CASE WHEN s{place} = {NOT_APPLICABLE} "
                f"THEN {NOT_APPLICABLE} ELSE 0 END ELSE COALESCE(s{place}, 0) END"
            )
            number = numbers[fact.name]
            written += [f"{value} AS c{number}", f"{grade} AS g{number}"]
        return written

    def fault(self) -> str:
        """Find the first record that does not fit, in the order in which a table is checked."""
        known = [*self.dimensions, *(fact.name for fact in self.facts)]
        names = self.binder.bind(known, "text[]")
        limit = self.binder.exact(MAX_MEMBERS)
        empty = "NULL::text, NULL::text, NULL::text, NULL::integer"
        unnamed = (
            f"SELECT 0, 'row-unnamed', {empty}, count(*) FROM records "
            "WHERE entity IS NULL OR year IS NULL HAVING count(*) > 0"
        )
        twice = (
            "SELECT 1, 'row-twice', name, NULL, entity::text, year, count(*) FROM records "
            f"WHERE name = ANY({names}) GROUP BY entity, year, name HAVING count(*) > 1"
        )
        crowded = (
            "SELECT 2, 'too-many-rows', NULL, NULL, NULL, year, count(*) FROM given_rows "
            f"GROUP BY year HAVING count(*) > {limit}"
        )
        parts = [unnamed, twice, crowded, *([self._wrong_cells()] if self.facts else [])]
        order = 'ORDER BY place, entity COLLATE "C", year, name'
        columns = "(place, reason, name, value, entity, year, number)"
        union = " UNION ALL ".join(parts)
        return (
            f"fault AS MATERIALIZED (SELECT * FROM ({union}) AS faults {columns} {order} LIMIT 1)"
        )

    def _wrong_cells(self) -> str:
        rules = [
            f"({self.binder.bind(fact.name, 'text')}, {', '.join(self._ends(fact))}, "
            f"{self.binder.bind(_places(fact), 'integer')})"
            for fact in self.facts
        ]
        reason = (
            f"CASE WHEN state NOT BETWEEN 0 AND {NOT_APPLICABLE} THEN 'state' "
            "WHEN value NOT BETWEEN least AND most THEN 'range' "
            "WHEN value IS NOT NULL AND state >= 4 THEN 'contradicted' "
            "WHEN value <> round(value, places) THEN 'places' END"
        )
        shown = (
            "CASE WHEN state NOT BETWEEN 0 AND 5 THEN state::text ELSE left(value::text, 60) END"
        )
        checked = (
            f"SELECT {reason} AS reason, records.name, {shown} AS value, entity, year FROM records "
            f"JOIN (VALUES {', '.join(rules)}) AS rules(name, least, most, places) "
            "ON rules.name = records.name"
        )
        return (
            "SELECT 3, reason, name, value, entity::text, year, 1 "
            f"FROM ({checked}) AS checked WHERE reason IS NOT NULL"
        )


def _places(fact: Fact) -> int:
    """Decimal places that a value may have; of a floating one any that a float64 can show."""
    return 2000 if fact.kind is Kind.NUMBER else fact.scale


def find_hops(
    wanted: Mapping[str, Node], scopes: Mapping[str, tuple[str, ...]]
) -> list[list[str]] | None:
    """Find by which dimensions entities come near, once for each aggregate upon another.

    Parameters
    ----------
    wanted : mapping of str to Node
        Formulas that will be computed, each after those that it refers to.
    scopes : mapping of str to tuple of str
        Dimensions of the scopes that they use.

    Returns
    -------
    list of list of str or None
        Empty when no formula groups; ``None`` when one groups over all rows of a year.
    """
    if not all(scopes.values()):
        return None
    depths: dict[str, int] = {}
    for name, tree in wanted.items():
        depths[name] = _depth(tree, depths)
    names = sorted({by[0] for by in scopes.values()})
    return [names] * max(depths.values(), default=0)


def _depth(node: Node, depths: Mapping[str, int]) -> int:
    own = 1 if node.op in AGGREGATES else 0
    return own + max([depths.get(node.name, 0), *(_depth(arg, depths) for arg in node.args)])
