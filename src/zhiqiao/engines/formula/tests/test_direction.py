"""`Program.direction` never claims what raising a fact can refute."""

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zhiqiao.engines.formula import (
    Direction,
    Fact,
    Formula,
    FormulaError,
    Kind,
    Scope,
    compile_program,
)
from zhiqiao.engines.formula.tests import strategies
from zhiqiao.engines.formula.tests.test_agreement import compiled

SLOW = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much)
FACTS = (
    Fact("found", Kind.INTEGER),
    Fact("base", Kind.INTEGER),
    Fact("balance", Kind.INTEGER, signed=True),
    Fact("flag", Kind.TRUTH),
)
KNOWN = (
    ("found", Direction.RISING),
    ("base - found", Direction.FALLING),
    ("base + 1", Direction.CONSTANT),
    ("found / base", Direction.RISING),
    ("percent(found / base)", Direction.RISING),
    ("base / found", Direction.FALLING),
    ("found / balance", Direction.UNKNOWN),
    ("found * balance", Direction.UNKNOWN),
    ("found * -2", Direction.FALLING),
    ("round(found / 3, 1)", Direction.RISING),
    ("max(found, base)", Direction.RISING),
    ("found - found", Direction.UNKNOWN),
    ("found / (found + base)", Direction.UNKNOWN),
    ("if(base > 3, found, 2 * found)", Direction.RISING),
    ("if(found > 3, 1, 2)", Direction.UNKNOWN),
    ("coalesce(found, base)", Direction.RISING),
    ("coalesce(base / found, found)", Direction.UNKNOWN),
    ("rank(found, everywhere)", Direction.UNKNOWN),
    ("sum(found, everywhere)", Direction.RISING),
    ("avg(-found, everywhere)", Direction.FALLING),
    ("share(found >= 3, everywhere)", Direction.RISING),
    ("share(found >= 3, everywhere, 0.5)", Direction.RISING),
    ("share(1 / found >= 3, everywhere, 0.5)", Direction.UNKNOWN),
    ("count(not (found >= 3 and base > 1), everywhere)", Direction.FALLING),
    ("prev(found, 2)", Direction.RISING),
)


@pytest.mark.parametrize(("text", "expected"), KNOWN)
def test_direction_of_known_shapes(text, expected):
    program = compile_program(
        [Formula("figure", text, "1" if "percent" not in text else "%")],
        facts=FACTS,
        scopes=[Scope("everywhere")],
    )
    assert program.direction("figure", "found") is expected


def test_direction_follows_formulas_and_refuses_unknown_names():
    program = compile_program(
        [Formula("half", "found / 2"), Formula("rest", "100 - half")], facts=FACTS
    )
    assert program.direction("rest", "found") is Direction.FALLING
    with pytest.raises(FormulaError):
        program.direction("rest", "lost")
    with pytest.raises(FormulaError):
        program.direction("lost", "found")


@settings(max_examples=300, deadline=None, suppress_health_check=SLOW)
@given(
    formulas=strategies.formulas(count=2, depth=2),
    table=strategies.tables(),
    fact=st.sampled_from(("whole", "other", "money", "real", "extent")),
    steps=st.lists(st.integers(0, 3), min_size=14, max_size=14),
)
def test_raising_a_fact_never_refutes_the_direction(formulas, table, fact, steps):
    program = compiled(formulas)
    raised = table.with_columns(
        pl.col(fact) + pl.Series(steps[: len(table)]).cast(table.schema[fact])
    )
    raised = raised.with_columns(
        pl.when(pl.col(fact) <= 10**15).then(pl.col(fact)).otherwise(table[fact])
    )
    if fact not in program.facts:
        assert all(program.direction(name, fact) is Direction.CONSTANT for name in program.formulas)
        return
    before, after = program.run(table), program.run(raised)
    for name in program.formulas:
        pairs = zip(before[name].to_list(), after[name].to_list(), strict=True)
        moves = {_sign(old, new) for old, new in pairs if old is not None and new is not None}
        allowed = {
            Direction.CONSTANT: {0},
            Direction.RISING: {0, 1},
            Direction.FALLING: {0, -1},
            Direction.UNKNOWN: {-1, 0, 1},
        }
        assert moves <= allowed[program.direction(name, fact)]


def _sign(old, new):
    return (new > old) - (new < old)
