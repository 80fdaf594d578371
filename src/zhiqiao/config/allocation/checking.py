"""Whether the bundle says what stands in the other files of a result folder."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

from zhiqiao.config.allocation.files import read_table
from zhiqiao.engines.matching import Fault, TableError, hash_of_results
from zhiqiao.engines.matching.signing import SIGNATURE, is_signed
from zhiqiao.engines.merkle import leaf_hash, root_of

BUNDLE = "bundle.json"


def needed_table(folder: Path, name: str) -> pl.DataFrame:
    """Read a table of results that must be there."""
    table = read_table(folder, name)
    if table is None:
        raise TableError([Fault(name, 0, "", "is missing in the folder of results.")])
    return table


def check_bundle(folder: Path) -> Iterator[str]:
    """Yield what in the bundle differs from results, cutoffs and leaves."""
    bundle = _read_bundle(folder)
    results = needed_table(folder, "results")
    if bundle.get("result_sha256") != hash_of_results(results):
        yield "P12 (bundle): the results are not those that the bundle was made of."
    cutoffs = needed_table(folder, "cutoffs").to_dicts()
    told = [
        {name: _text(value) for name, value in line.items()} for line in bundle.get("lines", [])
    ]
    if told != cutoffs:
        yield "P12 (bundle): the cutoffs are not those of the bundle."
    leaves = (folder / "leaves.txt").read_text(encoding="ascii").split()
    root = root_of([bytes.fromhex(leaf) for leaf in leaves]).hex()
    if bundle.get("leaves") != {"number": len(leaves), "root": root}:
        yield "P12 (bundle): the root is not that of the leaves."
    if SIGNATURE in bundle and not is_signed(bundle):
        yield "P12 (bundle): the signature is not one of this bundle."
    yield from _check_leaves(needed_table(folder, "salts"), set(leaves), results)


def _check_leaves(salts: pl.DataFrame, leaves: set[str], results: pl.DataFrame) -> Iterator[str]:
    programme = dict(zip(results["candidate"], results["programme"], strict=True))
    for row in salts.iter_rows(named=True):
        leaf = leaf_hash(row["content"].encode(), bytes.fromhex(row["salt"])).hex()
        if leaf not in leaves:
            yield f"P12 (bundle): the leaf of candidate {row['candidate']} is not in the tree."
        content = json.loads(row["content"])
        if (content["programme"] or None) != (programme.get(row["candidate"]) or None):
            yield f"P12 (bundle): the leaf of candidate {row['candidate']} tells another result."
    if salts.height != results.height:
        yield "P12 (bundle): there is not one leaf for each candidate."


def _read_bundle(folder: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads((folder / BUNDLE).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise TableError([Fault(BUNDLE, 0, "", f"cannot be read: {error}")]) from error
    return found


def _text(value: object) -> str | None:
    return None if value is None else str(value)
