"""Scores read back from the tables of a result folder, as they are told there."""

from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from zhiqiao.config.allocation.files import needed_object, needed_table
from zhiqiao.config.scoring.reading import Named
from zhiqiao.config.scoring.telling import DECIMALS
from zhiqiao.config.scoring.writing import EFFECTS, FIGURES, FLAGS, READERS, SUMMARY, YES
from zhiqiao.engines.matching import Fault, TableError
from zhiqiao.engines.matching.tables import need_columns
from zhiqiao.engines.scoring import UNKNOWN, Basis, Flag, FlagKind, Model, Readers, Scores, Way
from zhiqiao.engines.scoring.terms import NONE, Int64

MOST = 2**60


def read_result(named: Named, folder: Path) -> Scores:
    """Read scores back from the tables of a result.

    Raises TableError for what is missing or cannot be read.
    """
    table = _for_each(folder, "scores", "application", named.applications)
    figures = {name: _wholes("scores", table, name, places) for name, places in FIGURES.items()}
    ranks = {way: _ranks(table, way) for way in Way}
    group = _wholes("scores", table, "group", 0)
    need_columns("scores", table, "changes_cut")
    people = _for_each(folder, "reviewers", "reviewer", named.reviewers)
    readers = {name: _wholes("reviewers", people, name, places) for name, places in READERS.items()}
    return Scores(
        **figures,
        group=(np.clip(group, 0, table.height) - 1).astype(np.int32),
        ranks=ranks,
        changes_cut=(table["changes_cut"] == YES).fill_null(value=False).to_numpy(),
        model=_model(folder, people),
        readers=Readers(**readers),
        flags=tuple(_flag(named, row) for row in _flags(folder).iter_rows(named=True)),
    )


def _flags(folder: Path) -> pl.DataFrame:
    table = needed_table(folder, "flags")
    need_columns("flags", table, *FLAGS)
    return table


def _for_each(folder: Path, name: str, key: str, known: list[str]) -> pl.DataFrame:
    """Read a table that has one row for each, and put it into their order."""
    table = needed_table(folder, name)
    need_columns(name, table, key)
    given = table[key].cast(pl.String).fill_null("").to_list()
    if sorted(given) != sorted(known):
        raise TableError([Fault(name, 0, key, f"there is not one row for each {key}.")])
    return pl.DataFrame({key: known}).join(table, on=key, how="left", maintain_order="left")


def _wholes(name: str, table: pl.DataFrame, column: str, places: int) -> Int64:
    """Return a column in its smallest unit; empty cells are unknown."""
    need_columns(name, table, column)
    texts = table[column].cast(pl.String).fill_null("").to_list()
    return np.array([_whole(name, column, text, places) for text in texts], np.int64)


def _whole(name: str, column: str, text: str, places: int) -> int:
    if text == "":
        return UNKNOWN
    try:
        value = Decimal(text).scaleb(places)
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or value != int(value) or abs(value) > MOST:
        rule = f"{text!r}: a number with at most {places} decimals is needed."
        raise TableError([Fault(name, 0, column, rule)])
    return int(value)


def _ranks(table: pl.DataFrame, way: Way) -> Int64:
    ranks = _wholes("scores", table, f"{way}_rank", 0)
    return np.where(ranks == UNKNOWN, 0, ranks)


def _model(folder: Path, people: pl.DataFrame) -> Model:
    told = _summary(folder)
    effects = {}
    for name, places in EFFECTS.items():
        values = _wholes("reviewers", people, name, places)
        effects[name] = values if (values != UNKNOWN).any() else values[:0]
    return Model(
        basis=Basis(told["basis"]),
        ridge=_whole(SUMMARY, "ridge", told["ridge"], 3),
        degrees=told["degrees"],
        noise_variance=told["noise_variance"],
        reviewer_variance=told["reviewer_variance"],
        **effects,
    )


def _summary(folder: Path) -> dict[str, Any]:
    found = needed_object(folder, SUMMARY).get("model")
    if not isinstance(found, dict):
        raise TableError([Fault(SUMMARY, 0, "model", "is missing or no such value.")])
    kinds = {"basis": str, "ridge": str, "degrees": int, "noise_variance": float, "reviewer_variance": float}  # fmt: skip
    for name, kind in kinds.items():
        if type(found.get(name)) is not kind:
            raise TableError([Fault(SUMMARY, 0, name, "is missing or no such value.")])
    if found["basis"] not in set(Basis):
        message = f"{found['basis']!r} is none of {', '.join(Basis)}."
        raise TableError([Fault(SUMMARY, 0, "basis", message)])
    return found


def _flag(named: Named, row: dict[str, str | None]) -> Flag:
    given = {name: value or "" for name, value in row.items()}
    if given.get("kind") not in set(FlagKind):
        raise TableError([Fault("flags", 0, "kind", f"{given.get('kind')!r} is no kind of flag.")])
    kind = FlagKind(given["kind"])
    own, limit = DECIMALS.get(kind, (0, 0))
    return Flag(
        kind,
        application=_place(named.applications, given, "application"),
        reviewer=_place(named.reviewers, given, "reviewer"),
        review=named.review(given["application"], given["reviewer"]),
        other=named.review(given["other_application"], given["other_reviewer"]),
        figure=_whole("flags", "figure", given["figure"], own),
        threshold=_whole("flags", "threshold", given["threshold"], limit),
        number=_whole("flags", "number", given["number"], 0),
    )


def _place(names: list[str], given: dict[str, str], column: str) -> int:
    name = given.get(column, "")
    if name and name not in names:
        raise TableError([Fault("flags", 0, column, f"{name!r} is unknown.")])
    return names.index(name) if name else NONE
