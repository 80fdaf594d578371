"""One allocation of a season: solved, verified, explained, and written back by COPY."""

import hashlib
import secrets
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import polars as pl

from zhiqiao.apps.admissions.engine_io.tables import frame, rules_of, tables_of
from zhiqiao.apps.admissions.models import Run, Season
from zhiqiao.apps.admissions.rules import SMALLEST_SHOWN
from zhiqiao.core.copying import copy_in
from zhiqiao.core.errors import RuleError
from zhiqiao.engines.matching import (
    Allocation,
    MatchingError,
    Rules,
    TableError,
    Tables,
    allocate,
    bundle_of,
    categories_table,
    check_written,
    cutoffs_table,
    leaves_of,
    reasons_table,
    results_table,
)

SECRET_BYTES = 32
SHOWN = 3
RESULTS = ("run_id", "candidate_id", "line_id", "rank", "reasons")
LINES = ("run_id", "line_id", "places", "admitted", "cutoff", "position")


@dataclass(frozen=True, eq=False)
class Allocated:
    """What a run made: tables by candidate number and programme code, and what may be published."""

    tables: Tables
    rules: Rules
    results: pl.DataFrame
    reasons: pl.DataFrame
    cutoffs: pl.DataFrame
    bundle: dict[str, Any]
    leaves: tuple[str, ...]
    secret: bytes
    inputs_digest: str


def allocate_season(season: Season, *, strike_outs: bool = True) -> Allocated:
    """Allocate the present round, and hand on only what the verifier finds sound.

    Raises
    ------
    RuleError
        ``admissions.run-refused`` where tables and rules do not fit, ``admissions.run-unsound`` where
        the verifier objects.
    """
    tables = tables_of(season, strike_outs=strike_outs)
    rules = rules_of(season, tables.programmes["class"].unique().sort().to_list())
    try:
        allocation = allocate(tables, rules)
    except (TableError, MatchingError) as error:
        raise RuleError("admissions.run-refused", why=str(error)) from error
    return _verified(allocation, tables, rules)


def _verified(allocation: Allocation, tables: Tables, rules: Rules) -> Allocated:
    results, reasons = results_table(allocation), reasons_table(allocation, further=True)
    found = list(
        check_written(
            tables, rules, results, categories=categories_table(allocation), reasons=reasons
        )
    )
    if found:
        told = "; ".join(violation.sentence for violation, _applications in found[:SHOWN])
        raise RuleError("admissions.run-unsound", why=told)
    secret = secrets.token_bytes(SECRET_BYTES)
    leaves = leaves_of(allocation, secret)
    return Allocated(
        tables=tables,
        rules=rules,
        results=results,
        reasons=reasons,
        cutoffs=cutoffs_table(allocation),
        bundle=_publishable(bundle_of(allocation, leaves, engine=f"zhiqiao {version('zhiqiao')}")),
        leaves=tuple(sorted(leaves["leaf"])),
        secret=secret,
        inputs_digest=digest_of(tables),
    )


def _publishable(bundle: dict[str, Any]) -> dict[str, Any]:
    """Keep back the lowest score of a programme that admitted few, here as on every page."""
    for line in bundle["lines"]:
        if 0 < line["admitted"] < SMALLEST_SHOWN and line["cutoff"] is not None:
            line |= {"cutoff": None, "position": None, "hidden": True}
    return bundle


def digest_of(tables: Tables) -> str:
    """Return one digest over all that went in, whatever the order of the rows."""
    digest = hashlib.sha256()
    for name in ("programmes", "candidates", "choices", "strikeouts", "frozen"):
        table = getattr(tables, name)
        digest.update(f"{name}\n".encode())
        if table.width:
            columns = sorted(table.columns)
            digest.update(table.select(columns).sort(columns).write_csv().encode())
    return digest.hexdigest()


def write_results(run: Run, allocated: Allocated) -> None:
    """Store the results and lines of a run."""
    keys = {"season": run.season.source.pk}
    people = frame(
        "SELECT number AS candidate, id AS key FROM admissions_candidate WHERE season_id = %(season)s",
        keys,
    )
    lines = frame(
        "SELECT code AS programme, id AS line FROM admissions_placeline WHERE season_id = %(season)s",
        keys,
    )
    told = _reasons_as_json(allocated.reasons, lines)
    rows = (
        allocated.results.join(people, on="candidate")
        .join(lines, on="programme", how="left")
        .join(told, on="candidate", how="left")
        .select("key", "line", "rank", pl.col("reasons").fill_null("[]"))
    )
    copy_in("admissions_result", RESULTS, ((run.pk, *row) for row in rows.iter_rows()))
    outcomes = (
        allocated.cutoffs.filter(pl.col("category") == "open")
        .join(lines, on="programme")
        .select("line", "places", "admitted", pl.col("cutoff").fill_null(""), "position")
    )
    copy_in("admissions_runline", LINES, ((run.pk, *row) for row in outcomes.iter_rows()))


def _reasons_as_json(reasons: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """Write the reasons of each candidate as one JSON list, in the order of the choices."""
    texts = [
        pl.col(name).cast(pl.String).fill_null("")
        for name in ("reason", "own", "cutoff", "gap", "key")
    ]
    behind = pl.col("behind").cast(pl.String).fill_null("null")
    one = pl.format('[{},"{}","{}","{}","{}","{}",{}]', pl.col("line"), *texts, behind)
    return (
        reasons.join(lines, on="programme", maintain_order="left")
        .sort("candidate", "rank")
        .select("candidate", one.alias("one"))
        .group_by("candidate", maintain_order=True)
        .agg(pl.col("one").str.join(","))
        .select("candidate", pl.format("[{}]", pl.col("one")).alias("reasons"))
    )
