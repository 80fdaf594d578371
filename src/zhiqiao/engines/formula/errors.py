"""The errors of the formula engine.

::

    FormulaError              everything below
    ├── FormulaSyntaxError    the text is not in the grammar
    ├── FormulaTypeError      kinds or units do not fit
    ├── ProgramError          names, dates, cycles of a set of formulas
    └── FactsError            the table of facts given to a run, or a stored explanation

Each carries the formula, the position of the fault in its text, a reason code and a remedy;
the text states the value, the rule and the remedy. `REASONS` holds every code.
"""

from __future__ import annotations

from zhiqiao.engines.formula.reasons import REASONS

MAX_SHOWN = 60


class FormulaError(ValueError):
    """A formula, a program or its facts that the engine refuses.

    Parameters
    ----------
    formula : str
        Name of the formula, parameter or fact; empty when the table as a whole is meant.
    position : int
        0-based character in the formula's text; 0 when the fault is not at one place.
    reason : str
        A key of `REASONS`.
    **values : object
        What the message names.
    """

    def __init__(self, formula: str, position: int, reason: str, **values: object) -> None:
        message, remedy = REASONS[reason]
        shown = {name: _shown(value) for name, value in values.items()}
        self.formula = formula
        self.position = position
        self.reason = reason
        self.values = shown
        self.message = message.format_map(shown)
        self.remedy = remedy.format_map(shown)
        place = f"{formula}, character {position + 1}: " if formula else ""
        super().__init__(f"{place}{self.message} {self.remedy}")


class FormulaSyntaxError(FormulaError):
    """The text is not in the grammar, too long or too deep."""


class FormulaTypeError(FormulaError):
    """Kinds or units do not fit each other."""


class ProgramError(FormulaError):
    """Names, dates, values or references of a set of formulas do not fit each other."""


class FactsError(FormulaError):
    """The facts given to a run do not fit the program."""


def _shown(value: object) -> str:
    text = "".join(each if each.isprintable() else f"\\x{ord(each):02x}" for each in str(value))
    return text if len(text) <= MAX_SHOWN else f"{text[: MAX_SHOWN - 3]}..."
