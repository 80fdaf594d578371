"""The definitions, one candidate at a time: what stable means, and all stable allocations of a small problem."""

import itertools
from collections import Counter

import numpy as np


def key(problem, candidate, choice):
    standing = problem.standing
    return standing.places[choice if standing.by_choice else candidate], standing.lots[candidate]


def wants(problem, taken):
    """Yield each candidate with each competing choice wanted at least as much as what is held."""
    for candidate in range(problem.candidates):
        start, stop = problem.first[candidate], problem.first[candidate + 1]
        if taken[candidate] >= 0:
            stop = taken[candidate] + 1
        for choice in range(start, stop):
            if not (problem.bars.size and problem.bars[choice]):
                yield candidate, choice


def chosen_by(problem, programme, applicants):
    """Return whom a programme takes: its groups of places one after the other, each the best of its kind."""
    reserves, left, taken = problem.reserves, dict(applicants), set()
    groups = [(problem.seats[programme], -1, 0, False)]
    if reserves is not None:
        own = range(reserves.first[programme], reserves.first[programme + 1])
        groups = [(reserves.seats[g], reserves.attribute[g], reserves.value[g], reserves.reverting[g])
                  for g in own]  # fmt: skip
    for seats, attribute, value, reverting in groups:

        def is_kind(candidate, attribute=attribute, value=value):
            return attribute == -1 or reserves.attributes[attribute, candidate] == value

        ranked = sorted(left, key=lambda each: (not is_kind(each), key(problem, each, left[each])))
        best = [each for each in ranked if is_kind(each) or reverting][:seats]
        taken.update(best)
        for each in best:
            del left[each]
    return taken


def chosen_under_caps(problem, applications):
    """Return the applications taken one by one from the best, as long as every limit above has room."""
    held, taken = Counter(), set()
    for candidate, choice in sorted(applications, key=lambda each: key(problem, *each)):
        programme = int(problem.programme[choice])
        lines, cap = (
            [("programme", programme, problem.seats[programme])],
            problem.caps.above[programme],
        )
        while cap != -1:
            lines.append(("cap", int(cap), problem.caps.limit[cap]))
            cap = problem.caps.parent[cap]
        if all(held[line[:2]] < line[2] for line in lines):
            held.update(line[:2] for line in lines)
            taken.add((candidate, choice))
    return taken


def is_stable(problem, taken):
    """Say whether everyone gets exactly what the programmes choose from those who want it as much."""
    wishes = list(wants(problem, taken))
    held = {(candidate, int(choice)) for candidate, choice in enumerate(taken) if choice >= 0}
    if problem.caps is not None:
        return chosen_under_caps(problem, wishes) == held
    for programme in range(problem.programmes):
        applicants = {c: e for c, e in wishes if problem.programme[e] == programme}
        own = {candidate for candidate, choice in held if problem.programme[choice] == programme}
        if chosen_by(problem, programme, applicants) != own:
            return False
    return not problem.bars.size or not any(problem.bars[choice] for _candidate, choice in held)


def stable_allocations(problem):
    """Return every stable allocation."""
    options = [
        [-1, *range(problem.first[candidate], problem.first[candidate + 1])]
        for candidate in range(problem.candidates)
    ]
    every = (np.array(taken) for taken in itertools.product(*options))
    return [taken for taken in every if is_stable(problem, taken)]


def rank_of(taken):
    """Return numbers in which lower is better for the candidate; not admitted is last."""
    return np.where(np.asarray(taken) >= 0, taken, 1 << 40)
