"""What may be said of a figure: its bound, and whether it meets its target.

Missing is never zero. A count without a value makes its figure unknown; a list that was not loaded
or has no source says so; a count that is only a lower bound meets a target or decides nothing.
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from zhiqiao.packs.schemas import Operator, Target


class Status(StrEnum):
    """The seven things that a board may say of a target."""

    MET = "met"
    NOT_MET = "not-met"
    ON_COURSE = "on-course"
    BEHIND = "behind"
    CANNOT_TELL = "cannot-tell"
    NOT_LOADED = "not-loaded"
    NO_DATA = "no-data"


def threshold_of(target: Target) -> Decimal:
    """Return the least value that meets `target`; more than the number meets every operator.

    Examples
    --------
    "about 100" with a tolerance of 0.05 is met from 95 on; "= 3" from 3 on.
    """
    if target.operator is Operator.ABOUT:
        return target.value * (1 - (target.tolerance or Decimal(0)))
    return target.value


def list_state_of(states: Iterable[str]) -> str:
    """Return the state of a figure's lists together: no data wins, different states are partial."""
    known = set(states)
    if Status.NO_DATA in known:
        return Status.NO_DATA
    return known.pop() if len(known) == 1 else "partial"


def status_of(
    target: Target,
    value: Decimal | None,
    *,
    exact: bool,
    list_state: str,
    day: date,
    started: date,
) -> Status:
    """Judge a figure on a day.

    Parameters
    ----------
    target
        The number to reach and its deadline.
    value
        The figure; None when nothing may be said.
    exact
        False when the figure is only a lower bound.
    list_state
        complete, partial, not-loaded or no-data.
    day
        The day of the judgement. After the deadline an unmet target is not met; until then it is
        on course when its value is at least the share of the threshold that has elapsed evenly.
    started
        The first day of the plan.
    """
    if value is None:
        silent = (Status.NO_DATA, Status.NOT_LOADED)
        return next((state for state in silent if state == list_state), Status.CANNOT_TELL)
    if value >= threshold_of(target):
        return Status.MET
    return _unmet(target, value, day=day, started=started) if exact else Status.CANNOT_TELL


def _unmet(target: Target, value: Decimal, *, day: date, started: date) -> Status:
    if day > target.deadline:
        return Status.NOT_MET
    length = max((target.deadline - started).days, 1)
    due = Fraction(threshold_of(target)) * Fraction((day - started).days, length)
    return Status.ON_COURSE if Fraction(value) >= due else Status.BEHIND
