"""Rows to arrays and back: whom the assignment engine proposes for what a call still needs.

Only what is missing is assigned, so a second run after refusals changes nothing that stands.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np

from zhiqiao.apps.people.queries import ExpertFacts
from zhiqiao.apps.projects.engine_io.assignment_rows import Rows, read_rows
from zhiqiao.apps.projects.engine_io.listing import Choice, all_pairs, best_pairs
from zhiqiao.apps.projects.engine_io.panel_quotas import quotas_of
from zhiqiao.apps.projects.models import Call
from zhiqiao.apps.projects.queries.reviews import reviews_missing
from zhiqiao.core.errors import RuleError
from zhiqiao.engines import assignment as engine
from zhiqiao.engines.assignment.terms import NONE, UNIT, Int32, Int64

# Up to so many pairs everybody is listed for everything; beyond it the best of each side.
MOST_PAIRS = 500_000
BEST = 60
# What it costs the fit where the people of two bodies would read each other.
RECIPROCAL = UNIT // 4


@dataclass(frozen=True, slots=True)
class Proposed:
    """An expert for an application, with the fit in millionths and what decided."""

    application: int
    expert: int
    fit: int
    why: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Shortage:
    """What an application still needs, and how many experts there were to take from."""

    application: int
    missing: int
    listed: int
    barred: int
    full: int


@dataclass(frozen=True, slots=True)
class Assigned:
    """What a run came to."""

    pairs: tuple[Proposed, ...]
    shortages: tuple[Shortage, ...]
    figures: Mapping[str, object]


def assign_experts(call: Call, *, seed: str, day: date) -> Assigned:
    """Assign, verify and give back; what does not pass its own check is refused."""
    if call.rules.lifecycle.review is None:
        raise RuleError("projects.no-expert-review")
    missing = reviews_missing(call)
    if not missing:
        raise RuleError("projects.nothing-to-assign")
    rows = read_rows(call, missing, day=day)
    problem = _problem(rows, seed)
    found = engine.solve(problem)
    mutual = _mutual(rows, found)
    if mutual:
        problem = replace(problem, penalties=_penalties(rows, {*rows.reciprocity.reading, *mutual}))
        found = engine.solve(problem)
    faults = engine.verify(problem, found)
    if faults:
        raise RuleError("projects.draw-refused", problem=str(faults[0]))
    pairs = tuple(_proposed(rows, problem, found))
    return Assigned(pairs, tuple(_shortages(rows, problem, found)), _figures(rows, pairs, found))


def _problem(rows: Rows, seed: str) -> engine.AssignmentProblem:
    quotas = quotas_of(rows)
    group = groups_of(rows)
    pairs = _pairs(rows, group, quotas)
    return engine.AssignmentProblem(
        panel_size=np.array(list(rows.missing.values()), np.int64),
        least_load=np.zeros(rows.free.size, np.int64),
        most_load=rows.free,
        pairs=pairs,
        conflicts=rows.barred,
        penalties=_penalties(rows, rows.reciprocity.reading),
        quotas=quotas,
        group=group,
        mode=engine.Mode.DRAW if rows.rule.draw else engine.Mode.FIT,
        keys=keys_of(rows, pairs, seed) if rows.rule.draw else None,
    )


def _pairs(
    rows: Rows, group: Int32 | None, quotas: Iterable[engine.LeastOf | engine.MostPerValue]
) -> engine.Pairs:
    choice = Choice(
        fits=rows.fits,
        texts=[rows.texts[key] for key in rows.missing],
        panel=_panels(len(rows.missing), group),
        barred=rows.barred,
        is_full=rows.free == 0,
        kinds=[quota.members for quota in quotas if isinstance(quota, engine.LeastOf)],
    )
    if len(rows.missing) * len(rows.experts) <= MOST_PAIRS:
        return all_pairs(choice)
    return best_pairs(choice, most=BEST)


def _panels(number: int, group: Int32 | None) -> Int32:
    """Number panels from 0; an application of no group is a panel of its own."""
    if group is None:
        return np.arange(number, dtype=np.int32)
    own = np.where(group < 0, int(group.max(initial=NONE)) + 1 + np.arange(number), group)
    return np.unique(own, return_inverse=True)[1].astype(np.int32)


def groups_of(rows: Rows) -> Int32 | None:
    """Let related applications share a panel, in parts that one expert can take on."""
    if not rows.groups:
        return None
    most = max(1, int(rows.free.max(initial=1)))
    numbers: dict[tuple[str, int, int], int] = {}
    seen: dict[str, int] = {}
    found = []
    for key, size in rows.missing.items():
        name = rows.groups.get(key)
        if name is None or rows.held.get(key):
            found.append(NONE)
            continue
        seen[name] = seen.get(name, 0) + 1
        part = (name, size, (seen[name] - 1) // most)
        found.append(numbers.setdefault(part, len(numbers)))
    return np.array(found, np.int32)


def keys_of(rows: Rows, pairs: engine.Pairs, seed: str) -> Int64:
    """Draw a key for each pair from the seed and the two alone, whoever else is listed."""
    return engine.draw_keys(
        pairs,
        applications=[str(key) for key in rows.missing],
        experts=[str(one.key) for one in rows.experts],
        seed=seed.encode(),
    )


def _penalties(rows: Rows, reading: Iterable[tuple[int, int]]) -> engine.Penalties:
    """Make it dearer that experts read a body whose people read theirs."""
    applications: dict[int, list[int]] = {}
    experts: dict[int, list[int]] = {}
    for place, key in enumerate(rows.missing):
        applications.setdefault(rows.reciprocity.body(rows.applicants[key]), []).append(place)
    for seat, one in enumerate(rows.experts):
        if one.employer is not None:
            experts.setdefault(rows.reciprocity.body(one.employer), []).append(seat)
    found = [np.zeros((2, 0), np.int32)]
    for reader, applicant in sorted(set(reading)):
        here, there = applications.get(reader, []), experts.get(applicant, [])
        found.append(np.array([np.repeat(here, len(there)), np.tile(there, len(here))], np.int32))
    table = np.concatenate(found, axis=1)
    return engine.Penalties(
        table[0].copy(), table[1].copy(), np.full(table.shape[1], RECIPROCAL, np.int64)
    )


def _mutual(rows: Rows, found: engine.Assignment) -> set[tuple[int, int]]:
    """Return the bodies of an assignment whose people would read each other, in both directions."""
    bodies = [rows.reciprocity.body(rows.applicants[key]) for key in rows.missing]
    working = [
        None if one.employer is None else rows.reciprocity.body(one.employer)
        for one in rows.experts
    ]
    named = zip(found.application.tolist(), found.expert.tolist(), strict=True)
    reading = {
        (reader, bodies[application])
        for application, expert in named
        if (reader := working[expert]) is not None
    }
    return {pair for pair in reading if pair[::-1] in reading}


def _proposed(
    rows: Rows, problem: engine.AssignmentProblem, found: engine.Assignment
) -> Iterable[Proposed]:
    keys, experts, pairs = list(rows.missing), rows.experts, problem.pairs
    wide = max(1, len(experts))
    listed = pairs.application.astype(np.int64) * wide + pairs.expert
    at = np.searchsorted(listed, found.application.astype(np.int64) * wide + found.expert)
    for one, fit in zip(
        engine.explain_all(problem, found), pairs.affinity[at].tolist(), strict=True
    ):
        key, expert = keys[one.application], experts[one.expert]
        yield Proposed(key, expert.key, fit, why=told_of(one, experts, problem.quotas))


def told_of(
    one: engine.Explanation,
    experts: Sequence[ExpertFacts],
    quotas: Sequence[engine.LeastOf | engine.MostPerValue],
) -> dict[str, object]:
    """Return what decided about a pair in words and numbers of the records."""
    return {
        "why": one.reason.name.lower().replace("_", "-"),
        "rank": one.rank,
        "of": one.eligible,
        "other": experts[one.other].key if one.other != NONE else None,
        "quota": quotas[one.quota].name if one.quota != NONE else "",
    }


def _shortages(
    rows: Rows, problem: engine.AssignmentProblem, found: engine.Assignment
) -> Iterable[Shortage]:
    number, wide = len(rows.missing), max(1, len(rows.experts))
    is_full = rows.free == 0
    pairs = np.unique(rows.barred.application.astype(np.int64) * wide + rows.barred.expert)
    barred = np.bincount(pairs // wide, minlength=number)
    both = np.bincount(pairs[is_full[pairs % wide]] // wide, minlength=number)
    listed = np.bincount(problem.pairs.application, minlength=number)
    full = int(is_full.sum()) - both
    for place, key in enumerate(rows.missing):
        if found.missing[place]:
            yield Shortage(
                key, *(int(each[place]) for each in (found.missing, listed, barred, full))
            )


def _figures(rows: Rows, pairs: Sequence[Proposed], found: engine.Assignment) -> dict[str, object]:
    return {
        "applications": len(rows.missing),
        "wanted": sum(rows.missing.values()),
        "proposed": len(pairs),
        "experts": len({one.expert for one in pairs}),
        "fit": sum(one.fit for one in pairs) // max(1, len(pairs)),
        "proof": str(found.proof),
    }
