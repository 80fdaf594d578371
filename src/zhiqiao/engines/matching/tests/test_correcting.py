"""The three policies after a correction, against their definitions one candidate at a time."""

from collections import Counter
from itertools import count

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiqiao.engines.matching import (
    Rules,
    TableError,
    Tables,
    allocate,
    results_table,
)
from zhiqiao.engines.matching.correcting import Policy, above_plan, correct
from zhiqiao.engines.matching.nearest import Span
from zhiqiao.engines.matching.outcome import Outcome, at_choices
from zhiqiao.engines.matching.tests.plain import is_stable, stable_allocations

RULES = {
    "mechanism": "candidate-proposing",
    "keys": {"arts": ["art"], "crafts": ["craft"]},
    "ties": {"policy": "lottery", "seed": "s"},
}
ONE_RANKING = {**RULES, "keys": {"default": ["art"]}}
CLASSES = {"A": "arts", "B": "crafts", "C": "arts", "D": "crafts"}
BATCHES = [
    {"name": "first", "programmes": {"class": "arts"}},
    {"name": "second", "programmes": {"class": "crafts"}},
]


def tables(seats, lists, scores, **more):
    """Candidates c0, c1 … with two scores each and a list of programmes."""
    choices = [
        (f"c{number}", rank, programme)
        for number, wanted in enumerate(lists)
        for rank, programme in enumerate(wanted, 1)
    ]
    programmes = {"programme": list(seats), "seats": list(seats.values())}
    programmes["class"] = [CLASSES[name] for name in seats]
    columns = {"candidate": pl.String, "rank": pl.Int64, "programme": pl.String}
    people = [(f"c{number}", *own) for number, own in enumerate(scores)]
    return Tables(
        programmes=pl.DataFrame({**programmes, **more.pop("columns", {})}),
        candidates=pl.DataFrame(people, schema=["candidate", "art", "craft"], orient="row"),
        choices=pl.DataFrame(choices, schema=columns, orient="row"),
        **more,
    )


@st.composite
def folders(draw, candidates=4):
    seats = {name: draw(st.integers(0, 2)) for name in "ABCD"}
    lists = [draw(st.permutations("ABCD"))[: draw(st.integers(1, 4))] for _ in range(candidates)]
    score = st.integers(1, 6)
    return tables(seats, lists, [(draw(score), draw(score)) for _ in range(candidates)])


def published_by(given_tables, rules):
    return results_table(allocate(given_tables, Rules.model_validate(rules)))


def where(correction):
    names = correction.allocation.applications.programme_names
    return [names[at] if at >= 0 else None for at in correction.programme.tolist()]


def ranks(lists, places):
    """Return how good each place is for the candidate: listed, not listed, none."""
    return [
        99 if place is None else own.index(place) if place in own else 98
        for own, place in zip(lists, places, strict=True)
    ]


def lists_of(given_tables, number):
    listed = given_tables.choices.rows_by_key("candidate")
    return [
        [programme for _rank, programme in listed.get(f"c{each}", [])] for each in range(number)
    ]


@given(before=folders(), after=folders(), rules=st.sampled_from([RULES, ONE_RANKING]))
def test_exact_is_the_solution_of_the_corrected_tables(before, after, rules):
    published = published_by(before, rules)
    own = Rules.model_validate(rules)
    correction = correct(published, after, own, policy=Policy.EXACT)
    assert where(correction) == published_by(after, rules)["programme"].to_list()
    assert correction.spans == ()
    assert above_plan(correction).is_empty()


@given(before=folders(), after=folders(), rules=st.sampled_from([RULES, ONE_RANKING]))
def test_hold_harmless_is_the_better_of_both_and_counts_what_is_above_the_plan(
    before, after, rules
):
    published = published_by(before, rules)
    own = Rules.model_validate(rules)
    correction = correct(published, after, own, policy=Policy.HOLD_HARMLESS)

    now, then = where(correction), published["programme"].to_list()
    exact = published_by(after, rules)["programme"].to_list()
    lists = lists_of(after, len(now))
    after_that = ranks(lists, now)
    assert after_that == [
        min(pair) for pair in zip(ranks(lists, then), ranks(lists, exact), strict=True)
    ]
    assert all(place in pair for place, *pair in zip(now, then, exact, strict=True))
    seats = dict(after.programmes.select("programme", "seats").rows())
    admitted = Counter(place for place in now if place)
    expected = {
        (name, number - seats[name]) for name, number in admitted.items() if number > seats[name]
    }
    above = above_plan(correction)
    assert set(above.select("programme", "above").rows()) == expected
    kept = Counter(n for n, e in zip(now, exact, strict=True) if n and n != e)
    assert all(kept[row["programme"]] == row["kept"] >= row["above"] for row in above.to_dicts())


@given(before=folders(), after=folders())
def test_minimum_change_of_one_ranking_is_the_exact_result(before, after):
    rules = Rules.model_validate(ONE_RANKING)
    published = published_by(before, ONE_RANKING)
    correction = correct(published, after, rules, policy=Policy.MINIMUM_CHANGE)
    exact = correct(published, after, rules, policy=Policy.EXACT)
    assert correction.spans == (Span.ONE,)
    assert where(correction) == where(exact)


@given(
    before=folders(),
    after=folders(),
    rules=st.sampled_from([RULES, {**RULES, "batches": BATCHES}]),
)
def test_minimum_change_is_stable_and_no_other_stable_result_moves_fewer(before, after, rules):
    published = published_by(before, rules)
    own = Rules.model_validate(rules)
    correction = correct(published, after, own, policy=Policy.MINIMUM_CHANGE)
    for solved in correction.allocation.solved:
        assert is_stable(solved.assembled.problem, solved.outcome.choice)
    every = [
        int((programme != correction.published).sum()) for programme in all_results(after, own)
    ]
    assert int((correction.programme != correction.published).sum()) == min(every)


def all_results(given_tables, rules):
    """Yield the programmes of every stable result: every stable outcome of each stage after each other."""
    for first in count():
        for second in count():
            picked = [first, second]
            sizes = []

            def choose(assembled, _outcome, picked=picked, sizes=sizes):
                problem = assembled.problem
                every = stable_allocations(problem)
                at = picked[len(sizes)]
                sizes.append(len(every))
                taken = every[min(at, len(every) - 1)]
                nobody = np.full(taken.size, -1, np.int32)
                return Outcome(taken, at_choices(problem.programme, taken), nobody)

            yield allocate(given_tables, rules, choose=choose).programme
            if len(sizes) == 1 or second + 1 >= sizes[1]:
                break
        if first + 1 >= sizes[0]:
            break


SEATS = {"A": 1, "B": 1}
LISTS = [["A", "B"], ["A", "B"], ["B"]]


def corrected(lists=LISTS, scores=((9, 9), (8, 8), (7, 7)), *, policy=Policy.HOLD_HARMLESS, **more):
    """Return a correction of A: c0, B: c1, with other lists, scores or tables."""
    published = published_by(tables(SEATS, LISTS, [(9, 9), (8, 8), (7, 7)]), RULES)
    rules = Rules.model_validate(more.pop("rules", RULES))
    return correct(published, tables(SEATS, lists, scores, **more), rules, policy=policy)


def test_who_gains_by_a_correction_gains_and_who_would_lose_keeps_the_place():
    correction = corrected(scores=[(7, 7), (8, 8), (9, 9)])
    assert where(correction) == ["A", "A", "B"]
    assert above_plan(correction).rows() == [("A", None, 1, 2, 1, 1)]


def test_a_place_that_the_corrected_list_does_not_name_is_better_than_none():
    assert where(corrected([["B"], ["B"], ["B"]]))[0] == "B"
    assert where(corrected([[], ["B"], ["B"]]))[0] == "A"


def test_a_candidate_who_withdrew_has_no_place_any_more():
    correction = corrected([["A", "B"], ["A", "B"]], scores=[(9, 9), (8, 8)])
    assert where(correction) == ["A", "B"]


def test_admitted_of_an_earlier_round_stay_by_every_policy():
    frozen = pl.DataFrame({"candidate": ["c0"], "programme": ["A"]})
    for policy in Policy:
        correction = corrected(scores=[(1, 1), (8, 8), (9, 9)], policy=policy, frozen=frozen)
        assert where(correction)[0] == "A"


def test_a_cap_above_its_limit_is_listed():
    rules = {**RULES, "keys": {"default": ["art"]}, "caps": {"hall": {"one": 1}}}
    correction = corrected(rules=rules, columns={"cap:hall": ["one", "one"], "class": ["arts"] * 2})
    assert where(correction) == ["A", "B", None]
    assert above_plan(correction).rows() == [(None, "hall:one", 1, 2, 1, 1)]


def test_a_published_programme_that_is_gone_is_refused():
    published = pl.DataFrame({"candidate": ["c0"], "programme": ["Z"]})
    after = tables(SEATS, LISTS, [(9, 9), (8, 8), (7, 7)])
    with pytest.raises(TableError, match="keep it there and name it in the table of closures"):
        correct(published, after, Rules.model_validate(RULES), policy=Policy.EXACT)
