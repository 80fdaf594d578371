"""The measures, parameters and formulas of a pack in the types of the formula engine."""

from typing import TypeAlias

from zhiqiao.engines.formula import DatedValue, Fact, Formula, Kind, Parameter, Scope
from zhiqiao.packs.schemas import FormulaDefinition, Measure, ParameterDefinition

Parts: TypeAlias = tuple[
    tuple[Formula, ...], tuple[Fact, ...], tuple[Parameter, ...], tuple[Scope, ...]
]


def as_formula(definition: FormulaDefinition) -> Formula:
    """Return the engine's formula of a definition."""
    return Formula(
        name=definition.name,
        text=definition.text,
        unit=definition.unit,
        kind=Kind(definition.kind),
        scale=definition.scale,
    )


def as_fact(measure: Measure) -> Fact:
    """Return the engine's fact of a measure: a whole number that is never negative."""
    return Fact(name=measure.name, kind=Kind.INTEGER, unit=measure.unit)


def as_parameter(definition: ParameterDefinition) -> Parameter:
    """Return the engine's parameter of a definition."""
    whole = definition.kind == "integer"
    values = tuple(
        DatedValue(
            valid_from=value.from_,
            key=value.key,
            value=int(value.value) if whole and value.value % 1 == 0 else value.value,
            source=value.source or "",
            checked_by=value.checked_by or "",
        )
        for value in definition.values
    )
    return Parameter(
        name=definition.name,
        kind=Kind(definition.kind),
        unit=definition.unit,
        by=definition.by,
        values=values,
        scale=definition.scale,
    )
