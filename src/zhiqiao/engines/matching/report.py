"""An allocation as tables: results, categories and cutoffs by the names that the tables use."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from zhiqiao.engines.matching.figures import Figures, written
from zhiqiao.engines.matching.kernels.deferred import LOT_BITS
from zhiqiao.engines.matching.kernels.lists import owners
from zhiqiao.engines.matching.market import behind_of
from zhiqiao.engines.matching.rules import columns_of
from zhiqiao.engines.matching.settling import lines_of
from zhiqiao.engines.matching.terms import Reason

if TYPE_CHECKING:
    from zhiqiao.engines.matching.allocation import Allocation, Solved
    from zhiqiao.engines.matching.applications import Applications
    from zhiqiao.engines.matching.assembly import Assembled
    from zhiqiao.engines.matching.outcome import Lines
    from zhiqiao.engines.matching.terms import Int32, Int64, Truths

FILES = "files:"
NAMES = {int(reason): reason.name.lower().replace("_", "-") for reason in Reason}


def results_table(allocation: Allocation) -> pl.DataFrame:
    """Return ``candidate, programme, rank``; programme and rank are empty where there is none."""
    return results_at(allocation.applications, allocation.programme, allocation.choice)


def results_at(applications: Applications, programme: Int32, choice: Int64) -> pl.DataFrame:
    """Return the table of results in which candidates have these programmes, by these choices."""
    return pl.DataFrame(
        {
            "candidate": applications.candidate_names,
            "programme": taken(applications.programme_names, programme),
            "rank": taken(pl.Series(applications.rank), choice),
        }
    )


def taken(values: pl.Series, at: Int32 | Int64) -> pl.Series:
    """Return the value at each index, nothing at -1. O(n)."""
    index = pl.Series(at).cast(pl.Int64)
    return values.gather(index.to_frame("i").select(pl.when(pl.col("i") >= 0).then("i"))["i"])


def categories_table(allocation: Allocation) -> pl.DataFrame:
    """Return ``candidate, category`` of everyone who holds a place of a programme with several kinds.

    ``category`` is that of the cutoffs: ``open`` or the name of a reserve.
    """
    names = allocation.applications.candidate_names
    frames = []
    for solved in allocation.solved:
        held = np.flatnonzero(solved.outcome.group >= 0)
        lines = solved.assembled.lines
        category = [lines[group][1] for group in solved.outcome.group[held]]
        frames.append(pl.DataFrame({"candidate": names.gather(held), "category": category},
                                   schema={"candidate": pl.String, "category": pl.String}))  # fmt: skip
    return pl.concat(frames).sort("candidate")


def cutoffs_table(allocation: Allocation) -> pl.DataFrame:
    """Return ``programme, category, places, admitted, cutoff, position``, one row for each line.

    ``category`` is ``open``, a reserve, or a cap; a cap has no programme. ``cutoff`` is the first key
    of the last admitted, ``position`` the place of that one in the ranking of its class, from 1. Both
    are empty where places are left: everyone who competes gets in. Further keys are not shown,
    because they are sub-scores of one person.
    """
    frames = [_lines_table(allocation, solved) for solved in allocation.solved]
    table = pl.concat(frames)
    is_cap = pl.col("programme").is_null() & ~pl.col("category").str.starts_with(FILES)
    caps = table.filter(is_cap).group_by("category", maintain_order=True).agg(
        pl.lit(None, pl.String).alias("programme"), pl.col("places").first(),
        pl.col("admitted").sum(), pl.col("cutoff", "position").last(),
    )  # fmt: skip
    lines = pl.concat([table.filter(~is_cap), caps.select(table.columns)])
    return lines.sort("programme", maintain_order=True, nulls_last=True)


def _lines_table(allocation: Allocation, solved: Solved) -> pl.DataFrame:
    applications, assembled = allocation.applications, solved.assembled
    lines = lines_of(assembled.problem, solved.outcome)
    named = [*assembled.lines, *_group_lines(assembled)]
    at = np.array([programme for programme, _category in named], np.int64)
    rows = np.flatnonzero((at < 0) | solved.stage.is_in[at])
    is_full = (lines.admitted >= lines.seats) & (lines.last_candidate >= 0)
    return pl.DataFrame(
        {
            "programme": taken(applications.programme_names, at[rows]),
            "category": pl.Series([named[row][1] for row in rows], dtype=pl.String),
            "places": lines.seats[rows],
            "admitted": lines.admitted[rows],
            "cutoff": written(*_first_keys(allocation, solved, lines, is_full))[rows],
            "position": _positions(solved, lines, is_full & _ranks_alone(named))[rows],
        }
    )


def _ranks_alone(named: list[tuple[int, str]]) -> Truths:
    """Say which lines are those of one programme; a cap has no ranking of its own."""
    return np.array([at >= 0 or name.startswith(FILES) for at, name in named], np.bool_)


def _group_lines(assembled: Assembled) -> list[tuple[int, str]]:
    return [(-1, f"{FILES}{name}") for name in assembled.groups]


def _first_keys(
    allocation: Allocation, solved: Solved, lines: Lines, is_full: Truths
) -> tuple[Int64, Truths, int]:
    """Return the first key of the last admitted at each full line."""
    figures = Figures(allocation.applications, end=0)
    assembled = solved.assembled
    values = np.zeros(lines.seats.size, np.int64)
    programme = solved.outcome.programme[lines.last_candidate]
    for code, name in enumerate(assembled.classes):
        rows = np.flatnonzero(is_full & (assembled.class_of[programme] == code))
        column = columns_of(solved.stage.rules.keys_of(name))[0][0]
        met = assembled.choices[lines.last_choice[rows]]
        values[rows] = figures.values(column, lines.last_candidate[rows], met)
    return values, is_full, figures.decimals


def _positions(solved: Solved, lines: Lines, is_full: Truths) -> pl.Series:
    """Return the place of the last admitted in the ranking that put them there, from 1.

    That is the ranking of the class where one order serves all programmes of it, else that of the
    programme's own applicants.
    """
    problem = solved.assembled.problem
    owner = owners(problem.first)
    competes = problem.bars == 0 if problem.bars.size else np.ones(owner.size, np.bool_)
    ranking = problem.programme
    places, last_in = problem.standing.places, solved.outcome.programme[lines.last_candidate]
    if not problem.standing.by_choice:
        places = places[owner]
        ranking = solved.assembled.class_of[problem.programme]
        last_in = solved.assembled.class_of[last_in]
        competes &= np.append(True, np.diff(owner) > 0)
    own = (lines.worst >> LOT_BITS) % behind_of(problem)
    better = np.lexsort((places, ranking))
    better = better[competes[better]]
    keys = ranking[better].astype(np.int64) << LOT_BITS | places[better]
    at = np.searchsorted(keys, last_in.astype(np.int64) << LOT_BITS | own)
    begins = np.searchsorted(keys, last_in.astype(np.int64) << LOT_BITS)
    return pl.Series(np.where(is_full, at - begins + 1, 0)).replace(0, None)
