"""The product against the oracle, on small random folders of every kind."""

from __future__ import annotations

import tempfile
from decimal import Decimal
from math import prod
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.second_author.folder_oracle import answer
from tests.second_author.instances import KINDS, scenario
from tests.second_author.oracle import ANY, RefusedError, TooManyOrdersError
from tests.second_author.running import (
    categories_of,
    cutoffs_of,
    lots_of,
    reasons_of,
    results_of,
    solved,
    violations_of,
)
from zhiqiao.engines.matching import (
    MatchingError,
    TableError,
    categories_table,
    enough_for,
    results_table,
)

SEEDS = st.integers(0, 10**9)
FEW = settings(
    max_examples=20,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


def both(kind, seed):
    """The folder, the oracle's answer and the product's; None where both refuse a tie."""
    folder = scenario(kind, seed)
    try:
        wanted = answer(folder.tables, folder.rules, lots_of(folder.rules))
    except TooManyOrdersError:
        assume(condition=False)
    except RefusedError:
        with pytest.raises((MatchingError, TableError), match="tied in every key"):
            run(folder)
        return folder, None, None
    try:
        return folder, wanted, run(folder)
    except MatchingError as error:
        # Where programmes rank differently and propose, strict is cautious (docs/algorithms/matching).
        assert error.reason == "tied-somewhere"  # noqa: PT017
        assert folder.rules["mechanism"] == "programme-proposing" or "reserves" in folder.rules
        return folder, None, None


def run(folder):
    with tempfile.TemporaryDirectory() as name:
        return solved(folder.tables, folder.rules, Path(name))


@pytest.mark.parametrize("kind", KINDS)
@FEW
@given(seed=SEEDS)
def test_results_kinds_of_place_and_reasons_are_those_of_the_oracle(kind, seed):
    _folder, wanted, found = both(kind, seed)
    if wanted is None:
        return

    results, reasons, kinds = results_of(found), reasons_of(found), categories_of(found)
    assert results == {c: wanted.programme.get(c, "") for c in results}
    assert {c for c, k in kinds.items() if wanted.category.get(c) not in {k, ANY}} == set()
    assert reasons.keys() == wanted.reasons.keys()
    assert {pair: r for pair, r in reasons.items() if r not in wanted.reasons[pair]} == {}
    assert violations_of(found) == []


@pytest.mark.parametrize("kind", ["serial", "several rankings", "barred", "a reserve"])
@FEW
@given(seed=SEEDS)
def test_cutoffs_are_the_first_key_of_the_last_admitted(kind, seed):
    folder, wanted, found = both(kind, seed)
    if wanted is None:
        return
    keys = folder.rules["keys"]
    classes = {r["programme"]: r["class"] for r in folder.tables["programmes"]}
    people = {r["candidate"]: r for r in folder.tables["candidates"]}
    own = {(r["candidate"], r["programme"]): r.get("score") for r in folder.tables["choices"]}

    if ANY in wanted.category.values():
        return
    for (programme, category), row in cutoffs_of(found).items():
        column = keys.get(classes[programme], keys["default"])[0]
        inside = [c for c, p in wanted.programme.items()
                  if p == programme and wanted.category.get(c) == category]  # fmt: skip
        assert row["admitted"] == len(inside)
        kinds = {people[c]["home"] for c in inside} if category == "rural" else {"one"}
        if row["cutoff"] is None or len(kinds) > 1:
            continue
        values = [own[c, programme] if column == "choice.score" else people[c][column]
                  for c in inside]  # fmt: skip
        assert Decimal(row["cutoff"]) == min(map(Decimal, values))
        assert len(inside) >= row["places"] or folder.rules["ties"]["policy"] in {
            "reject-all",
            "hold",
        }


@FEW
@given(seed=SEEDS)
def test_deferred_acceptance_takes_the_right_one_of_all_stable_allocations(seed):
    folder, wanted, found = both("several rankings", seed)
    assume(wanted is not None and folder.rules["ties"]["policy"] == "strict")
    wishes = wishes_of(folder)
    assume(prod(len(listed) + 1 for listed in wishes.values()) <= 1000)
    stable = stable_allocations(folder)

    def happiness(result):
        return [wishes[c].index(result[c]) if result[c] else 99 for c in sorted(result)]

    everyone = [happiness(result) for result in stable]
    best = min if folder.rules["mechanism"] == "candidate-proposing" else max
    wanted_ranks = [best(ranks) for ranks in zip(*everyone, strict=True)]
    assert happiness({c: p for c, p in results_of(found).items() if c in wishes}) == wanted_ranks


def wishes_of(folder):
    wishes = {}
    for row in sorted(folder.tables["choices"], key=lambda r: int(r["rank"])):
        wishes.setdefault(row["candidate"], []).append(row["programme"])
    return wishes


def stable_allocations(folder):
    """Every allocation in which nobody and no programme would rather have each other."""
    wishes, keys = wishes_of(folder), folder.rules["keys"]
    seats = {r["programme"]: int(r["seats"]) for r in folder.tables["programmes"]}
    classes = {r["programme"]: r["class"] for r in folder.tables["programmes"]}
    people = {r["candidate"]: r for r in folder.tables["candidates"]}
    own = {(r["candidate"], r["programme"]): r["score"] for r in folder.tables["choices"]}

    def key(candidate, programme):
        columns = keys.get(classes[programme], keys["default"])
        return [
            Decimal(own[candidate, programme])
            if c == "choice.score"
            else Decimal(people[candidate][c.lstrip("-")]) * (-1 if c[0] == "-" else 1)
            for c in columns
        ]

    def blocks(result, candidate, programme):
        inside = [c for c, p in result.items() if p == programme]
        if len(inside) < seats[programme]:
            return True
        return any(key(c, programme) < key(candidate, programme) for c in inside)

    def is_stable(result):
        for candidate, listed in wishes.items():
            held = result[candidate]
            before = listed[: listed.index(held)] if held else listed
            if any(seats[p] and blocks(result, candidate, p) for p in before):
                return False
        return True

    found = [{}]
    for candidate, listed in wishes.items():
        found = [
            {**part, candidate: programme}
            for part in found
            for programme in [*listed, ""]
            if not programme or list(part.values()).count(programme) < seats[programme]
        ]
    return [result for result in found if is_stable(result)]


@pytest.mark.parametrize("kind", ["serial", "several rankings", "a reserve", "caps", "immediate"])
@settings(FEW, max_examples=12)
@given(seed=SEEDS)
def test_what_would_have_been_enough_is_enough_and_one_unit_less_is_not(kind, seed):
    folder, wanted, found = both(kind, seed)
    assume(wanted is not None)
    refused = [p for p, r in reasons_of(found).items() if r in {"below-cutoff", "cap-full"}]
    for candidate, programme in sorted(refused)[:2]:
        tables, rules = found.applications.tables, found.rules
        enough = enough_for(tables, rules, candidate=candidate, programme=programme)
        if enough is None or enough[0] != "total":
            continue
        assert is_met(folder, candidate, programme, enough[1])
        assert not is_met(folder, candidate, programme, enough[1] - 1)


def is_met(folder, candidate, programme, total):
    """Whether this programme or a better one is won with another total, by the oracle."""
    people = [
        {**r, "total": str(total)} if r["candidate"] == candidate else r
        for r in folder.tables["candidates"]
    ]
    try:
        again = answer({**folder.tables, "candidates": people}, folder.rules, lots_of(folder.rules))
    except (RefusedError, TooManyOrdersError):
        return False
    wishes = wishes_of(folder)[candidate]
    held = again.programme.get(candidate, "")
    return held in wishes and wishes.index(held) <= wishes.index(programme)


@pytest.mark.parametrize("kind", KINDS)
@settings(FEW, max_examples=2)
@given(seed=SEEDS)
def test_verify_rejects_every_change_of_one_candidate(kind, seed):
    folder, wanted, found = both(kind, seed)
    assume(wanted is not None)
    ranks = {(r["candidate"], r["programme"]): int(r["rank"]) for r in folder.tables["choices"]}
    kinds = sorted({category for _, category in cutoffs_of(found) if ":" not in category})
    for candidate, held in results_of(found).items():
        listed = [p for c, p in ranks if c == candidate]
        for programme in sorted({*listed, ""} - {held}):
            results = results_table(found).with_columns(
                changed("programme", candidate, programme or None),
                changed("rank", candidate, ranks.get((candidate, programme))),
            )
            for category in kinds:
                categories = moved(categories_table(found), candidate, category)
                names = violations_of(found, results=results, categories=categories)
                assert set(names) - {"P11"}, (candidate, held, programme, category)


def changed(column, candidate, value):
    own = pl.col("candidate") == candidate
    return pl.when(own).then(pl.lit(value)).otherwise(pl.col(column)).alias(column)


def moved(categories, candidate, category):
    if categories.is_empty():
        return categories
    kept = categories.filter(pl.col("candidate") != candidate)
    row = pl.DataFrame({"candidate": [candidate], "category": [category]})
    return pl.concat([kept, row.cast(dict(categories.schema))])


@FEW
@given(seed=SEEDS)
def test_decisions_place_those_who_were_held(seed):
    folder = scenario("serial", seed)
    folder.rules["ties"] = {"policy": "hold"}
    held = [pair for pair, reason in reasons_of(run(folder)).items() if reason == "tied-held"]
    folder.tables["decisions"] = [
        {"candidate": c, "programme": p, "order": str(order)}
        for order, (c, p) in enumerate(sorted(held, reverse=True), 1)
    ]

    wanted = answer(folder.tables, folder.rules, lots_of(folder.rules))
    found = results_of(run(folder))

    assert found == {c: wanted.programme.get(c, "") for c in found}
