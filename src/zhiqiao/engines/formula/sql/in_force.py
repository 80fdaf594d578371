"""Parameters in SQL: each as a small table of keys and years, joined to the rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from zhiqiao.engines.formula.problem import Kind, Parameter
from zhiqiao.engines.formula.sql.operations import NOT_APPLICABLE, REPORTED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from zhiqiao.engines.formula.compiling import Day
    from zhiqiao.engines.formula.sql.relation import Binder
    from zhiqiao.engines.trace import Value

END = 2**31 - 1
_TYPES = {Kind.TRUTH: "boolean", Kind.NUMBER: "float8"}


@dataclass(frozen=True, slots=True)
class Table:
    """The values of one parameter: each for a key, from a year on, before another year."""

    name: str
    alias: str
    by: tuple[str, ...]
    rows: tuple[str, ...]
    kind: str

    def columns(self, number: int) -> list[str]:
        """Write value and grade, null and reported where nothing is in force."""
        if not self.rows:
            return [f"NULL::{self.kind} AS c{number}", f"{REPORTED} AS g{number}"]
        grade = f"COALESCE({self.alias}.grade, {REPORTED})"
        return [f"{self.alias}.value AS c{number}", f"{grade} AS g{number}"]

    def join(self, dimensions: Mapping[str, str]) -> str:
        """Write the join; at most one value is in force for a key in a year."""
        if not self.rows:
            return ""
        keys = [f"k{place}" for place in range(len(self.by))]
        conditions = [
            f"{self.alias}.{key} = given_rows.{dimensions[name]}"
            for key, name in zip(keys, self.by, strict=True)
        ]
        is_in_force = (
            f"given_rows.year >= {self.alias}.first AND given_rows.year < {self.alias}.end_"
        )
        columns = ", ".join([*keys, "first", "end_", "value", "grade"])
        values = f"(VALUES {', '.join(self.rows)}) AS {self.alias}({columns})"
        return f" LEFT JOIN {values} ON {' AND '.join([*conditions, is_in_force])}"


def tables_in_force(parameters: Sequence[Parameter], day: Day, binder: Binder) -> list[Table]:
    """Write the values of parameters by the years in which they are in force.

    Parameters
    ----------
    parameters : sequence of Parameter
        Those that are used.
    day : (int, int)
        Month and day of a year on which a value must be in force.
    binder : Binder
        Takes keys, years and values.

    Returns
    -------
    list of Table
        One per parameter. O(values).
    """
    return [
        Table(
            parameter.name,
            f"parameter_{place}",
            parameter.by,
            tuple(_rows(parameter, day, binder)),
            _TYPES.get(parameter.kind, "numeric"),
        )
        for place, parameter in enumerate(parameters)
    ]


def _rows(parameter: Parameter, day: Day, binder: Binder) -> list[str]:
    starts: dict[tuple[str, ...], dict[int, Value]] = {}
    for dated in sorted(parameter.values, key=lambda each: each.valid_from):
        start = dated.valid_from
        first = start.year + ((start.month, start.day) > day)
        starts.setdefault(dated.key, {})[first] = dated.value
    kind = _TYPES.get(parameter.kind, "numeric")
    rows: list[str] = []
    for key, values in starts.items():
        years = sorted(values)
        for first, end in zip(years, [*years[1:], END], strict=True):
            value = values[first]
            shown = f"NULL::{kind}" if value is None else binder.bind(value, kind)
            grade = NOT_APPLICABLE if value is None else REPORTED
            written = [binder.key(part) for part in key]
            written += [binder.bind(year, "integer") for year in (first, end)]
            rows.append(f"({', '.join([*written, shown, str(grade)])})")
    return rows
