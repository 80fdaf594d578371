"""The step of an explanation, the state of a value and the record that a value comes from."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

Value = int | Decimal | float | bool | None
"""A figure: exact integer, exact decimal, floating number, truth, or no value."""


class State(IntEnum):
    """How far a value can be relied on; when values meet, the greatest state wins.

    The order goes from what needs no further act to what no act can mend:

    - ``REPORTED``: somebody answers for it as it stands.
    - ``DERIVED``: computed from others without a judgement.
    - ``ESTIMATED``: a judgement filled a gap, so it is weaker than a computation.
    - ``DISPUTED``: somebody answers for it and somebody contradicts; an estimate at least has
      one author, a dispute has none that all accept.
    - ``MISSING``: there is no value yet, and collecting it would give one.
    - ``NOT_APPLICABLE``: there is no value and there never will be, so it outranks missing:
      were the missing input collected, the result would still not apply.

    Examples
    --------
    >>> worst([State.REPORTED, State.MISSING, State.ESTIMATED]).name
    'MISSING'
    """

    REPORTED = 0
    DERIVED = 1
    ESTIMATED = 2
    DISPUTED = 3
    MISSING = 4
    NOT_APPLICABLE = 5

    @property
    def has_value(self) -> bool:
        """Whether a value in this state is there at all."""
        return self < State.MISSING


def worst(states: list[State]) -> State:
    """Give the state of a value that needs all of the given ones.

    Parameters
    ----------
    states : list of State
        States of the inputs; an empty list means that nothing was needed.

    Returns
    -------
    State
        The greatest, or ``REPORTED`` for an empty list. O(n).
    """
    return max(states, default=State.REPORTED)


@dataclass(frozen=True, slots=True)
class Record:
    """A stored record that a value was read from.

    Parameters
    ----------
    kind : str
        What it is, for example ``recognition``.
    uid : str
        Its identifier.
    label : str
        Its name for a person.
    version : str
        Which version of it was read.
    """

    kind: str
    uid: str
    label: str = ""
    version: str = ""


Detail = int | Decimal | float | bool | str | None
"""A named fact about a step besides its value, for example a numerator."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of an explanation; its inputs are steps again.

    Parameters
    ----------
    op : str
        What was done: ``fact``, ``parameter``, ``literal``, ``formula``, ``add``, ``share``, …
    name : str
        Name of the fact, parameter, formula or scope.
    text : str
        The words of the formula that this step stands for.
    value : Value
        The result; ``None`` exactly when `state` is missing or not applicable.
    state : State
        How far the value can be relied on.
    unit : str
        Unit of the value, ``1`` for a pure number.
    inputs : tuple of Step
        What the value was made of; empty for a leaf.
    records : tuple of Record
        Records that a leaf was read from.
    source : str
        Where a parameter is laid down.
    valid_from : date or None
        Since when that parameter value is in force.
    checked_by : str
        Who compared the parameter with its source; empty when nobody did.
    reason : str
        Why there is no value: ``division-by-zero``, ``below-coverage``, …
    entity : str
        Whom the value is about.
    year : int or None
        Which year the value is about.
    details : tuple of (str, Detail)
        What else `replay` or a reader needs: scale, numerator, denominator, coverage.
    """

    op: str
    name: str = ""
    text: str = ""
    value: Value = None
    state: State = State.MISSING
    unit: str = "1"
    inputs: tuple[Step, ...] = ()
    records: tuple[Record, ...] = ()
    source: str = ""
    valid_from: date | None = None
    checked_by: str = ""
    reason: str = ""
    entity: str = ""
    year: int | None = None
    details: tuple[tuple[str, Detail], ...] = ()

    def detail(self, name: str) -> Detail:
        """Look up a detail by name; ``None`` when the step does not have it."""
        return next((value for key, value in self.details if key == name), None)
