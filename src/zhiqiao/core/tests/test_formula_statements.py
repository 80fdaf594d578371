"""A statement on facts that do not fit, on hostile words, and on what it may not do."""

from datetime import date
from decimal import Decimal

import polars as pl
import pytest
from django.db import InternalError, connection

from zhiqiao.core.errors import UnavailableError
from zhiqiao.core.formulas import TOO_SLOW, run_statement
from zhiqiao.core.tests.test_formulas import assert_same, records, relation
from zhiqiao.engines.formula import (
    DatedValue,
    Fact,
    FactsError,
    Formula,
    Kind,
    Parameter,
    ProgramError,
    Relation,
    Scope,
    Statement,
    compile_program,
)
from zhiqiao.engines.trace import State

PUPILS = Fact("pupils", Kind.INTEGER)
AREA = Fact("area", Kind.NUMBER)
DISTRICT = Scope("district", ("district",))
GIVEN = {"facts": [PUPILS, AREA], "scopes": [DISTRICT, Scope("all_schools")]}


def row(entity="a", year=2025, name="pupils", value=None, text=None, state=None):
    return (entity, year, name, value, text, state)


def figures(text, rows, **wanted):
    program = compile_program([Formula("figure", text, kind=Kind.NUMBER)], **GIVEN)
    return run_statement(program.statement(relation(rows), **wanted))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("rows", "reason", "named"),
    [
        (
            [row(value=Decimal(3)), row(value=Decimal(3))],
            "row-twice",
            {"entity": "a", "year": "2025"},
        ),
        ([row(entity=None, value=Decimal(3))], "row-unnamed", {"count": "1"}),
        ([row(year=None)], "row-unnamed", {"count": "1"}),
        ([row(value=Decimal(-1))], "cell", {"column": "pupils", "given": "-1"}),
        ([row(value=Decimal(10**15 + 1))], "cell", {"given": "1000000000000001"}),
        ([row(value=Decimal("1.5"))], "cell", {"given": "1.5", "entity": "a"}),
        ([row(value=Decimal("NaN"))], "cell", {"given": "NaN"}),
        ([row(value=Decimal("1e9000"))], "cell", {"column": "pupils"}),
        ([row(value=Decimal(3), state=4)], "cell", {"given": "3"}),
        ([row(value=Decimal(3), state=6)], "cell", {"given": "6"}),
        ([row(state=-1)], "cell", {"given": "-1"}),
    ],
)
def test_records_that_do_not_fit_are_refused_as_in_the_other_back_ends(rows, reason, named):
    program = compile_program([Formula("figure", "pupils", kind=Kind.INTEGER)], **GIVEN)

    with pytest.raises(FactsError) as caught:
        run_statement(program.statement(relation(rows)))

    assert caught.value.reason == reason
    assert named.items() <= caught.value.values.items()


@pytest.mark.django_db
def test_a_floating_fact_too_small_for_a_float_is_zero():
    rows = [row(name="area", value=Decimal("1e-400"))]

    assert figures("number(round(area))", rows, entity="a")["figure"].to_list() == [0.0]


@pytest.mark.django_db
def test_a_sum_that_leaves_the_finite_numbers_on_the_way_has_no_value():
    program = compile_program(
        [
            Formula("great", "1 / x"),
            Formula("total", "sum(great, district)"),
            Formula("mean", "avg(great, district)"),
        ],
        facts=[Fact("x", Kind.NUMBER, signed=True)],
        scopes=[DISTRICT],
    )
    table = pl.DataFrame(
        {
            "entity": list("abcdef"), "year": [2025] * 6, "district": [*"pppqqq"],
            "x": [6e-309, 6e-309, -6e-309, 6e-309, -6e-309, 6e-309],
        }
    )  # fmt: skip

    result = run_statement(
        program.statement(relation(records(table, program.checked.facts.values(), ["district"])))
    )

    assert_same(result, program.run(table, states=True))
    assert [value is None for value in result["total"]] == [True, True, True, False, False, False]


HOSTILE = (
    "x'; DROP TABLE core_auditentry; --", '"', "100%", "%s", "%(formula_0)s", "%%", "\\", "'' OR 1=1",
    "$1", ":name", "重庆", "{x}", "a\nb",
)  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("text", HOSTILE)
def test_what_users_wrote_is_compared_and_never_run(text):
    limit = Parameter(
        "limit",
        Kind.INTEGER,
        by=("sort",),
        values=(DatedValue(date(2020, 1, 1), (text,), 7, text),),
    )
    program = compile_program(
        [Formula("own", "whole + limit"), Formula("among", "sum(whole, district)", kind=Kind.INTEGER)],
        facts=[Fact("whole", Kind.INTEGER)],
        parameters=[limit],
        scopes=[Scope("district", ("place",))],
    )  # fmt: skip
    table = pl.DataFrame(
        {
            "entity": [text, "b"], "year": [2025, 2025], "whole": [1, 2], "place": [text, text],
            "sort": [text, "other"],
        }
    )  # fmt: skip
    given = relation(records(table, [Fact("whole", Kind.INTEGER)]))

    statement = program.statement(given, entity=text)
    result = run_statement(statement)

    assert statement.text == program.statement(given, entity="b").text
    assert result.select("entity", "own", "among").rows() == [(text, 8.0, 3)]


@pytest.mark.django_db
@pytest.mark.parametrize("entity", ["\0", "\ud800", "nobody", 7, 10**30])
def test_an_entity_that_cannot_be_there_has_no_rows(entity):
    assert figures("number(pupils)", [row(value=Decimal(3))], entity=entity).is_empty()


@pytest.mark.django_db
def test_entities_may_be_numbers():
    rows = "SELECT id AS entity, 2025 AS year, 'pupils' AS name, id * 10 AS value, NULL AS text, NULL AS state FROM generate_series(1, 3) AS id"
    program = compile_program(
        [Formula("place", "rank(pupils, all_schools)", kind=Kind.INTEGER)], **GIVEN
    )

    result = run_statement(program.statement(Relation(rows, is_text=False), entity=3))

    assert result.rows() == [(3, 2025, 1, int(State.DERIVED))]


@pytest.mark.django_db
def test_a_statement_can_write_nothing_and_leaves_no_setting_behind():
    writing = Statement("SELECT nextval('django_content_type_id_seq')", {}, ())
    with connection.cursor() as cursor:
        before = settings_of(cursor)
        with pytest.raises(InternalError, match="read-only"):
            run_statement(writing)
        figures("number(pupils)", [row(value=Decimal(3))])

        assert settings_of(cursor) == before


def settings_of(cursor):
    cursor.execute(
        "SELECT current_setting('transaction_read_only'), current_setting('statement_timeout')"
    )
    return cursor.fetchone()


@pytest.mark.django_db
def test_a_statement_that_takes_too_long_is_stopped():
    program = compile_program([Formula("figure", "number(pupils)")], **GIVEN)
    slow = "SELECT 'a' AS entity, 2025 AS year, 'pupils' AS name, 1 AS value, NULL AS text, NULL AS state FROM pg_sleep(5)"

    with pytest.raises(UnavailableError) as caught:
        run_statement(program.statement(Relation(slow)), most_milliseconds=50)

    assert caught.value.code == TOO_SLOW


def test_marks_of_the_engine_are_not_taken_by_a_relation():
    with pytest.raises(ValueError, match="must not begin"):
        Relation("SELECT 1", {"formula_0": 1})


def test_more_columns_than_a_statement_holds_are_refused():
    formulas = [Formula(f"figure_{n}", f"pupils + {n}", kind=Kind.INTEGER) for n in range(800)]
    narrow = compile_program(formulas, **GIVEN)
    names = [f"fact_{n}" for n in range(800)]
    totals = [Formula(f"total_{n}", " + ".join(names[n : n + 20])) for n in range(0, 800, 20)]
    deep = compile_program(totals, facts=[Fact(name, Kind.INTEGER) for name in names])

    for program in (narrow, deep):
        with pytest.raises(ProgramError) as caught:
            program.statement(relation([]))
        assert caught.value.reason == "too-wide"


def test_a_formula_that_is_not_there_is_refused():
    program = compile_program([Formula("figure", "number(pupils)")], **GIVEN)

    with pytest.raises(FactsError) as caught:
        program.statement(relation([]), formulas=["other"])

    assert caught.value.reason == "no-such-formula"


def test_a_written_number_is_not_in_the_text():
    program = compile_program([Formula("figure", "number(pupils) / 987654")], **GIVEN)

    statement = program.statement(Relation("SELECT 1"))

    assert "987654" not in statement.text
    assert Decimal(987654) in statement.parameters.values()
