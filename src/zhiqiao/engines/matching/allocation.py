"""A whole allocation: tables and rules in, the stages one after the other, admissions out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from zhiqiao.engines.matching.applications import left_after_frozen, read_applications
from zhiqiao.engines.matching.assembly import assemble, kept_empty
from zhiqiao.engines.matching.errors import MatchingError
from zhiqiao.engines.matching.faults import Fault, TableError
from zhiqiao.engines.matching.solve import solve, solve_for
from zhiqiao.engines.matching.stages import stages_of
from zhiqiao.engines.matching.terms import BY_LOT, DEFERRED, Mechanism

if TYPE_CHECKING:
    from collections.abc import Callable

    from zhiqiao.engines.matching.applications import Applications, Tables
    from zhiqiao.engines.matching.assembly import Assembled
    from zhiqiao.engines.matching.outcome import Outcome
    from zhiqiao.engines.matching.rules import Rules
    from zhiqiao.engines.matching.stages import Stage
    from zhiqiao.engines.matching.terms import Int32, Int64

    Chooser = Callable[[Assembled, Outcome], Outcome]


@dataclass(frozen=True, eq=False)
class Solved:
    """A stage with its problem and outcome."""

    stage: Stage
    assembled: Assembled
    outcome: Outcome


@dataclass(frozen=True, eq=False)
class Allocation:
    """Who is admitted where, over all stages.

    ``programme`` and ``choice`` are those of each candidate, -1 where none; candidates admitted
    before have their programme and, where they listed it, that choice.
    """

    applications: Applications
    rules: Rules
    solved: tuple[Solved, ...]
    programme: Int32
    choice: Int64


def allocate(tables: Tables, rules: Rules, *, choose: Chooser | None = None) -> Allocation:
    """Allocate everything that the tables and rules ask for.

    Parameters
    ----------
    tables, rules
        What is asked for.
    choose : callable, optional
        Takes a stage with its outcome and returns what is taken in its place, for choosing another
        one of several stable outcomes.

    Raises
    ------
    TableError
        With table, row and column of what does not fit.
    MatchingError
        When rules do not fit each other, or a tie decides under the policy strict.
    """
    applications = read_applications(tables, rules)
    left = left_after_frozen(applications)
    programme = applications.frozen.copy()
    choice = choices_listing(applications, applications.frozen)
    solved = []
    for stage in stages_of(applications, rules):
        assembled = assemble(applications, stage, left, programme)
        outcome = _solve(applications, assembled)
        if choose is not None:
            outcome = choose(assembled, outcome)
        placed = outcome.programme >= 0
        programme[placed] = outcome.programme[placed]
        met = outcome.choice >= 0
        choice[met] = assembled.choices[outcome.choice[met]]
        left = left - np.bincount(outcome.programme[placed], minlength=left.size)
        left -= kept_empty(assembled, stage, outcome)
        solved.append(Solved(stage, assembled, outcome))
    return Allocation(applications, rules, tuple(solved), programme, choice)


def choices_listing(applications: Applications, programme: Int32) -> Int64:
    """Return the choice by which each candidate lists a programme, -1 where it is not listed. O(E)."""
    choice = np.full(programme.size, -1, np.int64)
    listed = np.flatnonzero(programme[applications.owner] == applications.programme)
    choice[applications.owner[listed]] = listed
    return choice


def _solve(applications: Applications, assembled: Assembled) -> Outcome:
    """Solve, and say refusals with the names that the tables use."""
    try:
        return solve(assembled.problem)
    except MatchingError as error:
        if error.reason == "groups-split":
            raise _split_by_name(applications, assembled, error) from error
        if error.reason != "tied":
            raise
        candidate, programme = error.where
        tied = _tied_names(applications, assembled, candidate, programme)
        name = applications.programme_names[programme]
        message = (
            f"candidates {tied} are tied in every key at the last place of {name}. "
            "Name a further key, or another policy: lottery, admit-all, reject-all or hold."
        )
        raise TableError([Fault("rules", 0, "ties", message)]) from error


def _split_by_name(
    applications: Applications, assembled: Assembled, error: MatchingError
) -> MatchingError:
    candidate, group = error.where
    return MatchingError(
        "groups-split",
        where=error.where,
        candidate=applications.candidate_names[candidate],
        group=assembled.groups[group],
    )


def _tied_names(
    applications: Applications, assembled: Assembled, candidate: int, programme: int
) -> str:
    problem = assembled.problem
    rows = np.flatnonzero(problem.programme == programme)
    owner = applications.owner[assembled.choices[rows]]
    places = problem.standing.places
    place = places[rows] if problem.standing.by_choice else places[owner]
    tied = owner[place == place[owner == candidate][0]]
    names = [applications.candidate_names[int(each)] for each in tied[:10]]
    more = f" and {tied.size - len(names)} more" if tied.size > len(names) else ""
    return ", ".join(names) + more


def differences_of_optima(solved: Solved) -> int | None:
    """Return how many candidates the two optima place differently; nothing where it is not asked.

    With one ranking for all, without caps, the stable allocation is the only one: 0.
    """
    problem = solved.assembled.problem
    if problem.mechanism not in DEFERRED or problem.ties not in BY_LOT:
        return None
    if not problem.standing.by_choice and problem.caps is None and problem.reserves is None:
        return 0
    other = (
        Mechanism.CANDIDATES if problem.mechanism is Mechanism.PROGRAMMES else Mechanism.PROGRAMMES
    )
    compared = solve_for(problem, other)
    return int(np.count_nonzero(compared.programme != solved.outcome.programme))
