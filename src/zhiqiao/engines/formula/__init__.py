"""Formulas over dated facts: compiled once, run in batch, explained one figure at a time.

A program of typed formulas is checked by `compile_program`; `Program.run` computes every figure
for every entity and year, `Program.statement` does so in a database, `Program.explain` shows one as a tree down to records, and `replay`
computes a stored explanation again. Missing is never zero.
"""

from zhiqiao.engines.formula.direction import Direction
from zhiqiao.engines.formula.errors import (
    FactsError,
    FormulaError,
    FormulaSyntaxError,
    FormulaTypeError,
    ProgramError,
)
from zhiqiao.engines.formula.explain import Explainer, Origins
from zhiqiao.engines.formula.problem import DatedValue, Fact, Formula, Kind, Parameter, Scope
from zhiqiao.engines.formula.program import Inputs, Program, compile_program
from zhiqiao.engines.formula.replay import replay, replay_state
from zhiqiao.engines.formula.sql import Relation, Statement
from zhiqiao.engines.formula.verify import Difference, verify

__all__ = [
    "DatedValue",
    "Difference",
    "Direction",
    "Explainer",
    "Fact",
    "FactsError",
    "Formula",
    "FormulaError",
    "FormulaSyntaxError",
    "FormulaTypeError",
    "Inputs",
    "Kind",
    "Origins",
    "Parameter",
    "Program",
    "ProgramError",
    "Relation",
    "Scope",
    "Statement",
    "compile_program",
    "replay",
    "replay_state",
    "verify",
]
