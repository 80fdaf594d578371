"""What is missing and where listed experts are, counted pair by pair from the tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from zhiqiao.engines.assignment.verify.facts import Facts, sets_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhiqiao.engines.assignment.outcome import Assignment
    from zhiqiao.engines.assignment.problem import AssignmentProblem
    from zhiqiao.engines.assignment.terms import Int32, Int64


@dataclass(frozen=True)
class Counted:
    """An application that lacks reviews, and how many of its listed experts are where.

    The figures are those of a `Shortage`, each expert counted once: in conflict, too low, not for the
    group, assigned, kept out by a quota, full. Who is left over could take the seat.
    """

    application: int
    missing: int
    listed: int
    in_conflict: int
    too_low: int
    not_for_group: int
    assigned: int
    full: int
    kept_out_by_quota: int


def counted_shortages(problem: AssignmentProblem, assignment: Assignment) -> Iterator[Counted]:
    """Count for each application that lacks reviews, rising, where its listed experts are.

    The assignment keeps the rules. O(P), and the members of a panel for each expert whom quotas
    concern.
    """
    facts = Facts(problem, assignment)
    missing = problem.panel_size - facts.reviews
    for application in np.flatnonzero(missing > 0).tolist():
        yield _counted(facts, application, int(missing[application]))


def _counted(facts: Facts, application: int, missing: int) -> Counted:
    problem, assignment = facts.problem, facts.assignment
    pairs, conflicts, panel = problem.pairs, problem.conflicts, int(facts.leader[application])
    own = _rows_of(pairs.application, application)
    listed = set(pairs.expert[own].tolist())
    barred = listed & set(conflicts.expert[conflicts.application == application].tolist())
    is_low = pairs.affinity[own] < problem.least_affinity
    low = set(pairs.expert[own][is_low].tolist()) - barred
    leader, expert, _worth = facts.shared
    eligible = set(expert[_rows_of(leader, panel)].tolist())
    members = set(assignment.expert[_rows_of(assignment.application, application)].tolist())
    kept_out = {each for each in eligible - members if _is_kept_out(facts, panel, each, members)}
    full = {
        each
        for each in eligible - members - kept_out
        if facts.load[each] + facts.members[panel] > problem.most_load[each]
    }
    return Counted(
        application=application,
        missing=missing,
        listed=len(listed),
        in_conflict=len(barred),
        too_low=len(low),
        not_for_group=len(listed - barred - low - eligible),
        assigned=len(members),
        full=len(full),
        kept_out_by_quota=len(kept_out),
    )


def _rows_of(rising: Int32 | Int64, value: int) -> slice:
    return slice(*np.searchsorted(rising, [value, value + 1]).tolist())


def _is_kept_out(facts: Facts, panel: int, expert: int, members: set[int]) -> bool:
    """Say whether the set of an expert in some quota has all the seats that it may take."""
    for quota in facts.problem.quotas:
        sets = sets_of(quota)
        alike = sum(sets[each] == sets[expert] for each in members)
        if sets[expert] >= 0 and alike >= facts.cap(quota)[panel]:
            return True
    return False
