"""The batches of an allocation as problems, one after the other.

A batch with separately filled reserved places is two stages: those places first, then all others.
Every stage has all candidates and all programmes, but only the choices and places of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from zhiqiao.engines.matching.faults import Fault, TableError
from zhiqiao.engines.matching.rules import BatchRules, ReserveMode, Rules
from zhiqiao.engines.matching.tables import indices_in, need_columns, numbered, whole_numbers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhiqiao.engines.matching.applications import Applications
    from zhiqiao.engines.matching.rules import Reserve
    from zhiqiao.engines.matching.terms import Int32, Int64, Truths

OPEN_PLACES = "open"


@dataclass(frozen=True, eq=False)
class Kind:
    """One kind of reserved place: its name, who is of it, and its places by programme.

    ``codes`` gives each candidate's value of the column, -1 where none; ``code`` is the value wanted.
    """

    name: str
    reserve: Reserve
    codes: Int32
    code: int
    seats: Int64


@dataclass(frozen=True, eq=False)
class Stage:
    """A part of an allocation that is solved at once.

    ``is_in`` says which programmes take part; ``kinds`` are the reserved places filled in it, and
    ``only_reserved`` whether nothing else is.
    """

    name: str
    rules: BatchRules
    is_in: Truths
    kinds: tuple[Kind, ...]
    only_reserved: bool


def stages_of(applications: Applications, rules: Rules) -> Iterator[Stage]:
    """Yield the stages of an allocation in their order."""
    batches = [(batch.name, batch.programmes, rules.rules_of(batch)) for batch in rules.batches]
    taken = np.zeros(applications.seats.size, np.bool_)
    for name, where, own in batches or [("", {}, rules)]:
        is_in = chosen_by(applications.programmes, "programmes", where)
        if np.any(is_in & taken):
            both = applications.programme_names[int(np.argmax(is_in & taken))]
            raise TableError([Fault("rules", 0, "batches", f"{both} is in two batches.")])
        taken |= is_in
        kinds = tuple(kinds_of(applications, own))
        separate = tuple(kind for kind in kinds if kind.reserve.mode is ReserveMode.SEPARATE)
        if separate:
            yield Stage(name, own, is_in, separate, only_reserved=True)
        yield Stage(name, own, is_in, kinds, only_reserved=False)
    if not taken.all():
        left = applications.programme_names[int(np.argmin(taken))]
        raise TableError([Fault("rules", 0, "batches", f"{left} is in no batch.")])


def chosen_by(table: pl.DataFrame, name: str, where: dict[str, str | list[str]]) -> Truths:
    """Say which rows have the values wanted in every column named."""
    need_columns(name, table, *where)
    chosen = np.ones(table.height, np.bool_)
    for column, wanted in where.items():
        values = [wanted] if isinstance(wanted, str) else wanted
        texts = table[column].cast(pl.String).str.strip_chars()
        chosen &= texts.is_in(values).fill_null(value=False).to_numpy()
    return chosen


def kinds_of(applications: Applications, rules: BatchRules) -> Iterator[Kind]:
    """Yield the kinds of reserved places in the order of the rules."""
    for name, reserve in rules.reserves.items():
        if reserve.by:
            yield from _kinds_by_value(applications, name, reserve)
            continue
        is_of_kind = chosen_by(applications.candidates, "candidates", reserve.where)
        seats = np.zeros(applications.seats.size, np.int64)
        if reserve.mode is not ReserveMode.PREFIX:
            column = f"reserve:{name}"
            need_columns("programmes", applications.programmes, column)
            seats = whole_numbers("programmes", applications.programmes, column, empty=0)
        yield Kind(name, reserve, np.where(is_of_kind, 0, -1).astype(np.int32), 0, seats)
    _refuse_unknown_columns(applications.programmes, rules)


def _refuse_unknown_columns(programmes: pl.DataFrame, rules: BatchRules) -> None:
    for column in programmes.columns:
        if column.startswith("reserve:") and column.removeprefix("reserve:") not in rules.reserves:
            message = "no reserve of the rules has this name."
            raise TableError([Fault("programmes", 1, column, message)])


def _kinds_by_value(applications: Applications, name: str, reserve: Reserve) -> Iterator[Kind]:
    need_columns("candidates", applications.candidates, reserve.by)
    table = applications.tables.reserves
    need_columns("reserves", table, "programme", "reserve", "value", "seats")
    table = numbered(table).filter(pl.col("reserve").cast(pl.String) == name)
    programme = indices_in(
        "reserves", table, "programme", applications.programmes, "is not in programmes."
    )
    seats = whole_numbers("reserves", table, "seats")
    values = table["value"].cast(pl.String).str.strip_chars()
    own = applications.candidates[reserve.by].cast(pl.String).str.strip_chars()
    known = sorted(set(values.drop_nulls()))
    codes = own.replace_strict(known, range(len(known)), default=-1, return_dtype=pl.Int32)
    for code, value in enumerate(known):
        of_value = np.zeros(applications.seats.size, np.int64)
        is_value = (values == value).fill_null(value=False).to_numpy()
        np.add.at(of_value, programme[is_value], seats[is_value])
        yield Kind(f"{name}:{value}", reserve, codes.to_numpy().astype(np.int32), code, of_value)


def rate_of(stage: Stage) -> Kind | None:
    """Return the kind that the stage gives a rate in every prefix of the rankings, if any."""
    prefix = [kind for kind in stage.kinds if kind.reserve.mode is ReserveMode.PREFIX]
    if len(prefix) > 1:
        message = "two reserves by prefix rate; one order of call holds one rate."
        raise TableError([Fault("rules", 0, "reserves", message)])
    return prefix[0] if prefix and not stage.only_reserved else None
