"""Places and caps that the oracle found counted wrongly."""

import polars as pl

from tests.second_author.folders import homes, rules_of, tables_of
from tests.second_author.running import cutoffs_of, reasons_of, results_of, solved, violations_of
from zhiqiao.engines.matching import results_table


def test_separate_places_that_stay_take_no_open_place(tmp_path):
    programmes = {"P": {"seats": "3", "reserve:rural": "2"}}
    tables = tables_of(programmes, {"a": 9, "b": 5}, {"a": ["P"], "b": ["P"]})
    reserve = {"mode": "separate", "where": {"home": "rural"}, "unused": "stay"}

    run = solved(
        homes(tables, a="rural"), rules_of("serial", reserves={"rural": reserve}), tmp_path
    )

    assert results_of(run) == {"a": "P", "b": "P"}
    assert {key: row["places"] for key, row in cutoffs_of(run).items()} == {
        ("P", "rural"): 2,
        ("P", "open"): 1,
    }
    assert violations_of(run) == []


def test_the_admitted_before_count_under_a_cap(tmp_path):
    programmes = {
        "P": {"seats": "2", "cap:campus": "k"},
        "Q": {"seats": "2", "cap:campus": "k"},
    }
    tables = tables_of(
        programmes,
        {"a": 9, "b": 5, "c": 4},
        {"b": ["Q"], "c": ["Q"]},
        frozen=[{"candidate": "a", "programme": "P"}],
    )

    run = solved(tables, rules_of("serial", caps={"campus": {"k": 2}}), tmp_path)

    assert results_of(run) == {"a": "P", "b": "Q", "c": ""}
    assert reasons_of(run)["c", "Q"] == "cap-full"


def test_a_batch_before_counts_under_a_cap(tmp_path):
    programmes = {
        "P": {"seats": "2", "cap:campus": "k", "batch": "1"},
        "Q": {"seats": "2", "cap:campus": "k", "batch": "2"},
    }
    tables = tables_of(programmes, {"a": 9, "b": 5}, {"a": ["P"], "b": ["Q"]})
    batches = [{"name": n, "programmes": {"batch": n}} for n in ("1", "2")]

    run = solved(tables, rules_of("serial", caps={"campus": {"k": 1}}, batches=batches), tmp_path)

    assert results_of(run) == {"a": "P", "b": ""}


def test_nobody_is_tied_with_themselves_under_a_cap(tmp_path):
    programmes = {
        "P": {"seats": "0", "cap:campus": "k"},
        "Q": {"seats": "1", "cap:campus": "k"},
    }
    tables = tables_of(programmes, {"a": 9, "b": 5}, {"a": ["P", "Q"], "b": ["Q"]})

    run = solved(tables, rules_of("programme-proposing", caps={"campus": {"k": 1}}), tmp_path)

    assert results_of(run) == {"a": "Q", "b": ""}


def test_a_kind_of_place_that_is_not_there_is_found(tmp_path):
    programmes = {
        "P": {"seats": "1", "reserve:rural": "0"},
        "Q": {"seats": "1", "reserve:rural": "1"},
    }
    tables = tables_of(programmes, {"a": 9, "b": 5}, {"a": ["P"], "b": ["P"]})
    reserve = {"mode": "open-first", "where": {"home": "rural"}}
    run = solved(homes(tables), rules_of("serial", reserves={"rural": reserve}), tmp_path)
    written = results_table(run).with_columns(programme=pl.lit("P"), rank=pl.lit(1, pl.Int32))
    kinds = pl.DataFrame({"candidate": ["a", "b"], "category": ["open", "rural"]})

    found = violations_of(run, results=written, categories=kinds)

    assert results_of(run) == {"a": "P", "b": ""}
    assert found == ["P1"]
