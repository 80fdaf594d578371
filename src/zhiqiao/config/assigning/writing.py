"""From an assignment to tables, and back from the tables of a result folder."""

import json
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from zhiqiao.config.allocation.files import read_table
from zhiqiao.config.assigning.reading import Named
from zhiqiao.config.assigning.telling import score, sentence_of_shortage, word
from zhiqiao.engines.assignment import (
    Assignment,
    Explanation,
    Prices,
    Proof,
    Shortage,
    explain_all,
    shortages,
)
from zhiqiao.engines.assignment.terms import NONE
from zhiqiao.engines.matching import Fault, TableError
from zhiqiao.engines.matching.tables import (
    exact_numbers,
    indices_in,
    need_columns,
    numbered,
    whole_numbers,
)

PROOF = "proof.json"


def write_result(named: Named, assignment: Assignment, folder: Path) -> list[Shortage]:
    """Write the tables of a result and its proof; return what is missing."""
    told = shortages(named.problem, assignment)
    assignments_table(named, assignment).write_csv(folder / "assignments.csv")
    shortages_table(named, told).write_csv(folder / "shortages.csv")
    idle_table(named, assignment).write_csv(folder / "idle.csv")
    reasons_table(named, assignment).write_csv(folder / "reasons.csv")
    prices_table(named, assignment.prices).write_csv(folder / "prices.csv")
    text = json.dumps(_proof(named, assignment), ensure_ascii=False, indent=1)
    (folder / PROOF).write_text(text + "\n", encoding="utf-8")
    return told


def _proof(named: Named, assignment: Assignment) -> dict[str, object]:
    return {
        "engine": f"zhiqiao {version('zhiqiao')}",
        "mode": named.rules.mode,
        "proof": assignment.proof,
        "value": assignment.value,
        "bound": assignment.bound,
        "assigned": int(assignment.application.size),
        "missing": int(assignment.missing.sum()),
        "idle": int(assignment.idle.sum()),
    }


def assignments_table(named: Named, assignment: Assignment) -> pl.DataFrame:
    """Return ``application, expert``, one row for each review."""
    return pl.DataFrame(
        {
            "application": _names(named.application_names, assignment.application),
            "expert": _names(named.expert_names, assignment.expert),
        },
        schema={"application": pl.String, "expert": pl.String},
    )


def _names(names: list[str], numbers: np.ndarray[Any, Any]) -> list[str]:
    return [names[number] if number != NONE else "" for number in numbers.tolist()]


def shortages_table(named: Named, told: list[Shortage]) -> pl.DataFrame:
    """Return one row for each application that lacks reviews, with figures and a sentence."""
    quotas = [quota.name for quota in named.problem.quotas]
    rows = [
        {
            "application": named.application_names[each.application],
            "missing": each.missing,
            "listed": each.listed,
            "in_conflict": sum(number for _kind, number in each.conflicts),
            "too_low": each.too_low,
            "not_for_group": each.group,
            "assigned": each.seated,
            "full": each.full,
            "kept_out_by_quota": sum(number for _quota, number in each.quotas),
            "together_applications": len(each.scarcity.applications),
            "together_experts": len(each.scarcity.experts),
            "together_needed": each.scarcity.needed - each.scarcity.given_elsewhere,
            "together_possible": each.scarcity.possible,
            "why": sentence_of_shortage(each, named.application_names, quotas),
        }
        for each in told
    ]
    texts = {"application", "why"}
    columns = [
        "application", "missing", "listed", "in_conflict", "too_low", "not_for_group", "assigned", "full",
        "kept_out_by_quota", "together_applications", "together_experts", "together_needed",
        "together_possible", "why",
    ]  # fmt: skip
    schema = {name: pl.String if name in texts else pl.Int64 for name in columns}
    return pl.DataFrame(rows, schema=schema)


def idle_table(named: Named, assignment: Assignment) -> pl.DataFrame:
    """Return ``expert, least, idle`` of experts below their least load."""
    below = np.flatnonzero(assignment.idle)
    return pl.DataFrame(
        {
            "expert": [named.expert_names[each] for each in below.tolist()],
            "least": named.problem.least_load[below],
            "idle": assignment.idle[below],
        },
        schema={"expert": pl.String, "least": pl.Int64, "idle": pl.Int64},
    )


def reasons_table(named: Named, assignment: Assignment) -> pl.DataFrame:
    """Return one row for each review with its reason and the figures of it."""
    rows = [_reason_row(named, each) for each in explain_all(named.problem, assignment)]
    columns = ["application", "expert", "reason", "score", "rank", "eligible", "better", "better_score", "quota"]  # fmt: skip
    whole = {"rank", "eligible"}
    schema = {name: pl.Int64 if name in whole else pl.String for name in columns}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _reason_row(named: Named, told: Explanation) -> tuple[object, ...]:
    quota = named.problem.quotas[told.quota].name if told.quota != NONE else ""
    has_other = told.other != NONE
    return (
        named.application_names[told.application],
        named.expert_names[told.expert],
        word(told.reason),
        score(told.worth, named.rules.mode),
        told.rank,
        told.eligible,
        named.expert_names[told.other] if has_other else "",
        score(told.other_worth, named.rules.mode) if has_other else "",
        quota,
    )


def prices_table(named: Named, prices: Prices) -> pl.DataFrame:
    """Return ``application, expert, quota, value, price``, in millionths, without prices of nothing."""
    priced = np.flatnonzero(prices.expert)
    blank = [""] * priced.size
    return pl.DataFrame(
        {
            "application": [*blank, *_names(named.application_names, prices.application)],
            "expert": [*(named.expert_names[each] for each in priced.tolist()), *[""] * prices.price.size],
            "quota": [*blank, *(named.problem.quotas[each].name for each in prices.quota.tolist())],
            "value": [*blank, *map(str, prices.value.tolist())],
            "price": [*prices.expert[priced].tolist(), *prices.price.tolist()],
        },
        schema={"application": pl.String, "expert": pl.String, "quota": pl.String,
                "value": pl.String, "price": pl.Int64},
    )  # fmt: skip


def read_result(named: Named, folder: Path) -> Assignment:
    """Read an assignment back from the tables of a result.

    Raises TableError for what is missing or names what the tables do not know.
    """
    table = numbered(needed(folder, "assignments"))
    application, expert = _both(named, "assignments", table)
    order = np.lexsort((expert, application))
    proof = _read_proof(folder)
    return Assignment(
        application=application[order],
        expert=expert[order],
        missing=_told(named, folder, "shortages", "application", "missing"),
        idle=_told(named, folder, "idle", "expert", "idle"),
        value=proof["value"],
        bound=proof["bound"],
        proof=Proof(proof["proof"]),
        prices=_read_prices(named, folder),
    )


def needed(folder: Path, name: str) -> pl.DataFrame:
    """Read a table of a result that must be there."""
    table = read_table(folder, name)
    if table is None:
        raise TableError([Fault(name, 0, "", "is missing in the folder of results.")])
    return table


def _both(
    named: Named, name: str, table: pl.DataFrame
) -> tuple[np.ndarray[Any, np.dtype[np.int32]], np.ndarray[Any, np.dtype[np.int32]]]:
    application = indices_in(
        name, table, "application", named.applications, "is not in applications."
    )
    return application, indices_in(name, table, "expert", named.experts, "is not in experts.")


def _told(
    named: Named, folder: Path, name: str, key: str, column: str
) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Return a column of numbers for every application or expert, 0 where a table has no row."""
    known = named.applications if key == "application" else named.experts
    table = numbered(needed(folder, name))
    need_columns(name, table, key, column)
    found = np.zeros(known.height, np.int64)
    at = indices_in(name, table, key, known, f"is not in {key}s.")
    found[at] = whole_numbers(name, table, column)
    return found


def _read_proof(folder: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads((folder / PROOF).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise TableError([Fault(PROOF, 0, "", f"cannot be read: {error}")]) from error
    for name, kind in (("value", int), ("bound", int), ("proof", str)):
        if not isinstance(found.get(name), kind):
            raise TableError([Fault(PROOF, 0, name, "is missing or no such value.")])
    if found["proof"] not in set(Proof):
        message = f"{found['proof']!r} is none of {', '.join(Proof)}."
        raise TableError([Fault(PROOF, 0, "proof", message)])
    return found


def _read_prices(named: Named, folder: Path) -> Prices:
    table = numbered(needed(folder, "prices"))
    need_columns("prices", table, "application", "expert", "quota", "value", "price")
    of_expert = pl.col("expert").is_not_null() & (pl.col("expert") != "")
    experts, sets = table.filter(of_expert), table.filter(~of_expert.fill_null(value=False))
    price = np.zeros(named.problem.experts, np.int64)
    at = indices_in("prices", experts, "expert", named.experts, "is not in experts.")
    price[at] = exact_numbers("prices", experts, "price").values
    numbers = {quota.name: number for number, quota in enumerate(named.problem.quotas)}
    quota = [numbers.get(name, NONE) for name in sets["quota"].to_list()]
    return Prices(
        expert=price,
        application=indices_in("prices", sets, "application", named.applications, "is unknown."),
        quota=np.array(quota, np.int32),
        value=whole_numbers("prices", sets, "value").astype(np.int32),
        price=exact_numbers("prices", sets, "price").values,
    )
