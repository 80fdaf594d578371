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
# Shares of words and of digits in common lie further apart than this many millionths.
APART = 1_000


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
        reading = {*rows.reciprocity.reading, *mutual}
        problem = replace(problem, penalties=_penalties(rows, problem.pairs, reading))
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
        pairs=told_apart(rows, pairs),
        conflicts=rows.barred,
        penalties=_penalties(rows, pairs, rows.reciprocity.reading),
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
    """Give each application its panel; one of no group is a panel of its own."""
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


def told_apart(rows: Rows, pairs: engine.Pairs) -> engine.Pairs:
    """Tell pairs of the same fit apart by less than two fits differ.

    Thousands of pairs that are worth the same make the flow go round for minutes.
    """
    keys = np.array(list(rows.missing), np.uint64)[pairs.application]
    experts = np.array([one.key for one in rows.experts], np.uint64)[pairs.expert]
    mixed = (keys * np.uint64(2_654_435_761) ^ experts * np.uint64(2_246_822_519)) % np.uint64(
        2**32
    )
    return replace(pairs, affinity=pairs.affinity + (mixed % np.uint64(APART)).astype(np.int64))


def _bodies(rows: Rows) -> tuple[Int64, Int64]:
    """Return the body of today of each application and of each expert, -1 for an expert without one."""
    body = rows.reciprocity.body
    working = [NONE if one.employer is None else body(one.employer) for one in rows.experts]
    applying = [body(rows.applicants[key]) for key in rows.missing]
    return np.array(applying, np.int64), np.array(working, np.int64)


def _penalties(
    rows: Rows, pairs: engine.Pairs, reading: Iterable[tuple[int, int]]
) -> engine.Penalties:
    """Make it dearer that experts read a body whose people read theirs."""
    applying, working = _bodies(rows)
    wide = int(max(applying.max(initial=0), working.max(initial=0))) + 1
    known = np.array([reader * wide + applicant for reader, applicant in set(reading)], np.int64)
    here, there = applying[pairs.application], working[pairs.expert]
    at = np.flatnonzero((there != NONE) & np.isin(here * wide + there, known))
    cost = np.full(at.size, RECIPROCAL, np.int64)
    return engine.Penalties(pairs.application[at], pairs.expert[at], cost)


def _mutual(rows: Rows, found: engine.Assignment) -> set[tuple[int, int]]:
    """Return the bodies of an assignment whose people would read each other, in both directions."""
    applying, working = _bodies(rows)
    readers, read = working[found.expert].tolist(), applying[found.application].tolist()
    reading = {pair for pair in zip(readers, read, strict=True) if pair[0] != NONE}
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
        yield Proposed(key, expert.key, min(UNIT, fit), why=told_of(one, experts, problem.quotas))


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
