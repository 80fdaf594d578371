"""From an assignment to the files of a result folder."""

import json
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from zhiqiao.config.assigning.reading import Named
from zhiqiao.config.assigning.results import PROOF
from zhiqiao.config.assigning.telling import score, sentence_of_shortage, word
from zhiqiao.engines.assignment import (
    Assignment,
    Explanation,
    Prices,
    Shortage,
    explain_all,
    shortages,
)
from zhiqiao.engines.assignment.terms import NONE


def write_result(named: Named, assignment: Assignment, folder: Path) -> list[Shortage]:
    """Write the tables of a result and its proof; return what is missing."""
    told = shortages(named.problem, assignment)
    assignments_table(named, assignment).write_csv(folder / "assignments.csv")
    shortages_table(named, told).write_csv(folder / "shortages.csv")
    idle_table(named, assignment).write_csv(folder / "idle.csv")
    reasons_table(named, assignment).write_csv(folder / "reasons.csv")
    prices_table(named, assignment.prices).write_csv(folder / "prices.csv")
    text = json.dumps(proof_of(named, assignment), ensure_ascii=False, indent=1)
    (folder / PROOF).write_text(text + "\n", encoding="utf-8")
    return told


def proof_of(named: Named, assignment: Assignment) -> dict[str, object]:
    """Return what is claimed of an assignment, and how much of it there is."""
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
