"""The batch and the explaining back end give the same value and the same state in every cell."""

import polars as pl
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from zhiqiao.engines.formula import (
    FormulaTypeError,
    Program,
    compile_program,
    replay,
    replay_state,
    verify,
)
from zhiqiao.engines.formula.tests import strategies
from zhiqiao.engines.trace import State, dumps, loads

ALL_CELLS = 10**9
SLOW = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much)


def compiled(formulas) -> Program:
    """Compile, leaving aside programs that are refused because exact numbers would grow too large."""
    try:
        return compile_program(
            formulas,
            facts=strategies.FACTS,
            parameters=strategies.PARAMETERS,
            scopes=strategies.SCOPES,
        )
    except FormulaTypeError as error:
        assume(error.reason not in ("too-large", "scale", "percent-of"))
        raise


@settings(max_examples=300, deadline=None, suppress_health_check=SLOW)
@given(formulas=strategies.formulas(), table=strategies.tables())
def test_both_back_ends_agree_on_every_cell(formulas, table):
    program = compiled(formulas)

    result = program.run(table, states=True)

    assert verify(program, table, result, cells=ALL_CELLS, seed=0) == ()


@settings(max_examples=100, deadline=None, suppress_health_check=SLOW)
@given(formulas=strategies.formulas(), table=strategies.tables())
def test_values_are_the_same_with_and_without_states(formulas, table):
    program = compiled(formulas)

    plain = program.run(table)

    assert plain.equals(program.run(table, states=True).select(plain.columns))


@settings(max_examples=100, deadline=None, suppress_health_check=SLOW)
@given(formulas=strategies.formulas(), table=strategies.tables(), seed=st.integers(0, 99))
def test_order_of_rows_does_not_matter(formulas, table, seed):
    program = compiled(formulas)

    shuffled = table.sample(fraction=1.0, shuffle=True, seed=seed)

    assert program.run(shuffled, states=True).equals(program.run(table, states=True))


@settings(max_examples=100, deadline=None, suppress_health_check=SLOW)
@given(formulas=strategies.formulas(), table=strategies.tables())
def test_replay_after_json_gives_the_same_value_and_state(formulas, table):
    program = compiled(formulas)
    explainer = program.explainer(table)
    for entity, year in table.select("entity", "year").iter_rows():
        for name in program.formulas:
            step = explainer.explain(entity=entity, year=year, formula=name)

            read = loads(dumps(step))

            assert read == step
            assert (repr(replay(read)), replay_state(read)) == (repr(step.value), step.state)


@settings(max_examples=100, deadline=None, suppress_health_check=SLOW)
@given(
    formulas=strategies.formulas(),
    table=strategies.tables(),
    changes=strategies.tables(),
    with_states=st.booleans(),
    with_before=st.booleans(),
)
def test_rerun_equals_full_run(formulas, table, changes, with_states, with_before):
    program = compiled(formulas)
    entities = changes["entity"].unique().sort().to_list()[:2]
    kept = table.filter(~pl.col("entity").is_in(entities))
    after = pl.concat([kept, changes.filter(pl.col("entity").is_in(entities))])
    previous = program.run(table, states=with_states)

    again = program.rerun(previous, after, entities=entities, before=table if with_before else None)

    assert again.equals(program.run(after, states=with_states))


@settings(max_examples=150, deadline=None, suppress_health_check=SLOW)
@given(
    formulas=strategies.formulas(count=4),
    table=strategies.tables(),
    column=st.sampled_from(("whole", "money", "flag", "place", "sort", "real__state")),
    with_states=st.booleans(),
)
def test_rerun_after_a_change_in_place_equals_full_run(formulas, table, column, with_states):
    program = compiled(formulas)
    entity = table["entity"][0]
    value = pl.col(column).drop_nulls().first() if not column.endswith("__state") else None
    is_changed = (pl.col("entity") == entity) & pl.col(column.removesuffix("__state")).is_not_null()
    new = pl.lit("disputed") if value is None else value
    after = table.with_columns(pl.when(is_changed).then(new).otherwise(column).alias(column))
    previous = program.run(table, states=with_states)

    again = program.rerun(previous, after, entities=[entity], before=table)

    assert again.equals(program.run(after, states=with_states))


@settings(max_examples=60, deadline=None, suppress_health_check=SLOW)
@given(formulas=strategies.formulas(), table=strategies.tables(stated=False))
def test_a_state_says_whether_there_is_a_value(formulas, table):
    program = compiled(formulas)

    result = program.run(table, states=True)

    for name in program.formulas:
        has_value = (result[f"{name}__state"] < int(State.MISSING)).to_list()
        assert has_value == result[name].is_not_null().to_list()
