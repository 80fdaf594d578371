"""The statement of a program gives what the other back ends give, in PostgreSQL as it is."""

import math
import re
import sys
from decimal import Decimal

import polars as pl
from django.db import connection
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from zhiqiao.core.formulas import run_statement
from zhiqiao.engines.formula import (
    Relation,
    verify,
)
from zhiqiao.engines.formula.sql import floats
from zhiqiao.engines.formula.tests import strategies
from zhiqiao.engines.formula.tests.test_agreement import SLOW, compiled
from zhiqiao.engines.trace import State

DIMENSIONS = ("place", "sort")
COLUMNS = ("entity", "year", "name", "value", "text", "state")
KINDS = ("text", "integer", "text", "numeric", "text", "integer")


def records(table: pl.DataFrame, facts=strategies.FACTS, dimensions=DIMENSIONS):
    """Turn a wide table into records: one per cell, also of an empty one."""
    for row in table.iter_rows(named=True):
        key = (row["entity"], row["year"])
        for name in dimensions:
            yield (*key, name, None, row[name], None)
        for fact in facts:
            state = row.get(f"{fact.name}__state")
            number = None if state is None else int(State[state.upper()])
            yield (*key, fact.name, as_numeric(row[fact.name]), None, number)


def as_numeric(value):
    return (
        Decimal(repr(value))
        if isinstance(value, float)
        else value
        if value is None
        else Decimal(value)
    )


def relation(rows) -> Relation:
    """Give records as arrays, one parameter a column, so that the text is always the same."""
    columns = list(zip(*rows, strict=True)) or [()] * len(COLUMNS)
    marks = ", ".join(f"%({name})s::{kind}[]" for name, kind in zip(COLUMNS, KINDS, strict=True))
    text = f"SELECT * FROM unnest({marks}) AS facts({', '.join(COLUMNS)})"  # noqa: S608 - our words
    return Relation(text, dict(zip(COLUMNS, map(list, columns), strict=True)))


def computed(program, table, **wanted) -> pl.DataFrame:
    return run_statement(program.statement(relation(records(table)), **wanted))


class TestAgreement(TestCase):
    @settings(max_examples=300, deadline=None, suppress_health_check=SLOW)
    @given(formulas=strategies.formulas(), table=strategies.tables())
    def test_statement_agrees_with_a_run_in_every_cell(self, formulas, table):
        program = compiled(formulas)

        result = computed(program, table)

        assert_same(result, program.run(table, states=True))
        assert verify(program, table, result, cells=10**9, seed=0) == ()

    @settings(max_examples=150, deadline=None, suppress_health_check=SLOW)
    @given(formulas=strategies.formulas(), table=strategies.tables())
    def test_statement_says_why_there_is_no_value_as_an_explanation_does(self, formulas, table):
        program = compiled(formulas)
        explainer = program.explainer(table)

        result = computed(program, table, whys=True)

        for row in result.iter_rows(named=True):
            for name in program.formulas:
                step = explainer.explain(entity=row["entity"], year=row["year"], formula=name)
                assert row[f"{name}__why"] == cause(step), step

    @settings(max_examples=150, deadline=None, suppress_health_check=SLOW)
    @given(formulas=strategies.formulas(count=4), table=strategies.tables(), data=st.data())
    def test_one_entity_has_the_figures_that_it_has_among_all(self, formulas, table, data):
        program = compiled(formulas)
        entity = data.draw(st.sampled_from(table["entity"].unique().sort().to_list()))
        name = data.draw(st.sampled_from(list(program.formulas)))

        result = computed(program, table, entity=entity, formulas=[name])

        full = program.run(table, states=True).filter(pl.col("entity") == entity)
        assert_same(result, full.select(result.columns))


def cause(step):
    """Take the reason of a formula's root where it was the root that lost the value."""
    return (
        step.inputs[0].reason
        if step.reason == "input" and step.inputs[0].op != "formula"
        else step.reason
    )


def assert_same(result: pl.DataFrame, expected: pl.DataFrame) -> None:
    assert result.schema == expected.schema
    for name in expected.columns:
        assert result[name].to_list() == expected[name].to_list(), name


EDGES = (
    0.0, 5e-324, 1e-323, 2.5e-310, 2.0**-1022, 2.0**-1023, 2.0**-538, 2.0**-537, 1e-200, 2.0**-51,
    2.0**-50, 1e-9, 0.1, 0.5, 1.0, 1.5, 2.0, 3.0, 1e15, 2.0**512, 2.0**511 * 1.999999, 2.0**523,
    2.0**600, 2.0**970, 2.0**1022, 2.0**1023, 1.5e308, 1.7976931348623157e308,
)  # fmt: skip


def edges():
    near = st.sampled_from(EDGES).flatmap(
        lambda edge: st.sampled_from(
            (edge, math.nextafter(edge, 0), math.nextafter(edge, math.inf))
        )
    )
    free = st.floats(allow_nan=False, allow_infinity=False)
    return st.one_of(near, free).filter(math.isfinite).flatmap(lambda x: st.sampled_from((x, -x)))


def pairs_of_floats():
    """Any two, or two whose product or quotient lies at an end of the numbers."""
    ends = st.sampled_from((2.0**1023, 2.0**-1074, 2.0**-1022))
    tricky = st.tuples(edges(), ends, st.booleans(), st.integers(-1, 1), st.integers(-2, 2))
    tricky = tricky.map(at_an_end)
    return st.one_of(st.tuples(edges(), edges()), tricky, sums_at_the_end())


def sums_at_the_end():
    """Two of one sign whose sum is the greatest number, or half a last place from it."""
    most, half = sys.float_info.max, 2.0**970
    greater = st.floats(2.0**1023, most)
    lesser = st.sampled_from((0.0, half, math.nextafter(half, 0), 2 * half, 3 * half))
    signs = st.sampled_from((1.0, -1.0))
    return st.tuples(greater, lesser, signs).map(
        lambda drawn: (drawn[0] * drawn[2], (most - drawn[0] + drawn[1]) * drawn[2])
    )


def at_an_end(drawn):
    value, end, by_product, shift, steps = drawn
    size = abs(value) or 1.0
    fraction, exponent = math.frexp(end)
    own_fraction, own_exponent = math.frexp(size)
    power = exponent - own_exponent if by_product else own_exponent - exponent
    ratio = fraction / own_fraction if by_product else own_fraction / fraction
    try:
        other = math.ldexp(ratio, power + shift)
    except OverflowError:
        other = 1e308
    for _ in range(abs(steps)):
        other = math.nextafter(other, math.inf if steps > 0 else 0.0)
    return value, other if math.isfinite(other) else 1e308


def expected_or_none(compute):
    try:
        value = compute()
    except (OverflowError, ZeroDivisionError):
        return None
    return value if math.isfinite(value) else None


FARTHEST = [
    (left * sign, right)
    for left in (2.0**-52, 2.0**-51, 2.0**-50, 2.0**-49, 5e-324, 1.0, 2.0**1023, sys.float_info.max)
    for right in (
        5e-324,
        1e-323,
        2.0**-500,
        2.0**-501,
        1.0,
        2.0,
        3.0,
        2.0**1023,
        sys.float_info.max,
    )
    for sign in (1.0, -1.0)
]
"""Pairs with which only the least and the greatest of all numbers leave the others."""


class TestFloats(TestCase):
    @settings(max_examples=300, deadline=None)
    @example(pairs=FARTHEST)
    @given(pairs=st.lists(pairs_of_floats(), min_size=40, max_size=40))
    def test_guarded_arithmetic_is_that_of_float64_and_never_fails(self, pairs):
        both = {"may_vanish": True, "may_leave": True}
        written = ", ".join(
            (
                floats.added("a", "b"),
                floats.multiplied("a", "b", **both),
                floats.divided("a", "b", **both),
            )
        )
        sql = f"SELECT {written} FROM unnest(%(a)s::float8[], %(b)s::float8[]) AS pairs(a, b)"  # noqa: S608 - the engine's own words
        with connection.cursor() as cursor:
            cursor.execute(sql, {"a": [a for a, _ in pairs], "b": [b for _, b in pairs]})
            found = cursor.fetchall()

        assert found == [
            tuple(
                expected_or_none(compute)
                for compute in (lambda: a + b, lambda: a * b, lambda: a / b)  # noqa: B023 - used here
            )
            for a, b in pairs
        ]


@given(formulas=strategies.formulas())
@settings(suppress_health_check=SLOW)
def test_names_and_values_of_a_program_are_never_in_the_text(formulas):
    program = compiled(formulas)

    statement = program.statement(Relation("SELECT 1"))

    words = set(re.findall(r"[a-z][a-z0-9_]*", statement.text))
    assert words.isdisjoint(
        (*program.formulas, *program.checked.facts, *program.checked.parameters)
    )
    assert set(re.findall(r"%\((\w+)\)s", statement.text)) == set(statement.parameters)
    assert statement.text.count("%") == len(re.findall(r"%\(\w+\)s", statement.text))
