"""Files and adjustments that the oracle found wrong."""

import pytest

from tests.second_author.folders import homes, rules_of, tables_of
from tests.second_author.running import cutoffs_of, results_of, solved, violations_of
from zhiqiao.engines.matching import MatchingError

GROUP = {
    "P": {"seats": "1", "group": "g", "class": "m"},
    "Q": {"seats": "1", "group": "g", "class": "m"},
    "R": {"seats": "1", "group": "g", "class": "n"},
}


def test_nobody_is_adjusted_to_a_closed_major(tmp_path):
    tables = tables_of(
        {p: GROUP[p] for p in "PQ"},
        {"a": 9, "b": 5},
        {"a": ["P"], "b": ["P"]},
        closures=[{"programme": "Q", "reason": "withdrawn"}],
    )

    run = solved(tables, rules_of("groups", ratio=2), tmp_path)

    assert results_of(run) == {"a": "P", "b": ""}
    assert cutoffs_of(run)["", "files:g"]["places"] == 2
    assert violations_of(run) == []


def test_nobody_is_adjusted_to_a_major_that_struck_the_file_out(tmp_path):
    tables = tables_of(
        {"P": GROUP["P"]},
        {"a": 9},
        {"a": ["P"]},
        strikeouts=[{"candidate": "a", "programme": "P", "reason": "health"}],
    )

    run = solved(tables, rules_of("groups"), tmp_path)

    assert results_of(run) == {"a": ""}
    assert violations_of(run) == []


@pytest.mark.parametrize(
    "bar", [{"require": {"n": {"home": "rural"}}}, {"lines": {"n": {"total": 6}}}]
)
def test_adjustment_keeps_lines_and_requirements(tmp_path, bar):
    tables = homes(tables_of(GROUP, {"a": 9, "b": 8, "c": 5}, {c: ["P"] for c in "abc"}))

    run = solved(tables, rules_of("groups", **bar), tmp_path)

    assert results_of(run) == {"a": "P", "b": "Q", "c": ""}
    assert violations_of(run) == []


def test_files_of_two_classes_with_the_same_keys_have_one_order(tmp_path):
    programmes = {p: GROUP[p] for p in "PR"}
    choices = {"a": ["P"], "b": ["R"], "c": ["R", "P"]}
    tables = tables_of(programmes, {"a": 5, "b": 9, "c": 7}, choices)

    run = solved(tables, rules_of("groups"), tmp_path)

    assert results_of(run) == {"a": "", "b": "R", "c": "P"}


@pytest.mark.parametrize("mechanism", ["serial", "groups"])
def test_one_order_is_needed_where_a_mechanism_has_one(tmp_path, mechanism):
    programmes = {p: GROUP[p] for p in "PR"}
    tables = tables_of(programmes, {"a": 5, "b": 9}, {"a": ["P", "R"], "b": ["R"]})
    rules = rules_of(mechanism) | {"keys": {"m": ["total"], "n": ["-total"]}}

    with pytest.raises(MatchingError, match=f"{mechanism} needs one order"):
        solved(tables, rules, tmp_path)


def test_a_split_list_is_refused_by_name(tmp_path):
    programmes = {
        "P": {"seats": "1", "group": "g1"},
        "Q": {"seats": "1", "group": "g2"},
        "R": {"seats": "1", "group": "g1"},
    }
    tables = tables_of(programmes, {"a": 5}, {"a": ["P", "Q", "R"]})

    with pytest.raises(MatchingError, match="Candidate a lists group g1"):
        solved(tables, rules_of("groups"), tmp_path)
