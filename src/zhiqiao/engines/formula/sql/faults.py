"""The refusals of a statement, as those of the other back ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from zhiqiao.engines.formula.errors import FactsError
from zhiqiao.engines.formula.words import MAX_FACT, MAX_MEMBERS

if TYPE_CHECKING:
    from collections.abc import Sequence

FAULT = ("reason", "name", "value", "entity", "year", "number")
"""First columns of a row of a statement: a fault, or nulls."""
_RULES = {
    "range": f"it must be a number between 0, or -{MAX_FACT} where it is signed, and {MAX_FACT}",
    "contradicted": "a cell that is missing or not applicable is empty",
    "places": "it has more decimal places than its fact is declared with",
    "state": "it is not the number of a state",
}


def refuse(fault: Sequence[object]) -> NoReturn:
    """Raise the fault that a statement found in the records.

    Parameters
    ----------
    fault : sequence
        Reason, name, value, entity, year and number, as in `FAULT`.

    Raises
    ------
    FactsError
        Always.
    """
    reason, name, value, entity, year, number = fault[: len(FAULT)]
    if reason == "row-unnamed":
        raise FactsError("", 0, "row-unnamed", count=number)
    if reason == "row-twice":
        raise FactsError("", 0, "row-twice", entity=entity, year=year)
    if reason == "too-many-rows":
        raise FactsError("", 0, "too-many-rows", given=number, limit=MAX_MEMBERS)
    raise FactsError(
        "", 0, "cell", column=name, given=value, entity=entity, year=year,
        rule=_RULES[str(reason)], remedy="Correct the cell.",
    )  # fmt: skip
