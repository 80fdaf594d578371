"""Rows to arrays and back: whom the assignment engine proposes for what a call still needs.

Only what is missing is assigned, so a second run after refusals changes nothing that stands.
"""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

import numpy as np

from zhiqiao.apps.people.choices import ExpertState
from zhiqiao.apps.people.queries import ExpertFacts, expert_facts
from zhiqiao.apps.projects.choices import ConflictKind
from zhiqiao.apps.projects.models import Application, Call, Content, Review
from zhiqiao.apps.projects.queries.conflicts import conflicts_of
from zhiqiao.apps.projects.queries.reviews import COUNTED, loads_in, reviews_missing
from zhiqiao.apps.projects.rules.fit import fit_of
from zhiqiao.core.errors import RuleError
from zhiqiao.engines import assignment as engine
from zhiqiao.packs import ExpertReview, PanelRule

# Up to so many pairs everybody is listed for everything; beyond it the best of each application.
MOST_PAIRS = 500_000
LISTED_AT_LEAST = 60


@dataclass(frozen=True, slots=True)
class Proposed:
    """An expert for an application, with the fit in millionths."""

    application: int
    expert: int
    fit: int


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


@dataclass(slots=True)
class _Rows:
    """What is read once: applications that need reviews, experts, and who reads what already."""

    call: Call
    rule: ExpertReview
    missing: Mapping[int, int]
    texts: Mapping[int, str]
    groups: Mapping[int, str]
    experts: Sequence[ExpertFacts]
    free: Mapping[int, int]
    held: Mapping[int, list[int]]
    barred: Mapping[tuple[int, int], ConflictKind] = field(default_factory=dict)


def assign_experts(call: Call, *, seed: str, day: date) -> Assigned:
    """Assign, verify and give back; what does not pass its own check is refused."""
    rows = _read(call, day)
    problem = _problem(rows, seed)
    found = engine.solve(problem)
    faults = engine.verify(problem, found)
    if faults:
        raise RuleError("projects.draw-refused", problem=str(faults[0]))
    keys, experts = list(rows.missing), [one.key for one in rows.experts]
    fits = _fit_by_pair(problem)
    pairs = tuple(
        Proposed(keys[a], experts[e], fits[a, e])
        for a, e in zip(found.application.tolist(), found.expert.tolist(), strict=True)
    )
    shortages = tuple(
        _shortage(rows, keys[place], int(number), problem, place)
        for place, number in enumerate(found.missing.tolist())
        if number
    )
    return Assigned(pairs, shortages, _figures(rows, pairs, found))


def _read(call: Call, day: date) -> _Rows:
    rule = call.rules.lifecycle.review
    if rule is None:
        raise RuleError("projects.no-expert-review")
    missing = reviews_missing(call)
    if not missing:
        raise RuleError("projects.nothing-to-assign")
    loads = loads_in(call)
    everybody = expert_facts(provenance=call.provenance)
    experts = [one for one in everybody if one.state == ExpertState.ACTIVE]
    free = {
        one.key: max(0, min(one.most_reviews, rule.most_per_expert) - loads.get(one.key, 0))
        for one in experts
    }
    texts, groups = _texts(missing, rule.together_by)
    barred = {
        (one.application, one.expert): one.kind
        for one in conflicts_of(call, day=day, applications=list(missing))
    }
    held: dict[int, list[int]] = {}
    known = Review.objects.filter(application__in=list(missing)).order_by()
    for key, expert, state in known.values_list("application", "expert", "state"):
        if state in {*COUNTED, "proposed"}:
            held.setdefault(key, []).append(expert)
        barred.setdefault((key, expert), ConflictKind.REFUSED)
    return _Rows(call, rule, missing, texts, groups, experts, free, held, barred)


def _texts(keys: Collection[int], together_by: str | None) -> tuple[dict[int, str], dict[int, str]]:
    titles = Application.objects.filter(pk__in=list(keys)).order_by()
    texts = dict(titles.values_list("pk", "title"))
    groups: dict[int, str] = {}
    content = Content.objects.filter(application__in=list(keys)).order_by()
    for key, answers in content.values_list("application", "answers"):
        texts[key] = " ".join([texts[key], *(str(answer) for answer in answers.values())])
        if together_by and answers.get(together_by):
            groups[key] = str(answers[together_by])
    return texts, groups


def _problem(rows: _Rows, seed: str) -> engine.AssignmentProblem:
    places = {key: place for place, key in enumerate(rows.missing)}
    seats = {one.key: place for place, one in enumerate(rows.experts)}
    pairs = _pairs(rows)
    barred = [
        (places[key], seats[expert], _ENGINE_KIND[kind])
        for (key, expert), kind in rows.barred.items()
        if key in places and expert in seats
    ]
    table = np.array(barred, np.int32).reshape(len(barred), 3)
    return engine.AssignmentProblem(
        panel_size=np.array(list(rows.missing.values()), np.int64),
        least_load=np.zeros(len(seats), np.int64),
        most_load=np.array([rows.free[one.key] for one in rows.experts], np.int64),
        pairs=pairs,
        conflicts=engine.Conflicts(table[:, 0].copy(), table[:, 1].copy(), table[:, 2].copy()),
        penalties=engine.no_penalties(),
        quotas=tuple(quota for rule in rows.rule.quotas for quota in _quotas_of(rule, rows)),
        group=_group(rows),
        mode=engine.Mode.DRAW if rows.rule.draw else engine.Mode.FIT,
        keys=_keys(seed, pairs.application.size) if rows.rule.draw else None,
    )


_ENGINE_KIND: Mapping[ConflictKind, int] = {
    kind: int(engine.ConflictKind[kind.name]) for kind in ConflictKind
}


def _pairs(rows: _Rows) -> engine.Pairs:
    number = len(rows.experts)
    lists_all = len(rows.missing) * number <= MOST_PAIRS
    found: list[tuple[int, int, int]] = []
    for place, key in enumerate(rows.missing):
        fits = [
            (fit_of(one.fields, one.topics, rows.texts[key]), seat)
            for seat, one in enumerate(rows.experts)
        ]
        if not lists_all:
            # Experts who fit alike are taken in turn, or the first ones would read everything.
            fits.sort(key=lambda one: (-one[0], (one[1] - place * LISTED_AT_LEAST) % number))
            fits = fits[: max(LISTED_AT_LEAST, MOST_PAIRS // len(rows.missing))]
        found.extend((place, seat, fit) for fit, seat in fits)
    table = np.array(found, np.int64).reshape(len(found), 3)
    return engine.sorted_pairs(
        table[:, 0].astype(np.int32), table[:, 1].astype(np.int32), table[:, 2].copy()
    )


def _quotas_of(rule: PanelRule, rows: _Rows) -> list[engine.LeastOf | engine.MostPerValue]:
    if rule.per_employer:
        return [_per_employer(rule, rows)]
    members = np.array([_is_of(rule, one, rows.call) for one in rows.experts], np.bool_)
    if rule.most is not None:
        label = np.where(members, 0, -1).astype(np.int32)
        return [engine.MostPerValue(_name_of(rule), label, number=rule.most)]
    return _least_of(rule, rows, members)


def _least_of(
    rule: PanelRule, rows: _Rows, members: "np.ndarray[tuple[int], np.dtype[np.bool_]]"
) -> list[engine.LeastOf | engine.MostPerValue]:
    """Ask for what is left of a quota where some of a panel stand already."""
    whole = rows.rule.reviews
    share = Fraction(rule.share) if rule.share is not None else Fraction(0)
    asked = max(rule.least or 0, -(-whole * share.numerator // share.denominator))
    of_kind = {one.key for one, is_so in zip(rows.experts, members.tolist(), strict=True) if is_so}
    left = [
        min(number, max(0, asked - len(of_kind.intersection(rows.held.get(key, ())))))
        for key, number in rows.missing.items()
    ]
    return [
        engine.LeastOf(_name_of(rule), members, number=number, applies=np.array(left) == number)
        for number in sorted(set(left) - {0})
    ]


def _per_employer(rule: PanelRule, rows: _Rows) -> engine.MostPerValue:
    employers = sorted({one.employer for one in rows.experts if one.employer is not None})
    place = {employer: number for number, employer in enumerate(employers)}
    label = [place.get(one.employer, -1) if one.employer else -1 for one in rows.experts]
    return engine.MostPerValue(_name_of(rule), np.array(label, np.int32), number=rule.most or 1)


def _is_of(rule: PanelRule, one: ExpertFacts, call: Call) -> bool:
    """Say whether an expert counts for a quota; who works nobody knows where is not from outside."""
    if rule.category is not None:
        return one.category == rule.category
    return bool(one.area_path) and not one.area_path.startswith(call.area.path)


def _name_of(rule: PanelRule) -> str:
    return rule.category or ("per-employer" if rule.per_employer else "outside-area")


def _group(rows: _Rows) -> "np.ndarray[tuple[int], np.dtype[np.int32]] | None":
    """Let related applications share a panel, in parts that one expert can take on."""
    if not rows.groups:
        return None
    most = max(1, max(rows.free.values(), default=1))
    numbers: dict[tuple[str, int, int], int] = {}
    seen: dict[str, int] = {}
    found = []
    for key, size in rows.missing.items():
        name = rows.groups.get(key)
        if name is None or rows.held.get(key):
            found.append(-1)
            continue
        seen[name] = seen.get(name, 0) + 1
        part = (name, size, (seen[name] - 1) // most)
        found.append(numbers.setdefault(part, len(numbers)))
    return np.array(found, np.int32)


def _keys(seed: str, number: int) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    start = int.from_bytes(hashlib.sha256(seed.encode()).digest())
    return np.random.Generator(np.random.PCG64(start)).integers(0, 2**28, number, np.int64)


def _fit_by_pair(problem: engine.AssignmentProblem) -> dict[tuple[int, int], int]:
    pairs = problem.pairs
    columns = (pairs.application.tolist(), pairs.expert.tolist(), pairs.affinity.tolist())
    return {(a, e): fit for a, e, fit in zip(*columns, strict=True)}


def _shortage(
    rows: _Rows, key: int, missing: int, problem: engine.AssignmentProblem, place: int
) -> Shortage:
    barred = {expert for application, expert in rows.barred if application == key}
    full = sum(rows.free[one.key] == 0 for one in rows.experts if one.key not in barred)
    listed = int((problem.pairs.application == place).sum())
    return Shortage(key, missing, listed, len(barred), full)


def _figures(rows: _Rows, pairs: Sequence[Proposed], found: engine.Assignment) -> dict[str, object]:
    return {
        "applications": len(rows.missing),
        "wanted": sum(rows.missing.values()),
        "proposed": len(pairs),
        "experts": len({one.expert for one in pairs}),
        "fit": sum(one.fit for one in pairs) // max(1, len(pairs)),
        "proof": str(found.proof),
    }
