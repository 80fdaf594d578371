from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiqiao.engines.matching import MatchingError
from zhiqiao.engines.matching.displacement import End, displacements


def places(*programmes):
    return np.array(programmes, dtype=np.int32)


def told(before, after):
    return [
        ([(m.candidate, m.left, m.entered) for m in chain.moves], chain.end)
        for chain in displacements(before, after)
    ]


def test_nothing_changed_is_no_chain():
    assert displacements(places(0, -1, 2), places(0, -1, 2)) == []


def test_one_who_gets_a_place_pushes_others_until_one_drops_out():
    # 3 had none and gets programme 0; 0 goes on to programme 1, and 1, who was there, has none now.
    assert told(places(0, 1, 2, -1), places(1, -1, 2, 0)) == [
        ([(3, -1, 0), (0, 0, 1), (1, 1, -1)], End.OUT)
    ]


def test_a_chain_ends_where_a_place_was_free():
    assert told(places(0, -1), places(1, 0)) == [([(1, -1, 0), (0, 0, 1)], End.FREE)]


def test_who_leaves_and_is_followed_by_nobody_begins_a_chain():
    assert told(places(0, 1), places(1, -1)) == [([(0, 0, 1), (1, 1, -1)], End.OUT)]


def test_two_who_swap_are_a_round():
    assert told(places(0, 1, -1), places(1, 0, -1)) == [([(0, 0, 1), (1, 1, 0)], End.ROUND)]


def test_allocations_of_other_candidates_are_refused():
    with pytest.raises(MatchingError, match="has 1 entries where 2 are needed"):
        displacements(places(0, 1), places(0))


@given(st.lists(st.tuples(st.integers(-1, 3), st.integers(-1, 3)), max_size=12))
def test_chains_are_the_whole_change_and_nothing_but_the_change(pairs):
    before, after = places(*(b for b, _a in pairs)), places(*(a for _b, a in pairs))
    chains = displacements(before, after)
    moves = [move for chain in chains for move in chain.moves]
    assert Counter(m.candidate for m in moves) == Counter(np.flatnonzero(before != after).tolist())
    now = before.copy()
    for move in moves:
        assert now[move.candidate] == move.left
        now[move.candidate] = move.entered
    assert now.tolist() == after.tolist()
    for chain in chains:
        for one, following in zip(chain.moves, chain.moves[1:], strict=False):
            assert one.entered == following.left >= 0
        if chain.end is End.ROUND:
            assert chain.moves[-1].entered == chain.moves[0].left
        else:
            assert (chain.moves[-1].entered < 0) == (chain.end is End.OUT)
    _free_places_are_net_entries(before, after, chains)


def _free_places_are_net_entries(before, after, chains):
    """A place is called free only where more enter a programme than leave it."""
    ends = Counter(c.moves[-1].entered for c in chains if c.end is End.FREE)
    for programme in range(4):
        entered = int(((after == programme) & (before != programme)).sum())
        left = int(((before == programme) & (after != programme)).sum())
        assert ends[programme] == max(0, entered - left)
