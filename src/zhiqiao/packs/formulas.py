"""The faults that the formula engine finds in a pack."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

from zhiqiao.engines.formula import Fact, Formula, FormulaError, Parameter, compile_program
from zhiqiao.packs.pack import Pack
from zhiqiao.packs.problems import Problem
from zhiqiao.packs.program import as_fact, as_formula, as_parameter
from zhiqiao.packs.references import Scope

_NAME = re.compile(r"[a-z][a-z0-9_]*")
Entry = TypeVar("Entry")
Declared = TypeVar("Declared")


def find_formula_problems(scope: Scope, pack: Pack) -> Iterator[Problem]:
    """Yield every declaration and formula that the engine refuses, each once.

    A formula that rests on a refused one is not judged until that one is put right.
    """
    facts, faults = _declared(scope, "measures", pack.measures, as_fact)
    parameters, more = _declared(scope, "parameters", pack.parameters, as_parameter)
    formulas, most = _declared(scope, "formulas", pack.formulas, as_formula)
    problems = [*faults, *more, *most, *_keyed(scope, formulas, parameters)]
    yield from problems or _uncompiled(scope, formulas, facts, parameters)


def _declared(
    scope: Scope,
    section: str,
    entries: Mapping[str, Entry],
    convert: Callable[[Entry], Declared],
) -> tuple[dict[str, Declared], list[Problem]]:
    declared: dict[str, Declared] = {}
    problems: list[Problem] = []
    for name, entry in entries.items():
        try:
            declared[name] = convert(entry)
        except FormulaError as error:
            problems.append(_problem(scope, section, error))
    return declared, problems


def _keyed(
    scope: Scope, formulas: Mapping[str, Formula], parameters: Mapping[str, Parameter]
) -> Iterator[Problem]:
    keyed = {name for name, parameter in parameters.items() if parameter.by}
    for name, formula in formulas.items():
        for parameter in sorted(keyed.intersection(_NAME.findall(formula.text))):
            yield scope.draft.problem(
                ("formulas", name, "text"), "formula-by",
                message=f"“{parameter}” is keyed by {', '.join(parameters[parameter].by)}.",
                remedy="Use a parameter without by, or a measure that counts what meets the rule.",
            )  # fmt: skip


def _uncompiled(
    scope: Scope,
    formulas: Mapping[str, Formula],
    facts: Mapping[str, Fact],
    parameters: Mapping[str, Parameter],
) -> Iterator[Problem]:
    left = dict(formulas)
    while True:
        try:
            compile_program(left.values(), facts=facts.values(), parameters=parameters.values())
        except FormulaError as error:
            yield _problem(scope, "formulas", error)
            if error.formula not in left:
                return
            for name in _resting_on(error.formula, left):
                del left[name]
        else:
            return


def _resting_on(name: str, formulas: Mapping[str, Formula]) -> set[str]:
    """Return `name` and every formula that mentions it, directly or through others."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        current = waiting.pop()
        found.add(current)
        waiting += [
            other
            for other, entry in formulas.items()
            if other not in found and current in _NAME.findall(entry.text)
        ]
    return found


def _problem(scope: Scope, section: str, error: FormulaError) -> Problem:
    field = ("text",) if section == "formulas" else ()
    where = f"at character {error.position + 1}: " if error.position else ""
    return scope.draft.problem(
        (section, error.formula, *field),
        "formula-cycle" if error.reason == "cycle" else "formula",
        message=f"{where}{error.message}",
        remedy=error.remedy,
    )
