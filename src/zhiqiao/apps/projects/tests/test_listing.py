"""Who is listed for what: the arrays against plain loops that go through all pairs."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from zhiqiao.apps.projects.engine_io import listing
from zhiqiao.apps.projects.engine_io.listing import Choice, all_pairs, best_pairs
from zhiqiao.apps.projects.rules.fit import CODE, LEAST, UNIT, Fits, words_of
from zhiqiao.engines.assignment import Conflicts, no_conflicts

WORDS = ("示范", "示范基地", "基地", "机电", "机电一体化", "护理", "软件 12", "c")
CODES = ("5", "51", "5102", "510203", "46", "4601", "460101", "2026")
texts_of = st.lists(
    st.lists(st.sampled_from((*WORDS, *CODES, "，", " ")), max_size=8).map("".join),
    max_size=7,
)
experts_of = st.lists(
    st.tuples(
        st.lists(st.sampled_from(CODES), max_size=3),
        st.lists(st.sampled_from(WORDS), max_size=4).map("、".join),
    ),
    max_size=6,
)


def fit_of(codes, topics, text):
    """Say the fit of one expert plainly: the longest code in common, or the share of words found."""
    there = set(CODE.findall(text))
    by_code = max(
        (
            min(len(code), len(other)) / max(len(code), len(other))
            for code in codes
            for other in there
            if other.startswith(code) or code.startswith(other)
        ),
        default=0.0,
    )
    words = words_of(topics)
    by_word = sum(word in text for word in words) / len(words) if words else 0.0
    return max(LEAST, round(UNIT * max(by_code, by_word)))


def fits_of(experts):
    return Fits([codes for codes, _topics in experts], [topics for _codes, topics in experts])


@given(texts_of, experts_of)
def test_fits_of_many_are_those_of_each(texts, experts):
    fits = fits_of(experts)
    found = [row.tolist() for row in fits.rows(texts)]

    assert found == [[fit_of(*one, text) for one in experts] for text in texts]


@st.composite
def choices(draw):
    texts, experts = draw(texts_of), draw(experts_of)
    number = len(texts)
    panel = draw(st.lists(st.integers(0, 3), min_size=number, max_size=number))
    dense = np.unique(np.array(panel, np.int32), return_inverse=True)[1].astype(np.int32)
    barred = set()
    if texts and experts:
        pair = st.tuples(st.integers(0, number - 1), st.integers(0, len(experts) - 1))
        barred = draw(st.sets(pair, max_size=6))
    is_full = draw(st.lists(st.booleans(), min_size=len(experts), max_size=len(experts)))
    is_kind = draw(st.lists(st.booleans(), min_size=len(experts), max_size=len(experts)))
    return texts, experts, dense, sorted(barred), is_full, is_kind


def made(texts, experts, panel, barred, is_full, is_kind) -> Choice:
    table = np.array(barred, np.int32).reshape(-1, 2)
    return Choice(
        fits=fits_of(experts),
        texts=texts,
        panel=panel,
        barred=Conflicts(table[:, 0], table[:, 1], np.zeros(len(table), np.int32)),
        is_full=np.array(is_full, np.bool_),
        kinds=[np.array(is_kind, np.bool_)],
    )


def fits_who_may(case, members):
    """Return the fit of each expert to each panel that the expert may sit on."""
    texts, experts, _panel, barred, is_full, _is_kind = case
    return {
        (one, seat): sum(fit_of(*expert, texts[a]) for a in mine) // len(mine)
        for one, mine in members.items()
        for seat, expert in enumerate(experts)
        if not is_full[seat] and not any((a, seat) in barred for a in mine)
    }


def loop_over_all(case, most, of_kind):
    """Say the rule plainly: for each panel, each expert and each quota the best who may."""
    texts, experts, panel, _barred, _is_full, is_kind = case
    panels = sorted(set(panel.tolist()))
    members = {one: [a for a in range(len(texts)) if panel[a] == one] for one in panels}
    fit = fits_who_may(case, members)

    def turn_of_expert(pair):
        return (pair[1] - pair[0] * most) % len(experts)

    def turn_of_panel(pair):
        return (pair[0] - pair[1] * most) % len(panels)

    def first(pairs, number, turn):
        return sorted(pairs, key=lambda pair: (-fit[pair], turn(pair)))[:number]

    chosen = set()
    for one in panels:
        mine = [pair for pair in fit if pair[0] == one]
        chosen |= set(first(mine, most, turn_of_expert))
        chosen |= set(first([p for p in mine if is_kind[p[1]]], of_kind, turn_of_expert))
    for seat in range(len(experts)):
        chosen |= set(first([pair for pair in fit if pair[1] == seat], most, turn_of_panel))
    return sorted(
        (a, seat, fit_of(*experts[seat], texts[a])) for one, seat in chosen for a in members[one]
    )


def rows_of(pairs):
    columns = (pairs.application.tolist(), pairs.expert.tolist(), pairs.affinity.tolist())
    return list(zip(*columns, strict=True))


@given(choices(), st.integers(1, 3))
def test_best_pairs_are_those_of_a_loop_over_all(case, most):
    assert rows_of(best_pairs(made(*case), most=most)) == loop_over_all(case, most, listing.OF_KIND)


@given(choices())
def test_all_pairs_are_listed_in_order_whatever_bars_them(case):
    texts, experts, *_rest = case

    assert rows_of(all_pairs(made(*case))) == [
        (a, seat, fit_of(*expert, text))
        for a, text in enumerate(texts)
        for seat, expert in enumerate(experts)
    ]


def test_more_panels_than_are_looked_at_together_are_listed_alike():
    """An expert's best panels are found across chunks."""
    number = listing.CHUNK * 2 + 3
    texts = ["机电" if one % 100 == 7 else "护理" for one in range(number)]
    experts = [([], "机电"), ([], "护理"), ([], "基地")]
    choice = Choice(
        fits=fits_of(experts),
        texts=texts,
        panel=np.arange(number, dtype=np.int32),
        barred=no_conflicts(),
        is_full=np.zeros(3, np.bool_),
    )
    found = best_pairs(choice, most=1)

    assert found.application.size < number + 6
    case = (texts, experts, choice.panel, [], [False] * 3, [False] * 3)
    assert rows_of(found) == loop_over_all(case, 1, 0)
    best = found.application[(found.expert == 0) & (found.affinity == 1_000_000)]
    assert set(best.tolist()) == set(range(7, number, 100))
