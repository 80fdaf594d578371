"""Whether results written down are those of their tables and rules: every stage verified."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from zhiqiao.engines.matching.applications import left_after_frozen, read_applications
from zhiqiao.engines.matching.assembly import assemble, kept_empty
from zhiqiao.engines.matching.faults import Fault, TableError
from zhiqiao.engines.matching.outcome import Outcome, at_choices
from zhiqiao.engines.matching.reasons import DECIDED
from zhiqiao.engines.matching.report import NAMES
from zhiqiao.engines.matching.stages import stages_of
from zhiqiao.engines.matching.tables import indices_in, need_columns, numbered, with_key
from zhiqiao.engines.matching.terms import Reason
from zhiqiao.engines.matching.verify import Violation, verify, verify_reasons

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhiqiao.engines.matching.applications import Applications, Tables
    from zhiqiao.engines.matching.assembly import Assembled
    from zhiqiao.engines.matching.rules import Rules
    from zhiqiao.engines.matching.terms import Int8, Int32, Int64

# A decision among the tied is part of the standing, so what it refused is below the cutoff.
CODES = {**{name: code for code, name in NAMES.items()}, DECIDED: int(Reason.BELOW_CUTOFF)}


def check_written(
    tables: Tables,
    rules: Rules,
    results: pl.DataFrame,
    *,
    categories: pl.DataFrame,
    reasons: pl.DataFrame,
) -> Iterator[tuple[Violation, Applications]]:
    """Yield what written results violate, stage by stage.

    Raises
    ------
    TableError
        When the results name what the tables do not know, or leave candidates out.
    """
    applications = read_applications(tables, rules)
    programme, choice = _read_results(applications, results)
    category = _read_categories(applications, categories)
    code = _read_reasons(applications, reasons)
    left = left_after_frozen(applications)
    before = applications.frozen.copy()
    moved = np.flatnonzero((before >= 0) & (before != programme))
    for candidate in moved:
        yield Violation("P1", "was admitted before and is moved", (int(candidate),)), applications
    for stage in stages_of(applications, rules):
        assembled = assemble(applications, stage, left, before)
        outcome = _outcome_of(assembled, programme, choice, category, before)
        found = verify(assembled.problem, outcome)
        if not stage.only_reserved:
            own = code[assembled.choices]
            found += verify_reasons(assembled.problem, outcome, _as_of_stage(own, assembled))
        for violation in found:
            yield violation, applications
        placed = outcome.programme >= 0
        before[placed] = outcome.programme[placed]
        left = left - np.bincount(outcome.programme[placed], minlength=left.size)
        left -= kept_empty(assembled, stage, outcome)
    for candidate in np.flatnonzero((programme >= 0) & (before != programme)):
        if not np.isin(candidate, moved):
            sentence = "is admitted to a kind of place that the programme does not have"
            yield Violation("P1", sentence, (int(candidate),)), applications


def _read_results(applications: Applications, results: pl.DataFrame) -> tuple[Int32, Int64]:
    need_columns("results", results, "candidate", "programme", "rank")
    results = with_key("results", results, "candidate")
    indices_in("results", results, "candidate", applications.candidates, "is not in candidates.")
    if results.height != applications.candidates.height:
        message = f"{applications.candidates.height - results.height} candidates have no row."
        raise TableError([Fault("results", 0, "candidate", message)])
    texts = pl.col("programme").cast(pl.String).str.strip_chars().replace("", None)
    named = results.with_columns(texts).drop_nulls("programme")
    at = indices_in("results", named, "programme", applications.programmes, "is not in programmes.")
    who = indices_in("results", named, "candidate", applications.candidates, "is not a candidate.")
    programme = np.full(results.height, -1, np.int32)
    programme[who] = at
    choice = np.full(results.height, -1, np.int64)
    met = np.flatnonzero(programme[applications.owner] == applications.programme)
    choice[applications.owner[met]] = met
    _refuse_other_ranks(applications, results, choice)
    return programme, choice


def _refuse_other_ranks(applications: Applications, results: pl.DataFrame, choice: Int64) -> None:
    rank = results["rank"].cast(pl.String).str.strip_chars().replace("", None)
    given = rank.cast(pl.Int32, strict=False).fill_null(-1).to_numpy()
    wrong = np.flatnonzero(given != at_choices(applications.rank, choice))
    if wrong.size:
        name = applications.candidate_names[int(wrong[0])]
        message = f"{rank[int(wrong[0])]!r} is not the rank that {name} gave this programme."
        raise TableError([Fault("results", 0, "rank", message)], more=int(wrong.size - 1))


def _read_categories(applications: Applications, categories: pl.DataFrame) -> list[str | None]:
    found: list[str | None] = [None] * applications.candidates.height
    if categories.is_empty():
        return found
    need_columns("categories", categories, "candidate", "category")
    table = numbered(categories)
    who = indices_in("categories", table, "candidate", applications.candidates, "is no candidate.")
    for candidate, category in zip(who, table["category"], strict=True):
        found[candidate] = category
    return found


def _read_reasons(applications: Applications, reasons: pl.DataFrame) -> Int8:
    need_columns("reasons", reasons, "candidate", "rank", "programme", "reason")
    if reasons.height != applications.owner.size:
        message = f"has {reasons.height} rows for {applications.owner.size} listed choices."
        raise TableError([Fault("reasons", 0, "", message)])
    table = numbered(reasons)
    owner = indices_in("reasons", table, "candidate", applications.candidates, "is no candidate.")
    programme = indices_in(
        "reasons", table, "programme", applications.programmes, "is no programme."
    )
    code = table["reason"].replace_strict(CODES, default=0, return_dtype=pl.UInt8).to_numpy()
    order = np.lexsort((programme, owner))
    own = np.lexsort((applications.programme, applications.owner))
    same = (owner[order] == applications.owner[own]) & (
        programme[order] == applications.programme[own]
    )
    if not same.all():
        raise TableError([Fault("reasons", 0, "", "does not have one row for each listed choice.")])
    found = np.zeros(code.size, np.uint8)
    found[own] = code[order]
    return found


def _outcome_of(
    assembled: Assembled,
    programme: Int32,
    choice: Int64,
    category: list[str | None],
    before: Int32,
) -> Outcome:
    """Return the part of the results that belongs to a stage."""
    problem = assembled.problem
    position = np.full(int(assembled.choices.max(initial=-1)) + 2, -1, np.int64)
    position[assembled.choices] = np.arange(assembled.choices.size)
    own = np.where(choice < position.size, position[np.minimum(choice, position.size - 1)], -1)
    own = np.where((choice >= 0) & (before < 0), own, -1)
    is_here = own >= 0
    if problem.groups is not None:
        is_here |= (programme >= 0) & (problem.seats[programme] > 0) & (before < 0)
    group = np.full(own.size, -1, np.int32)
    if problem.reserves is not None:
        numbers = {line: number for number, line in enumerate(assembled.lines)}
        for candidate in np.flatnonzero(is_here):
            line = (int(programme[candidate]), category[candidate] or "")
            group[candidate] = numbers.get(line, -1)
        own = np.where(group >= 0, own, -1)
        is_here = own >= 0
    return Outcome(own, np.where(is_here, programme, -1).astype(np.int32), group)


def _as_of_stage(code: Int8, assembled: Assembled) -> Int8:
    """Give choices of those admitted in the stage before the reason that this stage knows."""
    bars = assembled.problem.bars
    if bars.size == 0:
        return code
    return np.where(bars == Reason.PLACED_BEFORE, bars, code)
