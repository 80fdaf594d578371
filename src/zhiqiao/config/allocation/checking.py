"""Whether a folder of results holds just what its tables and rules give: every file, and the bundle.

The properties of the result are checked apart, by code that does not solve. What is checked here is
that nothing in the files was changed, so tables and rules are allocated again and laid beside them.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from zhiqiao.config.allocation.files import needed_object, needed_table
from zhiqiao.config.cells import MOST_SHOWN, differing_cells
from zhiqiao.engines.matching import (
    Allocation,
    bundle_of,
    categories_table,
    cutoffs_table,
    reason_ranges,
    results_table,
)
from zhiqiao.engines.matching.signing import SIGNATURE, is_signed
from zhiqiao.engines.merkle import leaf_hash

PLACE = "P12 (files and bundle):"
BUNDLE = "bundle.json"
RANGE = 100_000


def check_files(allocation: Allocation, folder: Path, reasons: pl.DataFrame) -> Iterator[str]:
    """Yield each cell that differs from what tables and rules give, the first ones of each file."""
    made = {
        "results": (results_table(allocation), ["candidate"]),
        "categories": (categories_table(allocation), ["candidate"]),
        "cutoffs": (cutoffs_table(allocation), []),
    }
    for name, (table, key) in made.items():
        yield from differing_cells(PLACE, name, table, needed_table(folder, name), key)
    yield from _differing_reasons(allocation, reasons)
    yield from _check_bundle(allocation, folder)


def _differing_reasons(allocation: Allocation, reasons: pl.DataFrame) -> Iterator[str]:
    key = ["candidate", "rank"]
    ordered = reasons.with_columns(
        pl.col("candidate").cast(pl.String).str.strip_chars(),
        pl.col("rank").cast(pl.String).str.strip_chars().cast(pl.Int32, strict=False),
    ).sort(key)
    at, shown = 0, 0
    for made in reason_ranges(allocation, size=RANGE):
        for sentence in differing_cells(
            PLACE, "reasons", made, ordered.slice(at, made.height), key
        ):
            yield sentence
            shown += 1
        if shown >= MOST_SHOWN:
            return
        at += made.height


def _check_bundle(allocation: Allocation, folder: Path) -> Iterator[str]:
    """Yield each part of the bundle that differs, and leaves that are not those of the results."""
    bundle = needed_object(folder, BUNDLE)
    leaves = (folder / "leaves.txt").read_text(encoding="ascii").split()
    hashes = pl.DataFrame({"leaf": leaves}, schema={"leaf": pl.String})
    made = json.loads(json.dumps(bundle_of(allocation, hashes, engine=bundle.get("engine", ""))))
    for part in made:
        if bundle.get(part) != made[part]:
            yield f"{PLACE} bundle, {part}: is not what tables, rules and leaves give."
    for part in bundle.keys() - made.keys() - {SIGNATURE}:
        yield f"{PLACE} bundle, {part}: belongs in no bundle."
    if SIGNATURE in bundle and not is_signed(bundle):
        yield f"{PLACE} bundle: the signature is not one of this bundle."
    results = results_table(allocation)
    yield from _check_leaves(needed_table(folder, "salts"), set(leaves), results)


def _check_leaves(salts: pl.DataFrame, leaves: set[str], results: pl.DataFrame) -> Iterator[str]:
    programme = dict(zip(results["candidate"], results["programme"], strict=True))
    for row in salts.iter_rows(named=True):
        leaf = leaf_hash(row["content"].encode(), bytes.fromhex(row["salt"])).hex()
        if leaf not in leaves:
            yield f"{PLACE} the leaf of candidate {row['candidate']} is not in the tree."
        content = json.loads(row["content"])
        if (content["programme"] or None) != (programme.get(row["candidate"]) or None):
            yield f"{PLACE} the leaf of candidate {row['candidate']} tells another result."
    if salts.height != results.height:
        yield f"{PLACE} there is not one leaf for each candidate."
