"""A whole pack as one frozen value."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from zhiqiao.packs.flows import Flow
from zhiqiao.packs.lifecycles import Lifecycle
from zhiqiao.packs.program import Parts, as_fact, as_formula, as_parameter
from zhiqiao.packs.schemas import (
    Article,
    Duty,
    Expected,
    FormulaDefinition,
    Judgement,
    Measure,
    Mechanism,
    PackTest,
    ParameterDefinition,
    RecognitionKind,
    Source,
    Target,
    Text,
    Unit,
    Vocabulary,
)
from zhiqiao.packs.schemes import AdmissionScheme
from zhiqiao.packs.tasks import Body, CalendarYear, TaskDefinition


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pack:
    """A policy pack with everything it inherits, in file order, inherited entries first.

    The same bytes give the same object, so packs are compared by identity.

    Attributes
    ----------
    area
        National region code of the area that the plan rules; only its records count.
    horizon
        The day that undated targets take as their deadline.
    digest
        SHA-256 over every file of the pack and of the packs it extends.
    extends
        Ids of the packs it extends, with their versions, such as ``cn-core@1.0.0``.
    """

    id: str
    version: str
    title: Text
    document_number: str
    issued: date
    area: str
    horizon: date
    digest: str
    extends: tuple[str, ...]
    expected: Expected | None
    articles: Mapping[str, Article]
    targets: Mapping[str, Target]
    duties: Mapping[str, Duty]
    mechanisms: Mapping[str, Mechanism]
    bodies: Mapping[str, Body]
    tasks: Mapping[str, TaskDefinition]
    calendars: Mapping[str, CalendarYear]
    schemes: Mapping[str, AdmissionScheme]
    flows: Mapping[str, Flow]
    lifecycles: Mapping[str, Lifecycle]
    kinds: Mapping[str, RecognitionKind]
    judgements: Mapping[str, Judgement]
    measures: Mapping[str, Measure]
    formulas: Mapping[str, FormulaDefinition]
    parameters: Mapping[str, ParameterDefinition]
    units: Mapping[str, Unit]
    vocabularies: Mapping[str, Vocabulary]
    sources: Mapping[str, Source]
    tests: Mapping[str, PackTest]

    def formula_program(self) -> Parts:
        """Return formulas, facts, parameters and scopes in the types of the formula engine."""
        return (
            tuple(as_formula(entry) for entry in self.formulas.values()),
            tuple(as_fact(entry) for entry in self.measures.values()),
            tuple(as_parameter(entry) for entry in self.parameters.values()),
            (),
        )

    def lifecycle_of(self, kind: str) -> Lifecycle | None:
        """Return what rules the selection of a kind: its own lifecycle, or the one of all others."""
        standard = None
        for lifecycle in self.lifecycles.values():
            if kind in lifecycle.kinds:
                return lifecycle
            standard = standard if lifecycle.kinds else lifecycle
        return standard

    def number_on(self, name: str, day: date, *, key: tuple[str, ...] = ()) -> Decimal | None:
        """Return the value of a parameter on a day; None before its first and where there is none."""
        found = self.parameters.get(name)
        values = [value for value in found.values if value.key == key] if found else []
        in_force = [value for value in values if value.from_ <= day]
        return in_force[-1].value if in_force else None
