from dataclasses import dataclass

import pytest

from zhiqiao.core import measures
from zhiqiao.core.measures import (
    NOTHING_KNOWN,
    Bound,
    Count,
    ListState,
    asked_together,
    evaluate,
    measure_source,
    once,
)


@dataclass(frozen=True)
class Wanted:
    name: str
    source: str


@pytest.fixture
def asked(monkeypatch):
    monkeypatch.setattr(measures, "_SOURCES", {})
    calls = []

    @measure_source("test.rows")
    def count_rows(wanted, *, area, at):
        calls.append(([measure.name for measure in wanted], area, at))
        return {"a": Count(3, Bound.EXACT, ListState.COMPLETE)}

    return calls


def test_each_source_is_asked_once(asked):
    wanted = [Wanted("a", "test.rows"), Wanted("b", "test.rows"), Wanted("c", "none")]
    counts = evaluate(wanted, area="500000")
    assert counts == {
        "a": Count(3, Bound.EXACT, ListState.COMPLETE),
        "b": NOTHING_KNOWN,
        "c": NOTHING_KNOWN,
    }
    assert asked == [(["a", "b"], "500000", None)]


def test_nothing_known_is_never_zero():
    assert (NOTHING_KNOWN.value, NOTHING_KNOWN.bound) == (None, "none")


def test_what_sources_of_one_evaluation_share_is_asked_once():
    asked = []

    def ask():
        asked.append(1)
        return len(asked)

    with asked_together():
        with asked_together():
            assert [once("key", ask), once("key", ask)] == [1, 1]
        assert (once("key", ask), once("other", ask)) == (1, 2)
    assert [once("key", ask), once("key", ask)] == [3, 4]
