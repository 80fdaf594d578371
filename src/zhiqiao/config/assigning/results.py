"""An assignment read back from the files of a result folder, with or without its proof."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from zhiqiao.config.allocation.files import needed_table, read_object, read_table
from zhiqiao.config.assigning.reading import Named
from zhiqiao.engines.assignment import Assignment, LeastOf, Prices, Proof, unproven
from zhiqiao.engines.assignment.assembly import LARGEST
from zhiqiao.engines.assignment.terms import NONE
from zhiqiao.engines.matching import Fault, TableError
from zhiqiao.engines.matching.tables import (
    indices_in,
    need_columns,
    numbered,
    refuse_rows,
    whole_numbers,
)

PROOF = "proof.json"
REFUSALS = "refusals"
PRICES = "prices"
WHOLE = r"^-?[0-9]{1,19}$"
TWICE = "stands in more than one row."

Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Result:
    """An assignment, and which files of its proof the folder lacks: all claims rest on both."""

    assignment: Assignment
    lacking: tuple[str, ...]

    @property
    def is_proven(self) -> bool:
        """Say whether the proof is there to be checked."""
        return not self.lacking


def read_result(named: Named, folder: Path) -> Result:
    """Read an assignment back from the files of a result; without its proof nothing is claimed.

    Raises TableError for what is missing or names what the tables do not know.
    """
    table = numbered(needed_table(folder, "assignments"))
    application = indices_in(
        "assignments", table, "application", named.applications, "is not in applications."
    )
    expert = indices_in("assignments", table, "expert", named.experts, "is not in experts.")
    order = np.lexsort((expert, application))
    application, expert = application[order], expert[order]
    missing = _told(named, "shortages", needed_table(folder, "shortages"), "application", "missing")
    idle_rows = read_table(folder, "idle")
    idle = None if idle_rows is None else _told(named, "idle", idle_rows, "expert", "idle")
    proof, prices = _read_proof(folder), read_table(folder, PRICES)
    if proof is None or prices is None:
        given = {PROOF: proof, f"{PRICES}.csv": prices}
        assignment = unproven(
            named.problem,
            application=application,
            expert=expert,
            missing=missing,
            idle=idle,
            proof=Proof.REPAIRED if is_repaired(folder) else Proof.BOUNDED,
        )
        return Result(assignment, tuple(name for name, each in given.items() if each is None))
    load = np.bincount(expert, minlength=named.problem.experts)
    assignment = Assignment(
        application=application,
        expert=expert,
        missing=missing,
        idle=np.maximum(named.problem.least_load - load, 0) if idle is None else idle,
        value=proof["value"],
        bound=proof["bound"],
        proof=Proof(proof["proof"]),
        prices=_prices(named, prices),
    )
    return Result(assignment, ())


def is_repaired(folder: Path) -> bool:
    """Say whether a result came from a repair, which brings its refusals along."""
    return read_table(folder, REFUSALS) is not None


def _told(named: Named, name: str, table: pl.DataFrame, key: str, column: str) -> Int64:
    """Return a column of numbers for every application or expert, 0 where a table has no row."""
    known = named.applications if key == "application" else named.experts
    table = numbered(table)
    need_columns(name, table, key, column)
    found = np.zeros(known.height, np.int64)
    at = indices_in(name, table, key, known, f"is not in {key}s.")
    refuse_rows(name, table, pl.col(key).is_duplicated(), key, TWICE)
    found[at] = whole_numbers(name, table, column)
    return found


def _read_proof(folder: Path) -> dict[str, Any] | None:
    found = read_object(folder, PROOF)
    if found is None:
        return None
    for name, kind in (("value", int), ("bound", int), ("proof", str)):
        if type(found.get(name)) is not kind:
            raise TableError([Fault(PROOF, 0, name, "is missing or no such value.")])
    if found["proof"] not in set(Proof):
        message = f"{found['proof']!r} is none of {', '.join(Proof)}."
        raise TableError([Fault(PROOF, 0, "proof", message)])
    return found


def _prices(named: Named, given: pl.DataFrame) -> Prices:
    need_columns(PRICES, given, "application", "expert", "quota", "value", "price")
    table = numbered(given)
    again = pl.struct("application", "expert", "quota", "value").is_duplicated()
    refuse_rows(PRICES, table, again, "price", TWICE)
    of_expert = pl.col("expert").is_not_null() & (pl.col("expert") != "")
    experts, sets = table.filter(of_expert), table.filter(~of_expert)
    price = np.zeros(named.problem.experts, np.int64)
    at = indices_in(PRICES, experts, "expert", named.experts, "is not in experts.")
    price[at] = _whole(experts)
    application = indices_in(PRICES, sets, "application", named.applications, "is unknown.")
    quota, value = _sets(named, sets)
    return Prices(price, application, quota, value, _whole(sets))


def _whole(table: pl.DataFrame) -> Int64:
    """Return prices, which may be as great as what all missing reviews together count for."""
    texts = pl.col("price").cast(pl.String).str.strip_chars()
    given = pl.when(texts.str.contains(WHOLE)).then(texts).cast(pl.Int64, strict=False)
    table = table.with_columns(given.alias("__price"))
    is_wrong = pl.col("__price").is_null() | (pl.col("__price").abs() > LARGEST)
    refuse_rows(PRICES, table, is_wrong, "price", f"a whole number up to {LARGEST} is needed.")
    return table["__price"].to_numpy().astype(np.int64)


def _sets(named: Named, table: pl.DataFrame) -> tuple[Int32, Int32]:
    """Return the quota of each priced set, and its place among the sets of the quota."""
    quotas = named.problem.quotas
    numbers = {quota.name: number for number, quota in enumerate(quotas)}
    names = table["quota"].cast(pl.String).to_list()
    quota = np.array([numbers.get(name, NONE) for name in names], np.int32)
    table = table.with_columns(pl.Series("__quota", quota, dtype=pl.Int32))
    refuse_rows(PRICES, table, pl.col("__quota") == NONE, "quota", "is no quota of the rules.")
    value = whole_numbers(PRICES, table, "value")
    greatest = np.array(
        [0 if isinstance(each, LeastOf) else int(each.label.max(initial=NONE)) for each in quotas],
        np.int64,
    )
    wrong = value > greatest[quota]
    table = table.with_columns(pl.Series("__wrong", wrong, dtype=pl.Boolean))
    refuse_rows(PRICES, table, pl.col("__wrong"), "value", "is no value of the quota.")
    return quota, value.astype(np.int32)
