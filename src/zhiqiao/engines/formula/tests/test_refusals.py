"""Everything outside the language is refused, with a place in the text and a remedy."""

import itertools
from datetime import date
from decimal import Decimal
from itertools import pairwise

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiqiao.engines.formula import (
    DatedValue,
    Fact,
    FactsError,
    Formula,
    FormulaError,
    Kind,
    Parameter,
    ProgramError,
    Scope,
    compile_program,
    replay,
)
from zhiqiao.engines.formula.parse import parse
from zhiqiao.engines.formula.words import MAX_LENGTH
from zhiqiao.engines.trace import dumps, loads

FACTS = (
    Fact("pupils", Kind.INTEGER, "person"),
    Fact("teachers", Kind.INTEGER, "post"),
    Fact("area", Kind.NUMBER, "m2"),
    Fact("fee", Kind.DECIMAL, "cny", 2),
    Fact("open", Kind.TRUTH),
)
SCOPES = (Scope("district", ("district",)),)

ESCAPES = (
    "pupils.real", "pupils.__class__", "().__class__.__bases__", "(1).bit_length()",
    "__import__", "__import__('os')", "__builtins__", "__class__", "_", "_pupils", "pupils_",
    "pupils__state", "pupils[0]", "[1, 2]", "[pupils]", "{1: 2}", "{pupils}", "()", "(1, 2)",
    "lambda: 1", "lambda x: x", "(lambda: 0)()", "eval(1)", "exec(1)", "open(1)", "getattr(1, 2)",
    "pupils(1)", "min(1)(2)", "sum(pupils, district)(1)", "f'{pupils}'", 'f"{1}"', "'text'",
    '"text"', "b'x'", "'''x'''", "pupils := 1", "(x := 1)", "pupils = x = 1", "[x for x in y]",
    "(x for x in y)", "{x for x in y}", "*pupils", "**pupils", "min(*pupils)", "min(a=1, b=2)",
    "2 ** 99999", "2**2", "pupils ^ 2", "pupils & 1", "pupils | 1", "~pupils", "1 << 99", "8 >> 1",
    "pupils // 2", "pupils % 2", "pupils @ 2", "pupils; 1", "pupils\\", "pupils # note", "@pupils",
    "$pupils", "pupils!", "!open", "pupils?", "`pupils`", "1 if open else 2", "yield 1", "await 1",
    "import os", "del pupils", "None", "True", "False", "is_open is not true", "1e9", "1_000",
    "0x10", "1j", ".5", "5.", "1..2", "1.2.3", "99999999999999999999", "pupils == 1",
    "pupils <> 1", "1 < pupils < 2", "pupils and", "and open", "not", "-", "+pupils", "(pupils",
    "pupils)", "min(pupils,)", "min(,pupils)", "min()", "", "   ", "\t\n", "\0", "pupils\0",
    "pu\0pils", "pupils\x1b[31m", "ｐupils", "рupils", "pupіls", "pupils\u200b", "pupils\u202e",
    "pupils\ufeff", "\u00a0pupils", "１ + １", "²", "½", "pupils＋1", "（pupils）", "max（1，2）",
    "学生数", "é", "𝐩upils", "pupils\u0301", "Pupils", "PUPILS", "%", "%pupils", "pupils%", "50 %%",
    "(" * 41 + "1" + ")" * 41, "-" * 41 + "1", "not " * 41 + "open", "(" * 1000 + "1",
    "min(1, " * 45 + "1" + ")" * 45, "1" + " + 1" * 45, "1" + "*1" * 900, "if(" * 600,
    " " * 2001, "1" * 2001, "pupils + " * 300 + "1", "a" * 61,
)  # fmt: skip


@pytest.mark.parametrize("text", ESCAPES)
def test_text_outside_the_language_is_refused(text):
    with pytest.raises(FormulaError) as refused:
        compile_program([Formula("figure", text)], facts=FACTS, scopes=SCOPES)

    error = refused.value
    assert error.formula == "figure"
    assert 0 <= error.position < max(len(text), 1)
    assert error.remedy
    assert str(error).isprintable()


def position_of_fault(text) -> int:
    try:
        parse("figure", text)
    except FormulaError as error:
        return error.position
    return 0


@given(st.text(max_size=80))
def test_any_text_is_parsed_or_refused(text):
    assert 0 <= position_of_fault(text) < max(len(text), 1)


@given(
    st.lists(
        st.sampled_from((*tuple("()+-*/<>=!,.%\n 09az_"), "not", "if(", "min(", "and ")),
        max_size=600,
    )
)
def test_any_sequence_of_signs_is_parsed_or_refused(parts):
    text = "".join(parts)
    assert 0 <= position_of_fault(text) < max(len(text), 1)


def test_a_formula_of_the_greatest_length_is_taken():
    text = "1" + " " * (MAX_LENGTH - 2) + "1"
    with pytest.raises(FormulaError) as refused:
        parse("figure", text)
    assert (refused.value.reason, refused.value.position) == ("unexpected", MAX_LENGTH - 1)
    with pytest.raises(FormulaError) as refused:
        parse("figure", text + "1")
    assert refused.value.reason == "too-long"


def test_forty_levels_are_taken_and_one_more_is_not():
    assert parse("figure", "-" * 39 + "1").depth == 40
    with pytest.raises(FormulaError) as refused:
        parse("figure", "-" * 40 + "1")
    assert refused.value.reason == "too-deep"


def test_doubling_expressions_stay_small():
    text = "pupils"
    for turn in range(30):
        text = f"max(9, {text})" if turn % 2 else f"min({text}, 7)"
    program = compile_program([Formula("figure", text, "person", Kind.INTEGER)], facts=FACTS)
    table = pl.DataFrame({"entity": ["a"], "year": [2025], "pupils": [5]})
    assert program.run(table)["figure"].to_list() == [9]


WRONG = (
    ("pupils + area", "person", "unit-mismatch", 7),
    ("area >= pupils", "1", "unit-mismatch", 5),
    ("if(open, pupils, teachers)", "1", "unit-mismatch", 0),
    ("coalesce(pupils, teachers)", "1", "unit-mismatch", 0),
    ("pupils / teachers", "person", "declared-unit", 7),
    ("percent(pupils)", "%", "percent-of", 0),
    ("fraction(pupils)", "1", "percent-of", 0),
    ("percent(share(open, district)) >= 80", "1", "percent-mixed", 31),
    ("percent(share(open, district)) * pupils", "%", "percent-mixed", 31),
    ("80% + 1", "%", "percent-mixed", 4),
    ("pupils + open", "person", "kind", 7),
    ("not pupils", "1", "kind", 0),
    ("if(pupils, 1, 2)", "1", "kind", 0),
    ("open = 1", "1", "kind", 5),
    ("share(pupils, district)", "1", "kind", 0),
    ("sum(open, district)", "1", "kind", 0),
    ("min(pupils)", "person", "count-of-arguments", 0),
    ("round(area, pupils)", "m2", "whole-number", 12),
    ("round(area, 10)", "m2", "whole-number", 12),
    ("prev(pupils, 0)", "person", "whole-number", 13),
    ("prev(pupils + 1)", "person", "plain-name", 12),
    ("avg(area, district, 0)", "m2", "coverage", 20),
    ("avg(area, district, 1.01)", "m2", "coverage", 20),
    ("avg(area, district, 95%)", "m2", "coverage", 20),
    ("avg(area, distric)", "m2", "unknown-scope", 10),
    ("avg(area, 1 + 1)", "m2", "unknown-scope", 12),
    ("pupil", "person", "unknown-name", 0),
    ("1 + district", "1", "wrong-use", 4),
    ("param(pupils)", "person", "wrong-use", 6),
    ("0.00001 * 0.00001", "1", "scale", 8),
    ("pupils * pupils * pupils", "1", "too-large", 16),
    ("fee * fee", "cny*cny", "", 0),
)


@pytest.mark.parametrize(("text", "unit", "reason", "position"), WRONG)
def test_wrong_kinds_units_and_names_are_refused_at_their_place(text, unit, reason, position):
    formula = Formula("figure", text, unit)
    if not reason:
        assert compile_program([formula], facts=FACTS, scopes=SCOPES).facts == ("fee",)
        return
    with pytest.raises(FormulaError) as refused:
        compile_program([formula], facts=FACTS, scopes=SCOPES)
    assert (refused.value.reason, refused.value.position) == (reason, position)


def test_adding_area_to_people_names_both_units_and_a_remedy():
    with pytest.raises(FormulaError) as refused:
        compile_program([Formula("figure", "area + pupils", "m2")], facts=FACTS)
    assert str(refused.value) == (
        "figure, character 6: 'add' joins m2 with person; only equal units may be joined. "
        "Convert one side with a parameter of the unit m2 / person, or compare like with like."
    )


def test_a_cycle_is_printed():
    formulas = [
        Formula("first", "second + 1"),
        Formula("second", "prev(third)"),
        Formula("third", "2 * first"),
        Formula("fourth", "first"),
    ]
    with pytest.raises(ProgramError) as refused:
        compile_program(formulas)
    assert refused.value.reason == "cycle"
    cycle = refused.value.values["cycle"].split(" → ")
    assert cycle[0] == cycle[-1]
    texts = {formula.name: formula.text for formula in formulas}
    assert all(after in texts[name] for name, after in itertools.pairwise(cycle))
    assert texts[refused.value.formula][refused.value.position :].startswith(cycle[1])


def test_a_chain_of_formulas_without_end_is_refused():
    formulas = [Formula("step0", "1")]
    formulas += [Formula(f"step{n}", f"step{n - 1} + 1") for n in range(1, 60)]
    with pytest.raises(ProgramError) as refused:
        compile_program(formulas)
    assert refused.value.reason == "chain"


def test_the_longest_chain_is_explained_stored_and_replayed():
    names = [f"step{n}" for n in range(33)]
    formulas = [Formula("step0", "1")]
    formulas += [Formula(name, f"{before} + 1") for before, name in pairwise(names)]
    program = compile_program(formulas)
    table = pl.DataFrame({"entity": ["a"], "year": [2025]})
    step = program.explain(table, entity="a", year=2025, formula="step32")
    assert replay(loads(dumps(step))) == program.run(table)["step32"][0] == 33.0


DECLARATIONS = (
    (lambda: Fact("Name", Kind.INTEGER), "name"),
    (lambda: Fact("a__b", Kind.INTEGER), "name"),
    (lambda: Fact("share", Kind.INTEGER), "reserved"),
    (lambda: Fact("year", Kind.INTEGER), "reserved"),
    (lambda: Fact("a", "complex"), "declaration"),
    (lambda: Fact("a", Kind.INTEGER, scale=2), "declaration"),
    (lambda: Fact("a", Kind.DECIMAL, scale=10), "declaration"),
    (lambda: Fact("a", Kind.TRUTH, "m2"), "declaration"),
    (lambda: Fact("a", Kind.INTEGER, "m2//person"), "unit"),
    (lambda: Fact("a", Kind.INTEGER, "%/year"), "unit"),
    (lambda: Scope("a", ("entity",)), "name"),
    (lambda: Parameter("a", Kind.INTEGER, values=(DatedValue(date(2025, 1, 1), (), 1.5),)), "value"),
    (lambda: Parameter("a", Kind.INTEGER, values=(DatedValue(date(2025, 1, 1), (), True),)), "value"),
    (
        lambda: Parameter(
            "a", Kind.DECIMAL, scale=1, values=(DatedValue(date(2025, 1, 1), (), Decimal("1.25")),)
        ),
        "value",
    ),
    (lambda: Parameter("a", Kind.NUMBER, values=(DatedValue(date(2025, 1, 1), (), 1e400),)), "value"),
    (lambda: Parameter("a", Kind.INTEGER, values=(DatedValue(date(2025, 1, 1), ("x",), 1),)), "parameter-key"),
    (
        lambda: Parameter(
            "a", Kind.INTEGER,
            values=(DatedValue(date(2025, 1, 1), (), 1), DatedValue(date(2025, 1, 1), (), 2)),
        ),
        "parameter-twice",
    ),
    (lambda: compile_program([Formula("a", "1"), Formula("a", "2")]), "duplicate"),
    (lambda: compile_program([Formula("pupils", "1")], facts=FACTS), "duplicate"),
    (lambda: compile_program([], scopes=(*SCOPES, *SCOPES)), "duplicate"),
    (lambda: compile_program([], facts=[Fact("district", Kind.INTEGER)], scopes=SCOPES), "duplicate"),
)  # fmt: skip


@pytest.mark.parametrize(("make", "reason"), DECLARATIONS)
def test_wrong_declarations_are_refused(make, reason):
    with pytest.raises(FormulaError) as refused:
        make()
    assert (refused.value.reason, bool(refused.value.remedy)) == (reason, True)


def _table(**columns):
    return pl.DataFrame({"entity": ["a", "b"], "year": [2025, 2025], **columns})


TABLES = (
    (_table().drop("entity"), "column-missing"),
    (_table(), "column-missing"),
    (_table(pupils=["1", "2"], fee=[1, 2]), "column-kind"),
    (_table(pupils=[1.0, 2.0], fee=[1, 2]), "column-kind"),
    (_table(pupils=[1, 2], fee=[1.5, 2.5]), "column-kind"),
    (_table(pupils=[1, 2], fee=[Decimal("1.234"), None]), "column-kind"),
    (_table(pupils=[1, -2], fee=[1, 2]), "cell"),
    (_table(pupils=[1, 10**15 + 1], fee=[1, 2]), "cell"),
    (_table(pupils=pl.Series([1, 2**64 - 1], dtype=pl.UInt64), fee=[1, 2]), "column-kind"),
    (_table(pupils=[1, 2], pupils__state=["missing", None], fee=[1, 2]), "cell"),
    (_table(pupils=[1, 2], pupils__state=["lost", None], fee=[1, 2]), "column-kind"),
    (_table(pupils=[1, 2], pupils__state=[6, 0], fee=[1, 2]), "column-kind"),
    (_table(pupils=[1, 2], fee=[1, 2]).with_columns(entity=pl.lit("a")), "row-twice"),
    (_table(pupils=[1, 2], fee=[1, 2]).with_columns(year=pl.lit(None, pl.Int64)), "row-unnamed"),
    (_table(pupils=[1, 2], fee=[1, 2]).with_columns(year=pl.lit("2025")), "column-kind"),
)


@pytest.mark.parametrize(("table", "reason"), TABLES)
def test_facts_that_do_not_fit_are_refused(table, reason):
    program = compile_program([Formula("figure", "pupils * fee", "person*cny")], facts=FACTS)
    with pytest.raises(FactsError) as refused:
        program.run(table)
    assert (refused.value.reason, bool(refused.value.remedy)) == (reason, True)


def test_a_number_that_is_not_finite_is_refused():
    program = compile_program([Formula("figure", "area", "m2")], facts=FACTS)
    with pytest.raises(FactsError) as refused:
        program.run(_table(area=[1.0, float("nan")]))
    assert refused.value.values["entity"] == "b"


def test_a_figure_that_is_not_there_cannot_be_explained():
    program = compile_program([Formula("figure", "area", "m2")], facts=FACTS)
    explainer = program.explainer(_table(area=[1.0, 2.0]))
    reasons = []
    for entity, year, formula in (
        ("c", 2025, "figure"),
        ("a", 2024, "figure"),
        (1, 2025, "figure"),
        ("a", 2025, "other"),
    ):
        with pytest.raises(FactsError) as refused:
            explainer.explain(entity=entity, year=year, formula=formula)
        reasons.append(refused.value.reason)
    assert reasons == ["no-such-figure", "no-such-figure", "no-such-figure", "no-such-formula"]
