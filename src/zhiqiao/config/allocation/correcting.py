"""A correction as tables and sentences."""

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from zhiqiao.config.commands import counted
from zhiqiao.engines.matching.correcting import Correction, Policy, above_plan
from zhiqiao.engines.matching.nearest import Span
from zhiqiao.engines.matching.report import results_at

CHOSEN_FROM = {
    Span.RULE: "the rule gives one result, so it is the exact one.",
    Span.ONE: "one result is stable for the corrected data, so it is the exact one.",
    Span.ALL: "the nearest of all stable results.",
    Span.OPTIMA: "the nearer of the two optima; under caps another stable result may be nearer still.",
    Span.TIED: "a tie would have decided in the nearest stable result, so it is the exact one.",
}


def results_of(correction: Correction) -> pl.DataFrame:
    """Return ``candidate, programme, rank``, as a solved result is written."""
    applications = correction.allocation.applications
    return results_at(applications, correction.programme, correction.choice)


def write_correction(correction: Correction, moves: pl.DataFrame, draft: Path) -> None:
    results_of(correction).write_csv(draft / "results.csv")
    moves.write_csv(draft / "moves.csv")
    above_plan(correction).write_csv(draft / "supernumerary.csv")


def corrected_in_words(correction: Correction) -> Iterator[str]:
    stages = [solved.stage.name for solved in correction.allocation.solved]
    for name, span in zip(stages, correction.spans, strict=False):
        yield f"{f'Batch {name}' if name else 'Minimum change'}: {CHOSEN_FROM[span]}"
    above = above_plan(correction)
    programmes = above.filter(pl.col("programme").is_not_null())
    if programmes.height:
        number = int(programmes["above"].sum())
        where = counted(programmes.height, "programme")
        yield f"{counted(number, 'place')} above the plan in {where}."
    caps = above.filter(pl.col("cap").is_not_null())
    if caps.height:
        yield f"Caps that hold more than their limit: {caps.height}."
    if correction.policy is Policy.HOLD_HARMLESS:
        kept = int((correction.programme != correction.allocation.programme).sum())
        verb = "candidate keeps" if kept == 1 else "candidates keep"
        yield f"{kept} {verb} a place or a choice that the corrected data would not give."
