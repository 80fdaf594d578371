"""Reasons that the oracle found untrue."""

import pytest

from tests.second_author.folders import homes, rules_of, tables_of
from tests.second_author.running import reasons_of, solved, violations_of


@pytest.mark.parametrize("mechanism", ["immediate", "groups"])
def test_filing_keeps_the_reason_that_bars(tmp_path, mechanism):
    tables = homes(tables_of({"P": {"seats": "1", "group": "g"}}, {"a": 9}, {"a": ["P"]}))

    rules = rules_of(mechanism, require={"default": {"home": "rural"}})

    run = solved(tables, rules, tmp_path)

    assert reasons_of(run) == {("a", "P"): "not-eligible"}
    assert violations_of(run) == []


@pytest.mark.parametrize("policy", ["hold", "reject-all"])
def test_who_is_tied_with_nobody_is_not_called_tied(tmp_path, policy):
    tables = tables_of(
        {"P": {"seats": "1"}, "Q": {"seats": "1"}}, {"a": 9, "b": 5}, {"a": ["P"], "b": ["P"]}
    )

    run = solved(tables, rules_of("serial", policy), tmp_path)

    assert reasons_of(run)["b", "P"] == "below-cutoff"


@pytest.mark.parametrize("mechanism", ["serial", "immediate"])
@pytest.mark.parametrize(
    ("policy", "reason"), [("hold", "tied-held"), ("reject-all", "tied-rejected")]
)
def test_a_class_refused_as_a_whole_is_called_tied(tmp_path, mechanism, policy, reason):
    totals = {"a": 9, "b": 5, "c": 5, "d": 4}
    tables = tables_of({"P": {"seats": "2"}}, totals, {c: ["P"] for c in "abcd"})

    run = solved(tables, rules_of(mechanism, policy), tmp_path)

    assert reasons_of(run) == {
        ("a", "P"): "admitted",
        ("b", "P"): reason,
        ("c", "P"): reason,
        ("d", "P"): "below-cutoff",
    }
