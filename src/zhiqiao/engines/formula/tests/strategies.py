"""Random well-typed programs and facts, shared by the tests of all back ends."""

from datetime import date
from decimal import Decimal

import polars as pl
from hypothesis import strategies as st

from zhiqiao.engines.formula import DatedValue, Fact, Formula, Kind, Parameter, Scope

YEARS = (2022, 2023, 2024, 2025)
ENTITIES = ("a", "b", "c", "d", "e", "f")
STATES = ("reported", "derived", "estimated", "disputed", "missing", "not_applicable")

FACTS = (
    Fact("whole", Kind.INTEGER),
    Fact("other", Kind.INTEGER, signed=True),
    Fact("huge", Kind.INTEGER, signed=True),
    Fact("money", Kind.DECIMAL, scale=2, signed=True),
    Fact("fine", Kind.DECIMAL, scale=4),
    Fact("real", Kind.NUMBER, signed=True),
    Fact("extent", Kind.NUMBER),
    Fact("flag", Kind.TRUTH),
)
PARAMETERS = (
    Parameter(
        "limit",
        Kind.INTEGER,
        by=("sort",),
        values=(
            DatedValue(date(2020, 1, 1), ("x",), 3, "first rule", "a checker"),
            DatedValue(date(2024, 12, 31), ("x",), 5),
            DatedValue(date(2023, 6, 1), ("y",), None),
            DatedValue(date(2025, 1, 1), ("y",), 2),
        ),
    ),
    Parameter(
        "rate",
        Kind.DECIMAL,
        scale=3,
        values=(
            DatedValue(date(2023, 1, 1), (), Decimal("1.125")),
            DatedValue(date(2025, 1, 1), (), Decimal("0.875")),
        ),
    ),
    Parameter("strict", Kind.TRUTH, values=(DatedValue(date(2021, 1, 1), (), value=True),)),
)
SCOPES = (Scope("district", ("place",)), Scope("mixed", ("place", "sort")), Scope("everywhere"))

_EXACT_NAMES = ("whole", "other", "huge", "money", "fine", "limit", "rate")
_NUMBER_NAMES = ("real", "extent")


@st.composite
def numeric(draw, depth: int, earlier: tuple[str, ...]) -> str:
    """Text of an expression with a numeric value."""
    leaves = st.sampled_from((*_EXACT_NAMES, *_NUMBER_NAMES, *earlier))
    literals = st.sampled_from(("0", "1", "2", "7", "0.5", "1.25", "100"))
    if depth == 0:
        return draw(st.one_of(leaves, literals))
    below = numeric(depth - 1, earlier)
    condition = truth(depth - 1, earlier)
    form = draw(st.sampled_from(_NUMERIC_FORMS))
    return form.format(
        a=draw(below), b=draw(below), c=draw(condition), s=draw(scopes()), k=draw(coverages()),
        n=draw(st.sampled_from((*_NUMBER_NAMES, *_EXACT_NAMES[:5], *earlier))),
        y=draw(st.integers(1, 3)), d=draw(st.integers(0, 3)),
    )  # fmt: skip


_NUMERIC_FORMS = (
    "({a} + {b})", "({a} - {b})", "({a} * {b})", "({a} / {b})", "({a} / {b})", "-{a}",
    "if({c}, {a}, {b})", "min({a}, {b})", "max({a}, {b})", "coalesce({a}, {b})",
    "coalesce(limit, {b})", "round({a}, {d})", "round({a} / {b}, {d})", "round({a})",
    "fraction(round(percent({a} / {b}), {d}))", "fraction(percent({a}))", "number({a})", "prev({n}, {y})",
    "sum({a}, {s})", "avg({a}, {s}{k})", "count({c}, {s})", "share({c}, {s}{k})",
    "rank({a}, {s}{k})",
)  # fmt: skip


@st.composite
def truth(draw, depth: int, earlier: tuple[str, ...]) -> str:
    """Text of an expression with a truth value."""
    if depth == 0:
        return draw(st.sampled_from(("flag", "strict", "true", "false", "prev(flag)")))
    sides = numeric(depth - 1, earlier)
    below = truth(depth - 1, earlier)
    form = draw(st.sampled_from(_TRUTH_FORMS))
    return form.format(a=draw(sides), b=draw(sides), c=draw(below), e=draw(below))


_TRUTH_FORMS = (
    "({a} < {b})", "({a} <= {b})", "({a} > {b})", "({a} >= {b})", "({a} = {b})", "({a} != {b})",
    "({c} and {e})", "({c} or {e})", "(not {c})", "if({c}, {e}, flag)", "({c} = {e})",
    "coalesce({c}, {e})", "(whole >= limit)", "(whole >= limit and {c})", "({c} or other > limit)",
)  # fmt: skip


def scopes():
    return st.sampled_from(("district", "mixed", "everywhere"))


def coverages():
    return st.sampled_from(("", "", ", 0.5", ", 0.8", ", 1"))


@st.composite
def formulas(draw, count: int = 3, depth: int = 3) -> list[Formula]:
    """Formulas of every kind of result that refer to each other."""
    made: list[Formula] = []
    names: tuple[str, ...] = ()
    for number in range(count):
        name = f"figure{number}"
        kind = draw(st.sampled_from((Kind.NUMBER, Kind.DECIMAL, Kind.DECIMAL, Kind.TRUTH)))
        if kind is Kind.TRUTH:
            made.append(Formula(name, draw(truth(depth, names)), kind=kind))
            continue
        scale = draw(st.integers(0, 4)) if kind is Kind.DECIMAL else 0
        made.append(Formula(name, draw(numeric(depth, names)), kind=kind, scale=scale))
        names = (*names, name)
    return made


def _values(fact: Fact):
    whole = st.sampled_from((0, 1, 2, 2, 3, 5, 7, 10, 999))
    low = -1.0 if fact.signed else 0.0
    raw = st.one_of(whole, st.integers(int(low * 10**7), 10**7))
    options = {
        "flag": st.booleans(),
        "whole": whole,
        "other": st.one_of(whole, whole.map(lambda n: -n)),
        "huge": st.one_of(st.integers(-(10**15), 10**15), st.just(10**15)),
        "money": raw.map(lambda n: Decimal(n).scaleb(-2)),
        "fine": raw.map(lambda n: Decimal(n).scaleb(-4)),
    }
    exotic = st.floats(low * 1e15, 1e15, allow_nan=False)
    real = st.one_of(whole.map(float), exotic, st.sampled_from((0.1, 1e-300, 2.5, 1e15)))
    return options.get(fact.name, real)


@st.composite
def cells(draw, fact: Fact):
    """A value with its state; missing and not applicable cells are empty."""
    state = draw(st.sampled_from((*STATES[:4], *STATES[:1] * 6, *STATES[4:])))
    if state in STATES[4:]:
        return None, draw(st.sampled_from((state, None))) if state == "missing" else state
    return draw(_values(fact)), draw(st.sampled_from((state, None)))


@st.composite
def tables(draw, *, stated: bool = True) -> pl.DataFrame:
    """Facts of a few entities over years with gaps, ties, empty cells and unknown groups."""
    keys = draw(
        st.lists(
            st.tuples(st.sampled_from(ENTITIES), st.sampled_from(YEARS)),
            unique=True, min_size=1, max_size=14,
        )
    )  # fmt: skip
    columns: dict[str, list[object]] = {
        "entity": [entity for entity, _ in keys],
        "year": [year for _, year in keys],
        "place": draw(_texts(("p", "p", "q", None), len(keys))),
        "sort": draw(_texts(("x", "x", "y", "z", None), len(keys))),
    }
    schema: dict[str, object] = {
        "entity": pl.String, "year": pl.Int64, "place": pl.String, "sort": pl.String,
    }  # fmt: skip
    for fact in FACTS:
        drawn = draw(st.lists(cells(fact), min_size=len(keys), max_size=len(keys)))
        columns[fact.name] = [value for value, _ in drawn]
        schema[fact.name] = _dtype(fact)
        if stated:
            columns[f"{fact.name}__state"] = [state for _, state in drawn]
            schema[f"{fact.name}__state"] = pl.String
    return pl.DataFrame(columns, schema=schema)


def _texts(options: tuple[str | None, ...], size: int):
    return st.lists(st.sampled_from(options), min_size=size, max_size=size)


def _dtype(fact: Fact):
    return {
        Kind.TRUTH: pl.Boolean,
        Kind.INTEGER: pl.Int64,
        Kind.NUMBER: pl.Float64,
        Kind.DECIMAL: pl.Decimal(38, fact.scale),
    }[fact.kind]
