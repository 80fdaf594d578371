"""One candidate's choices in words, each with the line that decided and what would have been enough."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import polars as pl

from zhiqiao.engines.matching import (
    Allocation,
    Fault,
    TableError,
    enough_for,
    reasons_table,
    results_table,
)
from zhiqiao.engines.matching.assembly import is_missing
from zhiqiao.engines.matching.rules import DEFAULT, BatchRules, columns_of
from zhiqiao.engines.matching.tables import INDEX

SENTENCES = {
    "admitted": "admitted; the last one admitted has {cutoff}, the candidate {own} ({gap}){places}.",
    "better-held": "not needed: {held} is met, which was listed before.",
    "below-line": "below the control line of {key}: {own}, and {cutoff} is needed ({gap}).",
    "no-score": "a score that the programme asks for is missing: {missing}.",
    "not-eligible": "not for candidates of this kind{kind}.",
    "struck-out": "struck out by the school for an approved reason: {note}.",
    "plan-changed": "the plan was changed, and the programme takes nobody: {note}.",
    "placed-before": "admitted in an earlier batch or round, to {held}.",
    "no-places": "the programme has no places for candidates of this kind.",
    "below-cutoff": "in {key} the last one admitted has {cutoff}, the candidate {own} ({gap}){places}.",
    "tied-by-lot": "tied in every key with the last one admitted, {own}; the lots decided{places}.",
    "tied-by-decision": "tied in every key with the last one admitted, {own}; it was decided for the other{places}.",
    "tied-rejected": "tied in every key at the last place, {own}; none of the tied is admitted.",
    "tied-held": "tied in every key at the last place, {own}, which waits for a decision.",
    "cap-full": "a cap above the programme is full; its last one has {cutoff} in {key}, the candidate {own} ({gap}).",
    "not-filed": "the file was not sent: the group took its files from {cutoff} in {key} on, the candidate has {own} ({gap}).",
    "filed-elsewhere": "the file had gone to a group listed before, and goes out once.",
    "returned": "the file came back: the last one admitted has {cutoff}, the candidate {own} ({gap}); no listed major"
    " had a place left, and the candidate does not adjust or no other major had one.",
    "taken-earlier": "all places were taken by earlier choices of others; the last one admitted has {cutoff}, the"
    " candidate {own} ({gap}), which was not asked.",
}
# Where nobody was compared, because places were left or nobody is admitted.
WITHOUT_CUTOFF = {
    "admitted": "admitted with {own}; places were left, so no line decided.",
    "below-cutoff": "those before the candidate, who has {own}, are tied at the last place; nobody behind them is taken.",
    "cap-full": "a cap above the programme leaves no place; the candidate has {own}.",
    "not-filed": "the group sent for no files; the candidate has {own}.",
    "returned": "the file came back: no listed major had a place, and the candidate does not adjust or no other major had one.",
    "taken-earlier": "all places were taken by earlier choices of others.",
}
TAKEN_BEFORE = "its places were taken in an earlier batch or round."
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
    programme, rank = own["programme"][0], own["rank"][0]
    if written.height != 1 or (written["programme"][0] or None) != programme:
        message = "are not what the tables and rules give; verify them first."
        raise TableError([Fault("results", 0, "", message)])
    yield f"Candidate {candidate}: " + _told(programme, rank)
    rows = reasons_table(allocation, further=True).filter(pl.col("candidate") == candidate)
    rows = rows.with_row_index("listed")
    for row in rows.iter_rows(named=True):
        sentence = _sentence(allocation, row, held=_held(programme, rank))
        yield f"{row['rank']}. {row['programme']}: {sentence}{_enough(allocation, row)}"
    if rows.is_empty():
        yield "No choice was listed."


def _told(programme: str | None, rank: int | None) -> str:
    if programme is None:
        return "not admitted."
    if rank is None:
        return (
            f"admitted to {programme}, which was not listed: by adjustment, or in an earlier round."
        )
    return f"admitted to {programme}, choice {rank}."


def _held(programme: str | None, rank: int | None) -> str:
    return f"choice {rank}, {programme}," if rank is not None else str(programme)


def _sentence(allocation: Allocation, row: Mapping[str, Any], *, held: str) -> str:
    reason = row["reason"]
    if reason == "no-places" and _had_places(allocation, row["programme"]):
        return TAKEN_BEFORE
    sentence = SENTENCES[reason]
    if "{cutoff}" in sentence and row["cutoff"] is None:
        sentence = WITHOUT_CUTOFF[reason]
    told = {**row, "key": row["key"] or "every key", "held": held, "places": _places(row["behind"])}
    told["note"] = _note(allocation, row["candidate"], row["programme"])
    told["missing"] = ", ".join(_missing(allocation, row))
    told["kind"] = _kind(allocation, row)
    return sentence.format_map(told)


def _places(behind: int | None) -> str:
    """Say how far away in the programme's ranking the last one admitted stands."""
    if not behind:
        return ""
    side = "behind" if behind > 0 else "before"
    number = abs(behind)
    return f", {number} {'place' if number == 1 else 'places'} {side} that one in its ranking"


def _had_places(allocation: Allocation, programme: str) -> bool:
    applications = allocation.applications
    at = applications.programme_names.to_list().index(programme)
    return bool(applications.seats[at] > 0 and (allocation.programme == at).any())


def _rules_for(allocation: Allocation, programme: str) -> tuple[BatchRules, str]:
    """Return the rules of the batch of a programme, and its class."""
    applications = allocation.applications
    at = applications.programme_names.to_list().index(programme)
    stage = next(one for one in allocation.solved if one.stage.is_in[at])
    return stage.stage.rules, stage.assembled.classes[stage.assembled.class_of[at]]


def _missing(allocation: Allocation, row: Mapping[str, Any]) -> Iterator[str]:
    if row["reason"] != "no-score":
        return
    rules, name = _rules_for(allocation, row["programme"])
    applications = allocation.applications
    candidate = applications.candidate_names.to_list().index(row["candidate"])
    choice = int(applications.owner.searchsorted(candidate)) + row["listed"]
    lines = rules.lines.get(name, rules.lines.get(DEFAULT, {}))
    for column in dict.fromkeys([*(key for key, _ in columns_of(rules.keys_of(name))), *lines]):
        if is_missing(applications, column, choice):
            yield column


def _kind(allocation: Allocation, row: Mapping[str, Any]) -> str:
    """Name what the programme asks for and the candidate is not."""
    if row["reason"] != "not-eligible":
        return ""
    rules, name = _rules_for(allocation, row["programme"])
    wanted = rules.require.get(name, rules.require.get(DEFAULT, {}))
    people = allocation.applications.candidates
    at = people.filter(pl.col("candidate") == row["candidate"])[INDEX][0]
    told = []
    for column, given in wanted.items():
        values = [given] if isinstance(given, str) else list(given)
        own = str(people[column].cast(pl.String)[int(at)] or "").strip()
        if own not in values:
            told.append(f"{column} is {own or 'empty'}, and {' or '.join(values)} is asked for")
    return f": {'; '.join(told)}" if told else ""


def _enough(allocation: Allocation, row: Mapping[str, Any]) -> str:
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
