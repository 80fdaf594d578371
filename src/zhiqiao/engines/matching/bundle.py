"""The audit bundle: what is published of an allocation so that anyone can check it.

No score, no name and no number of a candidate stands in it. Each candidate has a leaf, the hash of
salt and result; the root over the sorted leaves is published, the salt is told to the candidate.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import TYPE_CHECKING, Any

import polars as pl

from zhiqiao.engines.matching.allocation import differences_of_optima
from zhiqiao.engines.matching.ranking import commitment_of
from zhiqiao.engines.matching.reasons import reason_ranges
from zhiqiao.engines.matching.report import cutoffs_table, results_table
from zhiqiao.engines.matching.terms import Ties
from zhiqiao.engines.matching.words import processing_order
from zhiqiao.engines.merkle import leaf_hash, root_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhiqiao.engines.matching.allocation import Allocation
    from zhiqiao.engines.matching.rules import TieRule

FORMAT = "zhiqiao-allocation-bundle/1"
LEAVES = ("candidate", "salt", "leaf", "content")
NOT_PROVEN = [
    "That the scores are right: the bundle shows how places follow from scores, not where scores come from.",
    "That the choices are those that candidates made: each candidate checks the own leaf.",
    "That this stable allocation is the one of the rules: where several exist, cutoffs fit each of them.",
    "That nobody was left out who applied: a candidate without a leaf must complain.",
]


def salt_of(secret: bytes, candidate: str) -> bytes:
    """Derive a candidate's salt; without the secret it is as good as random."""
    return hmac.digest(secret, candidate.encode(), "sha256")


def leaf_content(candidate: str, result: dict[str, Any]) -> bytes:
    """Write what a leaf stands for, always in the same bytes."""
    return canonical({"candidate": candidate, **result})


def canonical(value: object) -> bytes:
    """Write a value as JSON in one way only: sorted, without spaces, in UTF-8."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


def leaves_of(allocation: Allocation, secret: bytes) -> pl.DataFrame:
    """Return ``candidate, salt, leaf, content``, one row for each candidate."""
    return next(leaf_ranges(allocation, secret, size=max(allocation.programme.size, 1)))


def leaf_ranges(allocation: Allocation, secret: bytes, *, size: int) -> Iterator[pl.DataFrame]:
    """Yield the table of leaves in ranges of candidates, in their order; at least one frame.

    A leaf holds the reasons of its candidate, so a nation's leaves do not stand in memory at once
    either; see `reason_ranges`.
    """
    results = results_table(allocation)
    for number, reasons in enumerate(reason_ranges(allocation, size=size)):
        yield _leaves(results.slice(number * size, size), reasons, secret)


def _leaves(results: pl.DataFrame, reasons: pl.DataFrame, secret: bytes) -> pl.DataFrame:
    rows = [
        (candidate, salt.hex(), leaf_hash(content.encode(), salt).hex(), content)
        for candidate, content in _contents(results, reasons).iter_rows()
        for salt in [salt_of(secret, candidate)]
    ]
    return pl.DataFrame(rows, schema=dict.fromkeys(LEAVES, pl.String), orient="row")


def _contents(results: pl.DataFrame, reasons: pl.DataFrame) -> pl.DataFrame:
    """Return ``candidate, content``: what `leaf_content` writes, for all of them at once.

    Texts become JSON once for each different one; what is put together has the order of the names.
    """
    programme, reason = _as_json(reasons, "programme"), _as_json(reasons, "reason")
    listed = pl.format("[{},{},{}]", "rank", programme, reason)
    choices = (
        reasons.select("candidate", listed.alias("choices"))
        .group_by("candidate", maintain_order=True)
        .agg(pl.col("choices").str.join(","))
    )
    table = results.join(choices, on="candidate", how="left", maintain_order="left")
    content = pl.concat_str(
        pl.lit('{"candidate":'),
        _as_json(table, "candidate"),
        pl.lit(',"choices":['),
        pl.col("choices").fill_null(""),
        pl.lit('],"programme":'),
        _as_json(table, "programme"),
        pl.lit(',"rank":'),
        pl.col("rank").cast(pl.String).fill_null("null"),
        pl.lit("}"),
    )
    return table.select("candidate", content.alias("content"))


def _as_json(table: pl.DataFrame, column: str) -> pl.Expr:
    """Return a column of texts as JSON; nothing is null."""
    names = table[column].unique().drop_nulls().to_list()
    texts = [json.dumps(name, ensure_ascii=False) for name in names]
    return pl.col(column).replace_strict(names, texts, default="null", return_dtype=pl.String)


def bundle_of(allocation: Allocation, leaves: pl.DataFrame, *, engine: str) -> dict[str, Any]:
    """Return the bundle as JSON can hold it, without signature."""
    applications, rules = allocation.applications, allocation.rules
    hashes = sorted(leaves["leaf"])
    places = applications.programmes.select("programme", "seats").rows()
    told = rules.model_dump(mode="json", exclude_unset=True)
    return {
        "format": FORMAT,
        "engine": engine,
        "rules": {"sha256": hashlib.sha256(canonical(told)).hexdigest(), "text": told},
        "order": processing_order(rules),
        "places": {
            "programmes": len(places),
            "seats": int(applications.seats.sum()),
            "root": root_of([leaf_hash(canonical(list(row))) for row in places]).hex(),
        },
        "ties": _ties(allocation),
        "lines": cutoffs_table(allocation).to_dicts(),
        "counts": {
            "candidates": int(allocation.programme.size),
            "choices": int(applications.owner.size),
            "admitted": int((allocation.programme >= 0).sum()),
            "before": int((applications.frozen >= 0).sum()),
        },
        "optima": [differences_of_optima(solved) for solved in allocation.solved],
        "result_sha256": hash_of_results(results_table(allocation)),
        "leaves": {
            "number": len(hashes),
            "root": root_of([bytes.fromhex(each) for each in hashes]).hex(),
        },
        "not_proven": NOT_PROVEN,
    }


def _ties(allocation: Allocation) -> dict[str, Any]:
    """Tell the rule of all, and those of the batches where one differs."""
    rules = allocation.rules
    told: dict[str, Any] = _tie_rule(rules.ties)
    batches = {batch.name: _tie_rule(rules.rules_of(batch).ties) for batch in rules.batches}
    if any(rule != told for rule in batches.values()):
        told["batches"] = batches
    return told


def _tie_rule(rule: TieRule) -> dict[str, str]:
    told = {"policy": rule.policy.value}
    if rule.policy is Ties.LOTTERY:
        told |= {"seed": rule.seed, "commitment": commitment_of(rule.seed.encode())}
    return told


def hash_of_results(results: pl.DataFrame) -> str:
    """Return one hash over all results in the order of the candidates: equal runs, equal hash."""
    texts = results.select(pl.col("candidate", "programme", "rank").cast(pl.String)).sort(
        "candidate"
    )
    digest = hashlib.sha256()
    for row in texts.iter_rows():
        digest.update(canonical([cell or None for cell in row]) + b"\n")
    return digest.hexdigest()
