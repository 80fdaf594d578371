"""`zhiqiao assign`: reviewers to applications on plain files, without a database."""

from collections.abc import Iterator
from pathlib import Path

import click
import numpy as np
import polars as pl

from zhiqiao.config.allocation.files import read_table, written_whole
from zhiqiao.config.assigning.checking import checked, violations
from zhiqiao.config.assigning.reading import Named, read_conflicts, read_named
from zhiqiao.config.assigning.results import REFUSALS, Result, read_result
from zhiqiao.config.assigning.telling import (
    changes_in_words,
    sentence_of,
    sentence_of_shortage,
    summary_of,
    unproven_in_words,
)
from zhiqiao.config.assigning.writing import write_result
from zhiqiao.config.commands import FOLDER, NEW_FOLDER, counted, end_with, fail, say
from zhiqiao.engines.assignment import (
    AssignmentError,
    ConflictKind,
    Conflicts,
    explain,
    repair,
    shortages,
)
from zhiqiao.engines.assignment import solve as solve_problem
from zhiqiao.engines.matching import Fault, TableError


@click.group()
def assign() -> None:
    """Assign reviewers to applications by rules, verify, explain and repair the result."""


@assign.command()
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.option("--out", required=True, type=NEW_FOLDER, help="New folder.")
def solve(folder: Path, out: Path) -> None:
    """Assign what DIR asks for: assignments, reasons, shortages and the prices that prove it.

    Shortages do not make it fail: they are named.
    """
    try:
        named = read_named(folder)
        assignment = solve_problem(named.problem)
        with written_whole(out) as draft:
            write_result(named, assignment, draft)
    except (TableError, AssignmentError, OSError) as error:
        fail(error)
    say(summary_of(assignment, named.rules.mode, named.problem.panels.stakes.missing))


@assign.command("verify")
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.argument("out", metavar="OUT", type=FOLDER)
def verify_result(folder: Path, out: Path) -> None:
    """Verify the result in OUT against DIR by code that shares nothing with the solver.

    Then every file in OUT is compared with what DIR and the assignment give. assignments.csv and
    shortages.csv are enough; that nothing is better is checked where proof.json and prices.csv are
    there.
    """
    try:
        named, result = _read(folder, out)
        wrong = violations(named, result, out)
        names = checked(result, out)
    except (TableError, AssignmentError, OSError) as error:
        fail(error)
    end_with(wrong)
    click.echo("Every property holds: " + ", ".join(names) + ".")
    say(unproven_in_words(result))


@assign.command("explain")
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.argument("out", metavar="OUT", type=FOLDER)
@click.option("--application", required=True, help="Number of the application.")
@click.option(
    "--expert", help="Number of one expert, assigned or not; all assigned ones without it."
)
def explain_result(folder: Path, out: Path, application: str, expert: str | None) -> None:
    """Explain why experts review an application, or why one does not, and what is missing."""
    try:
        named, result = _read(folder, out)
        lines = [*_explained(named, result, application, expert), *unproven_in_words(result)]
    except (TableError, AssignmentError, OSError) as error:
        fail(error)
    say(lines)


@assign.command("repair")
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.argument("before", metavar="OUT", type=FOLDER)
@click.option(
    "--refusals",
    "refused",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Table (CSV) of application and expert, and kind where it is a conflict found later.",
)
@click.option("--out", required=True, type=NEW_FOLDER, help="New folder.")
def repair_result(folder: Path, before: Path, refused: Path, out: Path) -> None:
    """Fill the seats of experts who refuse, with the least change of the result in OUT."""
    try:
        named, result = _read(folder, before)
        table = _refusals(refused)
        repaired = repair(named.problem, result.assignment, refused=_conflicts(table, named))
        earlier = read_table(before, REFUSALS)
        parts = [
            each.select("application", "expert", "kind")
            for each in (earlier, table)
            if each is not None
        ]
        every = pl.concat(parts)
        after = read_named(folder, refusals=every)
        with written_whole(out) as draft:
            every.write_csv(draft / f"{REFUSALS}.csv")
            write_result(after, repaired.assignment, draft)
    except (TableError, AssignmentError, OSError) as error:
        fail(error)
    say(changes_in_words(repaired, named))
    stake = named.problem.panels.stakes.missing
    say(summary_of(repaired.assignment, named.rules.mode, stake))


def _refusals(path: Path) -> pl.DataFrame:
    table = read_table(path.parent, path.stem)
    if table is None:
        raise TableError([Fault(path.name, 0, "", "is no CSV file; name one that ends with .csv.")])
    if "kind" not in table.columns:
        table = table.with_columns(pl.lit("refused").alias("kind"))
    return table


def _conflicts(table: pl.DataFrame, named: Named) -> Conflicts:
    rows = read_conflicts(REFUSALS, table, named.applications, named.experts)
    kinds = np.full(rows.height, int(ConflictKind.REFUSED), np.int32)
    application, expert = (
        rows[name].to_numpy().astype(np.int32) for name in ("application", "expert")
    )
    return Conflicts(application, expert, kinds)


def _read(folder: Path, out: Path) -> tuple[Named, Result]:
    """Read a problem, with the refusals that a repaired result brought along, and its result."""
    named = read_named(folder, refusals=read_table(out, REFUSALS))
    return named, read_result(named, out)


def _explained(named: Named, result: Result, application: str, expert: str | None) -> Iterator[str]:
    assignment = result.assignment
    at = _place(named.application_names, "applications", "application", application)
    if expert is not None:
        experts = [_place(named.expert_names, "experts", "expert", expert)]
    else:
        experts = assignment.expert[assignment.application == at].tolist()
    size = int(named.problem.panel_size[at])
    missing = int(assignment.missing[at])
    yield f"Application {application}: {counted(size, 'review')}, {missing} missing."
    for each in experts:
        told = explain(named.problem, assignment, application=at, expert=each)
        is_own = (pl.col("application") == at) & (pl.col("expert") == each)
        kinds = named.conflicts.filter(is_own)["kind"].unique().sort().to_list()
        verb = "reviews" if told.is_assigned else "does not review"
        kinds = [kind for kind in kinds if kind not in named.rules.soft]
        said = sentence_of(told, named, kinds, is_priced=result.is_proven)
        yield f"{named.expert_names[each]} {verb} it: {said}"
    if missing:
        quotas = [quota.name for quota in named.problem.quotas]
        (told_short,) = (s for s in shortages(named.problem, assignment) if s.application == at)
        yield sentence_of_shortage(told_short, named.application_names, quotas)


def _place(names: list[str], table: str, column: str, given: str) -> int:
    if given not in names:
        raise TableError([Fault(table, 0, column, f"{given!r} is not there.")])
    return names.index(given)
