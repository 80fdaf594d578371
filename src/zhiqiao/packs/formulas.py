"""The faults that the formula engine finds in a pack."""

import re
from collections.abc import Iterator, Mapping
from typing import TypeAlias

from zhiqiao.engines.formula import Fact, Formula, FormulaError, Parameter, compile_program
from zhiqiao.packs.pack import Pack
from zhiqiao.packs.problems import Problem
from zhiqiao.packs.program import as_fact, as_formula, as_parameter
from zhiqiao.packs.references import Scope

_NAME = re.compile(r"[a-z][a-z0-9_]*")
Declared: TypeAlias = Formula | Fact | Parameter


def find_formula_problems(scope: Scope, pack: Pack) -> Iterator[Problem]:
    """Yield every declaration and formula that the engine refuses, each once.

    A formula that rests on a refused one is not judged until that one is put right.
    """
    declared: dict[str, dict[str, Declared]] = {}
    for section, convert in _CONVERSIONS.items():
        declared[section] = {}
        for name, entry in getattr(pack, section).items():
            try:
                declared[section][name] = convert(entry)
            except FormulaError as error:
                yield _problem(scope, section, error)
    whole = all(len(declared[section]) == len(getattr(pack, section)) for section in _CONVERSIONS)
    if whole:
        yield from _uncompiled(scope, declared)


_CONVERSIONS = {"formulas": as_formula, "measures": as_fact, "parameters": as_parameter}


def _uncompiled(scope: Scope, declared: Mapping[str, Mapping[str, Declared]]) -> Iterator[Problem]:
    formulas = dict(declared["formulas"])
    while True:
        try:
            compile_program(
                tuple(formulas.values()),
                facts=tuple(declared["measures"].values()),
                parameters=tuple(declared["parameters"].values()),
                scopes=(),
            )
        except FormulaError as error:
            yield _problem(scope, "formulas", error)
            if error.formula not in formulas:
                return
            for name in _resting_on(error.formula, formulas):
                del formulas[name]
        else:
            return


def _resting_on(name: str, formulas: Mapping[str, Declared]) -> set[str]:
    """Return `name` and every formula that mentions it, directly or through others."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        current = waiting.pop()
        found.add(current)
        waiting += [
            other
            for other, entry in formulas.items()
            if other not in found and current in _NAME.findall(getattr(entry, "text", ""))
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
