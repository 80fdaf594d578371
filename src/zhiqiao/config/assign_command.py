"""`zhiqiao assign`: reviewers to applications on plain files, without a database."""

from collections.abc import Iterator
from pathlib import Path

import click
import numpy as np
import polars as pl

from zhiqiao.config.allocation.files import read_table, written_whole
from zhiqiao.config.assigning.reading import Named, read_conflicts, read_named
from zhiqiao.config.assigning.telling import (
    changes_in_words,
    sentence_of,
    sentence_of_shortage,
    summary_of,
)
from zhiqiao.config.assigning.writing import needed, read_result, reasons_table, write_result
from zhiqiao.config.commands import FOLDER, NEW_FOLDER, fail, say
from zhiqiao.engines.assignment import (
    Assignment,
    AssignmentError,
    ConflictKind,
    Conflicts,
    Violation,
    explain,
    repair,
    shortages,
    verify,
)
from zhiqiao.engines.assignment import solve as solve_problem
from zhiqiao.engines.matching import Fault, TableError

NAMED = {
    "P1": "listed pairs, each once",
    "P2": "no more reviewers than asked for",
    "P3": "no expert above the most load",
    "P4": "nobody in conflict",
    "P5": "quotas of panels",
    "P6": "related applications share their panel",
    "P7": "shortages as told",
    "P8": "value and bound",
    "P9": "the proof",
    "P10": "no seat better taken",
    "P11": "reasons",
}
REFUSALS = "refusals"


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
    """Verify the result in OUT against DIR by code that shares nothing with the solver."""
    try:
        named, assignment = _read(folder, out)
        wrong = [_in_words(each, named) for each in verify(named.problem, assignment)]
        if not wrong:
            wrong = list(_check_reasons(named, assignment, out))
    except (TableError, AssignmentError, OSError) as error:
        fail(error)
    say(wrong)
    if wrong:
        raise click.ClickException(f"{len(wrong)} violations.")
    click.echo("Every property holds: " + ", ".join(NAMED) + ".")


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
        named, assignment = _read(folder, out)
        lines = list(_explained(named, assignment, application, expert))
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
        named, assignment = _read(folder, before)
        table = _refusals(refused)
        repaired = repair(named.problem, assignment, refused=_conflicts(table, named))
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


def _read(folder: Path, out: Path) -> tuple[Named, Assignment]:
    """Read a problem, with the refusals that a repaired result brought along, and its result."""
    named = read_named(folder, refusals=read_table(out, REFUSALS))
    return named, read_result(named, out)


def _check_reasons(named: Named, assignment: Assignment, out: Path) -> Iterator[str]:
    """Yield the reviews whose reasons are not what the assignment gives."""
    given = needed(out, "reasons")
    expected = reasons_table(named, assignment).cast(pl.String)
    if given.columns != expected.columns or given.height != expected.height:
        yield f"P11 ({NAMED['P11']}): there is not one row with every column for each review."
        return
    given, expected = (
        table.fill_null("").sort("application", "expert")
        for table in (given.cast(pl.String), expected)
    )
    for own, other in zip(given.iter_rows(), expected.iter_rows(), strict=True):
        if own != other:
            told, true = (", ".join(filter(None, row)) for row in (own, other))
            yield f"P11 ({NAMED['P11']}): {told} is told, and the assignment gives {true}."


def _in_words(violation: Violation, named: Named) -> str:
    applications = [named.application_names[each] for each in violation.applications]
    experts = [named.expert_names[each] for each in violation.experts]
    who = f"applications {', '.join(applications)}" if applications else ""
    who += " with " if applications and experts else ""
    who += f"experts {', '.join(experts)}" if experts else ""
    return f"{violation.name} ({NAMED[violation.name]}): {who or '-'}: {violation.sentence}."


def _explained(
    named: Named, assignment: Assignment, application: str, expert: str | None
) -> Iterator[str]:
    at = _place(named.application_names, "applications", "application", application)
    if expert is not None:
        experts = [_place(named.expert_names, "experts", "expert", expert)]
    else:
        experts = assignment.expert[assignment.application == at].tolist()
    missing = int(assignment.missing[at])
    yield f"Application {application}: {int(named.problem.panel_size[at])} reviews, {missing} missing."
    for each in experts:
        told = explain(named.problem, assignment, application=at, expert=each)
        is_own = (pl.col("application") == at) & (pl.col("expert") == each)
        kinds = named.conflicts.filter(is_own)["kind"].unique().sort().to_list()
        verb = "reviews" if told.is_assigned else "does not review"
        said = sentence_of(told, named, [kind for kind in kinds if kind not in named.rules.soft])
        yield f"{named.expert_names[each]} {verb} it: {said}"
    if missing:
        quotas = [quota.name for quota in named.problem.quotas]
        (told_short,) = (s for s in shortages(named.problem, assignment) if s.application == at)
        yield sentence_of_shortage(told_short, named.application_names, quotas)


def _place(names: list[str], table: str, column: str, given: str) -> int:
    if given not in names:
        raise TableError([Fault(table, 0, column, f"{given!r} is not there.")])
    return names.index(given)
