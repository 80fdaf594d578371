"""What a program is made of: facts, dated parameters, scopes and formulas, checked when made."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from zhiqiao.engines.formula.errors import ProgramError
from zhiqiao.engines.formula.units import parse_unit
from zhiqiao.engines.formula.words import COLUMNS, MAX_FACT, MAX_NAME, MAX_SCALE, RESERVED, is_name

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from zhiqiao.engines.trace import Value


class Kind(StrEnum):
    """What sort of value a name stands for.

    ``integer`` and ``decimal`` are exact, ``number`` is a float64, ``truth`` is yes or no.
    """

    INTEGER = "integer"
    DECIMAL = "decimal"
    NUMBER = "number"
    TRUTH = "truth"


@dataclass(frozen=True, slots=True)
class Fact:
    """A column of the facts table.

    Parameters
    ----------
    name : str
        Column and identifier in formulas.
    kind : Kind
        Kind of the values.
    unit : str
        Unit of the values.
    scale : int
        Decimal places of a decimal.
    signed : bool
        Whether values below zero are allowed. Counts, areas and amounts are not signed; a
        negative one is refused as an error of the data, and `Program.direction` relies on it.

    Raises
    ------
    ProgramError
        When a part does not fit.
    """

    name: str
    kind: Kind
    unit: str = "1"
    scale: int = 0
    signed: bool = False

    def __post_init__(self) -> None:
        _check_declaration(self)


@dataclass(frozen=True, slots=True)
class DatedValue:
    """A value of a parameter from a day on, until the next one of the same key.

    Parameters
    ----------
    valid_from : date
        First day in force.
    key : tuple of str
        One text per dimension of the parameter.
    value : int, Decimal, float, bool or None
        ``None`` says that the parameter does not apply to this key (a state, not a gap).
    source : str
        Where it is laid down.
    checked_by : str
        Who compared it with the source; empty when nobody did.
    """

    valid_from: date
    key: tuple[str, ...] = ()
    value: Value = None
    source: str = ""
    checked_by: str = ""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A value laid down by a rule, by dimensions and date.

    Parameters
    ----------
    name : str
        Identifier in formulas.
    kind : Kind
        Kind of the values.
    unit : str
        Unit of the values.
    by : tuple of str
        Columns of the facts table that choose the value, for example ``("school_type",)``.
    values : tuple of DatedValue
        In any order. A key without a value in force is missing.
    scale : int
        Decimal places of a decimal.

    Raises
    ------
    ProgramError
        When a part does not fit, a key has the wrong length or a date comes twice.
    """

    name: str
    kind: Kind
    unit: str = "1"
    by: tuple[str, ...] = ()
    values: tuple[DatedValue, ...] = ()
    scale: int = 0

    def __post_init__(self) -> None:
        _check_declaration(self)
        _check_columns(self.name, self.by)
        object.__setattr__(
            self, "values", tuple(_checked_value(self, each) for each in self.values)
        )
        _check_keys(self)


@dataclass(frozen=True, slots=True)
class Formula:
    """A named expression with its declared result.

    Parameters
    ----------
    name : str
        Output column and identifier in other formulas.
    text : str
        The expression.
    unit : str
        Unit of the result; it must follow from the expression.
    kind : Kind
        Kind of the result. ``decimal`` rounds half away from zero to `scale` places, exactly.
    scale : int
        Decimal places of a decimal.

    Raises
    ------
    ProgramError
        When a part does not fit. The text is checked by `compile_program`.
    """

    name: str
    text: str
    unit: str = "1"
    kind: Kind = Kind.NUMBER
    scale: int = 0

    def __post_init__(self) -> None:
        _check_declaration(self)


@dataclass(frozen=True, slots=True)
class Scope:
    """A grouping over which sum, avg, count, share and rank work, always within one year.

    Parameters
    ----------
    name : str
        Identifier in formulas, for example ``district``.
    by : tuple of str
        Columns of the facts table that must be equal; empty for all rows of the year.
    unit : str
        What one member is counted in, for example ``school``: the unit of ``count``.

    Raises
    ------
    ProgramError
        When a part does not fit.
    """

    name: str
    by: tuple[str, ...] = ()
    unit: str = "1"

    def __post_init__(self) -> None:
        _check_name(self.name)
        _check_columns(self.name, self.by)
        _check_unit(self.name, self.unit)


def _check_declaration(declared: Fact | Parameter | Formula) -> None:
    _check_name(declared.name)
    if declared.kind not in tuple(Kind):
        rule = f"it must be one of {', '.join(Kind)}"
        raise _declared(declared.name, "The kind", declared.kind, rule)
    object.__setattr__(declared, "kind", Kind(declared.kind))
    _check_unit(declared.name, declared.unit)
    _check_scale(declared)


def _check_scale(declared: Fact | Parameter | Formula) -> None:
    most = MAX_SCALE if declared.kind is Kind.DECIMAL else 0
    scale = declared.scale
    if type(scale) is not int or not 0 <= scale <= most:
        rule = f"a {declared.kind} has 0 to {most} decimal places"
        raise _declared(declared.name, "The scale", scale, rule)
    if declared.kind is Kind.TRUTH and declared.unit not in ("1", ""):
        raise _declared(declared.name, "The unit", declared.unit, "a truth has the unit 1")


def _check_name(name: object) -> None:
    if not is_name(name):
        raise ProgramError(str(name), 0, "name", given=name, limit=MAX_NAME)
    if name in RESERVED:
        raise ProgramError(str(name), 0, "reserved", given=name)


def _check_unit(name: str, unit: object) -> None:
    if not isinstance(unit, str) or parse_unit(unit) is None:
        raise ProgramError(name, 0, "unit", given=unit)


def _check_columns(name: str, by: tuple[str, ...]) -> None:
    for column in by:
        if not is_name(column) or column in COLUMNS:
            raise ProgramError(name, 0, "name", given=column, limit=MAX_NAME)


def _declared(name: str, what: str, given: object, rule: str) -> ProgramError:
    remedy = f"Correct the declaration of {name}."
    return ProgramError(
        name, 0, "declaration", what=what, given=repr(given), rule=rule, remedy=remedy
    )


def _checked_value(parameter: Parameter, dated: DatedValue) -> DatedValue:
    value = exact_value(parameter, dated.value)
    return DatedValue(dated.valid_from, dated.key, value, dated.source, dated.checked_by or "")


def _check_keys(parameter: Parameter) -> None:
    seen: set[tuple[tuple[str, ...], date]] = set()
    for dated in parameter.values:
        if len(dated.key) != len(parameter.by):
            raise ProgramError(
                parameter.name,
                0,
                "parameter-key",
                given=dated.key,
                by=", ".join(parameter.by) or "none",
            )
        if (dated.key, dated.valid_from) in seen:
            raise ProgramError(
                parameter.name,
                0,
                "parameter-twice",
                key=", ".join(dated.key) or "all",
                valid_from=dated.valid_from,
            )
        seen.add((dated.key, dated.valid_from))


def exact_value(declared: Fact | Parameter, value: object) -> Value:
    """Bring a value given in Python to the declared kind without losing anything.

    Parameters
    ----------
    declared : Fact or Parameter
        Kind and scale.
    value : object
        The value; ``None`` stays.

    Returns
    -------
    Value
        ``int``, ``Decimal`` with exactly `scale` places, ``float`` or ``bool``.

    Raises
    ------
    ProgramError
        When the value is of another kind, has more places or is too great.
    """
    if value is None:
        return None
    fitted: Value = _FITTERS[declared.kind](value, declared.scale)
    if fitted is None or not -MAX_FACT <= fitted <= MAX_FACT:
        detail = f" with {declared.scale} places" if declared.kind is Kind.DECIMAL else ""
        raise ProgramError(
            declared.name,
            0,
            "value",
            given=repr(value),
            kind=declared.kind,
            detail=detail,
            wanted=_WANTED[declared.kind],
        )
    return fitted


def _fit_integer(value: object, _scale: int) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _fit_decimal(value: object, scale: int) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    given = Decimal(value)
    if not given.is_finite() or abs(given) > MAX_FACT:
        return None
    places = given.quantize(Decimal(1).scaleb(-scale))
    return places if places == given else None


def _fit_number(value: object, _scale: int) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    given = float(value)
    return given if math.isfinite(given) else None


def _fit_truth(value: object, _scale: int) -> bool | None:
    return value if isinstance(value, bool) else None


_FITTERS: dict[Kind, Callable[[object, int], int | Decimal | float | bool | None]] = {
    Kind.INTEGER: _fit_integer,
    Kind.DECIMAL: _fit_decimal,
    Kind.NUMBER: _fit_number,
    Kind.TRUTH: _fit_truth,
}
_WANTED = {
    Kind.INTEGER: f"a whole number of at most {MAX_FACT} in magnitude",
    Kind.DECIMAL: f"an exact Decimal or whole number of at most {MAX_FACT} in magnitude",
    Kind.NUMBER: f"a finite number of at most {MAX_FACT} in magnitude",
    Kind.TRUTH: "true or false",
}
