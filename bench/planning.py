"""The least change of a region's requested places, against another solver on the same model.

    just bench planning

3,000 lines (300 schools with 10 programmes each) in 19 categories of majors, one total, a floor for each category, and the
tenth of bachelor places. The rival is SCIP, as OR-tools ships it, on the same integer programme written
out again here; only its first objective (the least change) is asked of it, both must find the same. Medians of
interleaved rounds.
"""

import argparse
import statistics
import sys
import time
from fractions import Fraction

import numpy as np
from ortools.linear_solver import pywraplp

from zhiqiao.engines.planning import Problem, Share, broken_rules, solve

LINES, CATEGORIES, SEED = 3_000, 19, 2026


def make_problem(lines: int) -> Problem:
    draw = np.random.default_rng(SEED)
    requested = draw.integers(20, 300, lines)
    bachelor = draw.random(lines) < 0.06
    category = draw.integers(0, CATEGORIES, lines)
    asked = np.bincount(category, weights=requested, minlength=CATEGORIES).astype(np.int64)
    tenth = Share("bachelor", bachelor, np.ones(lines, np.bool_), Fraction(1, 10))
    return Problem(
        requested=requested,
        least=requested // 2,
        most=requested * 2,
        total_least=0,
        total_most=int(requested.sum() * 0.95),
        category=category,
        floors=(asked * draw.uniform(0.8, 1.0, CATEGORIES)).astype(np.int64),
        shares=(tenth,),
        weight=draw.integers(1, 4, lines),
    )


def by_rival(problem: Problem) -> int:
    solver = pywraplp.Solver.CreateSolver("SCIP")
    places = [
        solver.IntVar(int(least), int(most), "")
        for least, most in zip(problem.least, problem.most, strict=True)
    ]
    change = [solver.NumVar(0, solver.infinity(), "") for _line in places]
    for x, c, asked in zip(places, change, problem.requested.tolist(), strict=True):
        solver.Add(c >= x - asked)
        solver.Add(c >= asked - x)
    solver.Add(solver.Sum(places) <= problem.total_most)
    for number, floor in enumerate(problem.floors.tolist()):
        of_category = np.flatnonzero(problem.category == number)
        solver.Add(solver.Sum([places[line] for line in of_category]) >= floor)
    (share,) = problem.shares
    above = solver.Sum([places[line] for line in np.flatnonzero(share.counted)])
    solver.Add(above * share.least.denominator >= solver.Sum(places) * share.least.numerator)
    weights = problem.weight.tolist()
    solver.Minimize(solver.Sum([w * c for w, c in zip(weights, change, strict=True)]))
    if solver.Solve() != pywraplp.Solver.OPTIMAL:
        sys.exit("the rival found no best plan")
    return round(solver.Objective().Value())


def timed(work, *given):
    began = time.perf_counter()
    result = work(*given)
    return time.perf_counter() - began, result


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--lines", type=int, default=LINES)
    arguments.add_argument("--rounds", type=int, default=5)
    given = arguments.parse_args()
    problem = make_problem(given.lines)
    ours, theirs = [], []
    for _round in range(given.rounds):
        seconds, plan = timed(solve, problem)
        ours.append(seconds)
        seconds, least = timed(by_rival, problem)
        theirs.append(seconds)
        changed = int((np.abs(plan - problem.requested) * problem.weight).sum())
        if changed != least or broken_rules(problem, plan):
            sys.exit(f"the plans differ: {changed} and {least}")
    mine, rival = statistics.median(ours), statistics.median(theirs)
    sys.stdout.write(
        f"{given.lines} lines: {mine:.2f} s, SCIP {rival:.2f} s, ratio {mine / rival:.2f},"
        f" change {least}\n"
    )


if __name__ == "__main__":
    main()
