"""One candidate's choices in words, each with the line that decided and what would have been enough."""

from collections.abc import Iterator
from decimal import Decimal

import polars as pl

from zhiqiao.engines.matching import (
    Allocation,
    Fault,
    TableError,
    enough_for,
    reasons_table,
    results_table,
)

SENTENCES = {
    "admitted": "admitted.",
    "better-held": "not needed: a choice listed before is met.",
    "below-line": "below a control line: {own}, and {cutoff} is needed ({gap}).",
    "no-score": "a score that the programme asks for is missing.",
    "not-eligible": "not for candidates of this kind.",
    "struck-out": "struck out by the school for an approved reason: {note}.",
    "plan-changed": "the plan was changed, and the programme takes nobody: {note}.",
    "placed-before": "admitted in an earlier batch or round.",
    "no-places": "the programme has no places for candidates of this kind.",
    "below-cutoff": "the last one admitted has {cutoff}, the candidate {own} ({gap}).",
    "tied-by-lot": "tied in every key with the last one admitted; the lots decided.",
    "tied-rejected": "tied in every key at the last place; none of the tied is admitted.",
    "tied-held": "tied in every key at the last place, which waits for a decision.",
    "cap-full": "a cap above the programme is full; its last one has {cutoff}, the candidate {own} ({gap}).",
    "not-filed": "the file was not sent: the group took its files from {cutoff} on, the candidate has {own}.",
    "filed-elsewhere": "the file had gone to a group listed before, and goes out once.",
    "returned": "the file came back: no listed major had a place left and the candidate does not adjust.",
    "taken-earlier": "all places were taken by earlier choices of others.",
}
REFUSED = {"below-line", "below-cutoff", "tied-by-lot", "cap-full", "not-filed", "returned"}


def explained(allocation: Allocation, results: pl.DataFrame, candidate: str) -> Iterator[str]:
    """Say what became of each choice.

    Raises TableError where there is no such candidate, or where the results written are others than
    the tables and rules give.
    """
    own = results_table(allocation).filter(pl.col("candidate") == candidate)
    if own.is_empty():
        raise TableError([Fault("candidates", 0, "candidate", f"{candidate!r} is not there.")])
    written = results.filter(pl.col("candidate").cast(pl.String).str.strip_chars() == candidate)
    programme = own["programme"][0]
    if written.height != 1 or (written["programme"][0] or None) != programme:
        message = "are not what the tables and rules give; verify them first."
        raise TableError([Fault("results", 0, "", message)])
    yield f"Candidate {candidate}: " + (
        f"admitted to {programme}." if programme else "not admitted."
    )
    rows = reasons_table(allocation).filter(pl.col("candidate") == candidate)
    for row in rows.iter_rows(named=True):
        note = _note(allocation, candidate, row["programme"])
        sentence = SENTENCES[row["reason"]].format_map({**row, "note": note})
        yield f"{row['rank']}. {row['programme']}: {sentence}{_enough(allocation, row)}"
    if rows.is_empty():
        yield "No choice was listed."


def _enough(allocation: Allocation, row: dict[str, str]) -> str:
    if row["reason"] not in REFUSED:
        return ""
    found = enough_for(
        allocation.applications.tables,
        allocation.rules,
        candidate=row["candidate"],
        programme=row["programme"],
    )
    if found is None:
        return " No other score alone would have been enough."
    column, value = found
    return (
        f" With {column} of {_plain(value)} or more, this or a better choice would have been met."
    )


def _plain(value: Decimal) -> str:
    return format(value.normalize(), "f")


def _note(allocation: Allocation, candidate: str, programme: str) -> str:
    """Return the reason that came with a strike-out or a closure."""
    tables = allocation.applications.tables
    struck_out = _rows(tables.strikeouts, candidate=candidate, programme=programme)
    for found in (struck_out, _rows(tables.closures, programme=programme)):
        if found.height and "reason" in found.columns:
            return str(found["reason"][0])
    return ""


def _rows(table: pl.DataFrame, **wanted: str) -> pl.DataFrame:
    if table.is_empty():
        return table
    texts = {name: pl.col(name).cast(pl.String).str.strip_chars() for name in wanted}
    return table.filter(*(texts[name] == value for name, value in wanted.items()))
