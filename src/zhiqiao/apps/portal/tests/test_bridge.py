from itertools import pairwise

from zhiqiao.apps.portal.queries.bridge import DECK, MARGIN, TOWER_TOP, WIDTH, hangers


def test_hangers_span_the_deck_evenly_and_never_cross_the_cable():
    drawn = hangers(["met"] * 17)

    places = [hanger.x for hanger in drawn]
    assert places[0] == MARGIN
    assert places[-1] == WIDTH - MARGIN
    assert max(b - a for a, b in pairwise(places)) <= 57
    assert all(TOWER_TOP <= hanger.top <= hanger.bottom == DECK for hanger in drawn)


def test_hangers_are_the_same_on_both_sides():
    drawn = hangers(["met"] * 17)

    assert [hanger.top for hanger in drawn] == [hanger.top for hanger in reversed(drawn)]


def test_hangers_keep_the_order_of_the_targets():
    assert [hanger.status for hanger in hangers(["met", "behind"])] == ["met", "behind"]
    assert [hanger.x for hanger in hangers(["met"])] == [MARGIN]
    assert hangers([]) == ()
