"""What an assignment is made from, read once: applications that need reviews, experts, who reads what."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from zhiqiao.apps.people.choices import ExpertState
from zhiqiao.apps.people.queries import ExpertFacts, expert_facts
from zhiqiao.apps.projects.choices import ConflictKind
from zhiqiao.apps.projects.models import Application, Call, Content, Draw, Review
from zhiqiao.apps.projects.queries.conflicts import meetings_in
from zhiqiao.apps.projects.queries.reciprocity import STANDING, Reciprocity, reciprocity_in
from zhiqiao.apps.projects.queries.reviews import loads_in
from zhiqiao.apps.projects.rules.fit import Fits
from zhiqiao.core.errors import RuleError
from zhiqiao.engines import assignment as engine
from zhiqiao.engines.assignment.terms import Int32, Int64
from zhiqiao.packs import ExpertReview

_ENGINE_KIND: Mapping[ConflictKind, int] = {
    kind: int(engine.ConflictKind[kind.name]) for kind in ConflictKind
}


@dataclass(slots=True)
class Rows:
    """Applications in the order of ``missing`` and experts in theirs, by key.

    ``missing`` says how many reviews each application needs, ``held`` who stands there already, ``free``
    how many reviews each expert still takes.
    """

    call: Call
    rule: ExpertReview
    missing: Mapping[int, int]
    texts: Mapping[int, str]
    groups: Mapping[int, str]
    applicants: Mapping[int, int]
    experts: Sequence[ExpertFacts]
    free: Int64
    held: Mapping[int, list[int]]
    barred: engine.Conflicts
    reciprocity: Reciprocity

    @property
    def fits(self) -> Fits:
        return Fits([one.fields for one in self.experts], [one.topics for one in self.experts])


def read_rows(
    call: Call, missing: Mapping[int, int], *, day: date, without: Draw | None = None
) -> Rows:
    """Read everything for some applications; ``without`` reads it as it was before an assignment."""
    rule = call.rules.lifecycle.review
    if rule is None:
        raise RuleError("projects.no-expert-review")
    everybody = expert_facts(provenance=call.provenance)
    experts = [one for one in everybody if one.state == ExpertState.ACTIVE]
    loads = loads_in(call, without=without)
    free = [
        max(0, min(one.most_reviews, rule.most_per_expert) - loads.get(one.key, 0))
        for one in experts
    ]
    heads = Application.objects.filter(pk__in=list(missing)).order_by()
    applicants = dict(heads.values_list("pk", "applicant"))
    texts, groups = _texts(missing, rule.together_by)
    held, asked = _asked(missing, without)
    bodies = {*applicants.values(), *(one.employer for one in experts if one.employer is not None)}
    return Rows(
        call=call,
        rule=rule,
        missing=missing,
        texts=texts,
        groups=groups,
        applicants=applicants,
        experts=experts,
        free=np.array(free, np.int64),
        held=held,
        barred=_barred(call, list(missing), [one.key for one in experts], asked=asked, day=day),
        reciprocity=reciprocity_in(call, organisations=bodies, without=without),
    )


def _texts(keys: Collection[int], together_by: str | None) -> tuple[dict[int, str], dict[int, str]]:
    titles = Application.objects.filter(pk__in=list(keys)).order_by()
    texts = dict(titles.values_list("pk", "title"))
    groups: dict[int, str] = {}
    content = Content.objects.filter(application__in=list(keys)).order_by()
    for key, answers in content.values_list("application", "answers").iterator(chunk_size=1_000):
        texts[key] = " ".join([texts[key], *(str(answer) for answer in answers.values())])
        if together_by and answers.get(together_by):
            groups[key] = str(answers[together_by])
    return texts, groups


def _asked(
    keys: Collection[int], without: Draw | None
) -> tuple[dict[int, list[int]], list[tuple[int, int]]]:
    """Return who stands with each application, and everybody who was ever asked about one."""
    held: dict[int, list[int]] = {}
    asked = []
    known = Review.objects.filter(application__in=list(keys)).order_by()
    if without is not None:
        known = known.exclude(draw=without)
    for key, expert, state in known.values_list("application", "expert", "state"):
        if state in STANDING:
            held.setdefault(key, []).append(expert)
        asked.append((key, expert))
    return held, asked


def _barred(
    call: Call,
    keys: Sequence[int],
    experts: Sequence[int],
    *,
    asked: Collection[tuple[int, int]],
    day: date,
) -> engine.Conflicts:
    """Return all conflicts by place; whoever was asked before is not asked again."""
    places = {key: place for place, key in enumerate(keys)}
    seats = {key: seat for seat, key in enumerate(experts)}
    blocks = [
        (one.applications, one.experts, one.kind)
        for one in meetings_in(call, day=day, applications=keys)
    ]
    blocks += [((key,), (expert,), ConflictKind.REFUSED) for key, expert in asked]
    parts = [engine.no_conflicts()]
    for applications, people, kind in blocks:
        here = np.array([places[key] for key in applications if key in places], np.int32)
        there = np.array([seats[key] for key in people if key in seats], np.int32)
        parts.append(_each_with_each(here, there, _ENGINE_KIND[kind]))
    return engine.all_conflicts(*parts)


def _each_with_each(applications: Int32, experts: Int32, kind: int) -> engine.Conflicts:
    return engine.Conflicts(
        np.repeat(applications, experts.size),
        np.tile(experts, applications.size),
        np.full(applications.size * experts.size, kind, np.int32),
    )
