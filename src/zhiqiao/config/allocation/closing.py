"""Closures as tables and sentences: which classes would close, and where their candidates would go."""

from collections.abc import Iterator

import numpy as np
import polars as pl

from zhiqiao.engines.matching import Allocation, Applications, Fault, TableError
from zhiqiao.engines.matching.closing import Closure

COLUMN = "minimum"


def minimum_of(programmes: pl.DataFrame, default: int | None) -> dict[str, int]:
    """Return the smallest class of each programme: its own, or the one for all; missing is none."""
    if COLUMN not in programmes.columns and default is None:
        message = "is missing; give it, or --minimum for all."
        raise TableError([Fault("programmes", 0, COLUMN, message)])
    own = (
        programmes[COLUMN].to_list() if COLUMN in programmes.columns else [None] * programmes.height
    )
    found = {}
    for row, (name, given) in enumerate(zip(programmes["programme"], own, strict=True), 2):
        least = default if given in (None, "") else _whole(given, row)
        if least is not None:
            found[str(name)] = least
    return found


def _whole(given: object, row: int) -> int:
    text = str(given).strip()
    if not (text.isascii() and text.isdigit() and int(text) > 0):
        message = f"is {text!r}; give a whole number from 1, or leave it empty."
        raise TableError([Fault("programmes", row, COLUMN, message)])
    return int(text)


def moves_of(steps: list[Closure], applications: Applications) -> pl.DataFrame:
    """Return one row for each candidate who moves at each step."""
    names, candidates = applications.programme_names, applications.candidate_names
    rows = [
        (number, step.programme, candidates[at], _name(names, step.before[at]), _name(names, step.after[at]))
        for number, step in enumerate(steps, 1)
        for at in np.flatnonzero(step.before != step.after).tolist()
    ]  # fmt: skip
    columns = ["step", "closed", "candidate", "left", "entered"]
    return pl.DataFrame(rows, schema=columns, orient="row")


def steps_in_words(steps: list[Closure], last: Allocation) -> Iterator[str]:
    for number, step in enumerate(steps, 1):
        moved = step.before != step.after
        lost = int((moved & (step.after < 0)).sum())
        yield (
            f"{number}. {step.programme} admits {step.admitted}, fewer than {step.minimum}: closed,"
            f" candidates who move: {int(moved.sum())}, without a place then: {lost}."
        )
    admitted = int((last.programme >= 0).sum())
    if steps:
        yield f"Classes closed: {len(steps)}; candidates admitted then: {admitted}. Nothing is decided."
    else:
        yield "No class is too small."


def _name(names: pl.Series, programme: int) -> str:
    return str(names[int(programme)]) if programme >= 0 else ""
