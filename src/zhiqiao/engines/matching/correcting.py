"""What becomes of a published result when its data are corrected: three policies, decided by people."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from zhiqiao.engines.matching.allocation import Allocation, allocate, choices_listing
from zhiqiao.engines.matching.applications import read_applications
from zhiqiao.engines.matching.nearest import Span, nearest
from zhiqiao.engines.matching.tables import indices_in, need_columns, with_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhiqiao.engines.matching.allocation import Solved
    from zhiqiao.engines.matching.applications import Applications, Tables
    from zhiqiao.engines.matching.assembly import Assembled
    from zhiqiao.engines.matching.outcome import Outcome
    from zhiqiao.engines.matching.rules import Rules
    from zhiqiao.engines.matching.terms import Int32, Int64, Truths


class Policy(StrEnum):
    """Who may lose by a correction.

    ``EXACT``: the result is that of the corrected data, for everybody. ``HOLD_HARMLESS``: who had a
    place keeps it unless the corrected result serves them better; places above the plan are made.
    ``MINIMUM_CHANGE``: of the stable results of the corrected data the one that moves the fewest.
    """

    EXACT = "exact"
    HOLD_HARMLESS = "hold-harmless"
    MINIMUM_CHANGE = "minimum-change"


@dataclass(frozen=True, eq=False)
class Correction:
    """A result after a correction.

    Parameters
    ----------
    policy : Policy
        The one that was asked for.
    allocation : Allocation
        Of the corrected tables: solved, or with `Policy.MINIMUM_CHANGE` the nearest stable one.
    published : int32 array of shape (M,)
        Programme of each candidate before, or -1. Candidates are those of the corrected tables.
    programme : int32 array of shape (M,)
        Programme of each candidate after, or -1.
    choice : int64 array of shape (M,)
        The choice by which that programme is listed, or -1.
    spans : tuple of Span
        What each stage was chosen from, with `Policy.MINIMUM_CHANGE`; else empty.
    """

    policy: Policy
    allocation: Allocation
    published: Int32
    programme: Int32
    choice: Int64
    spans: tuple[Span, ...] = ()


def correct(published: pl.DataFrame, tables: Tables, rules: Rules, *, policy: Policy) -> Correction:
    """Return the result that a policy gives after a correction.

    Parameters
    ----------
    published : frame with ``candidate, programme``
        The result before; an empty programme is no place.
    tables, rules
        The corrected ones.
    policy : Policy
        Who may lose.

    Returns
    -------
    Correction
        `EXACT`: `allocate` of the corrected tables.

        `HOLD_HARMLESS`: for each candidate the better of published and exact result, by the list of
        the corrected tables; a programme that it does not name is worse than all that it names and
        better than none. So nobody who was admitted loses a place or gets a worse one, and nobody
        has less than in the exact result. It is not stable: who keeps a place may stand behind
        somebody who is refused there, and programmes, caps and reserved kinds may hold more than
        the plan (`above_plan`). Who keeps a place need not be eligible by the corrected data.

        `MINIMUM_CHANGE`: stable for the corrected data, so as many may lose as it takes. Where one
        result is stable, as under one ranking for all, it is the exact one. Where several are, it is
        the one with the fewest candidates at another programme than published, proven so stage by
        stage; under caps it is only the nearer of the candidates' and the programmes' best one.
        ``spans`` says which of these holds for each stage.

    Raises
    ------
    TableError, MatchingError
        As `allocate`; also where the published result names a programme that is not in the corrected
        tables.

    Notes
    -----
    One allocation; with `MINIMUM_CHANGE` two more solutions of each stage, and see `nearest`. Without
    caps all stable outcomes of a stage admit the same candidates and fill the same places (A. E.
    Roth, 1986), so what is chosen in one stage takes nothing from the next.
    """
    applications = read_applications(tables, rules)
    before = _read_published(applications, published)
    if policy is Policy.MINIMUM_CHANGE:
        return _nearest_correction(tables, rules, before)
    allocation = allocate(tables, rules)
    if policy is Policy.EXACT:
        return Correction(policy, allocation, before, allocation.programme, allocation.choice)
    programme = _better(allocation, before)
    choice = choices_listing(allocation.applications, programme)
    return Correction(policy, allocation, before, programme, choice)


def _nearest_correction(tables: Tables, rules: Rules, before: Int32) -> Correction:
    spans = []

    def choose(assembled: Assembled, outcome: Outcome) -> Outcome:
        found, span = nearest(assembled.problem, outcome, before)
        spans.append(span)
        return found

    allocation = allocate(tables, rules, choose=choose)
    return Correction(
        Policy.MINIMUM_CHANGE,
        allocation,
        before,
        allocation.programme,
        allocation.choice,
        tuple(spans),
    )


def _read_published(applications: Applications, published: pl.DataFrame) -> Int32:
    """Return the programme that each candidate of the corrected tables had."""
    need_columns("results", published, "candidate", "programme")
    texts = pl.col("programme").cast(pl.String).str.strip_chars().replace("", None)
    named = with_key("results", published, "candidate").with_columns(texts)
    named = named.join(applications.candidates.select("candidate"), on="candidate", how="semi")
    named = named.drop_nulls("programme")
    rule = "is not in programmes; keep it there and name it in the table of closures."
    at = indices_in("results", named, "programme", applications.programmes, rule)
    who = indices_in("results", named, "candidate", applications.candidates, "is no candidate.")
    before = np.full(applications.candidates.height, -1, np.int32)
    before[who] = at
    return before


def _better(allocation: Allocation, before: Int32) -> Int32:
    """Return the better of both programmes by the list of each candidate; the former where equal."""
    applications = allocation.applications
    keeps = _wish(applications, before) <= _wish(applications, allocation.programme)
    return np.where(keeps, before, allocation.programme)


def _wish(applications: Applications, programme: Int32) -> Int64:
    """Return numbers in which lower is better for a candidate: listed, not listed, none."""
    choice = choices_listing(applications, programme)
    unlisted = np.where(programme >= 0, applications.owner.size, applications.owner.size + 1)
    return np.where(choice >= 0, choice, unlisted)


def above_plan(correction: Correction) -> pl.DataFrame:
    """Return ``programme, cap, places, admitted, above, kept``, one row for each line above its plan.

    ``above`` is how many are admitted beyond the places; a cap has no programme. ``kept`` is how many
    of the admitted hold a place that the corrected result does not give them. Under the policy
    admit-all for ties also a solved result may stand above the plan.
    """
    rows = [
        (programme, cap, places, int(is_in.sum()), int(is_in.sum()) - places, int((is_in & kept).sum()))
        for kept in [correction.programme != correction.allocation.programme]
        for programme, cap, places, is_in in _lines(correction)
        if is_in.sum() > places
    ]  # fmt: skip
    schema = {
        "programme": pl.String, "cap": pl.String,
        "places": pl.Int64, "admitted": pl.Int64, "above": pl.Int64, "kept": pl.Int64,
    }  # fmt: skip
    return pl.DataFrame(rows, schema=schema, orient="row")


def _lines(correction: Correction) -> Iterator[tuple[str | None, str | None, int, Truths]]:
    """Yield programmes and caps with their places and who is admitted there.

    Admissions of earlier rounds take places of programmes and none of caps, as in `allocate`.
    """
    applications = correction.allocation.applications
    crowded = np.bincount(correction.programme[correction.programme >= 0], minlength=1)
    for at in np.flatnonzero(crowded > applications.seats[: crowded.size]).tolist():
        name, places = applications.programme_names[at], int(applications.seats[at])
        yield name, None, places, correction.programme == at
    for solved in correction.allocation.solved:
        if not solved.stage.only_reserved:
            yield from _caps(solved, np.where(applications.frozen >= 0, -1, correction.programme))


def _caps(solved: Solved, programme: Int32) -> Iterator[tuple[None, str, int, Truths]]:
    caps = solved.assembled.problem.caps
    if caps is None:
        return
    names = [name for at, name in solved.assembled.lines if at == -1]
    for cap, name in enumerate(names):
        above = np.where(solved.stage.is_in, caps.above, -1)
        is_under = np.zeros(above.size, np.bool_)
        while (above >= 0).any():
            is_under |= above == cap
            above = np.where(above >= 0, caps.parent[above], -1)
        yield None, name, int(caps.limit[cap]), (programme >= 0) & is_under[programme]
