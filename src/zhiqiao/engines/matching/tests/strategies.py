"""Small problems of every shape, for property tests."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from hypothesis import strategies as st

from zhiqiao.engines.matching import (
    Caps,
    Groups,
    Mechanism,
    Problem,
    Reason,
    Reserves,
    Standing,
    Ties,
)

NO_BARS = np.zeros(0, np.uint8)


@dataclass(frozen=True)
class Shape:
    """Which parts a problem may have."""

    candidates: int = 6
    programmes: int = 4
    by_choice: bool | None = None
    with_reserves: bool = False
    with_caps: bool = False


def lists(draw, candidates, programmes):
    chosen = [
        draw(st.permutations(range(programmes)))[: draw(st.integers(0, programmes))]
        for _ in range(candidates)
    ]
    first = np.concatenate([[0], np.cumsum([len(each) for each in chosen])]).astype(np.int64)
    return first, np.array([p for each in chosen for p in each], np.int32)


@st.composite
def problems(draw, mechanism=Mechanism.CANDIDATES, ties=Ties.LOTTERY, shape=Shape()):
    candidates = draw(st.integers(1, shape.candidates))
    programmes = draw(st.integers(1, shape.programmes))
    first, programme = lists(draw, candidates, programmes)
    by_choice = draw(st.booleans()) if shape.by_choice is None else shape.by_choice
    size = programme.size if by_choice else candidates
    most = 4 if by_choice else candidates - 1
    places = draw(st.lists(st.integers(0, most), min_size=size, max_size=size))
    lots = draw(st.permutations(range(candidates)))
    seats = np.array(
        draw(st.lists(st.integers(0, 3), min_size=programmes, max_size=programmes)), np.int64
    )
    barred = draw(st.lists(st.booleans(), min_size=programme.size, max_size=programme.size))
    bars = np.where(np.array(barred, bool), int(Reason.BELOW_LINE), 0).astype(np.uint8)
    return Problem(
        mechanism=mechanism,
        ties=ties,
        seats=seats,
        first=first,
        programme=programme,
        standing=Standing(np.array(places, np.int32), np.array(lots, np.int32), by_choice),
        bars=bars if draw(st.booleans()) else NO_BARS,
        reserves=draw(reserves(candidates, seats, shape)) if shape.with_reserves else None,
        caps=draw(caps(programmes)) if shape.with_caps else None,
    )


@st.composite
def reserves(draw, candidates, seats, shape):
    attributes = [draw(st.lists(st.integers(-1, 1), min_size=candidates, max_size=candidates))
                  for _ in range(2)]  # fmt: skip
    rows, first = [], [0]
    for number_of_seats in seats.tolist():
        groups, left = [], number_of_seats
        for _ in range(draw(st.integers(0, 2))):
            number = draw(st.integers(0, left))
            left -= number
            reverting = draw(st.booleans()) and not shape.with_caps
            groups.append((number, draw(st.integers(0, 1)), draw(st.integers(0, 1)), reverting))
        groups.insert(draw(st.integers(0, len(groups))), (left, -1, 0, False))
        rows += groups
        first.append(len(rows))
    table = np.array(rows, np.int64).reshape(-1, 4)
    return Reserves(
        first=np.array(first, np.int64),
        seats=table[:, 0].copy(),
        attribute=table[:, 1].astype(np.int32),
        value=table[:, 2].astype(np.int32),
        reverting=table[:, 3].astype(bool),
        attributes=np.array(attributes, np.int32),
    )


@st.composite
def caps(draw, programmes):
    above = draw(st.lists(st.integers(-1, 1), min_size=programmes, max_size=programmes))
    limits = draw(st.lists(st.integers(0, 4), min_size=2, max_size=2))
    return Caps(
        above=np.array(above, np.int32),
        parent=np.array([draw(st.sampled_from([-1, 1])), -1], np.int32),
        limit=np.array(limits, np.int64),
    )


@st.composite
def filing_problems(draw, mechanism, ties=Ties.LOTTERY):
    """Problems of the mechanisms of filing; groups are made of neighbouring programmes."""
    base = draw(problems(shape=Shape(by_choice=False)))
    struck_out = draw(st.lists(st.booleans(), min_size=base.choices, max_size=base.choices))
    bars = np.where(np.array(struck_out, bool), int(Reason.STRUCK_OUT), 0).astype(np.uint8)
    first, programme = base.first, base.programme.copy()
    for start, stop in pairwise(first):
        programme[start:stop] = sorted(programme[start:stop], key=lambda each: each // 2)
    adjusts = draw(st.lists(st.booleans(), min_size=base.choices, max_size=base.choices))
    ratio = draw(st.sampled_from([1000, 1200, 1500]))
    groups = Groups(np.arange(base.programmes, dtype=np.int32) // 2, np.array(adjusts, bool), ratio)
    return Problem(
        mechanism=mechanism,
        ties=ties,
        seats=base.seats,
        first=first,
        programme=programme,
        standing=base.standing,
        bars=bars,
        groups=groups if mechanism is Mechanism.GROUPS else None,
        ratio_thousandths=ratio if mechanism is Mechanism.IMMEDIATE else 1000,
    )
