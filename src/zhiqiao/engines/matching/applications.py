"""What was applied for: programmes, candidates and choices with their names, as arrays in a fixed order."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from zhiqiao.engines.matching.faults import Fault, TableError
from zhiqiao.engines.matching.rules import CHOICE_SCORE, BatchRules, Rules, columns_of
from zhiqiao.engines.matching.tables import (
    INDEX,
    ROW,
    Scores,
    exact_numbers,
    indices_in,
    need_columns,
    numbered,
    refuse_rows,
    whole_numbers,
    with_key,
)

if TYPE_CHECKING:
    from zhiqiao.engines.matching.terms import Int32, Int64, Truths

NOT_DECIDED = np.iinfo(np.int32).max
YES = {"yes", "true", "1", "\u662f"}
NO = {"no", "false", "0", "", "\u5426"}


@dataclass(frozen=True, eq=False)
class Tables:
    """The tables of an allocation as frames; the optional ones may be empty.

    ``reserves``: ``programme, reserve, value, seats``. ``strikeouts``: ``candidate, programme,
    reason``. ``closures``: ``programme, reason``. ``frozen``: ``candidate, programme``, admitted
    before. ``decisions``: ``programme, candidate, order``, for the tied that were held.
    """

    programmes: pl.DataFrame
    candidates: pl.DataFrame
    choices: pl.DataFrame
    reserves: pl.DataFrame = field(default_factory=pl.DataFrame)
    strikeouts: pl.DataFrame = field(default_factory=pl.DataFrame)
    closures: pl.DataFrame = field(default_factory=pl.DataFrame)
    frozen: pl.DataFrame = field(default_factory=pl.DataFrame)
    decisions: pl.DataFrame = field(default_factory=pl.DataFrame)


@dataclass(frozen=True, eq=False)
class Applications:
    """Checked tables as arrays, candidates and programmes by number, choices by candidate and rank.

    ``owner`` is the candidate of each choice; ``scores`` are the number columns of the candidates
    that the rules name; ``choice_scores`` those that came with the choices.
    """

    tables: Tables
    programmes: pl.DataFrame
    candidates: pl.DataFrame
    seats: Int64
    owner: Int32
    programme: Int32
    rank: Int32
    row: Int64
    scores: dict[str, Scores]
    choice_scores: Scores | None
    adjusts: Truths
    struck_out: Truths
    is_closed: Truths
    frozen: Int32
    decided: Int64 | None

    @property
    def candidate_names(self) -> pl.Series:
        """Return the candidates' numbers, in order."""
        return self.candidates["candidate"]

    @property
    def programme_names(self) -> pl.Series:
        """Return the programmes' numbers, in order."""
        return self.programmes["programme"]


def read_applications(tables: Tables, rules: Rules) -> Applications:
    """Check tables against each other and the rules, and put them in order.

    Raises
    ------
    TableError
        With table, row and column of the first faults of a kind.
    """
    programmes = with_key("programmes", tables.programmes, "programme")
    need_columns("programmes", programmes, "seats")
    candidates = with_key("candidates", tables.candidates, "candidate")
    need_columns("choices", tables.choices, "candidate", "rank", "programme")
    choices = _ordered_choices(numbered(tables.choices), candidates, programmes)
    owner = choices["__owner"].to_numpy().astype(np.int32)
    programme = choices["__programme"].to_numpy().astype(np.int32)
    pairs = _Pairs(owner, programme, programmes.height)
    return Applications(
        tables=tables,
        programmes=programmes,
        candidates=candidates,
        seats=whole_numbers("programmes", programmes, "seats"),
        owner=owner,
        programme=programme,
        rank=choices["__rank"].to_numpy().astype(np.int32),
        row=choices[ROW].to_numpy().astype(np.int64),
        scores=_scores(candidates, rules),
        choice_scores=_choice_scores(choices, rules),
        adjusts=_truths("choices", choices, "adjust"),
        struck_out=_struck_out(tables.strikeouts, candidates, programmes, pairs),
        is_closed=_closed(tables.closures, programmes),
        frozen=_frozen(tables.frozen, candidates, programmes),
        decided=_decided(tables.decisions, candidates, programmes, pairs),
    )


def _ordered_choices(
    choices: pl.DataFrame, candidates: pl.DataFrame, programmes: pl.DataFrame
) -> pl.DataFrame:
    owner = indices_in("choices", choices, "candidate", candidates, "is not in candidates.")
    programme = indices_in("choices", choices, "programme", programmes, "is not in programmes.")
    rank = whole_numbers("choices", choices, "rank")
    choices = choices.with_columns(
        pl.Series("__owner", owner), pl.Series("__programme", programme), pl.Series("__rank", rank)
    ).sort("__owner", "__rank", ROW)
    refuse_rows("choices", choices, pl.col("__rank") == 0, "rank", "ranks are counted from 1.")
    same = (pl.col("__owner") == pl.col("__owner").shift(1)) & (
        pl.col("__rank") == pl.col("__rank").shift(1)
    )
    refuse_rows("choices", choices, same, "rank", "the candidate gave this rank before.")
    again = pl.struct("__owner", "__programme").is_duplicated()
    refuse_rows("choices", choices, again, "programme", "the candidate lists it more than once.")
    return choices


def _scores(candidates: pl.DataFrame, rules: Rules) -> dict[str, Scores]:
    scores = {}
    for column in sorted(_needed_columns(rules)):
        scores[column] = exact_numbers("candidates", candidates, column)
        if column in rules.scales:
            _check_scale("candidates", candidates, column, scores[column], rules)
    return scores


def _needed_columns(rules: Rules) -> set[str]:
    needed = set()
    for each in [rules, *(rules.rules_of(batch) for batch in rules.batches)]:
        for keys in each.keys.values():
            needed |= {column for column, _rises in columns_of(keys)}
        for lines in each.lines.values():
            needed |= set(lines)
    return needed - {CHOICE_SCORE}


def _check_scale(name: str, table: pl.DataFrame, column: str, scores: Scores, rules: Rules) -> None:
    least, most = rules.scales[column if name == "candidates" else CHOICE_SCORE]
    unit = 10**scores.decimals
    is_wrong = (scores.values < least * unit) | (scores.values > most * unit)
    table = table.with_columns(pl.Series("__wrong", is_wrong & ~scores.is_missing))
    refuse_rows(name, table, pl.col("__wrong"), column, f"the scale runs from {least} to {most}.")


def _choice_scores(choices: pl.DataFrame, rules: Rules) -> Scores | None:
    every: list[BatchRules] = [rules, *(rules.rules_of(batch) for batch in rules.batches)]
    named = {
        column for each in every for keys in each.keys.values() for column, _ in columns_of(keys)
    }
    if CHOICE_SCORE not in named:
        return None
    scores = exact_numbers("choices", choices, "score")
    if CHOICE_SCORE in rules.scales:
        _check_scale("choices", choices, "score", scores, rules)
    return scores


def _truths(name: str, table: pl.DataFrame, column: str) -> Truths:
    if column not in table.columns:
        return np.zeros(table.height, np.bool_)
    texts = pl.col(column).cast(pl.String).str.strip_chars().str.to_lowercase().fill_null("")
    table = table.with_columns(texts.alias(column))
    refuse_rows(name, table, ~pl.col(column).is_in(YES | NO), column, "yes or no is needed.")
    return table[column].is_in(list(YES)).to_numpy()


class _Pairs:
    """Finds the choice of a candidate and a programme."""

    def __init__(self, owner: Int32, programme: Int32, programmes: int) -> None:
        self.programmes = max(programmes, 1)
        keys = owner.astype(np.int64) * self.programmes + programme
        self.order = np.argsort(keys, kind="stable")
        self.sorted = keys[self.order]

    def find(self, owner: Int32, programme: Int32) -> Int64:
        """Return the choice of each pair, or -1."""
        keys = owner.astype(np.int64) * self.programmes + programme
        at = np.searchsorted(self.sorted, keys)
        found = np.full(keys.size, -1, np.int64)
        is_there = np.append(self.sorted, -1)[at] == keys
        found[is_there] = self.order[at[is_there]]
        return found


def _found_pairs(
    name: str,
    table: pl.DataFrame,
    candidates: pl.DataFrame,
    programmes: pl.DataFrame,
    pairs: _Pairs,
) -> tuple[pl.DataFrame, Int64]:
    need_columns(name, table, "candidate", "programme")
    table = numbered(table)
    owner = indices_in(name, table, "candidate", candidates, "is not in candidates.")
    programme = indices_in(name, table, "programme", programmes, "is not in programmes.")
    found = pairs.find(owner, programme)
    table = table.with_columns(pl.Series("__found", found))
    rule = "the candidate does not list this programme."
    refuse_rows(name, table, pl.col("__found") < 0, "programme", rule)
    return table, found


def _struck_out(
    table: pl.DataFrame, candidates: pl.DataFrame, programmes: pl.DataFrame, pairs: _Pairs
) -> Truths:
    struck_out = np.zeros(pairs.order.size, np.bool_)
    if not table.is_empty():
        need_columns("strikeouts", table, "reason")
        table, found = _found_pairs("strikeouts", table, candidates, programmes, pairs)
        blank = pl.col("reason").is_null() | (pl.col("reason").cast(pl.String) == "")
        refuse_rows("strikeouts", table, blank, "reason", "an approved reason is needed.")
        again = pl.col("__found").is_duplicated()
        refuse_rows("strikeouts", table, again, "candidate", "is struck out here more than once.")
        struck_out[found] = True
    return struck_out


def _closed(table: pl.DataFrame, programmes: pl.DataFrame) -> Truths:
    is_closed = np.zeros(programmes.height, np.bool_)
    if not table.is_empty():
        need_columns("closures", table, "programme")
        at = indices_in(
            "closures", numbered(table), "programme", programmes, "is not in programmes."
        )
        is_closed[at] = True
    return is_closed


def _frozen(table: pl.DataFrame, candidates: pl.DataFrame, programmes: pl.DataFrame) -> Int32:
    frozen = np.full(candidates.height, -1, np.int32)
    if not table.is_empty():
        table = with_key("frozen", table, "candidate").drop(INDEX)
        owner = indices_in("frozen", table, "candidate", candidates, "is not in candidates.")
        frozen[owner] = indices_in(
            "frozen", table, "programme", programmes, "is not in programmes."
        )
    return frozen


def _decided(
    table: pl.DataFrame, candidates: pl.DataFrame, programmes: pl.DataFrame, pairs: _Pairs
) -> Int64 | None:
    """Return the order that was decided for tied choices; far behind where none was."""
    if table.is_empty():
        return None
    need_columns("decisions", table, "order")
    table, found = _found_pairs("decisions", table, candidates, programmes, pairs)
    order = whole_numbers("decisions", table, "order")
    decided = np.full(pairs.order.size, NOT_DECIDED, np.int64)
    decided[found] = order
    return decided


def left_after_frozen(applications: Applications) -> Int64:
    """Return the places that those admitted before leave; refuse more admissions than places."""
    admitted = applications.frozen[applications.frozen >= 0]
    left = applications.seats - np.bincount(admitted, minlength=applications.seats.size)
    if left.size and left.min() < 0:
        at = int(np.argmin(left))
        name = applications.programme_names[at]
        message = f"{name} has {applications.seats[at]} places and {-left[at]} admissions more."
        raise TableError([Fault("frozen", 0, "programme", message)])
    return left
