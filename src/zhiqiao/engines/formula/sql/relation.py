"""What the caller gives: where the facts are, and the values that go beside the text."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from zhiqiao.engines.formula.words import MAX_INT64

if TYPE_CHECKING:
    from collections.abc import Mapping

Bound = str | int | float | bool | Decimal | list[str] | list[int]


@dataclass(frozen=True, slots=True)
class Relation:
    """A subquery with one row per entity, year and name.

    Parameters
    ----------
    text : str
        A ``SELECT`` of six columns: ``entity`` (text or integer), ``year`` (integer), ``name``
        (text: a fact, or a dimension such as ``district``), ``value`` (numeric; a truth is 1 or
        0), ``text`` (of a dimension) and ``state`` (integer, a `State`, or null). It is written by
        the program that calls, never by a user; what a user gave stands in `parameters`.
    parameters : mapping
        Values of its ``%(name)s`` marks; names that begin with ``formula_`` are the engine's.
    is_text : bool
        Whether ``entity`` is text.

    Raises
    ------
    ValueError
        When a parameter has a name of the engine's.

    Notes
    -----
    Every entity and year that the relation names is a row, as in the table of `Program.run`, also
    one whose cells are all empty.
    """

    text: str
    parameters: Mapping[str, object] = field(default_factory=dict)
    is_text: bool = True

    def __post_init__(self) -> None:
        for name in self.parameters:
            if name.startswith(MARK):
                raise ValueError(f"The parameter {name} must not begin with {MARK}.")


MARK = "formula_"
_SHARED = {"numeric", "integer", "boolean"}


@dataclass(slots=True)
class Binder:
    """Collects the values of a statement; none of them is ever part of its text."""

    values: dict[str, object] = field(default_factory=dict)
    known: dict[tuple[str, str], str] = field(default_factory=dict)

    def bind(self, value: Bound | None, kind: str) -> str:
        """Write the mark of a value, with its type in the database.

        Equal numbers share a mark, so that equal expressions are equal texts; texts do not, so that
        what somebody wrote never decides what the statement is.
        """
        key = (kind, repr(value) if kind in _SHARED else str(len(self.values)))
        if key not in self.known:
            self.known[key] = f"{MARK}{len(self.values)}"
            self.values[self.known[key]] = value
        return f"(%({self.known[key]})s)::{kind}"

    def entity(self, value: str | int, *, is_text: bool) -> str:
        """Bind an entity; one that the database cannot hold is null, which nothing equals."""
        if is_text:
            return self.bind(value if _is_storable(value) else None, "text")
        is_whole = isinstance(value, int) and abs(value) <= MAX_INT64
        return self.bind(value if is_whole else None, "bigint")

    def key(self, value: str) -> str:
        """Bind a part of a parameter's key; one that the database cannot hold is null."""
        return self.bind(value if _is_storable(value) else None, "text")

    def exact(self, value: int | Decimal) -> str:
        """Bind an exact value."""
        return self.bind(Decimal(value), "numeric")


def _is_storable(value: object) -> bool:
    """Whether a value is a text that PostgreSQL takes: without NUL and without half characters."""
    return isinstance(value, str) and not any(
        each == "\0" or "\ud800" <= each <= "\udfff" for each in value
    )
