"""The declared meaning of missing, not applicable, division, groups, ranks, rounding and dates."""

from datetime import date
from decimal import Decimal
from itertools import product

import polars as pl
import pytest

from zhiqiao.engines.formula import (
    DatedValue,
    Fact,
    Formula,
    Kind,
    Parameter,
    Scope,
    compile_program,
    replay,
)
from zhiqiao.engines.formula.replay import tampered
from zhiqiao.engines.formula.semantics import OPERATIONS, Outcome
from zhiqiao.engines.trace import Record, State, leaves, records

T, F, M, N = "true", "false", "missing", "not_applicable"
SYMBOLS = {
    T: (True, "reported"),
    F: (False, "reported"),
    M: (None, "missing"),
    N: (None, "not_applicable"),
}
AND = {
    (T, T): T,
    (T, F): F,
    (T, M): M,
    (T, N): T,
    (F, F): F,
    (F, M): F,
    (F, N): F,
    (M, M): M,
    (M, N): M,
    (N, N): N,
}
OR = {
    (T, T): T,
    (T, F): T,
    (T, M): T,
    (T, N): T,
    (F, F): F,
    (F, M): M,
    (F, N): F,
    (M, M): M,
    (M, N): M,
    (N, N): N,
}
LEFT, RIGHT = Fact("left", Kind.TRUTH), Fact("right", Kind.TRUTH)


@pytest.mark.parametrize(("word", "table"), [("and", AND), ("or", OR)])
def test_truth_tables(word, table):
    pairs = list(product((T, F, M, N), repeat=2))
    facts = pl.DataFrame(
        {
            "entity": range(len(pairs)), "year": 2025,
            "left": [SYMBOLS[a][0] for a, _ in pairs], "left__state": [SYMBOLS[a][1] for a, _ in pairs],
            "right": [SYMBOLS[b][0] for _, b in pairs], "right__state": [SYMBOLS[b][1] for _, b in pairs],
        }
    )  # fmt: skip
    program = compile_program(
        [Formula("joined", f"left {word} right", kind=Kind.TRUTH)], facts=[LEFT, RIGHT]
    )

    result = program.run(facts, states=True)

    expected = [table.get((a, b)) or table[b, a] for a, b in pairs]
    assert [
        {True: T, False: F}.get(value, State(state).name.lower())
        for value, state in result.select("joined", "joined__state").iter_rows()
    ] == expected


@pytest.mark.parametrize(
    ("word", "left", "right", "state"),
    [
        ("and", (False, "disputed"), (False, "estimated"), State.ESTIMATED),
        ("and", (False, "disputed"), (True, "reported"), State.DISPUTED),
        ("and", (True, "disputed"), (True, "estimated"), State.DISPUTED),
        ("or", (True, "disputed"), (True, "reported"), State.DERIVED),
        ("or", (False, "estimated"), (True, "disputed"), State.DISPUTED),
    ],
)
def test_a_joined_truth_is_as_good_as_the_best_that_decides(word, left, right, state):
    facts = pl.DataFrame(
        {
            "entity": ["a"], "year": [2025], "left": [left[0]], "left__state": [left[1]],
            "right": [right[0]], "right__state": [right[1]],
        }
    )  # fmt: skip
    program = compile_program(
        [Formula("joined", f"left {word} right", kind=Kind.TRUTH)], facts=[LEFT, RIGHT]
    )
    assert State(program.run(facts, states=True)["joined__state"][0]) is state


def figures(text, values, *, states=None, kind=Kind.NUMBER, scale=0, fact=None):
    """Values and states of one formula over `x` of entities of one district and year."""
    fact = fact or Fact("x", Kind.INTEGER, signed=True)
    columns = {"entity": range(len(values)), "year": 2025, "district": "d", "x": values}
    if states:
        columns["x__state"] = states
    program = compile_program(
        [Formula("figure", text, kind=kind, scale=scale)],
        facts=[fact],
        scopes=[Scope("district", ("district",))],
    )
    schema = {"x": pl.Decimal(38, fact.scale)} if fact.kind is Kind.DECIMAL else {}
    result = program.run(pl.DataFrame(columns, schema_overrides=schema), states=True)
    return result["figure"].to_list(), [
        State(each).name.lower() for each in result["figure__state"]
    ]


def test_division_by_zero_is_missing_and_says_why():
    assert figures("6 / x", [3, 0, None]) == ([2.0, None, None], ["derived", "missing", "missing"])
    program = compile_program([Formula("figure", "6 / x")], facts=[Fact("x", Kind.INTEGER)])
    step = program.explain(
        pl.DataFrame({"entity": ["a"], "year": [2025], "x": [0]}),
        entity="a",
        year=2025,
        formula="figure",
    )
    assert (step.value, step.state, step.inputs[0].reason) == (
        None,
        State.MISSING,
        "division-by-zero",
    )


def test_not_applicable_outranks_missing_in_arithmetic():
    values, states = figures("x + 6 / (x - x)", [1, None], states=[None, "not_applicable"])
    assert (values, states) == ([None, None], ["missing", "not_applicable"])


def test_a_sum_with_a_missing_member_is_missing_and_never_less():
    assert figures("sum(x, district)", [1, None, 3])[0] == [None, None, None]


def test_members_that_do_not_apply_are_no_part_of_the_group():
    states = [None, "not_applicable", None]
    assert figures("sum(x, district)", [1, None, 3], states=states)[0] == [4.0, 4.0, 4.0]
    assert figures("avg(x, district)", [1, None, 3], states=states)[0] == [2.0, 2.0, 2.0]
    assert figures("share(x > 1, district)", [1, None, 3], states=states)[0] == [0.5, 0.5, 0.5]


def test_an_empty_group_has_a_count_of_zero_and_nothing_else():
    states = ["not_applicable"] * 2
    assert figures("count(x > 1, district)", [None, None], states=states) == (
        [0, 0],
        ["derived"] * 2,
    )
    for text in (
        "sum(x, district)",
        "avg(x, district)",
        "share(x > 1, district)",
        "rank(x, district)",
    ):
        assert figures(text, [None, None], states=states) == ([None, None], ["not_applicable"] * 2)


def test_coverage_lets_known_members_speak_as_an_estimate():
    assert figures("avg(x, district, 0.75)", [1, 2, 6, None]) == ([3.0] * 4, ["estimated"] * 4)
    assert figures("avg(x, district, 0.76)", [1, 2, 6, None]) == ([None] * 4, ["missing"] * 4)


def test_a_share_publishes_what_it_is_made_of():
    program = compile_program(
        [Formula("part", "percent(share(x > 1, district, 0.5))", "%")],
        facts=[Fact("x", Kind.INTEGER)], scopes=[Scope("district", ("district",))],
    )  # fmt: skip
    table = pl.DataFrame(
        {"entity": range(5), "year": 2025, "district": list("ddddx"), "x": [1, 2, 3, None, None]}
    )
    columns = ("part", "part__numerator", "part__denominator", "part__coverage")
    result = program.run(table, states=True).select(columns).rows()
    assert result == [(2 / 3 * 100, 2, 3, 0.75)] * 4 + [(None, 0, 0, 0.0)]


def test_equal_values_share_the_best_rank():
    assert figures("rank(x, district)", [5, 7, 5, 9], kind=Kind.INTEGER)[0] == [3, 2, 3, 1]
    assert figures("rank(-x, district)", [5, 7, 5, 9], kind=Kind.INTEGER)[0] == [1, 3, 1, 4]
    assert figures("rank(x, district)", [5, None, 5], kind=Kind.INTEGER)[0] == [None, None, None]
    assert figures("rank(x, district, 0.5)", [5, None, 9], kind=Kind.INTEGER)[0] == [2, None, 1]


def test_coalesce_fills_what_is_missing_and_calls_it_an_estimate():
    values, states = figures(
        "coalesce(x, 7)", [1, None, None], states=[None, "missing", "not_applicable"]
    )
    assert (values, states) == ([1.0, 7.0, None], ["derived", "estimated", "not_applicable"])


def test_rounding_is_half_away_from_zero():
    fact = Fact("x", Kind.DECIMAL, scale=2, signed=True)
    given = [Decimal("2.50"), Decimal("-2.50"), Decimal("2.49"), Decimal("-0.50")]
    assert figures("round(x)", given, kind=Kind.INTEGER, fact=fact)[0] == [3, -3, 2, -1]
    assert figures("round(number(x) * 1)", given, kind=Kind.INTEGER, fact=fact)[0] == [3, -3, 2, -1]


def test_a_rounded_quotient_of_exact_values_is_exact():
    program = compile_program(
        [Formula("figure", "percent(x / 200)", "%", Kind.DECIMAL)],
        facts=[Fact("x", Kind.INTEGER, signed=True)],
    )
    table = pl.DataFrame({"entity": ["a", "b", "c"], "year": 2025, "x": [29, -29, 1]})
    assert program.run(table)["figure"].to_list() == [Decimal(15), Decimal(-15), Decimal(1)]
    third = figures("x / 3", [10**15], kind=Kind.DECIMAL, scale=4)[0]
    assert third == [Decimal("333333333333333.3333")]


def test_a_product_beyond_64_bits_is_carried_and_a_result_beyond_them_is_missing():
    assert figures("x * x / x", [10**15])[0] == [1e15]
    assert figures("x * x", [10**9, 4 * 10**9], kind=Kind.INTEGER) == (
        [10**18, None],
        ["derived", "missing"],
    )


def test_parameters_change_with_their_date_and_key():
    parameter = Parameter(
        "limit", Kind.INTEGER, by=("sort",),
        values=(
            DatedValue(date(2024, 12, 31), ("x",), 2), DatedValue(date(2025, 12, 31), ("x",), 3),
            DatedValue(date(2020, 1, 1), ("y",), None), DatedValue(date(2025, 6, 1), ("z",), 9),
        ),
    )  # fmt: skip
    table = pl.DataFrame(
        {
            "entity": range(7),
            "year": [2023, 2024, 2025, 2024, 2024, 2024, 2025],
            "sort": ["x", "x", "x", "y", "w", None, "z"],
        }
    )
    program = compile_program(
        [Formula("figure", "limit", kind=Kind.INTEGER)], parameters=[parameter]
    )
    result = program.run(table, states=True)
    assert result["figure"].to_list() == [None, 2, 3, None, None, None, 9]
    assert [State(each).name[0] for each in result["figure__state"]] == [
        "M",
        "D",
        "D",
        "N",
        "M",
        "M",
        "D",
    ]
    spring = compile_program(
        [Formula("figure", "limit", kind=Kind.INTEGER)], parameters=[parameter], day=(5, 31)
    )
    assert spring.run(table)["figure"].to_list() == [None, None, 2, None, None, None, None]


def test_a_look_back_needs_the_very_year():
    program = compile_program(
        [Formula("figure", "prev(x, 2)", kind=Kind.INTEGER)], facts=[Fact("x", Kind.INTEGER)]
    )
    table = pl.DataFrame(
        {"entity": list("aaaab"), "year": [2020, 2021, 2023, 2025, 2025], "x": [1, 2, 3, 4, 5]}
    )
    assert program.run(table)["figure"].to_list() == [None, None, 2, 3, None]


def test_years_can_be_chosen_and_look_backs_still_see_the_others():
    program = compile_program(
        [Formula("figure", "x - prev(x)", kind=Kind.INTEGER)], facts=[Fact("x", Kind.INTEGER)]
    )
    table = pl.DataFrame({"entity": ["a", "a"], "year": [2024, 2025], "x": [1, 5]})
    assert program.run(table, years=[2025]).rows() == [("a", 2025, 4)]


def test_an_explanation_ends_in_records_and_a_changed_leaf_changes_the_figure():
    program = compile_program(
        [Formula("half", "x / 2"), Formula("figure", "half + 1")], facts=[Fact("x", Kind.INTEGER)]
    )
    table = pl.DataFrame({"entity": ["a"], "year": [2025], "x": [6]})
    record = Record("return", "7d0", "return of a", "3")
    step = program.explain(
        table, entity="a", year=2025, formula="figure", origins=lambda *_place: (record,)
    )
    assert (step.value, records(step)) == (4.0, (record,))
    fact = next(leaf for leaf in leaves(step) if leaf.op == "fact")
    assert replay(tampered(step, leaf=fact, value=8)) == 5.0


def test_inputs_are_found_through_other_formulas():
    program = compile_program(
        [
            Formula("figure", "half + prev(other)"),
            Formula("half", "x / two"),
            Formula("other", "y"),
        ],
        facts=[Fact("x", Kind.INTEGER), Fact("y", Kind.INTEGER), Fact("z", Kind.INTEGER)],
        parameters=[Parameter("two", Kind.INTEGER)],
    )
    inputs = program.inputs("figure")
    assert (inputs.facts, inputs.parameters, inputs.formulas) == (
        ("x", "y"),
        ("two",),
        ("half", "other"),
    )


@pytest.mark.parametrize("sign", ["<", "<=", ">", ">=", "=", "!="])
def test_a_column_of_one_value_is_compared_like_any_other(sign):
    facts = pl.DataFrame({"entity": [1, 2], "year": [2025, 2025]}).with_columns(whole=pl.lit(5))
    program = compile_program(
        [
            Formula("left", f"5 {sign} whole", kind=Kind.TRUTH),
            Formula("right", f"whole {sign} 2 + 3", kind=Kind.TRUTH),
            Formula("met", f"count(4 + 2 {sign} whole, group)", "1", Kind.INTEGER),
        ],
        facts=[Fact("whole", Kind.INTEGER)],
        scopes=[Scope("group", ())],
    )

    result = program.run(facts)

    assert result.equals(program.run(facts.rechunk()))
    assert result["left"].to_list() == [sign in ("<=", ">=", "=")] * 2
    assert result["right"].to_list() == result["left"].to_list()
    assert result["met"].to_list() == [2 if sign in (">", ">=", "!=") else 0] * 2


@pytest.mark.parametrize(
    ("text", "scale", "value"),
    [
        ("x * 100", 2, 10**15),
        ("x * 100", 9, 1),
        # 2^119 in last places of 10^-9 is a multiple of 2^128.
        ("x * 562949953421312 * 134217728", 9, 2**43),
    ],
)
def test_a_result_that_only_its_decimal_places_take_beyond_64_bits_has_no_value(text, scale, value):
    program = compile_program(
        [Formula("figure", text, kind=Kind.DECIMAL, scale=scale)],
        facts=[Fact("x", Kind.INTEGER)],
    )
    table = pl.DataFrame({"entity": ["a", "b"], "year": [2025, 2025], "x": [value, 0]})

    result = program.run(table)["figure"].to_list()

    explained = program.explain(table, entity="a", year=2025, formula="figure").value
    assert result == [explained, Decimal(0).scaleb(-scale)]


def test_a_value_with_more_digits_than_decimal_numbers_hold_by_default_is_rounded_exactly():
    """Found by drawn formulas."""
    value = Outcome(Decimal("17671195749704499460083004530.5"), State.REPORTED)

    found = OPERATIONS["round"]([value], {"digits": 0})
    assert found.value == 17671195749704499460083004531


@pytest.mark.parametrize(
    "text",
    [
        "min(0, 0) < 1 + x * 0",
        "x * 0 + 1 > max(0, 0)",
        "min(0, 0) < max(1, 1)",
        "max(1, 1) > min(0, 0)",
    ],
)
def test_constants_stand_in_every_row(text):
    """Found by drawn formulas: an extreme of constants alone has no length of its own."""
    assert figures(f"if({text}, 1, 0)", [5, 7], kind=Kind.INTEGER)[0] == [1, 1]
