"""From the table of reviews to a problem; every fault with its file, row and column."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import polars as pl

from zhiqiao.config.allocation.files import read_table
from zhiqiao.config.scoring.rules import ScoringRules, read_rules
from zhiqiao.engines.matching import Fault, TableError
from zhiqiao.engines.matching.tables import (
    INDEX,
    ROW,
    Scores,
    exact_numbers,
    indices_in,
    need_columns,
    numbered,
    refuse_rows,
)
from zhiqiao.engines.scoring import Reviews, ScoringProblem, half_up
from zhiqiao.engines.scoring.terms import MOST_SCORE, NONE, Int32, Int64

TABLE = "reviews"
PLACES = 2


@dataclass(frozen=True, eq=False)
class Named:
    """A problem with its rules, and the names of applications and reviewers in their order."""

    problem: ScoringProblem
    rules: ScoringRules
    applications: list[str]
    reviewers: list[str]

    def review(self, application: str, reviewer: str) -> int:
        """Return the position of a review, or -1."""
        return self._positions.get((application, reviewer), NONE)

    @cached_property
    def _positions(self) -> dict[tuple[str, str], int]:
        reviews = self.problem.reviews
        pairs = zip(reviews.application.tolist(), reviews.reviewer.tolist(), strict=True)
        return {(self.applications[a], self.reviewers[r]): at for at, (a, r) in enumerate(pairs)}


def read_named(folder: Path) -> Named:
    """Read the problem of a folder.

    Raises TableError where the table cannot be read or a rule does not fit, ScoringError where the
    parts do not fit each other.
    """
    rules = read_rules(folder)
    table = read_table(folder, TABLE)
    if table is None:
        message = f"is not there, neither as {TABLE}.csv nor as {TABLE}.parquet."
        raise TableError([Fault(TABLE, 0, "", message)])
    table = _in_order(table)
    applications, reviewers = (_known(table, name) for name in ("application", "reviewer"))
    application = indices_in(TABLE, table, "application", applications, "is unknown.")
    reviewer = indices_in(TABLE, table, "reviewer", reviewers, "is unknown.")
    problem = ScoringProblem(
        applications=applications.height,
        reviewers=reviewers.height,
        reviews=Reviews(application, reviewer, _scores(table)),
        seconds=_seconds(table),
        comments=_comments(table),
        panel=_panels(table, application, applications.height),
        places=rules.places,
        ridge=rules.ridge_thousandths,
        thresholds=rules.thresholds.as_thresholds(),
    )
    names = applications["application"].to_list(), reviewers["reviewer"].to_list()
    return Named(problem, rules, *names)


def _in_order(table: pl.DataFrame) -> pl.DataFrame:
    """Check the pairs and sort by them, so that the order of rows never matters."""
    need_columns(TABLE, table, "application", "reviewer", "score")
    table = numbered(table)
    for name in ("application", "reviewer"):
        table = table.with_columns(pl.col(name).cast(pl.String).str.strip_chars())
        blank = pl.col(name).is_null() | (pl.col(name) == "")
        refuse_rows(TABLE, table, blank, name, f"every row needs a {name}.")
    again = pl.struct("application", "reviewer").is_duplicated()
    refuse_rows(TABLE, table, again, "reviewer", "the pair stands in more than one row.")
    return table.sort("application", "reviewer")


def _known(table: pl.DataFrame, name: str) -> pl.DataFrame:
    return table.select(pl.col(name).unique().sort()).with_row_index(INDEX)


def _scores(table: pl.DataFrame) -> Int64:
    given = exact_numbers(TABLE, table, "score")
    _refuse(table, given.is_missing, "score", "every row needs a score; leave out who gave none.")
    if given.decimals > PLACES:
        rest = given.values % 10 ** (given.decimals - PLACES) != 0
        _refuse(table, rest, "score", "a score with at most 2 decimals is needed.")
    values = _in_units(given, 100)
    wrong = (values < 0) | (values > MOST_SCORE)
    _refuse(table, wrong, "score", f"a score from 0 to {MOST_SCORE // 100} is needed.")
    return values


def _refuse(
    table: pl.DataFrame, wrong: "np.ndarray[tuple[int], np.dtype[np.bool_]]", column: str, rule: str
) -> None:
    refuse_rows(TABLE, table.with_columns(pl.Series("__w", wrong)), pl.col("__w"), column, rule)


def _in_units(given: Scores, units: int) -> Int64:
    """Return numbers in so many units each, rounded half up."""
    values = given.values * units
    return half_up(values, np.full_like(values, 10**given.decimals))


def _seconds(table: pl.DataFrame) -> Int64 | None:
    if "minutes" not in table.columns:
        return None
    given = exact_numbers(TABLE, table, "minutes")
    wrong = (given.values < 0) & ~given.is_missing
    _refuse(table, wrong, "minutes", "minutes from 0 are needed, or nothing where it is not known.")
    return np.where(given.is_missing, NONE, _in_units(given, 60))


def _comments(table: pl.DataFrame) -> tuple[str, ...] | None:
    if "comment" not in table.columns:
        return None
    return tuple(table["comment"].cast(pl.String).fill_null("").to_list())


def _panels(table: pl.DataFrame, application: Int32, number: int) -> Int32 | None:
    """Return the panel of each application, which all of its rows must agree on."""
    if "panel" not in table.columns:
        return None
    texts = table["panel"].cast(pl.String).str.strip_chars().replace("", None)
    dense = (texts.rank("dense").cast(pl.Int32) - 1).fill_null(NONE).to_numpy()
    panel = np.full(number, NONE, np.int32)
    panel[application] = dense
    rule = "another row of the application names another panel."
    _refuse(table.select(ROW, "panel"), panel[application] != dense, "panel", rule)
    return panel
