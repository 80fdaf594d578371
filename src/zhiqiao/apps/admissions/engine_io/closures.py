"""What if small classes were closed: the engine's proposal over the tables of a season's round."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from zhiqiao.apps.admissions.engine_io.allocation import digest_of
from zhiqiao.apps.admissions.engine_io.tables import rules_of, tables_of
from zhiqiao.apps.admissions.models import Candidate, PlaceLine, Season
from zhiqiao.core.errors import RuleError
from zhiqiao.engines.matching import Allocation, MatchingError, TableError
from zhiqiao.engines.matching.closing import Closure, close_small

ClosedClass = tuple[int, int, int]
Moved = tuple[int, int, int | None, int | None]


@dataclass(frozen=True, slots=True)
class Tried:
    """Classes closed one after the other, and who moves at each; all by their keys.

    ``steps`` are programme, admitted and minimum; ``moves`` number of the step, candidate, programme
    left and programme entered.
    """

    steps: tuple[ClosedClass, ...]
    moves: tuple[Moved, ...]
    admitted_before: int
    admitted_after: int
    inputs_digest: str


def without_small_classes(
    season: Season,
    minimum: Mapping[str, int],
    *,
    strike_outs: bool,
    closed: Callable[[Closure], None],
) -> Tried:
    """Allocate the present round, and again without each class below its minimum; stores nothing.

    ``minimum`` is by programme code; ``closed`` is called after each step and may raise to stop.

    Raises
    ------
    RuleError
        ``admissions.run-refused`` where tables and rules do not fit.
    """
    tables = tables_of(season, strike_outs=strike_outs)
    rules = rules_of(season, tables.programmes["class"].unique().sort().to_list())
    try:
        steps, last = close_small(tables, rules, minimum, closed=closed)
    except (TableError, MatchingError) as error:
        raise RuleError("admissions.run-refused", why=str(error)) from error
    lines = dict(PlaceLine.objects.filter(season=season.source).values_list("code", "pk"))
    first = steps[0].before if steps else last.programme
    return Tried(
        steps=tuple((lines[step.programme], step.admitted, step.minimum) for step in steps),
        moves=tuple(_moves(season, steps, last, lines)),
        admitted_before=int((first >= 0).sum()),
        admitted_after=int((last.programme >= 0).sum()),
        inputs_digest=digest_of(tables),
    )


def _moves(
    season: Season, steps: Sequence[Closure], last: Allocation, lines: Mapping[str, int]
) -> Iterator[Moved]:
    names = last.applications.candidate_names.to_list()
    codes = last.applications.programme_names.to_list()
    moved = [np.flatnonzero(step.before != step.after).tolist() for step in steps]
    numbers = {names[at] for each in moved for at in each}
    people = Candidate.objects.filter(season=season.source, number__in=numbers)
    keys = dict(people.values_list("number", "pk"))

    def line_at(programme: int) -> int | None:
        return lines[codes[programme]] if programme >= 0 else None

    for number, (step, who) in enumerate(zip(steps, moved, strict=True), start=1):
        for at in who:
            yield number, keys[names[at]], line_at(step.before[at]), line_at(step.after[at])
