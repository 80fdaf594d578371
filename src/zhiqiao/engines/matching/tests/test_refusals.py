"""Every refusal is reached by an input that deserves it, and says what was given."""

import numpy as np
import pytest

from zhiqiao.engines.matching import Mechanism, Problem, Ties, solve
from zhiqiao.engines.matching.errors import MatchingError
from zhiqiao.engines.matching.problem import Caps, Groups, Reserves, Standing
from zhiqiao.engines.matching.refusals import REFUSALS


def array(kind, *values):
    return np.array(values, dtype=kind)


def standing(places=(0, 1), lots=(0, 1), *, by_choice=False):
    return Standing(array(np.int32, *places), array(np.int32, *lots), by_choice)


def problem(**changed):
    """Two candidates who both want programme 0 and then programme 1, of one place each."""
    given = {
        "mechanism": Mechanism.CANDIDATES,
        "ties": Ties.STRICT,
        "seats": array(np.int64, 1, 1),
        "first": array(np.int64, 0, 2, 4),
        "programme": array(np.int32, 0, 1, 0, 1),
        "standing": standing(),
        "bars": array(np.uint8),
    }
    return Problem(**{**given, **changed})


def reserves(**changed):
    given = {
        "first": array(np.int64, 0, 1, 2),
        "seats": array(np.int64, 1, 1),
        "attribute": array(np.int32, -1, -1),
        "value": array(np.int32, 0, 0),
        "reverting": array(np.bool_, 0, 0),
        "attributes": np.zeros((1, 2), np.int32),
    }
    return Reserves(**{**given, **changed})


def caps(above=(0, -1), parent=(-1,), limit=(1,)):
    return Caps(array(np.int32, *above), array(np.int32, *parent), array(np.int64, *limit))


def groups(group=(0, 1), ratio=1000, adjusts=(0, 0, 0, 0)):
    return Groups(array(np.int32, *group), array(np.bool_, *adjusts), ratio)


SPLIT = {
    "seats": array(np.int64, 1, 1, 1),
    "first": array(np.int64, 0, 3),
    "programme": array(np.int32, 0, 1, 2),
    "standing": standing((0,), (0,)),
    "groups": groups((0, 1, 0), adjusts=(0, 0, 0)),
}
# Lots decide who gets programme 0; the other gets programme 1, and the other way round.
LOTS_DECIDE = {"mechanism": Mechanism.IMMEDIATE, "standing": standing((0, 0))}
CASES = [
    ("length", {"bars": array(np.uint8, 0)}),
    ("length", {"standing": standing((0,))}),
    ("length", {"reserves": reserves(attributes=np.zeros((1, 5), np.int32))}),
    ("kind", {"seats": array(np.int32, 1, 1)}),
    ("kind", {"reserves": reserves(reverting=array(np.int8, 0, 0))}),
    ("first", {"first": array(np.int64, 0, 3, 2)}),
    ("first", {"first": array(np.int64, 1, 2, 4)}),
    ("programme", {"programme": array(np.int32, 0, 2, 0, 1)}),
    ("programme", {"programme": array(np.int32, 0, -1, 0, 1)}),
    ("twice", {"programme": array(np.int32, 0, 1, 1, 1)}),
    ("seats", {"seats": array(np.int64, 1, -1)}),
    ("place", {"standing": standing((0, 2))}),
    ("lot", {"standing": standing(lots=(1, 1))}),
    ("lot", {"standing": standing(lots=(0, 2))}),
    ("reserve-seats", {"reserves": reserves(seats=array(np.int64, 1, 2))}),
    ("reserve-first", {"reserves": reserves(first=array(np.int64, 0, 2, 1))}),
    ("reserve-first", {"reserves": reserves(first=array(np.int64, 0, 1, 5))}),
    ("reserve-attribute", {"reserves": reserves(attribute=array(np.int32, 0, 1))}),
    ("reserve-attribute", {"reserves": reserves(attribute=array(np.int32, -2, 0))}),
    ("cap-tree", {"caps": caps(parent=(0,))}),
    ("cap-tree", {"caps": caps(parent=(1, 0), limit=(1, 1))}),
    ("cap-tree", {"caps": caps(parent=(7,))}),
    ("cap-above", {"caps": caps(above=(1, -1))}),
    ("cap-above", {"caps": caps(above=(0, -2))}),
    ("cap-limit", {"caps": caps(limit=(-1,))}),
    ("cap-reverting", {"caps": caps(), "reserves": reserves(reverting=array(np.bool_, 1, 0))}),
    ("ties-with", {"caps": caps(), "ties": Ties.ADMIT_ALL}),
    ("ties-with", {"mechanism": Mechanism.PROGRAMMES, "ties": Ties.REJECT_ALL}),
    ("only-deferred", {"mechanism": Mechanism.IMMEDIATE, "caps": caps()}),
    ("only-deferred", {"mechanism": Mechanism.IMMEDIATE, "reserves": reserves()}),
    ("serial-keys", {"mechanism": Mechanism.SERIAL, "standing": standing((0, 1, 0, 1), by_choice=True)}),
    ("groups-needed", {"mechanism": Mechanism.GROUPS}),
    ("group", {"mechanism": Mechanism.GROUPS, "groups": groups((0, -1))}),
    ("group", {"mechanism": Mechanism.GROUPS, "groups": groups((0, 2))}),
    ("groups-split", {"mechanism": Mechanism.GROUPS, **SPLIT}),
    ("ratio", {"mechanism": Mechanism.GROUPS, "groups": groups(ratio=999)}),
    ("ratio", {"mechanism": Mechanism.IMMEDIATE, "ratio_thousandths": 2001}),
    ("tied", {"standing": standing((0, 0))}),
    ("tied-somewhere", LOTS_DECIDE),
]  # fmt: skip


@pytest.mark.parametrize(("reason", "changed"), CASES, ids=[reason for reason, _ in CASES])
def test_input_that_deserves_it_is_refused_with_its_reason(reason, changed):
    with pytest.raises(MatchingError) as refused:
        solve(problem(**changed))
    assert refused.value.reason == reason
    assert "{" not in str(refused.value)


def test_every_refusal_is_reached():
    assert {reason for reason, _changed in CASES} == set(REFUSALS)


def test_the_problem_that_the_cases_change_is_solved():
    assert solve(problem()).programme.tolist() == [0, 1]
