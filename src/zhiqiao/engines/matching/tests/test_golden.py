"""The cases of `golden/cases.yaml`, as an admissions officer would write them."""

from pathlib import Path

import polars as pl
import pytest
import yaml

from zhiqiao.engines.matching import (
    Rules,
    TableError,
    Tables,
    allocate,
    categories_table,
    check_written,
    cutoffs_table,
    reasons_table,
    results_table,
)

CASES = yaml.safe_load(
    (Path(__file__).parent / "golden" / "cases.yaml").read_text(encoding="utf-8")
)


def tables_of(case):
    programmes = [
        {
            "programme": name,
            "seats": str(seats),
            **{
                f"reserve:{kind}": str(n)
                for kind, n in case.get("reserved", {}).get(name, {}).items()
            },
            **({"class": case["classes"][name]} if "classes" in case else {}),
            **({"group": case["groups"][name]} if "groups" in case else {}),
            **({"cap:workshop": case["caps"][name]} if "caps" in case else {}),
        }
        for name, seats in case["programmes"].items()
    ]
    candidates = [{"candidate": name, **{key: str(value) for key, value in scores.items()}}
                  for name, scores in case["candidates"].items()]  # fmt: skip
    choices = [
        {
            "candidate": name,
            "rank": str(rank),
            "programme": programme,
            **({"score": str(case["scores"][name][rank - 1])} if "scores" in case else {}),
            "adjust": "yes" if name in case.get("adjusts", []) else "no",
        }
        for name, chosen in case["choices"].items()
        for rank, programme in enumerate(chosen, 1)
    ]
    frozen = [
        {"candidate": who, "programme": where} for who, where in case.get("frozen", {}).items()
    ]
    return Tables(
        pl.DataFrame(programmes),
        pl.DataFrame(candidates),
        pl.DataFrame(choices),
        frozen=pl.DataFrame(frozen),
    )


@pytest.mark.parametrize("case", CASES, ids=[case["title"] for case in CASES])
def test_case_comes_out_as_solved_on_paper(case):
    tables, rules = tables_of(case), Rules.model_validate(case["rules"])
    if "refused" in case:
        with pytest.raises(TableError, match=case["refused"]):
            allocate(tables, rules)
        return
    allocation = allocate(tables, rules)
    results = dict(results_table(allocation).select("candidate", "programme").rows())
    reasons = reasons_table(allocation)
    for candidate, (programme, expected) in case["expect"].items():
        assert results[candidate] == programme
        own = reasons.filter(pl.col("candidate") == candidate).sort("rank")["reason"].to_list()
        assert own == expected
    assert list(_violations(tables, rules, allocation)) == []


def _violations(tables, rules, allocation):
    return check_written(
        tables,
        rules,
        results_table(allocation),
        categories=categories_table(allocation),
        reasons=reasons_table(allocation),
    )


@pytest.mark.parametrize("case", [case for case in CASES if "refused" not in case], ids=str)
def test_order_of_rows_changes_nothing(case):
    tables, rules = tables_of(case), Rules.model_validate(case["rules"])
    turned = Tables(
        tables.programmes.reverse(),
        tables.candidates.reverse(),
        tables.choices.reverse(),
        frozen=tables.frozen,
    )
    assert results_table(allocate(turned, rules)).equals(results_table(allocate(tables, rules)))
    assert cutoffs_table(allocate(turned, rules)).equals(cutoffs_table(allocate(tables, rules)))
