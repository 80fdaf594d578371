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
)
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
