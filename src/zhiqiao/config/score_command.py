"""`zhiqiao score`: scores from reviews on plain files, without a database."""

from pathlib import Path

import click

from zhiqiao.config.allocation.files import written_whole
from zhiqiao.config.commands import FOLDER, NEW_FOLDER, end_with, fail, say
from zhiqiao.config.scoring.checking import check_files
from zhiqiao.config.scoring.reading import Named, read_named
from zhiqiao.config.scoring.results import read_result
from zhiqiao.config.scoring.telling import explained, summary_of
from zhiqiao.config.scoring.writing import write_result
from zhiqiao.engines.matching import Fault, TableError
from zhiqiao.engines.scoring import ScoringError, Violation, explain, verify
from zhiqiao.engines.scoring import solve as solve_problem

NAMED = {
    "P1": "plain figures",
    "P2": "connected groups",
    "P3": "the ridge",
    "P4": "effects of reviewers",
    "P5": "calibrated scores",
    "P6": "standard scores",
    "P7": "ranks",
    "P8": "the cut line",
    "P9": "figures of reviewers",
    "P10": "flags",
    "P11": "sentences",
    "P12": "files",
}


@click.group()
def score() -> None:
    """Score applications by their reviews, verify and explain the result."""


@score.command()
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.option("--out", required=True, type=NEW_FOLDER, help="New folder.")
def solve(folder: Path, out: Path) -> None:
    """Score the reviews in DIR: official scores, other ways of counting beside them, and flags."""
    try:
        named = read_named(folder)
        scores = solve_problem(named.problem)
        with written_whole(out) as draft:
            write_result(named, scores, draft)
    except (TableError, ScoringError, OSError) as error:
        fail(error)
    say(summary_of(named, scores))


@score.command("verify")
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.argument("out", metavar="OUT", type=FOLDER)
def verify_result(folder: Path, out: Path) -> None:
    """Verify the result in OUT against DIR by code that shares nothing with the solver.

    Then every cell and every part of the files in OUT is compared with what DIR and the figures give.
    """
    try:
        named = read_named(folder)
        scores = read_result(named, out)
        wrong = [_in_words(each, named) for each in verify(named.problem, scores)]
        wrong += check_files(named, scores, out)
    except (TableError, ScoringError, OSError) as error:
        fail(error)
    end_with(wrong)
    click.echo("Every property holds: " + ", ".join(NAMED) + ".")


@score.command("explain")
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.argument("out", metavar="OUT", type=FOLDER)
@click.option("--application", required=True, help="Number of the application.")
def explain_result(folder: Path, out: Path, application: str) -> None:
    """Explain how an application came to its scores, mark by mark."""
    try:
        named = read_named(folder)
        scores = read_result(named, out)
        at = _place(named, application)
        lines = list(explained(named, scores, explain(named.problem, scores, application=at)))
    except (TableError, ScoringError, OSError) as error:
        fail(error)
    say(lines)


def _place(named: Named, application: str) -> int:
    if application not in named.applications:
        message = f"{application!r} is not there."
        raise TableError([Fault("reviews", 0, "application", message)])
    return named.applications.index(application)


def _in_words(violation: Violation, named: Named) -> str:
    applications = [named.applications[each] for each in violation.applications]
    reviewers = [named.reviewers[each] for each in violation.reviewers]
    parts = [f"application {name}" for name in applications]
    parts += [f"reviewer {name}" for name in reviewers]
    who = ", ".join(parts) or "-"
    return f"{violation.name} ({NAMED[violation.name]}): {who}: {violation.sentence}."
