"""Units of measure as products of powers of named bases.

``1`` is the pure number and ``%`` a way of showing it; every other name is a base of its own, so
``m2`` is not the square of ``m``: no conversion is done that nobody declared.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

_TERM = re.compile(r"[^\W\d_][\w-]{0,39}|%")


@dataclass(frozen=True)
class Unit:
    """A unit in lowest terms.

    Parameters
    ----------
    powers : tuple of (str, int)
        Bases in alphabetical order with powers other than 0; empty for the pure number.
    """

    powers: tuple[tuple[str, int], ...] = ()

    def __str__(self) -> str:
        """Write it as ``m2/person``; ``1`` for the pure number."""
        return self.text

    @cached_property
    def text(self) -> str:
        """The unit in words, made once."""
        above = [base for base, power in self.powers for _ in range(power)]
        below = [base for base, power in self.powers for _ in range(-power)]
        return "/".join(["*".join(above) or "1", *below])

    def times(self, other: Unit, sign: int = 1) -> Unit:
        """Multiply by another unit, or divide by it with `sign` -1."""
        powers = dict(self.powers)
        for base, power in other.powers:
            powers[base] = powers.get(base, 0) + sign * power
        return Unit(tuple(sorted((base, power) for base, power in powers.items() if power)))


PURE = Unit()
PERCENT = Unit((("%", 1),))


def parse_unit(text: str) -> Unit | None:
    """Read a unit.

    Parameters
    ----------
    text : str
        ``1`` or empty for a pure number, ``%``, or names joined by ``*`` and ``/``; everything
        after a ``/`` up to the next sign divides.

    Returns
    -------
    Unit or None
        ``None`` when the text is not a unit. O(length).

    Examples
    --------
    >>> str(parse_unit("m2/person"))
    'm2/person'
    >>> str(parse_unit("cny*person/person"))
    'cny'
    """
    unit = PURE
    sign = 1
    for part in re.split(r"([*/])", text.replace(" ", "") or "1"):
        if part in ("*", "/"):
            sign = 1 if part == "*" else -1
        elif _TERM.fullmatch(part):
            unit = unit.times(Unit(((part, 1),)), sign)
        elif part != "1":
            return None
    mixed = len(unit.powers) > 1 or any(power != 1 for _, power in unit.powers)
    return None if mixed and any(base == "%" for base, _ in unit.powers) else unit
