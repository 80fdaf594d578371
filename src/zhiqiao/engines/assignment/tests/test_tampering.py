"""Every property of `verify` finds something that only it finds."""

from dataclasses import replace

import numpy as np
import pytest

from zhiqiao.engines.assignment import (
    Change,
    ConflictKind,
    Conflicts,
    LeastOf,
    MostPerValue,
    Prices,
    Proof,
    repair,
    solve,
    unproven,
    verify,
    verify_repair,
)
from zhiqiao.engines.assignment.tests.worlds import a_problem, small, whole
from zhiqiao.engines.assignment.verify import PROPERTIES, REPAIR_PROPERTIES

FIRST = np.array([True, False, False])
# One application, three experts who fit it equally well; so any of them may be exchanged for another.
ALIKE = a_problem([[0, 0, 0]], [2], [1, 1, 1])
UNLISTED = a_problem([[0, 0, None]], [2], [1, 1, 1])
TOO_LOW = a_problem([[5, 5, 1]], [2], [1, 1, 1], least_affinity=2, penalties=[(0, 0, 4), (0, 1, 4)])
CONFLICT = a_problem([[0, 0, 0]], [2], [1, 1, 1], conflicts=[(0, 2, ConflictKind.KINSHIP)])
FULL = a_problem([[0, 0], [0, 0]], [1, 1], [1, 1])
INDUSTRY = a_problem([[0, 0, 0]], [2], [1, 1, 1], quotas=(LeastOf("industry", FIRST, 1),))
EMPLOYER = a_problem(
    [[0, 0, 0]], [2], [1, 1, 1], quotas=(MostPerValue("employer", small(0, 1, 1)),)
)
GROUP = a_problem([[0, 0], [0, 0]], [1, 1], [2, 2], group=small(0, 0))
# Both could have the expert who fits, and both are full: only a circle of two is better.
CROSSED = a_problem([[9, 1], [1, 9]], [1, 1], [1, 1])
ROOM = a_problem([[9, 1]], [1], [1, 1])
EMPTY = a_problem([[9]], [1], [1])


def assigned(problem, *pairs, **changed):
    """Take the solution of a problem and put other pairs into it, with figures that fit them."""
    solution = solve(problem)
    pairs = sorted(pairs)
    reviews = np.bincount([a for a, _e in pairs], minlength=problem.applications)
    listed = {
        (int(a), int(e)): int(fit)
        for a, e, fit in zip(
            problem.pairs.application, problem.pairs.expert, problem.pairs.affinity, strict=True
        )
    }
    for a, e, penalty in zip(
        problem.penalties.application,
        problem.penalties.expert,
        problem.penalties.penalty,
        strict=True,
    ):
        listed[int(a), int(e)] -= int(penalty)
    missing = np.maximum(problem.panel_size - reviews, 0)
    worth = sum(listed.get(pair, 0) for pair in pairs)
    parts = {
        "application": small(*(a for a, _e in pairs)),
        "expert": small(*(e for _a, e in pairs)),
        "missing": missing,
        "value": worth - problem.panels.stakes.missing * int(missing.sum()),
    }
    return replace(solution, **{**parts, **changed})


def bounded(problem, *pairs, **changed):
    return assigned(problem, *pairs, proof=Proof.BOUNDED, **changed)


TAMPERED = {
    "P1 not listed": ("P1", UNLISTED, bounded(UNLISTED, (0, 0), (0, 2))),
    "P1 twice": ("P1", a_problem([[0]], [2], [2]), bounded(a_problem([[0]], [2], [2]), (0, 0), (0, 0), bound=0)),
    "P1 too low": ("P1", TOO_LOW, bounded(TOO_LOW, (0, 0), (0, 2))),
    "P2 one too many": ("P2", ALIKE, assigned(ALIKE, (0, 0), (0, 1), (0, 2))),
    "P3 over the load": ("P3", FULL, assigned(FULL, (0, 0), (1, 0))),
    "P4 a conflict": ("P4", CONFLICT, assigned(CONFLICT, (0, 0), (0, 2))),
    "P5 nobody of the kind": ("P5", INDUSTRY, assigned(INDUSTRY, (0, 1), (0, 2))),
    "P5 two of one label": ("P5", EMPLOYER, assigned(EMPLOYER, (0, 1), (0, 2))),
    "P6 other reviewers": ("P6", GROUP, assigned(GROUP, (0, 0), (1, 1))),
    "P7 nothing missing": (
        "P7", a_problem([[0]], [2], [1]), assigned(a_problem([[0]], [2], [1]), (0, 0), missing=whole(0)),
    ),
    "P7 nobody idle": (
        "P7",
        a_problem([[0]], [0], [1], least_load=whole(1)),
        replace(solve(a_problem([[0]], [0], [1], least_load=whole(1))), idle=whole(0)),
    ),
    "P8 a greater value": ("P8", CROSSED, bounded(CROSSED, (0, 0), (1, 1), value=17)),
    "P8 a smaller bound": ("P8", CROSSED, assigned(CROSSED, (0, 1), (1, 0), bound=2)),
    "P8 no prices": (
        "P8",
        ROOM,
        replace(solve(ROOM), prices=Prices(whole(0), small(), small(), small(), whole())),
    ),
    "P9 called optimal": ("P9", CROSSED, assigned(CROSSED, (0, 1), (1, 0))),
    "P10 a better expert with room": ("P10", ROOM, bounded(ROOM, (0, 1))),
    "P10 an empty seat": ("P10", EMPTY, bounded(EMPTY)),
    "P10 an empty seat after a repair": ("P10", EMPTY, assigned(EMPTY, proof=Proof.REPAIRED)),
}  # fmt: skip


@pytest.mark.parametrize(("name", "problem", "assignment"), TAMPERED.values(), ids=TAMPERED)
def test_only_its_property_finds_what_was_tampered_with(name, problem, assignment):
    found = {violation.name for violation in verify(problem, assignment)}
    assert found == {name}
    assert verify(problem, assignment, without=frozenset({name})) == []


def test_every_property_has_something_that_it_alone_finds():
    assert {name for name, _problem, _assignment in TAMPERED.values()} == set(PROPERTIES)
    assert {name for name, _repaired in REPAIRS.values()} == set(REPAIR_PROPERTIES)


@pytest.mark.parametrize(
    "problem",
    [ALIKE, UNLISTED, TOO_LOW, CONFLICT, FULL, INDUSTRY, EMPLOYER, GROUP, CROSSED, ROOM, EMPTY],
)
def test_what_is_solved_violates_nothing(problem):
    assert verify(problem, solve(problem)) == []


def test_violations_name_the_smallest_group():
    (conflict,) = verify(CONFLICT, assigned(CONFLICT, (0, 0), (0, 2)))
    assert (conflict.applications, conflict.experts) == ((0,), (2,))
    assert conflict.sentence == "the expert is in conflict: kinship"
    (load,) = verify(FULL, assigned(FULL, (0, 0), (1, 0)))
    assert (load.applications, load.experts) == ((0, 1), (0,))
    (quota,) = verify(EMPLOYER, assigned(EMPLOYER, (0, 1), (0, 2)))
    assert (quota.applications, quota.experts) == ((0,), (1, 2))
    (seat,) = verify(ROOM, bounded(ROOM, (0, 1)))
    assert (seat.applications, seat.experts) == ((0,), (1, 0))
    (loss,) = verify(CROSSED, assigned(CROSSED, (0, 1), (1, 0)))
    assert loss.applications in {(0,), (1,)}


# The first expert refuses; the second one has room, the third would have to leave application 1.
CHAIN = a_problem([[5, 5, 5], [None, 5, 5]], [1, 1], [1, 2, 1])
REFUSED = Conflicts(small(0), small(0), small(ConflictKind.REFUSED))
BEFORE = replace(solve(CHAIN), application=small(0, 1), expert=small(0, 2), missing=whole(0, 0))
REPAIRED = repair(CHAIN, BEFORE, refused=REFUSED)
BY_THE_LONG_WAY = (Change(0, 0, 2, is_move=False), Change(1, 2, 1, is_move=True))
REPAIRS = {
    "R1 a move that is not told": ("R1", replace(REPAIRED, changes=())),
    "R2 a move that was not needed": (
        "R2",
        replace(
            REPAIRED,
            assignment=replace(REPAIRED.assignment, application=small(0, 1), expert=small(2, 1)),
            changes=BY_THE_LONG_WAY,
        ),
    ),
}


@pytest.mark.parametrize(("name", "repaired"), REPAIRS.values(), ids=REPAIRS)
def test_only_its_property_finds_what_was_tampered_with_in_a_repair(name, repaired):
    assert verify_repair(BEFORE, REPAIRED) == []
    assert {violation.name for violation in verify_repair(BEFORE, repaired)} == {name}
    assert verify_repair(BEFORE, repaired, without=frozenset({name})) == []


def test_a_seat_left_empty_though_a_chain_fills_it_is_found():
    """The expert with room fits application 1 alone, whose reviewer fits both."""
    problem = a_problem([[5, 5, None], [None, 5, 5]], [1, 1], [1, 1, 1])
    before = replace(
        solve(problem), application=small(0, 1), expert=small(0, 1), missing=whole(0, 0), value=10
    )
    repaired = repair(problem, before, refused=REFUSED)
    assert verify_repair(before, repaired) == []
    assert repaired.moved == 1
    seat = problem.panels.stakes.missing
    lazy = replace(
        repaired,
        assignment=replace(
            repaired.assignment,
            application=small(1),
            expert=small(1),
            missing=whole(1, 0),
            value=5 - seat,
        ),
        changes=(Change(0, 0, -1, is_move=False),),
    )
    (violation,) = verify_repair(before, lazy)
    assert (violation.name, violation.applications) == ("R2", (0,))


def test_pairs_alone_claim_nothing_and_their_bound_holds_without_prices():
    given = unproven(CROSSED, application=small(0, 1), expert=small(1, 0), missing=whole(0, 0))
    assert (given.value, given.bound, given.proof) == (2, 18, Proof.BOUNDED)
    assert given.idle.tolist() == [0, 0]
    assert verify(CROSSED, given) == []
    full = unproven(FULL, application=small(0, 1), expert=small(0, 0), missing=whole(0, 0))
    assert {violation.name for violation in verify(FULL, full)} == {"P3"}
