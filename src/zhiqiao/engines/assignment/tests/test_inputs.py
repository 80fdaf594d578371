"""Draws, fits from codes, conflicts by identity, and the greatest values of many lists."""

from collections import Counter
from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from zhiqiao.engines.assignment import (
    AssignmentProblem,
    Codes,
    ConflictKind,
    Links,
    Mode,
    Penalties,
    affinity_from_codes,
    all_conflicts,
    commitment_of,
    conflicts_that_meet,
    draw_keys,
    no_conflicts,
    no_penalties,
    solve,
    sorted_pairs,
)
from zhiqiao.engines.assignment.ranking import LOWEST, greatest, grouped
from zhiqiao.engines.assignment.tests.worlds import pairs_of, small, whole

EXPERTS = ["e0", "e1", "e2", "e3", "e4"]
EVERY = sorted_pairs(np.zeros(5, np.int32), np.arange(5, dtype=np.int32), np.zeros(5, np.int64))


def drawn(seed, penalties=None):
    keys = draw_keys(EVERY, applications=["a"], experts=EXPERTS, seed=seed)
    problem = AssignmentProblem(
        panel_size=whole(2),
        least_load=np.zeros(5, np.int64),
        most_load=np.ones(5, np.int64),
        pairs=EVERY,
        conflicts=no_conflicts(),
        penalties=penalties or no_penalties(),
        mode=Mode.DRAW,
        keys=keys,
    )
    return [expert for _application, expert in pairs_of(solve(problem))]


def test_draw_gives_everybody_the_same_chance():
    """Two of five: 400 of 1,000 draws each, within four standard deviations of 15.5."""
    times = Counter(expert for number in range(1000) for expert in drawn(f"seed {number}".encode()))
    assert all(abs(times[expert] - 400) < 62 for expert in range(5))
    both = Counter(tuple(drawn(f"seed {number}".encode())) for number in range(1000))
    assert len(both) == 10
    assert all(abs(number - 100) < 38 for number in both.values())


def test_draw_depends_on_the_seed_and_the_two_names_alone():
    some = draw_keys(EVERY, applications=["a"], experts=EXPERTS, seed=b"s")
    alone = sorted_pairs(small(0), small(0), whole(0))
    assert draw_keys(alone, applications=["a"], experts=["e3"], seed=b"s")[0] == some[3]
    assert (
        draw_keys(EVERY, applications=["a"], experts=EXPERTS, seed=b"t").tolist() != some.tolist()
    )
    assert 0 <= some.min() <= some.max() < 2**28


def test_committed_seed_is_accepted():
    draw_keys(EVERY, applications=["a"], experts=EXPERTS, seed=b"s", commitment=commitment_of(b"s"))
    assert commitment_of(b"s") != commitment_of(b"t")


def test_soft_conflict_is_drawn_after_all_others():
    soft = Penalties(small(0, 0, 0), small(0, 1, 2), whole(0, 0, 0))
    assert all(drawn(f"{number}".encode(), soft) == [3, 4] for number in range(20))


LEVELS = ((6, 1_000_000), (4, 600_000), (2, 250_000))


def test_fit_is_the_mean_of_the_best_matches():
    applications = Codes(small(0, 0, 1), ["460103", "310201", "510201"], whole(3, 1, 1))
    experts = Codes(
        small(0, 1, 1, 2), ["460103", "460199", "310201", "99"], whole(*[1_000_000] * 4)
    )
    fits = affinity_from_codes(applications, experts, levels=LEVELS)
    named = zip(fits.application.tolist(), fits.expert.tolist(), strict=True)
    found = dict(zip(named, fits.affinity.tolist(), strict=True))
    assert found == {(0, 0): 750_000, (0, 1): (3 * 600_000 + 1_000_000) // 4}


def test_fit_counts_how_well_an_expert_knows_a_code():
    one = Codes(small(0), ["4601"], whole(1))
    half = Codes(small(0, 0), ["4601", "46"], whole(500_000, 1_000_000))
    assert affinity_from_codes(one, half, levels=LEVELS).affinity.tolist() == [300_000]
    none = affinity_from_codes(one, Codes(small(), [], whole()), levels=LEVELS)
    assert none.application.tolist() == []


codes = st.lists(st.tuples(st.integers(0, 3), st.text("12", min_size=1, max_size=3)), max_size=6)


@given(left=codes, right=codes)
def test_fit_is_what_a_person_would_count(left, right):
    levels = ((3, 1_000_000), (2, 500_000), (1, 200_000))
    sides = [
        Codes(small(*(o for o, _c in rows)), [c for _o, c in rows], whole(*[1_000_000] * len(rows)))
        for rows in (left, right)
    ]
    found = affinity_from_codes(*sides, levels=levels)
    expected = {}
    for a in {owner for owner, _code in left}:
        for e in {owner for owner, _code in right}:
            own = [code for owner, code in left if owner == a]
            best = [
                max(
                    worth if len(code) >= length and other[:length] == code[:length] else 0
                    for length, worth in levels
                    for owner, other in right
                    if owner == e
                )
                for code in own
            ]
            if any(best):
                expected[a, e] = sum(best) // len(own)
    named = zip(found.application.tolist(), found.expert.tolist(), strict=True)
    assert dict(zip(named, found.affinity.tolist(), strict=True)) == expected


def test_conflicts_meet_where_both_are_linked_to_the_same():
    applications = Links(small(0, 0, 1, 2), whole(10, 11, 10, 12))
    experts = Links(small(0, 1, 1, 2), whole(10, 10, 11, 99))
    found = conflicts_that_meet(applications, experts, kind=ConflictKind.EMPLOYER)
    named = list(zip(found.application.tolist(), found.expert.tolist(), strict=True))
    assert named == [(0, 0), (0, 1), (1, 0), (1, 1)]
    assert set(found.kind.tolist()) == {ConflictKind.EMPLOYER}
    nobody = conflicts_that_meet(Links(small(), whole()), experts, kind=ConflictKind.DISTRICT)
    assert all_conflicts(found, nobody).application.tolist() == [0, 0, 1, 1]


@given(
    lists=st.lists(st.lists(st.integers(-5, 5), max_size=6), max_size=5),
    number=st.integers(1, 4),
    one_long=st.booleans(),
)
def test_greatest_values_are_those_of_sorted_lists(lists, number, one_long):
    if one_long:
        lists = [*lists, list(range(70_000))]  # too uneven for a table
    first = np.cumsum([0, *map(len, lists)]).astype(np.int64)
    values = whole(*(value for each in lists for value in each))
    found = greatest(values, first, number=number)
    for each, best in zip(lists, found.tolist(), strict=True):
        expected = sorted(each, reverse=True)[:number]
        assert best == expected + [LOWEST] * (number - len(expected))


@given(st.lists(st.integers(0, 9), max_size=20))
def test_grouping_brings_equal_numbers_together(numbers):
    order, first = grouped(small(*numbers), 10)
    for number, (begin, end) in enumerate(pairwise(first.tolist())):
        assert order[begin:end].tolist() == [
            at for at, each in enumerate(numbers) if each == number
        ]
