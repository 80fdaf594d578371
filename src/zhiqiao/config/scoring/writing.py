"""From scores to the files of a result folder."""

import json
from importlib.metadata import version
from pathlib import Path

import polars as pl

from zhiqiao.config.scoring.reading import Named
from zhiqiao.config.scoring.telling import decimal, figures_of, why
from zhiqiao.engines.scoring import UNKNOWN, Scores, Way
from zhiqiao.engines.scoring.terms import Int32, Int64

SUMMARY = "summary.json"
# Column of scores.csv: the field of the scores and its decimal places.
FIGURES = {"official": 2, "trimmed": 2, "median": 2, "spread": 2, "calibrated": 2, "standard": 3}
READERS = {"reviews": 0, "marks": 0, "common": 0, "agreement": 3, "timed": 0, "commented": 0, "judged": 0}  # fmt: skip
EFFECTS = {"effect": 8, "unshrunk": 8}
FLAGS = ["kind", "application", "reviewer", "other_application", "other_reviewer", "figure", "threshold", "number", "why"]  # fmt: skip
YES = "yes"


def write_result(named: Named, scores: Scores, folder: Path) -> None:
    """Write the tables of a result and its summary."""
    scores_table(named, scores).write_csv(folder / "scores.csv")
    reviewers_table(named, scores).write_csv(folder / "reviewers.csv")
    flags_table(named, scores).write_csv(folder / "flags.csv")
    text = json.dumps(summary_of_files(named, scores), ensure_ascii=False, indent=1)
    (folder / SUMMARY).write_text(text + "\n", encoding="utf-8")


def summary_of_files(named: Named, scores: Scores) -> dict[str, object]:
    """Return how much was scored, the model, and for how many nothing can be said."""
    model, readers, problem = scores.model, scores.readers, named.problem
    return {
        "engine": f"zhiqiao {version('zhiqiao')}",
        "applications": problem.applications,
        "reviewers": problem.reviewers,
        "reviews": problem.reviews.number,
        "places": problem.places,
        "changes_cut": int(scores.changes_cut.sum()),
        "groups": scores.groups,
        "model": {
            "basis": model.basis,
            "ridge": model.ridge_text,
            "degrees": model.degrees,
            "noise_variance": model.noise_variance,
            "reviewer_variance": model.reviewer_variance,
        },
        "cannot_be_said": {
            "agreement_of_reviewers": int((readers.agreement == UNKNOWN).sum()),
            "reading_time_of_reviews": int((readers.reviews - readers.timed).sum()),
            "comment_of_reviews": int((readers.reviews - readers.commented).sum()),
            "outlying_of_reviews": int((readers.reviews - readers.judged).sum()),
            "calibrated_of_applications": int((scores.calibrated == UNKNOWN).sum()),
            "standard_of_applications": int((scores.standard == UNKNOWN).sum()),
        },
    }


def _texts(values: Int32 | Int64, places: int) -> list[str]:
    return [decimal(value, places) for value in values.tolist()]


def scores_table(named: Named, scores: Scores) -> pl.DataFrame:
    """Return one row for each application: every score with its rank, the group and the cut line."""
    columns: dict[str, list[str]] = {
        "application": named.applications,
        "reviews": _texts(named.problem.size, 0),
    }
    ways = {str(way) for way in Way}
    for name, places in FIGURES.items():
        columns[name] = _texts(getattr(scores, name), places)
        if name in ways:
            ranks = scores.ranks[Way(name)].tolist()
            columns[f"{name}_rank"] = [str(rank) if rank else "" for rank in ranks]
    columns["group"] = _texts(scores.group + 1, 0)
    columns["changes_cut"] = [YES if each else "" for each in scores.changes_cut.tolist()]
    return pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))


def reviewers_table(named: Named, scores: Scores) -> pl.DataFrame:
    """Return one row for each reviewer; effects in points, empty where there is no model."""
    columns: dict[str, list[str]] = {"reviewer": named.reviewers}
    for name, places in READERS.items():
        columns[name] = _texts(getattr(scores.readers, name), places)
    blank = [""] * len(named.reviewers)
    for name, places in EFFECTS.items():
        effects = getattr(scores.model, name)
        columns[name] = _texts(effects, places) if effects.size else blank
    return pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))


def flags_table(named: Named, scores: Scores) -> pl.DataFrame:
    """Return one row for each flag, with a sentence."""
    reviews = named.problem.reviews
    rows = []
    for flag in scores.flags:
        other = "", ""
        if flag.other >= 0:
            application, reviewer = reviews.application[flag.other], reviews.reviewer[flag.other]
            other = named.applications[application], named.reviewers[reviewer]
        own = (
            named.applications[flag.application] if flag.application >= 0 else "",
            named.reviewers[flag.reviewer] if flag.reviewer >= 0 else "",
        )
        rows.append((str(flag.kind), *own, *other, *figures_of(flag), str(flag.number), why(flag)))
    return pl.DataFrame(rows, schema=dict.fromkeys(FLAGS, pl.String), orient="row")
