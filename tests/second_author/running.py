"""The product on a folder, and its answers as plain dictionaries."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any

from tests.second_author.instances import write
from zhiqiao.config.allocation.files import read_folder
from zhiqiao.engines.matching import (
    Allocation,
    allocate,
    categories_table,
    check_written,
    cutoffs_table,
    draw_lots,
    reasons_table,
    results_table,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.second_author.folder_oracle import Tables


def solved(tables: Tables, rules: dict[str, Any], folder: Path) -> Allocation:
    """Write the folder, its rows in another order, and allocate."""
    write(tables, rules, folder, Random(1))  # noqa: S311 - an order of rows, not a secret
    return allocate(*read_folder(folder))


def results_of(allocation: Allocation) -> dict[str, str]:
    """Candidate -> programme, empty where none."""
    rows = results_table(allocation).iter_rows(named=True)
    return {row["candidate"]: row["programme"] or "" for row in rows}


def categories_of(allocation: Allocation) -> dict[str, str]:
    rows = categories_table(allocation).iter_rows(named=True)
    return {row["candidate"]: row["category"] for row in rows}


def reasons_of(allocation: Allocation) -> dict[tuple[str, str], str]:
    rows = reasons_table(allocation).iter_rows(named=True)
    return {(row["candidate"], row["programme"]): row["reason"] for row in rows}


def cutoffs_of(allocation: Allocation) -> dict[tuple[str, str], dict[str, Any]]:
    rows = cutoffs_table(allocation).iter_rows(named=True)
    return {(row["programme"] or "", row["category"]): row for row in rows}


def violations_of(allocation: Allocation, **changed: Any) -> list[str]:
    """What verify says of the written tables, some of them changed."""
    tables = {
        "results": results_table(allocation),
        "categories": categories_table(allocation),
        "reasons": reasons_table(allocation),
    } | changed
    found = check_written(
        allocation.applications.tables,
        allocation.rules,
        tables["results"],
        categories=tables["categories"],
        reasons=tables["reasons"],
    )
    return sorted({violation.name for violation, _ in found})


def lots_of(rules: dict[str, Any]) -> Callable[[list[str]], list[int]]:
    """The drawn order, which the contract leaves to the product."""
    seed = str(rules["ties"].get("seed", "")).encode()
    return lambda names: [int(lot) for lot in draw_lots(names, seed)]
