"""Small random problems of every shape, for property tests."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from hypothesis import strategies as st

from zhiqiao.engines.assignment import (
    AssignmentProblem,
    Conflicts,
    LeastOf,
    Mode,
    MostPerValue,
    Penalties,
    sorted_pairs,
)

MOST_FIT = 6


@dataclass(frozen=True)
class Shape:
    """Which parts a problem may have."""

    applications: int = 5
    experts: int = 5
    with_quotas: bool = False
    with_groups: bool = False
    is_drawn: bool = False


def numbers(draw, low, high, size, kind=np.int64):
    return np.array(draw(st.lists(st.integers(low, high), min_size=size, max_size=size)), kind)


@st.composite
def problems(draw, shape=Shape()):
    applications = draw(st.integers(1, shape.applications))
    experts = draw(st.integers(1, shape.experts))
    every = [(a, e) for a in range(applications) for e in range(experts)]
    listed = [pair for pair in every if draw(st.integers(0, 3))]
    pairs = sorted_pairs(
        np.array([a for a, _e in listed], np.int32),
        np.array([e for _a, e in listed], np.int32),
        numbers(draw, 0, MOST_FIT, len(listed)),
    )
    most = np.array([draw(st.sampled_from([0, 1, 2, 3, 3, 4])) for _ in range(experts)], np.int64)
    group = numbers(draw, -1, applications - 1, applications, np.int32)
    size = numbers(draw, 0, 3, applications)
    if shape.with_groups:
        for number in set(group.tolist()) - {-1}:
            size[group == number] = size[group == number][0]
    return AssignmentProblem(
        panel_size=size,
        least_load=np.minimum(numbers(draw, 0, 2, experts), most),
        most_load=most,
        pairs=pairs,
        conflicts=draw(conflicts(every)),
        penalties=Penalties(*chosen(draw, every, 2), numbers(draw, 0, 3, 2)),
        quotas=draw(quotas(applications, experts, size)) if shape.with_quotas else (),
        group=group if shape.with_groups else None,
        least_affinity=draw(st.sampled_from([0, 0, 1])),
        mode=Mode.DRAW if shape.is_drawn else Mode.FIT,
        keys=numbers(draw, 0, 2**28 - 1, len(listed)) if shape.is_drawn else None,
    )


@st.composite
def conflicts(draw, every):
    number = draw(st.integers(0, 3))
    return Conflicts(*chosen(draw, every, number), numbers(draw, 0, 10, number, np.int32))


def chosen(draw, every, number):
    some = [draw(st.sampled_from(every)) for _ in range(number)]
    return (np.array([pair[side] for pair in some], np.int32) for side in (0, 1))


@st.composite
def quotas(draw, applications, experts, size):
    """Up to three quotas of both kinds, that may contain or cross each other."""
    found = []
    for number in range(draw(st.integers(1, 4))):
        applies = np.array(
            draw(st.lists(st.booleans(), min_size=applications, max_size=applications))
        )
        applies = applies if draw(st.booleans()) else None
        if draw(st.booleans()):
            label = numbers(draw, -1, min(2, experts - 1), experts, np.int32)
            quota = MostPerValue(f"label {number}", label, draw(st.integers(1, 2)), applies)
        else:
            members = np.array(draw(st.lists(st.booleans(), min_size=experts, max_size=experts)))
            share = Fraction(draw(st.integers(0, 3)), 4)
            least = draw(st.integers(0, 1)) if (size > 0).all() else 0
            quota = LeastOf(f"kind {number}", members, least, share, applies)
        found.append(quota)
    return tuple(found)
