"""Whether a folder of results holds just what its tables, its rules and its assignment give.

The properties of the assignment are checked apart, by code that does not solve, and where listed
experts are is counted again pair by pair. Everything else in the files is made again and compared. The
word for the proof of an assignment that prices alone do not prove is checked by solving again.
"""

from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path

import polars as pl

from zhiqiao.config.allocation.files import needed_table, read_object, read_table
from zhiqiao.config.assigning.reading import Named
from zhiqiao.config.assigning.results import PRICES, PROOF, Result, is_repaired
from zhiqiao.config.assigning.writing import (
    idle_table,
    prices_table,
    proof_of,
    reasons_table,
    shortages_table,
)
from zhiqiao.config.cells import differing_cells, differing_parts
from zhiqiao.engines.assignment import (
    Assignment,
    Proof,
    Violation,
    bound_at_prices,
    counted_shortages,
    shortages,
    solve,
    verify,
)
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
    "P12": "files",
}
OF_PROOF = frozenset({"P8", "P9"})
REASONS = "reasons"
COUNTED = [
    "missing", "listed", "in_conflict", "too_low", "not_for_group", "assigned", "full",
    "kept_out_by_quota",
]  # fmt: skip


def violations(named: Named, result: Result, folder: Path) -> list[str]:
    """Return every violation in words; what rests on a legal assignment is asked of one alone."""
    without = frozenset() if result.is_proven else OF_PROOF
    found = verify(named.problem, result.assignment, without=without)
    wrong = [_in_words(each, named) for each in found]
    return wrong or list(_check_files(named, result, folder))


def checked(result: Result, folder: Path) -> list[str]:
    """Return the names of what could be checked of a result."""
    left_out = set() if result.is_proven else set(OF_PROOF)
    if read_table(folder, REASONS) is None:
        left_out.add("P11")
    return [name for name in NAMED if name not in left_out]


def _in_words(violation: Violation, named: Named) -> str:
    applications = [named.application_names[each] for each in violation.applications]
    experts = [named.expert_names[each] for each in violation.experts]
    who = f"applications {', '.join(applications)}" if applications else ""
    who += " with " if applications and experts else ""
    who += f"experts {', '.join(experts)}" if experts else ""
    return f"{_place(violation.name)} {who or '-'}: {violation.sentence}."


def _place(name: str) -> str:
    return f"{name} ({NAMED[name]}):"


def _check_files(named: Named, result: Result, folder: Path) -> Iterator[str]:
    assignment = result.assignment
    yield from _check_shortages(named, assignment, needed_table(folder, "shortages"))
    given = {name: read_table(folder, name) for name in ("idle", PRICES, REASONS)}
    if (idle := given["idle"]) is not None:
        yield from differing_cells(
            _place("P12"), "idle", idle_table(named, assignment), idle, ["expert"]
        )
    if (reasons := given[REASONS]) is not None:
        made, key = reasons_table(named, assignment), ["application", "expert"]
        yield from differing_cells(_place("P11"), REASONS, made, reasons, key)
    if (prices := given[PRICES]) is not None and result.is_proven:
        made, key = (
            prices_table(named, assignment.prices),
            ["application", "expert", "quota", "value"],
        )
        yield from differing_cells(_place("P12"), PRICES, made, prices, key)
    yield from _check_proof(named, result, folder)


def _check_shortages(named: Named, assignment: Assignment, given: pl.DataFrame) -> Iterator[str]:
    """Yield figures other than those counted again, and then whatever else differs."""
    rows = [asdict(each) for each in counted_shortages(named.problem, assignment)]
    names = [named.application_names[row["application"]] for row in rows]
    counted = pl.DataFrame(
        {"application": names, **{name: [row[name] for row in rows] for name in COUNTED}},
        schema={"application": pl.String, **dict.fromkeys(COUNTED, pl.Int64)},
    )
    key = ["application"]
    wrong = list(differing_cells(_place("P7"), "shortages", counted, given, key))
    yield from wrong
    if counted.height == given.height:
        made = shortages_table(named, shortages(named.problem, assignment))
        yield from differing_cells(_place("P12"), "shortages", made.drop(COUNTED), given, key)


def _check_proof(named: Named, result: Result, folder: Path) -> Iterator[str]:
    """Yield each part of the proof that differs; the engine is told, and nothing rests on it."""
    given = read_object(folder, PROOF)
    if given is None:
        return
    if not isinstance(given.get("engine"), str):
        raise TableError([Fault(PROOF, 0, "engine", "is missing or no such value.")])
    assignment, free = result.assignment, {"engine"}
    if result.is_proven:
        bound = bound_at_prices(named.problem, assignment)
        assignment = assignment if bound is None else replace(assignment, bound=bound)
        assignment = replace(assignment, proof=_proof(named, assignment, folder))
    else:
        free |= {"bound", "proof"}
    yield from differing_parts(_place("P12"), PROOF, proof_of(named, assignment), given, free=free)


def _proof(named: Named, assignment: Assignment, folder: Path) -> Proof:
    """Return what may be said of an assignment whose value and bound hold."""
    if is_repaired(folder):
        return Proof.REPAIRED
    if assignment.gap == 0:
        return Proof.OPTIMAL
    return solve(named.problem).proof
