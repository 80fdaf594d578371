"""A program as one statement, and its rows as a table of figures."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

import polars as pl

from zhiqiao.engines.formula.errors import FactsError
from zhiqiao.engines.formula.sql.faults import FAULT, refuse
from zhiqiao.engines.formula.sql.writer import Columns, Wanted, write

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from zhiqiao.engines.formula.compiling import Checked
    from zhiqiao.engines.formula.sql.relation import Relation


@dataclass(frozen=True, slots=True)
class Statement:
    """What to run, and how to read what it gives.

    Parameters
    ----------
    text : str
        One ``SELECT`` with ``%(name)s`` marks; names and values of the program are never in it.
    parameters : mapping
        Values of the marks.
    columns : tuple of (str, polars.DataType)
        Columns of the answer, beginning with entity and year.
    """

    text: str
    parameters: Mapping[str, object]
    columns: Columns

    def table(self, rows: Sequence[Sequence[object]]) -> pl.DataFrame:
        """Read the rows that the statement gave.

        Parameters
        ----------
        rows : sequence
            As fetched: numeric as `Decimal`, float8 as float.

        Returns
        -------
        polars.DataFrame
            What ``Program.run(…, states=True)`` gives for the same rows and formulas.

        Raises
        ------
        FactsError
            When the records do not fit, with the first fault.
        """
        if rows and rows[0][0] is not None:
            refuse(rows[0])
        here = [row[len(FAULT) :] for row in rows if row[len(FAULT)] is not None]
        return pl.DataFrame(
            [
                pl.Series(name, [_read(row[place], dtype) for row in here], dtype=dtype)
                for place, (name, dtype) in enumerate(self.columns)
            ]
        )


def _read(value: object, dtype: pl.DataType) -> object:
    if not isinstance(value, Decimal):
        return value
    if isinstance(dtype, pl.Decimal):
        return value.quantize(Decimal(1).scaleb(-dtype.scale))
    return int(value)


def write_statement(
    checked: Checked,
    relation: Relation,
    *,
    formulas: Collection[str] | None = None,
    entity: str | int | None = None,
    years: Collection[int] | None = None,
    whys: bool = False,
) -> Statement:
    """Write formulas as a statement.

    Parameters
    ----------
    checked : Checked
        The program.
    relation : Relation
        Where the facts are.
    formulas : collection of str, optional
        Which to give; all when left out.
    entity : str or int, optional
        Whose figures; everybody's when left out. Only records that these can rest on are read.
    years : collection of int, optional
        Which years; look-backs still see the others.
    whys : bool
        Whether to give ``<formula>__why`` too: the reason of its step in an explanation, or of the
        step below it when that is where the value got lost; empty where there is a value.

    Returns
    -------
    Statement
        O(nodes).

    Raises
    ------
    FactsError
        When there is no such formula.
    ProgramError
        When a stage would need more columns than a statement may have.
    """
    wanted = list(checked.formulas) if formulas is None else list(dict.fromkeys(formulas))
    for name in wanted:
        if name not in checked.formulas:
            known = ", ".join(checked.formulas)
            raise FactsError("", 0, "no-such-formula", given=name, known=known)
    asked = Wanted(tuple(wanted), entity, None if years is None else tuple(years), whys)
    return Statement(*write(checked, relation, asked))
