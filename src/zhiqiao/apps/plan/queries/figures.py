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
from zhiqiao.packs import Pack, Target, Text, threshold_of


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
    list_state_at_deadline: ListState | None
    undated: int
    numerator: Decimal | None
    denominator: Decimal | None
    coverage: tuple[int, int] | None
    as_of: date
    counts: Mapping[str, Count]
    explanation: trace.Step
    explanation_at_deadline: trace.Step | None

    @property
    def met_late(self) -> bool:
        """Whether the number was reached, but only after the day that the plan gave."""
        if self.value is None or self.as_of <= self.target.deadline:
            return False
        reached = self.value >= threshold_of(self.target)
        return reached and self.status is TargetStatus.NOT_MET


@dataclass(frozen=True, slots=True)
class Reading:
    """All counts of one day, ready to be put into any formula of the pack."""

    pack: Pack
    counts: Mapping[str, Count]
    year: int
    explainer: formula.Explainer

    def used_by(self, target: Target) -> dict[str, Count]:
        names = program_of(self.pack).inputs(target.formula).facts
        return {name: self.counts[name] for name in names}

    def explain(self, target: Target) -> trace.Step:
        return self.explainer.explain(entity=self.pack.area, year=self.year, formula=target.formula)

    def figure(self, target: Target) -> tuple[Decimal | None, Bound]:
        bound = self._bound(target)
        value = None if bound is Bound.NONE else as_decimal(self.explain(target).value)
        return value, Bound.NONE if value is None else bound

    def _bound(self, target: Target) -> Bound:
        """Carry "at least" only where more of each such count means a higher figure."""
        counts = self.used_by(target)
        if any(count.value is None for count in counts.values()):
            return Bound.NONE
        loose = [name for name, count in counts.items() if count.bound is not Bound.EXACT]
        if not loose:
            return Bound.EXACT
        program = program_of(self.pack)
        rising = all(
            program.direction(target.formula, name) is formula.Direction.RISING for name in loose
        )
        return Bound.AT_LEAST if rising else Bound.NONE


def compute_figures(pack: Pack, *, today: date) -> tuple[Figure, ...]:
    deadlines = {t.deadline for t in pack.targets.values() if t.deadline <= today}
    with measures.asked_together():
        now = read_counts(pack, measured(pack, at=None), year=today.year)
        then = {day: read_counts(pack, measured(pack, at=day), year=day.year) for day in deadlines}
    return tuple(
        figure_of(target, now=now, then=then.get(target.deadline), today=today)
        for target in pack.targets.values()
    )


def measured(pack: Pack, *, at: date | None) -> Mapping[str, Count]:
    return measures.evaluate(tuple(pack.measures.values()), area=pack.area, at=at)


def read_counts(pack: Pack, counts: Mapping[str, Count], *, year: int) -> Reading:
    program = program_of(pack)
    row = {name: pl.Series([counts[name].value], dtype=pl.Int64) for name in program.facts}
    facts = pl.DataFrame({"entity": [pack.area], "year": [year], **row})
    explainer = program.explainer(facts, origins=lambda fact, _entity, _year: counts[fact].records)
    return Reading(pack, counts, year, explainer)


def figure_of(target: Target, *, now: Reading, then: Reading | None, today: date) -> Figure:
    """Put a figure together; once its deadline is past, it is judged by what stood on that day."""
    counts = now.used_by(target)
    value, bound = now.figure(target)
    list_state = _list_state(counts.values())
    counts_then = then.used_by(target) if then else {}
    value_then, bound_then = then.figure(target) if then else (None, Bound.NONE)
    state_then = _list_state(counts_then.values()) if then else None
    step = now.explain(target)
    numerator, denominator = _parts(step)
    is_past = state_then is not None and today > target.deadline
    status = target_status(
        target,
        value_then if is_past else value,
        bound=bound_then if is_past else bound,
        list_state=state_then if is_past and state_then else list_state,
        today=today,
        started=now.pack.issued,
    )
    return Figure(
        target=target,
        unit=now.pack.units[target.unit].title,
        value=value,
        bound=bound,
        status=status,
        list_state=list_state,
        pending=sum(count.pending for count in counts.values()),
        value_at_deadline=value_then,
        bound_at_deadline=bound_then,
        list_state_at_deadline=state_then,
        undated=sum(count.undated for count in counts_then.values()),
        numerator=numerator,
        denominator=denominator,
        coverage=_coverage(counts.values()),
        as_of=today,
        counts=counts,
        explanation=step,
        explanation_at_deadline=then.explain(target) if then else None,
    )


_PROGRAMS: dict[str, formula.Program] = {}


def program_of(pack: Pack) -> formula.Program:
    if pack.digest not in _PROGRAMS:
        formulas, facts, parameters, scopes = pack.formula_program()
        _PROGRAMS[pack.digest] = formula.compile_program(
            formulas, facts=facts, parameters=parameters, scopes=scopes
        )
    return _PROGRAMS[pack.digest]


def _list_state(counts: Iterable[Count]) -> ListState:
    states = {count.list_state for count in counts}
    if ListState.NO_DATA in states:
        return ListState.NO_DATA
    return states.pop() if len(states) == 1 else ListState.PARTIAL


QUOTIENTS = {"divide", "round_quotient"}


def _parts(step: trace.Step) -> tuple[Decimal | None, Decimal | None]:
    """Give numerator and denominator of the first division in the explanation of a share."""
    if step.op in QUOTIENTS:
        above, below = step.inputs[:2]
        return as_decimal(above.value), as_decimal(below.value)
    for part in step.inputs:
        found = _parts(part)
        if found != (None, None):
            return found
    return None, None


def _coverage(counts: Iterable[Count]) -> tuple[int, int] | None:
    known = [count.coverage for count in counts if count.coverage is not None]
    return min(known, key=lambda pair: pair[0] / pair[1] if pair[1] else 0) if known else None


def as_decimal(value: trace.Value) -> Decimal | None:
    if value is None or isinstance(value, bool):
        return None
    return Decimal(str(value)) if isinstance(value, float) else Decimal(value)
