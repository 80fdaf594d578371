"""How fast reviewers are assigned: against HiGHS on the same dense problem, at a nation's size, and repaired.

    just bench assignment [--national]

300 applications x 500 experts x 5 reviews, every expert listed for every application, one pair in twenty in
conflict. The rival is HiGHS, as OR-tools ships it, on the linear programme of all pairs (its optimum is whole),
written out again here; with quotas its integer programme. ``--national``: 10,000 x 8,000 x 5, the 60 best
pairs of each side, with enough experts, with too few, and with quotas. Seconds are those of the processor,
so that other work on the machine counts less. Medians of interleaved rounds.
"""

import argparse
import datetime as dt
import resource
import statistics
import sys
import time
from dataclasses import replace

import numpy as np
from ortools.math_opt import model_pb2
from ortools.math_opt.python import mathopt

from zhiqiao.engines.assignment import (
    AssignmentProblem,
    ConflictKind,
    Conflicts,
    LeastOf,
    MostPerValue,
    Pairs,
    no_conflicts,
    no_penalties,
    repair,
    shortages,
    solve,
    verify,
    verify_repair,
)

REVIEWS, SEED = 5, 2026
KEPT = 60


def topics(number, draw, spread):
    found = draw.dirichlet(np.full(40, spread), number)
    return (found / np.linalg.norm(found, axis=1)[:, None]).astype(np.float32)


def problem_of(pairs, applications, experts, load, *, quotas=(), conflicts=None):
    return AssignmentProblem(
        panel_size=np.full(applications, REVIEWS),
        least_load=np.zeros(experts, np.int64),
        most_load=np.full(experts, load),
        pairs=pairs,
        conflicts=conflicts or no_conflicts(),
        penalties=no_penalties(),
        quotas=quotas,
    )


def quotas_of(experts, employers, draw, *, are_crossing=False):
    """One from industry and one of each employer; with two from elsewhere, sets cross."""
    employer = draw.integers(0, employers, experts).astype(np.int32)
    quotas = LeastOf("industry", employer % 4 == 0, 1), MostPerValue("employer", employer)
    elsewhere = LeastOf("elsewhere", draw.random(experts) < 0.5, 2)
    return (*quotas, elsewhere) if are_crossing else quotas


def region(load=4, *, with_quotas=False, are_crossing=False):
    """Every expert is listed for every application, and one pair in twenty is in conflict."""
    draw = np.random.default_rng(SEED)
    applications, experts = 300, 500
    fit = topics(applications, draw, 0.1) @ topics(experts, draw, 0.2).T
    pairs = Pairs(
        np.repeat(np.arange(applications, dtype=np.int32), experts),
        np.tile(np.arange(experts, dtype=np.int32), applications),
        (fit.ravel() * 1_000_000).astype(np.int64),
    )
    barred = draw.choice(pairs.affinity.size, pairs.affinity.size // 20, replace=False)
    kinds = np.full(barred.size, ConflictKind.EMPLOYER, np.int32)
    conflicts = Conflicts(pairs.application[barred], pairs.expert[barred], kinds)
    quotas = quotas_of(experts, 120, draw, are_crossing=are_crossing) if with_quotas else ()
    return problem_of(pairs, applications, experts, load, quotas=quotas, conflicts=conflicts)


def nation(load, *, with_quotas=False, are_crossing=False):
    """The best pairs of both sides; ``load`` times 8,000 reviews for 50,000."""
    draw = np.random.default_rng(SEED)
    applications, experts = 10_000, 8_000
    sides = topics(applications, draw, 0.1), topics(experts, draw, 0.2)
    keys = []
    for own, other, is_turned in ((*sides, False), (*sides[::-1], True)):
        for start in range(0, len(own), 500):
            best = np.argpartition(-(own[start : start + 500] @ other.T), KEPT, axis=1)[:, :KEPT]
            here = np.arange(start, start + len(best))[:, None]
            keys.append((best * experts + here if is_turned else here * experts + best).ravel())
    key = np.unique(np.concatenate(keys))
    application, expert = (key // experts).astype(np.int32), (key % experts).astype(np.int32)
    fit = np.einsum("ij,ij->i", sides[0][application], sides[1][expert])
    pairs = Pairs(application, expert, (fit * 1_000_000).astype(np.int64))
    quotas = quotas_of(experts, 900, draw, are_crossing=are_crossing) if with_quotas else ()
    return problem_of(pairs, applications, experts, load, quotas=quotas)


class Rival:
    """The programme of all pairs that are not in conflict, for HiGHS."""

    def __init__(self, problem):
        pairs, conflicts = problem.pairs, problem.conflicts
        experts = problem.experts
        key = pairs.application.astype(np.int64) * experts + pairs.expert
        barred = conflicts.application.astype(np.int64) * experts + conflicts.expert
        self.kept = np.flatnonzero(~np.isin(key, barred))
        application, expert = pairs.application[self.kept], pairs.expert[self.kept]
        rows = [application, problem.applications + expert]
        caps = [problem.panel_size, problem.most_load]
        columns = [np.arange(self.kept.size)] * 2
        for quota in problem.quotas:
            at, sets, cap = self.rows_of(quota, application, expert)
            rows.append(sets + sum(map(len, caps)))
            columns.append(at)
            caps.append(np.full(sets.max() + 1, cap))
        self.model = self.model_of(
            problem, np.concatenate(rows), np.concatenate(columns), np.concatenate(caps)
        )

    def rows_of(self, quota, application, expert):
        if isinstance(quota, LeastOf):
            at = np.flatnonzero(~quota.members[expert])
            return at, application[at], REVIEWS - quota.number
        sets = application * (quota.label.max() + 1) + quota.label[expert]
        return np.arange(sets.size), np.unique(sets, return_inverse=True)[1], quota.number

    def model_of(self, problem, rows, columns, caps):
        model = model_pb2.ModelProto()
        seats = range(self.kept.size)
        model.variables.ids.extend(seats)
        model.variables.lower_bounds.extend([0.0] * self.kept.size)
        model.variables.upper_bounds.extend([1.0] * self.kept.size)
        model.variables.integers.extend([False] * self.kept.size)
        model.objective.maximize = True
        model.objective.linear_coefficients.ids.extend(seats)
        worth = problem.pairs.affinity[self.kept].astype(float)
        model.objective.linear_coefficients.values.extend(worth.tolist())
        limits = model.linear_constraints
        limits.ids.extend(range(caps.size))
        lower = np.where(np.arange(caps.size) < problem.applications, caps, 0)
        limits.lower_bounds.extend(lower.astype(float).tolist())
        limits.upper_bounds.extend(caps.astype(float).tolist())
        order = np.lexsort((columns, rows))
        matrix = model.linear_constraint_matrix
        matrix.row_ids.extend(rows[order].tolist())
        matrix.column_ids.extend(columns[order].tolist())
        matrix.coefficients.extend([1.0] * order.size)
        return mathopt.Model.from_model_proto(model)

    def solve(self):
        parameters = mathopt.SolveParameters(time_limit=dt.timedelta(seconds=900))
        result = mathopt.solve(self.model, mathopt.SolverType.HIGHS, params=parameters)
        if result.termination.reason != mathopt.TerminationReason.OPTIMAL:
            sys.exit(f"the rival ended with {result.termination.reason}")
        return result.objective_value()


def timed(work):
    began = time.process_time()
    result = work()
    return time.process_time() - began, result


def worth_of(problem, assignment):
    key = problem.pairs.application.astype(np.int64) * problem.experts + problem.pairs.expert
    own = assignment.application.astype(np.int64) * problem.experts + assignment.expert
    return int(problem.pairs.affinity[np.searchsorted(key, own)].sum())


def conflicts_of(problem, assignment):
    barred = (
        problem.conflicts.application.astype(np.int64) * problem.experts + problem.conflicts.expert
    )
    own = assignment.application.astype(np.int64) * problem.experts + assignment.expert
    return int(np.isin(own, barred).sum())


def say(text):
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def compare(name, problem, rounds):
    rival = Rival(problem)
    ours, theirs = [], []
    for _round in range(rounds):
        fresh = replace(problem)  # without what the problem keeps once it was solved
        seconds, assignment = timed(lambda fresh=fresh: solve(fresh))
        ours.append(seconds)
        seconds, optimum = timed(rival.solve)
        theirs.append(seconds)
    if verify(problem, assignment):
        sys.exit(f"{name}: the assignment does not hold")
    mine, other = statistics.median(ours), statistics.median(theirs)
    say(
        f"{name}: {mine:.3f} s ({assignment.proof}), HiGHS {other:.2f} s, {other / mine:.0f} x;"
        f" {worth_of(problem, assignment) / optimum:.6f} of the optimum,"
        f" {conflicts_of(problem, assignment)} conflicts, {assignment.missing.sum()} missing"
    )


def time_repairs(name, problem, number):
    """Refuse one review after the other, each time from the same assignment."""
    full, assignment = timed(lambda: solve(problem))
    seconds, moved = [], 0
    for at in np.linspace(0, assignment.application.size - 1, number).astype(int).tolist():
        own = slice(at, at + 1)
        kind = np.array([ConflictKind.REFUSED], np.int32)
        refused = Conflicts(assignment.application[own], assignment.expert[own], kind)
        spent, repaired = timed(
            lambda refused=refused: repair(problem, assignment, refused=refused)
        )
        seconds.append(spent)
        moved += repaired.moved
        if at % 7 == 0 and verify_repair(assignment, repaired):
            sys.exit(f"{name}: a repair does not hold")
    median = statistics.median(seconds)
    say(
        f"{name}: repair of one refusal {median * 1000:.1f} ms, at most {max(seconds) * 1000:.1f} ms,"
        f" {median / full:.3f} of the full solution; {moved} others moved in {number}"
    )


def time_alone(name, problem):
    seconds, assignment = timed(lambda: solve(problem))
    checking, found = timed(lambda: verify(problem, assignment))
    if found:
        sys.exit(f"{name}: the assignment does not hold: {found[0]}")
    naming, told = timed(lambda: shortages(problem, assignment))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    gap = assignment.gap / problem.panels.stakes.missing
    gap = (
        f"gap {gap:.2f} reviews"
        if gap >= 1
        else f"gap {assignment.gap / worth_of(problem, assignment):.6f}"
    )
    say(
        f"{name}: {problem.pairs.affinity.size} pairs, {seconds:.1f} s ({assignment.proof}, {gap}),"
        f" {assignment.missing.sum()} of {problem.panel_size.sum()} reviews missing, named in {naming:.1f} s"
        f" for {len(told)} applications; verified in {checking:.1f} s; peak {memory:.1f} GiB"
    )


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--national", action="store_true")
    arguments.add_argument("--rounds", type=int, default=5)
    given = arguments.parse_args()
    solve(region())  # the first run of a process loads the solvers
    compare("300 x 500 x 5", region(), given.rounds)
    compare("300 x 500 x 5, scarce", region(3), given.rounds)
    compare("300 x 500 x 5, quotas", region(with_quotas=True), min(given.rounds, 3))
    time_alone("300 x 500 x 5, crossing quotas", region(with_quotas=True, are_crossing=True))
    time_repairs("300 x 500 x 5", region(), 50)
    if given.national:
        time_alone("10,000 x 8,000 x 5", nation(7))
        time_alone("10,000 x 8,000 x 5, too few experts", nation(6))
        time_alone("10,000 x 8,000 x 5, quotas", nation(7, with_quotas=True))
        crossing = nation(7, with_quotas=True, are_crossing=True)
        time_alone("10,000 x 8,000 x 5, crossing quotas", crossing)
        time_repairs("10,000 x 8,000 x 5", nation(7), 15)


if __name__ == "__main__":
    main()
