"""Whether a folder of results holds just what its reviews, its rules and its own figures give.

The figures are derived again by code that does not solve. Here every cell and every part is made from
them and compared, so that nothing else stands in the files. Effects and variances come out of
equations; they are those of a second run, but for the rounding of another machine.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from zhiqiao.config.allocation.files import needed_object, needed_table
from zhiqiao.config.cells import differing_cells, differing_parts
from zhiqiao.config.scoring.reading import Named
from zhiqiao.config.scoring.writing import (
    SUMMARY,
    flags_table,
    reviewers_table,
    scores_table,
    summary_of_files,
)
from zhiqiao.engines.scoring import Model, Scores, solve
from zhiqiao.engines.scoring.terms import Int64

SENTENCES = "P11 (sentences):"
PLACE = "P12 (files):"
CLOSE = 1e-9


def check_files(named: Named, told: Scores, folder: Path) -> Iterator[str]:
    """Yield each cell and each part that differs from what the figures told give."""
    scores = replace(told, model=_model(told.model, solve(named.problem).model))
    flags = needed_table(folder, "flags")
    yield from differing_cells(SENTENCES, "flags", flags_table(named, scores), flags, [])
    for name, made, key in (
        ("scores", scores_table(named, scores), ["application"]),
        ("reviewers", reviewers_table(named, scores), ["reviewer"]),
    ):
        yield from differing_cells(PLACE, name, made, needed_table(folder, name), key)
    parts, written = summary_of_files(named, scores), needed_object(folder, SUMMARY)
    yield from differing_parts(PLACE, SUMMARY, parts, written, free={"engine"})


def _model(told: Model, again: Model) -> Model:
    """Return the model of a second run, with what is told where that is the same but for rounding."""
    return replace(
        told,
        noise_variance=_close(told.noise_variance, again.noise_variance),
        reviewer_variance=_close(told.reviewer_variance, again.reviewer_variance),
        unshrunk=_within_one(told.unshrunk, again.unshrunk),
        effect=_within_one(told.effect, again.effect),
    )


def _close(told: float, again: float) -> float:
    return told if abs(told - again) <= CLOSE * max(abs(again), 1) else again


def _within_one(told: Int64, again: Int64) -> Int64:
    if told.shape != again.shape:
        return again
    return np.where(np.abs(told - again) <= 1, told, again)
