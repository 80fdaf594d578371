"""Faults of tables: file, row and column, what was given, which rule, what to do."""

from __future__ import annotations

from dataclasses import dataclass

MOST_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of a table; row 1 is the line of the column names, 0 means the table as a whole."""

    table: str
    row: int
    column: str
    message: str

    def __str__(self) -> str:
        place = f"{self.table}, row {self.row}" if self.row else self.table
        place += f", column {self.column}" if self.column else ""
        return f"{place}: {self.message}"


class TableError(ValueError):
    """Tables that cannot be allocated, with their first faults.

    Parameters
    ----------
    faults : list of Fault
        At least one.
    more : int
        How many further faults were found.
    """

    def __init__(self, faults: list[Fault], *, more: int = 0) -> None:
        self.faults = faults
        self.more = more
        lines = [str(fault) for fault in faults]
        if more:
            lines.append(f"and {more} more")
        super().__init__("\n".join(lines))
