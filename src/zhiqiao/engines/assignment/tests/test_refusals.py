"""Every refusal is reached by an input that deserves it, and says what was given."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from zhiqiao.engines.assignment import (
    AssignmentError,
    Conflicts,
    LeastOf,
    Mode,
    MostPerValue,
    Pairs,
    Penalties,
    commitment_of,
    draw_keys,
    explain,
    solve,
)
from zhiqiao.engines.assignment.errors import REFUSALS
from zhiqiao.engines.assignment.tests.worlds import a_problem, small, whole

BASE = a_problem([[5, 3], [4, 6]], [1, 1], [1, 1])
BOTH = np.array([True, True])


def pairs(application=(0, 1), expert=(0, 1), affinity=(1, 1)):
    return Pairs(small(*application), small(*expert), whole(*affinity))


def least(**changed):
    return (LeastOf(**{"name": "kind", "members": BOTH, "number": 1, **changed}),)


def most(**changed):
    return (MostPerValue(**{"name": "label", "label": small(0, 0), **changed}),)


CASES = [
    ("length", {"least_load": whole(0)}),
    ("length", {"pairs": pairs(affinity=(1,))}),
    ("length", {"quotas": least(members=np.array([True]))}),
    ("length", {"quotas": most(applies=np.array([True]))}),
    ("kind", {"most_load": small(1, 1)}),
    ("kind", {"quotas": least(members=small(1, 1))}),
    ("panel-size", {"panel_size": whole(1, -1)}),
    ("panel-size", {"panel_size": whole(1, 1001)}),
    ("load", {"least_load": whole(0, 2)}),
    ("load", {"least_load": whole(-1, 0)}),
    ("load", {"most_load": whole(1, 1_000_001)}),
    ("index", {"pairs": pairs(expert=(0, 2))}),
    ("index", {"conflicts": Conflicts(small(2), small(0), small(0))}),
    ("index", {"group": small(0, 2)}),
    ("order", {"pairs": pairs(application=(0, 0), expert=(1, 0))}),
    ("order", {"pairs": pairs(application=(0, 0), expert=(0, 0))}),
    ("affinity", {"pairs": pairs(affinity=(1, -1))}),
    ("affinity", {"pairs": pairs(affinity=(1, 2**30 + 1))}),
    ("conflict-kind", {"conflicts": Conflicts(small(0), small(0), small(11))}),
    ("penalty", {"penalties": Penalties(small(0), small(0), whole(-1))}),
    ("label", {"quotas": most(label=small(0, -2))}),
    ("label", {"quotas": most(label=small(0, 2))}),
    ("quota-number", {"quotas": most(number=0)}),
    ("quota-number", {"quotas": least(number=-1)}),
    ("quota-number", {"quotas": least(share=Fraction(3, 2))}),
    ("quota-number", {"quotas": least(share=Fraction(1, 10_001))}),
    ("quota-panel", {"quotas": least(number=2)}),
    ("group-size", {"panel_size": whole(1, 2), "group": small(0, 0)}),
    ("keys", {"mode": Mode.DRAW}),
    ("keys", {"keys": whole(1, 1, 1, 1)}),
    ("key", {"mode": Mode.DRAW, "keys": whole(1, 1, 1, 2**28)}),
    (
        "too-large",
        {"panel_size": np.full(2, 1000), "most_load": np.full(2, 10**6), "copies": 40_000},
    ),
]


def made(changed):
    """Change the base; ``copies`` makes as many experts and applications of its last ones."""
    copies = changed.pop("copies", 1) if "copies" in changed else 1
    problem = replace(BASE, **changed)
    if copies == 1:
        return problem
    return replace(
        problem,
        panel_size=np.full(copies, 1000),
        least_load=np.zeros(copies, np.int64),
        most_load=np.full(copies, 1000),
        pairs=pairs(affinity=(0, 2**30)),
    )


@pytest.mark.parametrize(("reason", "changed"), CASES, ids=[reason for reason, _ in CASES])
def test_input_that_deserves_it_is_refused_with_its_reason(reason, changed):
    with pytest.raises(AssignmentError) as refused:
        solve(made(dict(changed)))
    assert refused.value.reason == reason
    assert "{" not in str(refused.value)


def test_seed_that_was_not_committed_to_is_refused():
    with pytest.raises(AssignmentError) as refused:
        draw_keys(
            BASE.pairs,
            applications=["a", "b"],
            experts=["x", "y"],
            seed=b"another",
            commitment=commitment_of(b"seed"),
        )
    assert refused.value.reason == "commitment"


def test_every_refusal_is_reached():
    assert {reason for reason, _changed in CASES} | {"commitment"} == set(REFUSALS)


def test_question_about_nobody_is_refused():
    with pytest.raises(AssignmentError, match="names expert 2; there are 2"):
        explain(BASE, solve(BASE), application=0, expert=2)


def test_the_problem_that_the_cases_change_is_solved():
    assert solve(BASE).expert.tolist() == [0, 1]
