"""What would have been enough: the least value of the first key that wins a programme, or a better one."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import polars as pl

from zhiqiao.engines.matching.allocation import allocate
from zhiqiao.engines.matching.errors import MatchingError
from zhiqiao.engines.matching.faults import TableError
from zhiqiao.engines.matching.rules import CHOICE_SCORE, DEFAULT, BatchRules, Rules, columns_of
from zhiqiao.engines.matching.stages import chosen_by
from zhiqiao.engines.matching.tables import exact_numbers, numbered

if TYPE_CHECKING:
    from zhiqiao.engines.matching.applications import Tables


def enough_for(
    tables: Tables, rules: Rules, *, candidate: str, programme: str
) -> tuple[str, Decimal] | None:
    """Return the first key and its least value with which this programme, or a better one, is won.

    Everything else stays as it is, the candidate's other scores and everyone else's. Found by
    allocating again, so it holds for every mechanism: with deferred acceptance a higher score can
    start a chain that ends elsewhere. Nothing when no value on the scale is enough, when the first
    key rises downwards, or when a tie would have to be decided.

    O(log(range)) allocations.
    """
    own_rules = _rules_of(tables, rules, programme)
    column, rises = columns_of(own_rules.keys_of(_class(tables, programme)))[0]
    name = "choices" if column == CHOICE_SCORE else "candidates"
    shown = "score" if column == CHOICE_SCORE else column
    table: pl.DataFrame = getattr(tables, name)
    scores = exact_numbers(name, numbered(table), shown)
    unit = 10**scores.decimals
    most = max(int(scores.values.max(initial=0)), _scale_end(rules, column, unit))
    is_row = pl.col("candidate").cast(pl.String).str.strip_chars() == candidate
    if name == "choices":
        is_row &= pl.col("programme").cast(pl.String).str.strip_chars() == programme
    own = scores.values[table.select(is_row).to_series().to_numpy()]
    if not rises or own.size == 0:
        return None

    def is_enough(value: int) -> bool:
        text = str(Decimal(value) / unit)
        changed = table.with_columns(
            pl.when(is_row).then(pl.lit(text)).otherwise(pl.col(shown).cast(pl.String)).alias(shown)
        )
        return _wins(replace(tables, **{name: changed}), rules, candidate, programme)

    low, high = int(own[0]), most + 1
    if not is_enough(high):
        return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if is_enough(middle) else (middle, high)
    return column, Decimal(high) / unit


def _scale_end(rules: Rules, column: str, unit: int) -> int:
    return int(rules.scales[column][1] * unit) - 1 if column in rules.scales else 0


def _wins(tables: Tables, rules: Rules, candidate: str, programme: str) -> bool:
    try:
        allocation = allocate(tables, rules)
    except (MatchingError, TableError):
        return False
    applications = allocation.applications
    who = int(applications.candidate_names.search_sorted(candidate))
    choice = int(allocation.choice[who])
    if choice < 0:
        return False
    wanted = int(applications.programme_names.search_sorted(programme))
    own = applications.programme[applications.owner == who].tolist()
    return bool(own.index(int(applications.programme[choice])) <= own.index(wanted))


def _class(tables: Tables, programme: str) -> str:
    if "class" not in tables.programmes.columns:
        return DEFAULT
    row = tables.programmes.filter(
        pl.col("programme").cast(pl.String).str.strip_chars() == programme
    )
    return str(row["class"][0] or DEFAULT).strip()


def _rules_of(tables: Tables, rules: Rules, programme: str) -> BatchRules:
    """Return the rules of the batch that a programme is in."""
    is_row = pl.col("programme").cast(pl.String).str.strip_chars() == programme
    row = tables.programmes.filter(is_row)
    for batch in rules.batches:
        if chosen_by(row, "programmes", batch.programmes).all():
            return rules.rules_of(batch)
    return rules
