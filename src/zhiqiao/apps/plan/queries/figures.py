"""From counts to figures: the formula of each target over the counts of its measures."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import polars as pl

from zhiqiao.apps.plan.choices import TargetStatus
from zhiqiao.apps.plan.rules import target_status
from zhiqiao.core import measures
from zhiqiao.core.measures import Bound, Count, ListState
from zhiqiao.engines import formula, trace
from zhiqiao.packs import Pack, Target, Text


@dataclass(frozen=True, slots=True)
class Figure:
    """What may be said of one target, with everything that it was computed from."""

    target: Target
    unit: Text
    value: Decimal | None
    bound: Bound
    status: TargetStatus
    list_state: ListState
    pending: int
    value_at_deadline: Decimal | None
    bound_at_deadline: Bound
    undated: int
    numerator: Decimal | None
    denominator: Decimal | None
    coverage: tuple[int, int] | None
    as_of: date
    counts: Mapping[str, Count]
    explanation: trace.Step


def compute_figures(pack: Pack, *, today: date) -> tuple[Figure, ...]:
    now = _counts(pack, at=None)
    deadlines = {t.deadline for t in pack.targets.values() if t.deadline <= today}
    at_deadline = {day: _counts(pack, at=day) for day in deadlines}
    return tuple(
        figure_of(
            target, pack=pack, counts=now, at_deadline=at_deadline.get(target.deadline), today=today
        )
        for target in pack.targets.values()
    )


def _counts(pack: Pack, *, at: date | None) -> Mapping[str, Count]:
    return measures.evaluate(tuple(pack.measures.values()), area=pack.area, at=at)


def figure_of(
    target: Target,
    *,
    pack: Pack,
    counts: Mapping[str, Count],
    at_deadline: Mapping[str, Count] | None,
    today: date,
) -> Figure:
    program = program_of(pack)
    names = program.inputs(target.formula).facts
    used = {name: counts[name] for name in names}
    step = explain_target(target, pack=pack, counts=used, year=today.year)
    bound = _bound(program, target, used)
    value = None if bound is Bound.NONE else _decimal(step.value)
    list_state = _list_state(used.values())
    then, bound_then = _value_then(target, pack=pack, counts=at_deadline, names=names)
    numerator, denominator = _parts(step)
    return Figure(
        target=target,
        unit=pack.units[target.unit].title,
        value=value,
        bound=Bound.NONE if value is None else bound,
        status=target_status(
            target, value, bound=bound, list_state=list_state, today=today, started=pack.issued
        ),
        list_state=list_state,
        pending=sum(count.pending for count in used.values()),
        value_at_deadline=then,
        bound_at_deadline=bound_then,
        undated=sum(at_deadline[name].undated for name in names) if at_deadline else 0,
        numerator=numerator,
        denominator=denominator,
        coverage=_coverage(used.values()),
        as_of=today,
        counts=used,
        explanation=step,
    )


def explain_target(
    target: Target, *, pack: Pack, counts: Mapping[str, Count], year: int
) -> trace.Step:
    facts = pl.DataFrame(
        {
            "entity": [pack.area],
            "year": [year],
            **{name: pl.Series([count.value], dtype=pl.Int64) for name, count in counts.items()},
        }
    )
    return program_of(pack).explain(
        facts,
        entity=pack.area,
        year=year,
        formula=target.formula,
        origins=lambda fact, _entity, _year: counts[fact].records if fact in counts else (),
    )


def program_of(pack: Pack) -> "formula.Program":
    if pack.digest not in _PROGRAMS:
        formulas, facts, parameters, scopes = pack.formula_program()
        _PROGRAMS[pack.digest] = formula.compile_program(
            formulas, facts=facts, parameters=parameters, scopes=scopes
        )
    return _PROGRAMS[pack.digest]


_PROGRAMS: "dict[str, formula.Program]" = {}


def _bound(program: "formula.Program", target: Target, counts: Mapping[str, Count]) -> Bound:
    """Carry "at least" through the formula: only where more of each such count means a higher figure."""
    if any(count.value is None for count in counts.values()):
        return Bound.NONE
    loose = [name for name, count in counts.items() if count.bound is not Bound.EXACT]
    if not loose:
        return Bound.EXACT
    rising = all(program.direction(target.formula, name) == "rising" for name in loose)
    return Bound.AT_LEAST if rising else Bound.NONE


def _list_state(counts: Iterable[Count]) -> ListState:
    states = {count.list_state for count in counts}
    if ListState.NO_DATA in states:
        return ListState.NO_DATA
    return states.pop() if len(states) == 1 else ListState.PARTIAL


def _value_then(
    target: Target, *, pack: Pack, counts: Mapping[str, Count] | None, names: Iterable[str]
) -> tuple[Decimal | None, Bound]:
    if counts is None:
        return None, Bound.NONE
    used = {name: counts[name] for name in names}
    bound = _bound(program_of(pack), target, used)
    if bound is Bound.NONE:
        return None, bound
    step = explain_target(target, pack=pack, counts=used, year=target.deadline.year)
    value = _decimal(step.value)
    return value, Bound.NONE if value is None else bound


def _parts(step: trace.Step) -> tuple[Decimal | None, Decimal | None]:
    """Give numerator and denominator of the first division in the explanation of a share."""
    if step.op == "divide":
        above, below = step.inputs
        return _decimal(above.value), _decimal(below.value)
    for part in step.inputs:
        found = _parts(part)
        if found != (None, None):
            return found
    return None, None


def _coverage(counts: Iterable[Count]) -> tuple[int, int] | None:
    known = [count.coverage for count in counts if count.coverage is not None]
    return min(known, key=lambda pair: pair[0] / pair[1] if pair[1] else 0) if known else None


def _decimal(value: trace.Value) -> Decimal | None:
    if value is None or isinstance(value, bool):
        return None
    return Decimal(str(value)) if isinstance(value, float) else Decimal(value)
