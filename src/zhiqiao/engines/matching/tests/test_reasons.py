"""Reasons and leaves in ranges of candidates are those of the whole."""

import polars as pl
import pytest

from zhiqiao.engines.matching import (
    Rules,
    Tables,
    allocate,
    leaf_ranges,
    leaves_of,
    reason_ranges,
    reasons_table,
    results_table,
)
from zhiqiao.engines.matching.bundle import leaf_content
from zhiqiao.engines.matching.tests.test_golden import CASES, tables_of

ALLOCATED = [case for case in CASES if "refused" not in case]
SECRET = b"kept"


@pytest.mark.parametrize("size", [1, 2, 3])
@pytest.mark.parametrize("case", ALLOCATED, ids=[case["title"] for case in ALLOCATED])
def test_ranges_put_together_are_the_whole(case, size):
    allocation = allocate(tables_of(case), Rules.model_validate(case["rules"]))
    reasons = list(reason_ranges(allocation, size=size))
    assert pl.concat(reasons).equals(reasons_table(allocation))
    assert max(frame["candidate"].n_unique() for frame in reasons) <= size
    leaves = list(leaf_ranges(allocation, SECRET, size=size))
    assert pl.concat(leaves).equals(leaves_of(allocation, SECRET))
    assert [frame.height for frame in leaves[:-1]] == [size] * (len(leaves) - 1)


def test_nobody_has_no_reason_and_no_leaf():
    nothing = {"candidate": pl.String, "total": pl.Int64}
    listed = {"candidate": pl.String, "rank": pl.Int64, "programme": pl.String}
    given = Tables(
        programmes=pl.DataFrame({"programme": ["A"], "seats": [1]}),
        candidates=pl.DataFrame(schema=nothing),
        choices=pl.DataFrame(schema=listed),
    )
    rules = {"mechanism": "serial", "keys": {"default": ["total"]}, "ties": {"policy": "strict"}}
    allocation = allocate(given, Rules.model_validate(rules))
    assert [frame.height for frame in reason_ranges(allocation, size=5)] == [0]
    assert [frame.height for frame in leaf_ranges(allocation, SECRET, size=5)] == [0]


@pytest.mark.parametrize("case", ALLOCATED, ids=[case["title"] for case in ALLOCATED])
def test_leaves_hold_the_result_and_every_reason_in_the_one_way_of_writing(case):
    allocation = allocate(tables_of(case), Rules.model_validate(case["rules"]))
    listed: dict[str, list] = {}
    for candidate, rank, programme, reason, *_figures in reasons_table(allocation).iter_rows():
        listed.setdefault(candidate, []).append([rank, programme, reason])
    expected = [
        leaf_content(
            candidate,
            {"programme": programme, "rank": rank, "choices": listed.get(candidate, [])},
        ).decode()
        for candidate, programme, rank in results_table(allocation).iter_rows()
    ]
    assert leaves_of(allocation, SECRET)["content"].to_list() == expected


@pytest.mark.parametrize("name", ['quo"te', "back\\slash", "云岭", "tab\there", "{}", "é\u2028x"])
def test_any_name_is_written_in_a_leaf_as_json_writes_it(name):
    given = Tables(
        programmes=pl.DataFrame({"programme": [name], "seats": [1]}),
        candidates=pl.DataFrame({"candidate": [name, "none"], "total": [1, 0]}),
        choices=pl.DataFrame({"candidate": [name], "rank": [1], "programme": [name]}),
    )
    rules = {"mechanism": "serial", "keys": {"default": ["total"]}, "ties": {"policy": "strict"}}
    allocation = allocate(given, Rules.model_validate(rules))

    contents = leaves_of(allocation, SECRET)["content"].to_list()

    result = {"programme": name, "rank": 1, "choices": [[1, name, "admitted"]]}
    nothing = {"programme": None, "rank": None, "choices": []}
    assert sorted(contents) == sorted(
        [leaf_content(name, result).decode(), leaf_content("none", nothing).decode()]
    )
