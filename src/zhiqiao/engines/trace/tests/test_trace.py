"""Explanations keep their exact values through JSON and can be walked and fingerprinted."""

import json
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiqiao.engines.trace import (
    Record,
    State,
    Step,
    TraceError,
    digest,
    dumps,
    from_json,
    leaves,
    loads,
    records,
    steps,
    to_json,
    worst,
)

texts = st.text(max_size=8)
values = st.one_of(
    st.none(), st.booleans(), st.integers(), st.decimals(allow_nan=False, allow_infinity=False),
    st.floats(allow_nan=False, allow_infinity=False),
)  # fmt: skip
made_records = st.builds(Record, texts, texts, texts, texts)
details = st.lists(st.tuples(texts, st.one_of(values, texts)), max_size=2).map(tuple)
single = st.builds(
    Step, op=texts, name=texts, text=texts, value=values, state=st.sampled_from(State), unit=texts,
    records=st.lists(made_records, max_size=2).map(tuple), source=texts,
    valid_from=st.none() | st.dates(), checked_by=texts, reason=texts, entity=texts,
    year=st.none() | st.integers(1900, 2100), details=details,
)  # fmt: skip
trees = st.recursive(
    single,
    lambda below: st.builds(
        Step, op=texts, value=values, inputs=st.lists(below, min_size=1, max_size=3).map(tuple)
    ),
    max_leaves=6,
)


@given(trees)
def test_json_keeps_everything_exactly(step):
    again = loads(dumps(step))
    assert again == step
    assert [repr(each.value) for each in steps(again)] == [repr(each.value) for each in steps(step)]
    assert digest(again) == digest(step)


@given(trees)
def test_any_spacing_and_order_of_keys_is_read_alike(step):
    assert loads(json.dumps(to_json(step), indent=3)) == step


def test_digest_tells_values_of_another_kind_apart():
    kinds = (1, 1.0, True, Decimal(1), Decimal("1.0"))
    digests = {digest(Step("fact", value=value, state=State.REPORTED)) for value in kinds}
    assert len(digests) == len(kinds)


def test_digest_is_the_same_on_every_machine():
    step = Step(
        "fact", "pupils", value=Decimal("1.50"), state=State.REPORTED, valid_from=date(2025, 1, 1)
    )
    assert dumps(step) == (
        '{"name":"pupils","op":"fact","state":"reported","valid_from":"2025-01-01","value":{"decimal":"1.50"}}'
    )


FAULTY = (
    ("[]", "$"), ("no json", "$"), ('{"op": 1}', "$"), ('{"op": "fact"}', "$.state"),
    ('{"op": "fact", "state": "lost"}', "$.state"),
    ('{"op": "fact", "state": "missing", "colour": 1}', "$"),
    ('{"op": "fact", "state": "missing", "value": 1.5}', "$.value"),
    ('{"op": "fact", "state": "missing", "value": "1"}', "$.value"),
    ('{"op": "fact", "state": "missing", "value": {"number": "nan"}}', "$.value"),
    ('{"op": "fact", "state": "missing", "value": {"decimal": "x"}}', "$.value"),
    ('{"op": "fact", "state": "missing", "value": {"code": "1"}}', "$.value"),
    ('{"op": "fact", "state": "missing", "year": true}', "$.year"),
    ('{"op": "fact", "state": "missing", "name": 5}', "$.name"),
    ('{"op": "fact", "state": "missing", "valid_from": "2025-02-30"}', "$.valid_from"),
    ('{"op": "fact", "state": "missing", "records": "abc"}', "$.records"),
    ('{"op": "fact", "state": "missing", "records": [["a"]]}', "$.records[0]"),
    ('{"op": "fact", "state": "missing", "details": [["a"]]}', "$.details[0]"),
    ('{"op": "add", "state": "missing", "inputs": [{"op": "fact"}]}', "$.inputs[0].state"),
)  # fmt: skip


@pytest.mark.parametrize(("text", "path"), FAULTY)
def test_what_is_no_explanation_is_refused_with_its_place(text, path):
    with pytest.raises(TraceError) as refused:
        loads(text)
    assert refused.value.path == path


def test_an_explanation_without_end_is_refused():
    written = {"op": "fact", "state": "missing"}
    for _ in range(450):
        written = {"op": "negate", "state": "missing", "inputs": [written]}
    with pytest.raises(TraceError):
        from_json(written)


def test_walks_give_each_step_leaf_and_record_once():
    record = Record("recognition", "u1")
    leaf = Step("fact", "x", records=(record,))
    left, right = Step("negate", inputs=(leaf,)), Step("negate", inputs=(leaf,))
    root = Step("add", inputs=(left, right))
    assert list(map(id, steps(root))) == [id(root), id(left), id(leaf), id(right)]
    assert (leaves(root), records(root)) == ((leaf,), (record,))


def test_the_worst_state_wins():
    assert worst([State.ESTIMATED, State.REPORTED, State.DISPUTED]) is State.DISPUTED
    assert worst([State.NOT_APPLICABLE, State.MISSING]) is State.NOT_APPLICABLE
    assert worst([]) is State.REPORTED
