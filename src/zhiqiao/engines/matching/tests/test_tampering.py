"""Every property of `verify` finds something that only it finds."""

from dataclasses import replace

import numpy as np
import pytest

from zhiqiao.engines.matching import (
    Caps,
    Groups,
    Mechanism,
    Outcome,
    Problem,
    Reason,
    Reserves,
    Standing,
    Ties,
    explain_all,
    solve,
    verify,
    verify_reasons,
)


def a_problem(chosen, places, seats, **parts):
    """One ranking by default: ``chosen`` lists programmes by candidate, ``places`` their standing."""
    first = np.cumsum([0, *map(len, chosen)]).astype(np.int64)
    by_choice = parts.pop("by_choice", False)
    return Problem(
        mechanism=parts.pop("mechanism", Mechanism.CANDIDATES),
        ties=parts.pop("ties", Ties.LOTTERY),
        seats=np.array(seats, np.int64),
        first=first,
        programme=np.array([each for own in chosen for each in own], np.int32),
        standing=Standing(
            np.array(places, np.int32), np.arange(len(chosen), dtype=np.int32), by_choice
        ),
        bars=np.array(parts.pop("bars", []), np.uint8),
        **parts,
    )


def an_outcome(problem, choice, group=None):
    choice = np.array(choice, np.int64)
    programme = np.where(choice >= 0, problem.programme[choice], -1).astype(np.int32)
    group = np.full(choice.size, -1) if group is None else np.array(group)
    return Outcome(choice, programme, group.astype(np.int32))


def one_kind(seats, *, order, kinds):
    """One programme whose places are open or for those of kind 1."""
    attribute = [-1 if each == "open" else 0 for each in order]
    return Reserves(
        first=np.array([0, len(order)], np.int64),
        seats=np.array(seats, np.int64),
        attribute=np.array(attribute, np.int32),
        value=np.ones(len(order), np.int32),
        reverting=np.zeros(len(order), bool),
        attributes=np.array([kinds], np.int32),
    )


SERIAL = a_problem([[0, 1], [0, 1], [0]], [0, 1, 2], [1, 1])
BARRED = a_problem([[0], [0]], [0, 1], [2], bars=[0, Reason.STRUCK_OUT])
UNLISTED = a_problem([[], [0]], [0, 1], [2])
CAP = Caps(np.array([0, 0], np.int32), np.array([-1], np.int32), np.array([1], np.int64))
CAPPED = a_problem([[0], [1]], [0, 1], [1, 1], caps=CAP)
STRICT = a_problem([[0], [0]], [0, 0], [1], ties=Ties.STRICT)
ALL_IN = a_problem([[0], [0], [0]], [0, 1, 1], [1], ties=Ties.ADMIT_ALL)
# Each candidate wants what the other programme ranks first: two stable allocations.
CROSSED = a_problem([[0, 1], [1, 0]], [1, 0, 1, 0], [1, 1], by_choice=True)
RESERVED = a_problem(
    [[0], [0]], [0, 1], [1],
    reserves=one_kind([0, 1], order=["open", "kind"], kinds=[0, 1]),
)  # fmt: skip
ROUNDS = a_problem([[0], [0]], [0, 1], [1], mechanism=Mechanism.IMMEDIATE)
GROUPS = a_problem(
    [[0], [0]], [0, 1], [1, 1], mechanism=Mechanism.GROUPS,
    groups=Groups(np.zeros(2, np.int32), np.array([False, False]), 1000),
)  # fmt: skip

TAMPERED = {
    "P1 by someone else's choice": ("P1", UNLISTED, an_outcome(UNLISTED, [0, 0])),
    "P1 by a choice that does not compete": ("P1", BARRED, an_outcome(BARRED, [0, 1])),
    "P2 over the places": ("P2", SERIAL, an_outcome(SERIAL, [0, 2, -1])),
    "P3 envy": ("P3", SERIAL, an_outcome(SERIAL, [1, 2, -1])),
    "P4 waste": ("P4", SERIAL, an_outcome(SERIAL, [0, -1, -1])),
    "P5 a cap full of worse ones": ("P5", CAPPED, an_outcome(CAPPED, [-1, 1])),
    "P6 a lot under strict": ("P6", STRICT, an_outcome(STRICT, [0, -1])),
    "P6 one of a tied class": ("P6", ALL_IN, an_outcome(ALL_IN, [-1, 1, -1])),
    "P7 worst for candidates": ("P7", CROSSED, an_outcome(CROSSED, [1, 3])),
    "P8 best for candidates": (
        "P8",
        replace(CROSSED, mechanism=Mechanism.PROGRAMMES),
        an_outcome(CROSSED, [0, 2]),
    ),
    "P9 rounds": ("P9", ROUNDS, an_outcome(ROUNDS, [-1, 1])),
    "P9 groups": ("P9", GROUPS, an_outcome(GROUPS, [-1, 1])),
    "P10 another kind": ("P10", RESERVED, an_outcome(RESERVED, [0, 1], [1, 1])),
}


@pytest.mark.parametrize(("name", "problem", "outcome"), TAMPERED.values(), ids=TAMPERED)
def test_only_its_property_finds_what_was_tampered_with(name, problem, outcome):
    found = {violation.name for violation in verify(problem, outcome)}
    assert found == {name}
    assert verify(problem, outcome, without=frozenset({name})) == []


@pytest.mark.parametrize(
    "problem", [SERIAL, BARRED, CAPPED, ALL_IN, CROSSED, RESERVED, ROUNDS, GROUPS]
)
def test_what_is_solved_violates_nothing(problem):
    assert verify(problem, solve(problem)) == []


@pytest.mark.parametrize("code", [Reason.BELOW_CUTOFF, Reason.BETTER_HELD, Reason.TIED_BY_LOT])
def test_reason_that_is_not_true_is_found(code):
    outcome = solve(SERIAL)
    reasons = explain_all(SERIAL, outcome)
    assert verify_reasons(SERIAL, outcome, reasons.code) == []
    wrong = reasons.code.copy()
    wrong[0] = code
    assert [each.name for each in verify_reasons(SERIAL, outcome, wrong)] == ["P11"]


def test_violation_names_the_two_candidates_of_an_envy():
    (violation,) = verify(SERIAL, an_outcome(SERIAL, [1, 2, -1]))
    assert violation.candidates == (0, 1)
    assert violation.programmes == (0,)
